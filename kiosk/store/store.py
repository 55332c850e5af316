"""The store: one thread owns the lab's file, and everybody else leaves it something to do.

Nobody waits for the disk who does not want to: each call returns a future at
once, and the caller waits as long as it likes. Callbacks of a future run on the
store's thread, so they must be short and never ask the store and wait.

A future that is cancelled before its turn is never written. One whose turn has
come is written, however late; what was meanwhile told to the member has to be
put right by another entry.
"""

from __future__ import annotations

import logging
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

import kiosk
from kiosk.clock import Clock
from kiosk.store.ballast import BALLAST_BYTES, Ballast
from kiosk.store.disk import StoreError, open_writer, transaction
from kiosk.store.journal import Journal, Line, Start
from kiosk.store.opening import Connect, Opened, close_store, open_store
from kiosk.store.salvage import Salvaged
from machines.instants import Instant
from machines.journal import Body, Entry, Personal

log = logging.getLogger("store")
T = TypeVar("T")

#: Field seconds between two looks at whether an anchor is due.
LOOK_S = 10.0
#: Real seconds that a checkpoint row waits for an entry to share a write with.
ROW_WAITS_S = 1.0
#: Real seconds that `close` waits for a disk that hangs.
CLOSE_S = 10.0

_Job = tuple["Future[Any]", Callable[[Journal], Any]]
#: A running meter: machine and name.
_Meter = tuple[str, str]


