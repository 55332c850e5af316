"""The sync as a thread of the kiosk: a round now and then, for weeks without an answer if need be.

Decides nothing: `engine` says what is sent, `pace` when, `sight` what the
central's clock is good for, `roster` what is taken. Whatever goes wrong here
is a line in the log and a word on the screens, and never ends the thread.
"""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import Protocol

from kiosk.clock import Clock
from kiosk.store.disk import StoreError, open_reader, transaction
from kiosk.store.fork import fork
from kiosk.store.journal import Journal
from kiosk.store.store import Store
from kiosk.sync import roster as rosters
from kiosk.sync.engine import Engine, Progress, SyncError, Wire
from kiosk.sync.pace import rest_s
from kiosk.sync.sight import Sight, SightedWire, worth_an_anchor
from machines.instants import SECOND
from machines.members import Roster

log = logging.getLogger("sync")

#: Real seconds that a write of the sync waits for a disk that hangs before the round is given up.
DISK_S = 30.0
#: Field microseconds between two notes on disk that the roster was still the central's.
NOTED_EVERY_US = 3600 * SECOND
NOTED = "roster_confirmed_us"


class CentralWire(Wire, Protocol):
    """What `kiosk.sync.http.HttpWire` is: the wire of a round, and the roster."""

    def roster(self, etag: str | None) -> bytes | None: ...


@dataclass(frozen=True, slots=True)
class SyncStatus:
    """The sync as the screens show it. Ages are field seconds; None: never, or not known.

    `trouble` is a sentence for the operator, "" where the last round went well.
    """

    online: bool = False
    unsent: int = 0
    contact_age_s: float | None = None
    roster_age_s: float | None = None
    trouble: str = ""


class Sync:
    """Keeps one lab in sync with its central. `on_roster` is called from the sync's thread."""

    def __init__(
        self,
        store: Store,
        wire: CentralWire,
        clock: Clock,
        on_roster: Callable[[Roster], None],
        every_s: float = 60.0,
        draw: Callable[[], float] = random.random,
    ) -> None:
        self._store = store
        self._central = wire
        self._wire = SightedWire(wire, clock)
        self._clock = clock
        self._on_roster = on_roster
        self._every_s = every_s
        self._draw = draw
        self._progress = Progress()
        self._anchored: Sight | None = None
        self._contact_us: int | None = None
        self._roster_us: int | None = None  #: by the boot clock
        self._noted_us: int | None = None  #: by the wall clock: what a process before us noted
        self._trouble = ""
        self._failures = 0
        self._wake = threading.Event()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="sync", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Returns once the request under way has ended, within its timeouts."""
        self._stopped = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()

    def nudge(self) -> None:
        """Have the next round now."""
        self._wake.set()

    @property
    def status(self) -> SyncStatus:
        """From any thread."""
        now = self._clock.now()
        noted = self._noted_us
        known_s = None if noted is None else max(0.0, (now.wall_us - noted) / SECOND)
        roster_s = _age_s(self._roster_us, now.boot_us)
        return SyncStatus(
            online=self._contact_us is not None and not self._failures,
            unsent=self._progress.unsent,
            contact_age_s=_age_s(self._contact_us, now.boot_us),
            roster_age_s=known_s if roster_s is None else roster_s,
            trouble=self._trouble,
        )

    def taken(self, store: bytes) -> int | None:
        """Up to which entry the central has said that it has a store; None: it has not spoken."""
        return self._progress.taken.get(store)

    def round(self) -> float:
        """One round; the seconds to rest after it. The thread's whole work, and the tests'."""
        retry_after_s = 0.0
        try:
            self._exchange()
            self._failures, self._trouble = 0, ""
        except SyncError as wrong:
            retry_after_s = wrong.retry_after_s
            self._fail(str(wrong))
        except rosters.RosterError as wrong:
            self._failures, self._trouble = 0, str(wrong)  # what was to be sent has been sent
        except (StoreError, TimeoutError) as wrong:
            self._fail(str(wrong) or "the disk hangs")
        except Exception as wrong:
            log.exception("a round failed")
            self._fail(f"{type(wrong).__name__}: see the log")
        return rest_s(self._every_s, self._failures, retry_after_s, self._draw())

    # ---- the thread

    def _run(self) -> None:
        while not self._stopped:
            self._wake.clear()
            rest = self.round()
            if not self._stopped:
                self._wake.wait(rest)

    def _fail(self, sentence: str) -> None:
        if sentence != self._trouble:
            log.warning("%s", sentence)
        self._failures, self._trouble = self._failures + 1, sentence

    def _exchange(self) -> None:
        with closing(open_reader(self._store.path)) as connection:
            journal = Journal(connection, self._clock)
            if self._noted_us is None:
                self._noted_us = journal.meta(NOTED)
            Engine(journal, self._fork, self._wire, self._progress).round()
            self._contact_us = self._clock.boot_us()
            kept = rosters.load(connection)
        self._anchor()
        self._take_roster(kept.etag if kept else None)

    def _fork(self, store: bytes | None, common: int) -> None:
        self._store.submit(lambda journal: fork(journal, common, store)).result(DISK_S)

    def _anchor(self) -> None:
        sight = self._wire.take_sight()
        if sight and worth_an_anchor(self._anchored, sight):
            self._store.append(sight.anchor(), at=sight.at).result(DISK_S)
            self._anchored = sight

    def _take_roster(self, etag: str | None) -> None:
        body = self._central.roster(etag)
        if body is not None:
            kept = self._store.submit(lambda journal: rosters.keep(journal.connection, body))
            self._on_roster(kept.result(DISK_S))
        self._roster_us = self._clock.boot_us()
        self._note()

    def _note(self) -> None:
        now_us = self._clock.now().wall_us
        if self._noted_us is None or abs(now_us - self._noted_us) >= NOTED_EVERY_US:
            self._noted_us = now_us
            self._store.submit(lambda journal: _put_noted(journal, now_us))


def _put_noted(journal: Journal, now_us: int) -> None:
    with transaction(journal.connection):
        journal.put_meta(NOTED, now_us)


def _age_s(since_us: int | None, now_us: int) -> float | None:
    return None if since_us is None else (now_us - since_us) / SECOND
