"""A lab whose purge takes its turns when told, and every byte that lies in its folder."""

from __future__ import annotations

import re
from collections.abc import Callable, Set
from concurrent.futures import Future
from pathlib import Path

from config.site import Retention
from kiosk.forgetting import service
from kiosk.forgetting.service import Forgetting, Less
from kiosk.sync import roster as rosters
from machines.carried import Carried
from machines.members import Member, Roster
from tests.lab import Lab


def everything_in(folder: Path) -> bytes:
    """Files and what SQLite keeps beside them; not the lists of who is erased: ids alone."""
    files = (f for f in folder.rglob("*") if f.is_file() and f.suffix != ".erased")
    found = b"\0".join(file.read_bytes() for file in sorted(files))
    return re.sub(rb'\["m-\w+"(,"m-\w+")*\]', b"", found)


class House(Lab):
    """`taken`: what the central has said that it has; None: there is no central."""

    retention = Retention()
    taken: Callable[[bytes], int | None] | None = None

    def open(self) -> None:
        super().open()
        self.removed: set[str] = set()
        self.forgetting = Forgetting(
            self.store, self.clock, self.retention, service.Floor(self._forget, self._remove), None
        )

    def _forget(self, less: Less, store: str) -> Future[Carried]:
        done = self.floor.forget(less, store)
        self.floor.drain()
        return done

    def _remove(self, files: Set[str]) -> None:
        self.removed |= files

    def days(self, days: float) -> None:
        self.advance(hours=24 * days)

    def purge(self) -> bool:
        """What the thread does when it looks; by a central where there is one."""
        self.forgetting._taken = self.taken
        return self.forgetting.round()

    def hear_roster(self, roster: Roster) -> None:
        """A roster has come, as the sync takes it."""
        body = rosters.encode(roster)
        self.store.submit(lambda journal: rosters.keep(journal.connection, body)).result(10)
        self.people = roster
        self.floor.people.take(roster)

    def without(self, *gone: str) -> tuple[Member, ...]:
        return tuple(m for m in self.people.members if m.id not in gone)

    @property
    def bytes(self) -> bytes:
        return everything_in(self.site.database.parent)