class Store:
    """One lab's file, open until `close`. Raises StoreError where it cannot be opened.

    `start` and `salvaged` say how it was found. `disk_full` is an alarm: the
    ballast is gone, and only making room on the disk brings it back.
    """

    def __init__(
        self,
        path: Path,
        clock: Clock,
        version: str = kiosk.__version__,
        connect: Connect = open_writer,
        ballast_bytes: int = BALLAST_BYTES,
    ) -> None:
        self.path = path
        self.clock = clock
        self._ballast = Ballast(path, ballast_bytes)
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._rows: dict[_Meter, bytes] = {}
        self._rows_due = 0.0
        self._look_due = 0.0
        self._closed = False
        self.disk_full = False
        opening: Future[Opened] = Future()
        self._thread = threading.Thread(
            target=self._work, args=(opening, version, connect), name="store", daemon=True
        )
        self._thread.start()
        opened = opening.result()
        self.start: Start = opened.start
        self.salvaged: Salvaged | None = opened.salvaged

    # -- from any thread ----------------------------------------------------------------------

    def append(
        self,
        body: Body,
        personal: Personal | None = None,
        at: Instant | None = None,
        ends: tuple[str, str] | None = None,
    ) -> Future[Entry]:
        """The entry, once it is on disk. It happened `at`, or now: not when the disk was free.

        `ends`: the running meter whose row it takes the place of; both change, or neither.
        """
        line = Line(body, personal, at or self.clock.now())
        return self.submit(lambda journal: self._write(journal, [line], ends)[0])

    def append_all(self, lines: Sequence[Line]) -> Future[list[Entry]]:
        """The entries, once all of them are on disk; all or none."""
        now = self.clock.now()
        stamped = [Line(line.body, line.personal, line.at or now) for line in lines]
        return self.submit(lambda journal: self._write(journal, stamped))

    def submit(self, do: Callable[[Journal], T]) -> Future[T]:
        """What `do` returns, done on the store's thread. It raises what `do` raises, and
        StoreError where the disk refuses."""
        future: Future[T] = Future()
        with self._lock:
            if not self._closed:
                self._jobs.put((future, do))
                return future
        future.set_exception(StoreError(f"{self.path}: closed"))
        return future

    def checkpoint(self, machine: str, meter: str, row: bytes) -> None:
        """Has a running meter's row overwritten within about a second, or with the next entry.

        What `append` is asked for later may end it.
        """
        self.submit(lambda _: self._keep((machine, meter), row))

    def keep_rows(self) -> Future[list[Entry]]:
        """Done once the rows that wait are on disk."""
        return self.submit(lambda journal: self._write(journal, ()))

    def close(self, timeout_s: float = CLOSE_S) -> bool:
        """Writes all that was asked for and leaves the file in order; False where the disk
        hangs, which the next start finds out."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._jobs.put(None)
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    # -- the store's thread -------------------------------------------------------------------

    def _work(self, opening: Future[Opened], version: str, connect: Connect) -> None:
        try:
            opened = self._open(version, connect)
        except BaseException as wrong:
            opening.set_exception(wrong)
            return
        self.disk_full = not self._ballast.load()
        opening.set_result(opened)
        journal = opened.journal
        while (job := self._next(journal)) is not None:
            future, do = job
            if future.set_running_or_notify_cancel():
                self._do(journal, future, do)
        self._rest(journal, leaving=True)
        try:
            close_store(opened)
        except sqlite3.Error as wrong:
            log.error("%s: not left in order: %s", self.path, wrong)

    def _open(self, version: str, connect: Connect) -> Opened:
        try:
            return open_store(self.path, self.clock, version, connect)
        except StoreError as wrong:
            if not _is_full(wrong.__cause__) or not self._ballast.drop():
                raise
            log.error("%s: the disk is full; the ballast is dropped, make room now", self.path)
            return open_store(self.path, self.clock, version, connect)

    def _next(self, journal: Journal) -> _Job | None:
        while True:
            self._rest(journal)
            due = min(self._look_due, self._rows_due) if self._rows else self._look_due
            try:
                return self._jobs.get(timeout=max(0.0, due - time.monotonic()))
            except queue.Empty:
                continue

    def _do(self, journal: Journal, future: Future[Any], do: Callable[[Journal], Any]) -> None:
        try:
            future.set_result(self._attempt(journal, do))
        except sqlite3.Error as wrong:
            log.error("%s: %s", self.path, wrong)
            future.set_exception(StoreError(f"{self.path}: {wrong}"))
        except Exception as wrong:
            future.set_exception(wrong)

    def _attempt(self, journal: Journal, do: Callable[[Journal], T]) -> T:
        """Done once; a second time where the disk was full and there was ballast to drop."""
        try:
            return do(journal)
        except sqlite3.OperationalError as wrong:
            if not _is_full(wrong) or not self._ballast.drop():
                raise
            self.disk_full = True
            log.error("%s: the disk is full; the ballast is dropped, make room now", self.path)
            return do(journal)

    def _keep(self, meter: _Meter, row: bytes) -> None:
        if not self._rows:
            self._rows_due = time.monotonic() + ROW_WAITS_S
        self._rows[meter] = row

    def _write(
        self, journal: Journal, lines: Sequence[Line], ends: _Meter | None = None
    ) -> list[Entry]:
        """Rows that were kept go along; those that cannot be written wait for the next time."""
        rows: dict[_Meter, bytes | None] = {**self._rows}
        if ends:
            rows[ends] = None
        with transaction(journal.connection):
            for (machine, meter), row in rows.items():
                journal.checkpoint(machine, meter, row)
            entries = [journal.write(line) for line in lines]
        self._rows.clear()
        return entries

    def _rest(self, journal: Journal, leaving: bool = False) -> None:
        """What is due between two jobs: rows that nobody took along, and anchors."""
        now = time.monotonic()
        try:
            if self._rows and (leaving or now >= self._rows_due):
                self._rows_due = now + ROW_WAITS_S
                self._attempt(journal, lambda journal: self._write(journal, ()))
            if now >= self._look_due:
                self._look_due = now + self.clock.real_s(LOOK_S)
                self._attempt(journal, lambda journal: journal.anchor_if_due())
        except Exception as wrong:
            log.error("%s: %s", self.path, wrong)


def _is_full(wrong: BaseException | None) -> bool:
    code = getattr(wrong, "sqlite_errorcode", None)
    return code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE)
