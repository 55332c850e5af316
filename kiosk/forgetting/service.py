"""The purge as a thread of the kiosk: every night, at a start that is late, at an erasure at once.

Decides when; `machines.retention` says what goes, `sweep` finds it, `purge` does it.
Whatever goes wrong here is a line in the log and a word on the screens.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Set
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from config.site import Retention
from kiosk.clock import Clock
from kiosk.forgetting import erasing
from kiosk.forgetting.erasing import Erasing
from kiosk.forgetting.purge import DISK_S, empty_wal, finish, open_births, purge
from kiosk.forgetting.sweep import Rule
from kiosk.forgetting.tombstones import Tombstones
from kiosk.forgetting.traces import Traces
from kiosk.store.disk import StoreError, transaction
from kiosk.store.journal import Journal
from kiosk.store.store import Store
from kiosk.sync import roster as rosters
from machines.carried import Carried
from machines.instants import SECOND, Instant, WallQuality, paris
from machines.retention import DAY_US, Terms, carry_less

log = logging.getLogger("forgetting")

PURGED = "purged_us"
HOUR_US = 3600 * SECOND
#: Hours of Paris in which it is night: nobody is at a machine.
NIGHT = range(2, 6)
#: A purge is due again at night from then on, by day once it is overdue, and told once late.
AGAIN_US, OVERDUE_US, LATE_US = 20 * HOUR_US, 26 * HOUR_US, 48 * HOUR_US
#: Field seconds between two looks at whether one is due; the same while one came to nothing.
LOOK_S = 600.0
#: Real seconds after the start for which a purge waits for the central to say what it has;
#: and while it is taking more than so many entries.
CONTACT_S, TAKING_S, BEHIND = 120.0, 6 * 3600.0, 500

Less = Callable[[Carried, Instant], Carried]


@dataclass(frozen=True, slots=True)
class Floor:
    """What it asks of the floor and of the files: what is carried; to carry less; to remove."""

    forget: Callable[[Less, str], Future[Carried]]
    remove: Callable[[Set[str]], None]


class Forgetting:
    """`taken`: up to where the central has a store, None while it has not spoken; without
    it there is no central. Call `start()` once the floor takes its turns."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        retention: Retention,
        floor: Floor,
        taken: Callable[[bytes], int | None] | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._retention = retention
        self._terms = Terms.of_days(retention.sessions_days, retention.file_names_days)
        self._floor = floor
        self._taken = taken
        self._tombstones = Tombstones(store.path)
        self._began_s = time.monotonic()
        self._wake = threading.Event()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="forgetting", daemon=True)
        self._purged_us: int | None = store.submit(_last).result(DISK_S)
        self._since_us = clock.now().wall_us

    # -- from any thread ----------------------------------------------------------------------

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()

    def nudge(self) -> None:
        """Somebody may have been erased."""
        self._wake.set()

    @property
    def late(self) -> bool:
        """Whether what should be forgotten may still be here."""
        since = self._purged_us or self._since_us
        return self._clock.now().wall_us - since >= LATE_US

    def health(self) -> dict[str, object]:
        """For `/healthz`: seconds since the last purge, None before the first."""
        purged = self._purged_us
        now_us = self._clock.now().wall_us
        age = None if purged is None else max(0, now_us - purged) // SECOND
        return {"purged_age_s": age, "purge_late": self.late}

    # -- the thread ---------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._stopped:
            self._wake.clear()
            try:
                self.round()
            except (StoreError, OSError, TimeoutError) as wrong:
                log.warning("nothing is forgotten for now: %s", wrong)
            except Exception:
                log.exception("nothing is forgotten for now")
            if not self._stopped:
                self._wake.wait(self._clock.real_s(LOOK_S))

    def round(self) -> bool:
        """Does what is due; whether there was anything. The thread's whole work, and the tests'."""
        erased: Erasing = self._store.submit(lambda j: erasing.load(j.connection)).result(DISK_S)
        if not erased and not self._is_due():
            return False
        self._purge(erased)
        return True

    def _is_due(self) -> bool:
        now = self._clock.now()
        if now.quality < WallQuality.NTP:
            return False
        if self._taken and time.monotonic() - self._began_s < self._patience_s():
            return False
        if self._purged_us is None:
            return True
        age_us = abs(now.wall_us - self._purged_us)
        return age_us >= OVERDUE_US or (age_us >= AGAIN_US and paris(now.wall_us).hour in NIGHT)

    def _patience_s(self) -> float:
        """How long a kiosk that has just started leaves the central time to take what it has:
        else a lab that was away for months would forget what it is about to tell."""
        stores = self._store.submit(_tips).result(DISK_S)
        taken = [self._taken(name) if self._taken else None for name, _ in stores]
        if any(there is None for there in taken):
            return CONTACT_S
        behind = sum(tip - (there or 0) for (_, tip), there in zip(stores, taken, strict=True))
        return TAKING_S if behind > BEHIND else 0.0

    def _purge(self, erased: Erasing) -> None:
        now = self._clock.now()
        now_us = now.wall_us if now.quality >= WallQuality.NTP else None
        self._tombstones.add(erased.ids)
        live, upto = self._store.submit(_known).result(DISK_S)
        terms = self._terms if now_us else Terms(None, None)

        def less(carried: Carried, at: Instant) -> Carried:
            return carry_less(carried, terms, at, erased.ids, upto)

        carried = self._floor.forget(less, live.hex()).result(DISK_S)
        rule = Rule(
            now_us,
            terms,
            self._reached if self._taken else None,
            upto,
            open_births(carried),
            Traces(erased.ids, set(erased.badges)),
        )
        purged = purge(self._store, rule)
        self._floor.remove(purged.files)
        self._store.keep_rows().result(DISK_S)
        self._remove_damaged()
        if not empty_wal(self._store):
            raise StoreError("a reader keeps the WAL, which still has what was forgotten")
        if erased and not purged.waiting:
            finish(self._store, erased.ids)
            empty_wal(self._store)
        self._note(now_us)
        log.info(
            "%d entries name nobody any more; %d wait for what is not over or not sent",
            purged.entries,
            purged.waiting,
        )

    def _reached(self, store: bytes) -> int:
        return (self._taken(store) if self._taken else 0) or 0

    def _note(self, now_us: int | None) -> None:
        if now_us is not None:
            self._store.submit(lambda journal: _put(journal, now_us)).result(DISK_S)
            self._purged_us = now_us

    def _remove_damaged(self) -> None:
        """Damaged files that were salvaged are backups, and kept as long."""
        kept_s = self._retention.backups_days * DAY_US // SECOND
        path = self._store.path
        for old in path.parent.glob(f"{path.name}.damaged-*") if kept_s else ():
            if self._clock.now().wall_us // SECOND - old.stat().st_mtime > kept_s:
                old.unlink(missing_ok=True)


def begin(store: Store) -> None:
    """To be called before anybody looks at the roster: a file put back from a backup has people
    who were erased since."""
    erased = Tombstones(Path(store.path)).ids()
    if erased:
        store.submit(lambda journal: rosters.keep_out(journal.connection, erased)).result(DISK_S)


def _last(journal: Journal) -> int | None:
    found = journal.meta(PURGED)
    return found if isinstance(found, int) else None


def _tips(journal: Journal) -> list[tuple[bytes, int]]:
    """Each store, and its last entry."""
    closed = [(store, journal.tip(store)[0]) for store in journal.closed()]
    return [*closed, (journal.store, journal.tip()[0])]


def _known(journal: Journal) -> tuple[bytes, dict[str, int]]:
    """The live store; up to which decision the roster has those of each store."""
    kept = rosters.load(journal.connection)
    return journal.store, dict(kept.roster.upto) if kept else {}


def _put(journal: Journal, now_us: int) -> None:
    with transaction(journal.connection):
        journal.put_meta(PURGED, now_us)
