"""A lab's store and its sync, as the kiosk puts them together, over a clock that is told."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from kiosk.clock import StillClock
from kiosk.store.journal import Line
from kiosk.store.store import Store
from kiosk.sync.http import HttpWire
from kiosk.sync.service import Sync
from machines.journal import Personal, TapRefused
from machines.members import Roster
from tests.sync.served import START_US

INES = Personal(member="m-ines")


class Pi:
    """A lab's file and its sync. `draw` is what chance says, so that rests can be foretold."""

    def __init__(self, path: Path, url: str, token: str) -> None:
        self.path = path
        self.clock = StillClock(START_US)
        self.wire = HttpWire(url, token)
        self.rosters: list[Roster] = []
        self.took: Callable[[Roster], None] = self.rosters.append
        self.draw = 0.5
        self.boot()

    def boot(self) -> None:
        self.store = Store(self.path, self.clock, ballast_bytes=0)
        self.sync = Sync(
            self.store,
            self.wire,
            self.clock,
            on_roster=lambda roster: self.took(roster),
            draw=lambda: self.draw,
        )

    def taps(self, count: int) -> None:
        """The clock goes on by a minute with each."""
        lines = []
        for _ in range(count):
            self.clock.advance(minutes=1)
            lines.append(Line(TapRefused("laser", "in-use"), INES, self.clock.now()))
        self.store.append_all(lines).result()

    def round(self) -> float:
        """Seconds to rest after it."""
        return self.sync.round()

    def entries(self) -> int:
        """In all its stores."""
        return self.store.submit(
            lambda journal: sum(journal.tip(s)[0] for s in (*journal.closed(), None))
        ).result()

    def take_out(self) -> Path:
        """Switched off, and its card copied."""
        self.store.close()
        return Path(shutil.copy(self.path, self.path.with_suffix(".image")))

    def put_back(self, image: Path) -> None:
        self.store.close()
        shutil.copy(image, self.path)
        self.clock.reboot()
        self.boot()

    def close(self) -> None:
        self.sync.stop()
        self.store.close()
        self.wire.close()
