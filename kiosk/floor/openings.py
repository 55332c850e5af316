"""Sessions' openings on their way to the disk, and a disk that does not answer for one."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass

from kiosk.floor.post import Post
from kiosk.floor.writing import Soon, Writing
from machines import session as table
from machines.instants import Instant
from machines.journal import Entry, Personal, SessionOpened

#: Real seconds in which a disk mostly answers.
SOON_S = 0.05

Decide = Callable[[Post, table.Event], None]


@dataclass(frozen=True, slots=True)
class Asked:
    """Since `since` in real seconds."""

    post: Post
    future: Future[Entry]
    since: float


class Openings:
    """For the floor's thread alone. The table of the machine is told what became of each."""

    def __init__(
        self, writing: Writing, soon: Soon, seconds: Callable[[], float], decide: Decide
    ) -> None:
        self._writing = writing
        self._soon = soon
        self._seconds = seconds
        self._decide = decide
        self._asked: dict[int, Asked] = {}

    @property
    def any(self) -> bool:
        return bool(self._asked)

    def is_due(self, now: float) -> bool:
        """Whether a disk that does not hang is about to answer."""
        return any(now - asked.since < SOON_S for asked in self._asked.values())

    def write(self, post: Post, token: int, opening: SessionOpened, personal: Personal) -> None:
        def answered(_: Future[Entry]) -> None:
            self._soon(lambda at: self._answered(at, token))

        future = self._writing.write(opening, personal, first=answered)
        self._asked[token] = Asked(post, future, self._seconds())

    def future(self, token: int) -> Future[Entry]:
        """The entry of an opening that is on its way. Raises KeyError for another."""
        return self._asked[token].future

    def watch(self, at: Instant) -> None:
        """An opening that the disk has had for too long is refused."""
        late = self._seconds() - table.PATIENCE_S
        for token, asked in self._asked.items():
            if asked.since < late:
                self._decide(asked.post, table.Overdue(at, token))

    def _answered(self, at: Instant, token: int) -> None:
        asked = self._asked.pop(token)
        event: table.Event
        if asked.future.exception() is not None:
            event = table.NotCommitted(at, token)
        else:
            event = table.Committed(at, token, str(asked.future.result().birth))
        self._decide(asked.post, event)
