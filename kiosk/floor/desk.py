"""The desk: acts of people, from any thread, done one after the other and each once.

An act is judged when what the one before it wrote is on disk, so that two taps on
two tablets never both find the printer free. `kiosk.floor.acts.Desk`.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass

from kiosk.floor.acting import Acting
from kiosk.floor.acts import Act, Face, Told, WhyNot
from kiosk.floor.pending import Pending
from kiosk.floor.people import People
from kiosk.floor.writing import Soon
from machines.instants import Instant
from machines.journal import Entry

log = logging.getLogger("floor.desk")

#: Keys remembered: more than a lab's taps of half an hour.
REMEMBERED = 500
#: Real seconds that an act may wait for its turn: who asked does not expect it any more.
WAITS_S = 10.0


@dataclass(frozen=True, slots=True)
class Asked:
    act: Act
    by: str
    since_s: float
    told: Future[Told]


class ActDesk:
    def __init__(
        self, acting: Acting, people: People, soon: Soon, seconds: Callable[[], float]
    ) -> None:
        self._acting = acting
        self._people = people
        self._soon = soon
        self._seconds = seconds
        self._lock = threading.Lock()
        self._known: OrderedDict[str, Future[Told]] = OrderedDict()
        self._line: deque[Asked] = deque()
        self._doing: Asked | None = None

    # -- from any thread ----------------------------------------------------------------------

    def act(self, act: Act, key: str, by: str) -> Future[Told]:
        with self._lock:
            if key in self._known:
                return self._known[key]
            told = self._known[key] = Future()
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        asked = Asked(act, by, self._seconds(), told)
        self._soon(lambda at: self._take(asked, at))
        return told

    def faces(self) -> tuple[Face, ...]:
        return self._people.faces

    # -- the floor's thread -------------------------------------------------------------------

    @property
    def any(self) -> bool:
        return self._doing is not None

    def _take(self, asked: Asked, at: Instant) -> None:
        self._line.append(asked)
        self._next(at)

    def _next(self, at: Instant) -> None:
        while self._doing is None and self._line:
            asked = self._line.popleft()
            if self._seconds() - asked.since_s > WAITS_S:
                asked.told.set_result(Told(False, WhyNot.JOURNAL))
                continue
            self._do(asked, at)

    def _do(self, asked: Asked, at: Instant) -> None:
        try:
            outcome = self._acting.judge(asked.act, asked.by, at)
        except Exception as wrong:  # a fault of ours in one act is no reason to leave the next
            log.exception("%s was not judged", type(asked.act).__name__)
            asked.told.set_exception(wrong)
            return
        if isinstance(outcome, Told):
            asked.told.set_result(outcome)
            return
        self._doing = asked
        outcome.future.add_done_callback(
            lambda done: self._soon(lambda at: self._written(asked, outcome, done, at))
        )

    def _written(self, asked: Asked, pending: Pending, done: Future[Entry], at: Instant) -> None:
        self._doing = None
        if done.exception() is not None:
            pending.failed()
            told = Told(False, WhyNot.JOURNAL)
        else:
            told = pending.done(done.result())
        asked.told.set_result(told)
        self._next(at)
