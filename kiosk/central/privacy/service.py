"""The purge as a thread of the central: every night, at a start that is late, at an erasure at
once; and what arrives late of whoever was erased.

Whatever goes wrong here is a line in the log, on the page and in `/healthz`.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
from dataclasses import asdict, dataclass

from config.site import CentralSite
from kiosk.central.audit import PROGRAM, Act
from kiosk.central.privacy import erasure, facts
from kiosk.central.privacy.purge import WRITTEN_S, Purged, blank, purge
from kiosk.central.store import Busy, Central
from kiosk.forgetting.service import AGAIN_US, LATE_US, LOOK_S, NIGHT, OVERDUE_US
from kiosk.forgetting.tombstones import Tombstones
from kiosk.store.disk import BUSY_MS, StoreError
from machines.instants import SECOND, paris

log = logging.getLogger("central")


@dataclass(frozen=True, slots=True)
class Standing:
    """How forgetting stands. `purged_us`: None before the first purge."""

    purged_us: int | None
    told: Purged
    late: bool
    erasing: int  #: ids of which some trace may be left
    trouble: str


class Forgetting:
    """Over a central that the caller closes after it. Made, whoever was erased since the file
    was a backup is erased again; `start()` has it look by itself."""

    def __init__(self, central: Central, site: CentralSite) -> None:
        self._central = central
        self._site = site
        self.tombstones = Tombstones(central.path)
        self._since_us = central.now_us()
        self._looked = 0  #: up to which fact it was looked for whom is erased
        self._unswept = True  #: the WAL may still have what was forgotten
        self._trouble = ""
        self._wake = threading.Event()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="central-forgetting", daemon=True)
        self._begin()

    # ---- from any thread

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()

    def nudge(self) -> None:
        """Somebody was erased."""
        self._wake.set()

    def standing(self) -> Standing:
        with self._central.reader() as connection:
            purged_us, told = connection.execute("SELECT purged_us, told FROM purge").fetchone()
            ids, _ = erasure.under_way(connection)
        late = self._central.now_us() - (purged_us or self._since_us) >= LATE_US
        return Standing(purged_us, Purged(**json.loads(told)), late, len(ids), self._trouble)

    def health(self) -> dict[str, object]:
        """For `/healthz`: nothing about a person."""
        now = self.standing()
        age = None if now.purged_us is None else (self._central.now_us() - now.purged_us) // SECOND
        return {"purged_age_s": age, "purge_late": now.late, "erasing": now.erasing}

    # ---- the thread

    def _run(self) -> None:
        while not self._stopped:
            self._wake.clear()
            try:
                self.round()
                self._trouble = ""
            except (StoreError, OSError, Busy, TimeoutError, sqlite3.Error) as wrong:
                self._trouble = str(wrong)
                log.warning("nothing is forgotten for now: %s", wrong)
            except Exception as wrong:
                self._trouble = type(wrong).__name__
                log.exception("nothing is forgotten for now")
            if not self._stopped:
                self._wake.wait(self._central.clock.real_s(LOOK_S))

    def round(self) -> bool:
        """Does what is due; whether there was anything. The thread's whole work, and the tests'."""
        self._unswept |= self._erase_traces()
        if self._is_due():
            self._unswept = True
            self._purge()
        did = self._unswept
        if did:
            self._central.maintain(_empty).result(WRITTEN_S)
            self._unswept = False
        return did

    def erase_now(self) -> None:
        """For who has no thread: the traces of whom is being erased go before this returns."""
        self._erase_traces()
        self._central.maintain(_empty).result(WRITTEN_S)

    def _begin(self) -> None:
        told, now_us = self.tombstones.ids(), self._central.now_us()
        if told:
            act = Act(PROGRAM, now_us)
            self._central.submit(lambda c: erasure.again(c, act, told)).result(WRITTEN_S)

    def _is_due(self) -> bool:
        now_us = self._central.utc_us()
        if now_us is None:
            return False
        purged_us = self.standing().purged_us
        if purged_us is None:
            return True
        age_us = abs(now_us - purged_us)
        return age_us >= OVERDUE_US or (age_us >= AGAIN_US and paris(now_us).hour in NIGHT)

    def _purge(self) -> None:
        now_us = self._central.now_us()
        done = purge(self._central, self._site, now_us)
        self._erase_traces()
        told = json.dumps(asdict(done))

        def note(connection: sqlite3.Connection) -> None:
            connection.execute("UPDATE purge SET purged_us = ?, told = ?", (now_us, told))

        self._central.submit(note).result(WRITTEN_S)
        log.info("forgotten: %s", told)

    def _erase_traces(self) -> bool:
        """Of whom is being erased, and of whoever was, what has arrived since."""
        with self._central.reader() as connection:
            under_way, badges = erasure.under_way(connection)
            everybody, upto = erasure.erased(connection), facts.folded(connection)
            pending = _pending(connection)
            if not under_way and (not everybody or upto <= self._looked):
                return False
            erasure.entomb(connection, self.tombstones)
            after = 0 if under_way else self._looked
            mine, traces = facts.of_people(connection, everybody, badges, after)
        blank(self._central, mine)

        def done(connection: sqlite3.Connection) -> None:
            if mine:
                for one in sorted(everybody):
                    erasure.untie(connection, one)
            erasure.forget_digests(connection, frozenset(traces.badges))
            if not pending:
                erasure.finish(connection, under_way)

        self._central.submit(done).result(WRITTEN_S)
        self._looked = upto
        return bool(mine or under_way)


def _pending(connection: sqlite3.Connection) -> bool:
    """Whether facts are here that are in no figure yet: they may name the erased too."""
    (last,) = connection.execute("SELECT coalesce(max(arrived), 0) FROM fact").fetchone()
    return bool(last > facts.folded(connection))


def _empty(connection: sqlite3.Connection) -> None:
    """The WAL into the file, and empty: it still has what was forgotten. Raises StoreError."""
    connection.execute("PRAGMA busy_timeout = 200")
    try:
        busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    if busy:
        raise StoreError("forgotten, but a reader keeps the WAL, which still has the names")
