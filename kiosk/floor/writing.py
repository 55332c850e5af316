"""The floor's entries on their way to the disk: what hangs, what failed, what is carried along.

Nothing here waits: the disk answers on its own thread, and the floor's thread
goes on with the answer in its turn.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future
from typing import Protocol

from kiosk.floor import rows
from machines.carried import Carried
from machines.instants import SECOND, Instant
from machines.journal import Body, Entry, Personal
from machines.session import PATIENCE_S

log = logging.getLogger("floor")

#: Field seconds between two signs of life on disk, while a session or a run is open.
ALIVE_S = 60.0
#: Real seconds after which an entry that must not be missing is written again.
AGAIN_S = 10.0
#: Entries after which what is carried is written down again: at the least, and one more for
#: so many bytes of it, since a long queue is a large row. A start folds what came since.
CARRIED_EVERY = 200
CARRIED_BYTES = 300

Soon = Callable[[Callable[[Instant], None]], None]
Then = Callable[[Entry, Instant], None]
#: A running meter: machine and name.
Meter = tuple[str, str]


class Journal(Protocol):
    """What the floor asks of the store. Futures are completed on another thread."""

    def append(
        self, body: Body, personal: Personal | None = None, *, ends: Meter | None = None
    ) -> Future[Entry]: ...

    def checkpoint(self, machine: str, meter: str, row: bytes) -> None: ...


class Writing:
    """For the floor's thread alone. `soon` has it do something in its turn, from any thread."""

    def __init__(self, journal: Journal, soon: Soon, seconds: Callable[[], float]) -> None:
        self.journal = journal
        self.carried = Carried()
        self.ok = True  #: False from a write that hangs 2 s, or fails, until one comes back
        self.soon = soon
        self.hear: Callable[[Entry], None] = lambda _: None  #: of each entry, once it is folded
        self.owed = 0  #: entries that are on their way to the disk
        self._seconds = seconds
        self._oldest: tuple[float, Future[Entry]] | None = None
        self._refused: list[tuple[float, Callable[[], None]]] = []
        self._store = ""
        self._carried_at, self._carried_bytes = 0, 0  #: the entry and the size of the last row
        self._alive_at: Instant | None = None

    def write(
        self,
        body: Body,
        personal: Personal | None = None,
        ends: Meter | None = None,
        first: Callable[[Future[Entry]], None] | None = None,
    ) -> Future[Entry]:
        """`first` hears of the entry before all others, on the writer's thread.

        `ends`: the meter whose row this entry takes the place of, at once with it: no power
        cut leaves what it measured both written down and under way, or neither."""
        future = self.journal.append(body, personal, ends=ends)
        self.owed += 1
        if self._oldest is None:
            self._oldest = (self._seconds(), future)
        if first:
            future.add_done_callback(first)
        future.add_done_callback(self._written)
        return future

    def insist(
        self,
        body: Body,
        personal: Personal | None,
        then: Then = lambda _, at: None,
        ends: Callable[[], Meter | None] = lambda: None,
    ) -> None:
        """Append, again and again where the disk refuses, and have the floor's thread go on with
        the entry once it is there. `ends` is asked anew each time."""

        def done(future: Future[Entry]) -> None:
            if future.exception() is None:
                self.soon(lambda at: then(future.result(), at))
            else:
                self.soon(lambda _: self._refused.append((self._seconds(), again)))

        def again() -> None:
            self.write(body, personal, ends(), first=done)

        again()

    def keep(self, meter: Meter, row: bytes) -> None:
        """Overwrite the row of a meter that is running."""
        self.journal.checkpoint(*meter, row)

    def watch(self) -> None:
        """Look whether the disk hangs, and insist."""
        due = self._seconds() - AGAIN_S
        while self._refused and self._refused[0][0] <= due:
            self._refused.pop(0)[1]()
        if self._oldest is None:
            return
        since, future = self._oldest
        if future.done():
            self.ok = future.exception() is None
            self._oldest = None
        elif since < self._seconds() - PATIENCE_S:
            self.ok = False

    def sign_of_life(self, at: Instant, busy: bool) -> None:
        """One row, overwritten while something is open: where a power cut ended it."""
        due = self._alive_at is None or at.since(self._alive_at) >= ALIVE_S * SECOND
        if busy and due:
            self._keep_alive(at)

    def forget(self, less: Callable[[Carried], Carried], store: str) -> None:
        """Carry less from now on, and write down what is left. `store`: the live one."""
        self._store = store
        self.carried = less(self.carried)
        self._keep_carried()

    def leave(self, at: Instant) -> None:
        """The kiosk is about to stop: write down what the next one takes up."""
        self._keep_carried()
        self._keep_alive(at)

    def _written(self, future: Future[Entry]) -> None:
        """On the writer's thread: keep what is carried in step, and say what failed."""
        if wrong := future.exception():
            log.error("the journal refused an entry: %s", wrong)
            self.soon(lambda _: self._lose())
            return
        entry = future.result()
        self.soon(lambda _: self._carry(entry))

    def _lose(self) -> None:
        self.owed -= 1

    def _carry(self, entry: Entry) -> None:
        self.owed -= 1
        self._store = entry.birth.store
        self.carried = self.carried.fold([(entry.birth.seq, entry)])
        every = max(CARRIED_EVERY, self._carried_bytes // CARRIED_BYTES)
        if not 0 <= self.carried.seq - self._carried_at < every:
            self._keep_carried()
        self.hear(entry)

    def _keep_carried(self) -> None:
        if not self._store:
            return  # nothing was written since the start: the row is as it was
        row = rows.encode_carried(self.carried, self._store)
        self._carried_at, self._carried_bytes = self.carried.seq, len(row)
        self.journal.checkpoint(*rows.CARRIED, row)

    def _keep_alive(self, at: Instant) -> None:
        self._alive_at = at
        self.journal.checkpoint(*rows.ALIVE, rows.encode_instant(at))
