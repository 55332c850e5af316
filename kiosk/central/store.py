"""The central's file and the one thread that writes it.

Whoever has something to write hands it over with `submit` and waits as long as
it likes; each is one transaction. When nobody waits, and every now and then
when somebody always does, the thread folds the facts that have arrived.
"""

from __future__ import annotations

import math
import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import closing, suppress
from pathlib import Path
from typing import TypeVar

from kiosk.central import ledger, nodes, schema
from kiosk.central.folding import fold
from kiosk.clock import Clock
from kiosk.store.disk import StoreError, claim, open_reader, transaction
from machines.instants import SECOND, WallQuality

T = TypeVar("T")

#: Jobs that may wait. A batch takes some 10 ms: whoever comes later is told to come back.
WAITING = 64
#: Real seconds without a job after which facts are folded: a lab that sends its next batch
#: at once does not wait for the fold of the one before, which takes longer than the batch.
IDLE_S = 0.1
#: Real seconds after which facts are folded although jobs never cease.
LATEST_S = 2.0
#: Microseconds between two notes that a lab was heard: a write each, so not at every request.
NOTED_EVERY_US = 300 * SECOND


class Busy(RuntimeError):
    """Too much waits to be written already."""


class Central:
    """The ledger, the nodes, the roster and the figures, over one file.

    Raises StoreError where the file is of another program, of a newer version,
    or in use.
    """

    def __init__(self, path: Path, clock: Clock) -> None:
        self.path = path
        self.clock = clock
        self._claim = claim(path)
        self._jobs: queue.Queue[Callable[[sqlite3.Connection], None] | None] = queue.Queue(WAITING)
        self._gate: nodes.Gate
        self._heard: dict[bytes, int] = {}
        opened: Future[None] = Future()
        self._thread = threading.Thread(target=self._run, args=(opened,), name="central-writer")
        self._thread.start()
        try:
            opened.result()
        except BaseException as wrong:
            self._thread.join()
            self._claim.release()
            if isinstance(wrong, sqlite3.Error):
                raise StoreError(
                    f"{path}: cannot be used as a ledger ({wrong}); put back a backup, or give"
                    " `database` another path"
                ) from wrong
            raise

    def submit(self, write: Callable[[sqlite3.Connection], T]) -> Future[T]:
        """Runs `write` in a transaction of its own; the result is there once it is on disk.

        Raises Busy. Callbacks of the future run on the writing thread.
        """
        done: Future[T] = Future()

        def job(connection: sqlite3.Connection) -> None:
            try:
                with transaction(connection):
                    result = write(connection)
            except BaseException as wrong:
                done.set_exception(wrong)
            else:
                done.set_result(result)

        self._queue(job)
        return done

    def maintain(self, do: Callable[[sqlite3.Connection], T]) -> Future[T]:
        """Runs `do` on the writing connection outside of any transaction: what empties the WAL.

        Raises Busy.
        """
        done: Future[T] = Future()

        def job(connection: sqlite3.Connection) -> None:
            try:
                done.set_result(do(connection))
            except BaseException as wrong:
                done.set_exception(wrong)

        self._queue(job)
        return done

    def reader(self) -> closing[sqlite3.Connection]:
        """A connection that can only read, for a short while: `with central.reader() as …`."""
        return closing(open_reader(self.path))

    def change_nodes(self, change: Callable[[sqlite3.Connection], T]) -> T:
        """Changes the nodes or their tokens; the next request is judged by it. Raises Busy."""
        result, gate = self.submit(lambda c: (change(c), nodes.Gate(c))).result()
        self._gate = gate
        return result

    def who(self, token: str) -> nodes.Node | None:
        """Whose token this is; None for nobody's."""
        return self._gate.who(token)

    def now_us(self) -> int:
        return self.clock.now().wall_us

    def utc_us(self) -> int | None:
        """The true time as far as this machine knows it; None where its clock was never set."""
        now = self.clock.now()
        return now.wall_us if now.quality >= WallQuality.NTP else None

    def heard(self, store: bytes) -> None:
        """A lab has asked about its store, and brings perhaps nothing. Noted now and then.

        Only while nobody waits: of a hundred labs that come at once, each is noted with
        what it brings, and one that brings nothing asks again within minutes.
        """
        now_us = self.now_us()
        if self._jobs.empty() and now_us - self._heard.get(store, 0) >= NOTED_EVERY_US:
            self._heard[store] = now_us
            with suppress(Busy):
                self.submit(lambda connection: ledger.heard(connection, store, now_us))

    def close(self) -> None:
        """Writes what waits, and lets go of the file."""
        self._jobs.put(None)
        self._thread.join()
        self._claim.release()

    def _queue(self, job: Callable[[sqlite3.Connection], None]) -> None:
        try:
            self._jobs.put_nowait(job)
        except queue.Full:
            raise Busy(f"{WAITING} jobs wait to be written") from None

    # ---- the thread

    def _run(self, opened: Future[None]) -> None:
        try:
            connection = schema.open_writer(self.path)
            with transaction(connection):
                ledger.look_again(connection, self.now_us())
                self._gate = nodes.Gate(connection)
        except BaseException as wrong:
            opened.set_exception(wrong)
            return
        opened.set_result(None)
        with closing(connection):
            self._work(connection)

    def _work(self, connection: sqlite3.Connection) -> None:
        """Once nobody came for a while, slice after slice is folded until somebody does."""
        unfolded, patience_s, folded_at = True, IDLE_S, time.monotonic()
        while True:
            try:
                job = self._jobs.get(timeout=patience_s if unfolded else None)
                if job is None:
                    return
                job(connection)
                unfolded, patience_s = True, IDLE_S
            except queue.Empty:
                patience_s, folded_at = 0.0, -math.inf
            if unfolded and time.monotonic() > folded_at + LATEST_S:
                unfolded, folded_at = fold(connection, self.now_us()), time.monotonic()
