"""« Mes heures »: a member's last sessions, looked up in the lab's journal beside the floor.

By a short read-only connection on a thread of its own, from the newest entry back to the
first of the month or `BACK_US`, so that nothing about anybody is kept for it.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator, Set
from contextlib import closing

from kiosk.clock import Clock
from kiosk.store.codec import CodecError, decode
from kiosk.store.disk import StoreError, open_reader
from kiosk.store.store import Store
from machines.folding import fold
from machines.instants import SECOND, Instant, Month, paris
from machines.journal import Entry
from machines.talk_people import OwnHours, OwnSession
from machines.usage import Session

log = logging.getLogger("floor")

#: Sessions that the screen has room for.
SHOWN = 4
#: Sessions older than this are not looked for; a long month is within it.
BACK_US = 35 * 86_400 * SECOND
#: Entries read at a time, and the most of one look: more than a busy lab's 35 days.
STEP, MOST = 2_000, 60_000

#: What a session is folded from, besides the entries that name its member.
_FRAME = (b'"kind":"boot.', b'"kind":"clock.', b'"kind":"session.')

Answer = Callable[[OwnHours], None]


class HoursDesk:
    """Looks up, one after the other, and answers from a thread of its own."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._one = threading.Lock()

    def ask(self, ids: Set[str], answer: Answer) -> None:
        """`ids`: every roster id that the member has had. Returns at once."""
        threading.Thread(target=self._look, args=(ids, answer), name="hours", daemon=True).start()

    def look(self, ids: Set[str]) -> OwnHours:
        """Raises StoreError, sqlite3.Error."""
        now = self._clock.now()
        with closing(open_reader(self._store.path)) as connection:
            return hours_of(list(_entries(connection, ids, now)), ids, now)

    def _look(self, ids: Set[str], answer: Answer) -> None:
        with self._one:
            try:
                answer(self.look(ids))
            except (StoreError, sqlite3.Error) as wrong:
                log.warning("a member's hours were not found: %s", wrong)


def hours_of(entries: list[Entry], ids: Set[str], now: Instant) -> OwnHours:
    """A member's sessions among these entries; parties are no hours of theirs."""
    month, mine = Month.of(now.wall_us), []
    total_us = 0
    for use in fold(entries):
        if not isinstance(use, Session) or use.member not in ids or use.party or use.void:
            continue
        if use.began_us is None:
            continue
        is_open = use.reason is None
        used_us = now.wall_us - use.began_us if is_open else use.used_us
        if used_us is None:
            continue
        if Month.of(use.began_us) == month:
            total_us += max(0, used_us)
        day = paris(use.began_us).date()
        mine.append((use.began_us, OwnSession(use.machine, day, used_us / SECOND, is_open)))
    latest = sorted(mine, key=lambda one: one[0], reverse=True)[:SHOWN]
    return OwnHours(total_us / SECOND, tuple(one for _, one in latest))


def _entries(connection: sqlite3.Connection, ids: Set[str], now: Instant) -> Iterator[Entry]:
    """The newest first: boots and anchors, and of sessions those that may be theirs."""
    named = [f'"{one}"'.encode() for one in ids]
    (last,) = connection.execute("SELECT ifnull(max(seq), 0) FROM entry").fetchone()
    for upper in range(last, max(0, last - MOST), -STEP):
        rows = connection.execute(
            "SELECT body, personal FROM entry WHERE seq > ? AND seq <= ?"
            " AND (instr(body, ?) OR instr(body, ?) OR instr(body, ?)) ORDER BY seq DESC",
            (upper - STEP, upper, *_FRAME),
        )
        oldest: Entry | None = None
        for body, personal in rows:
            if b'"kind":"session.' in body and not _may_be(body, personal, named):
                continue
            try:
                oldest = decode(body, personal)
            except CodecError:
                continue
            yield oldest
        if oldest is not None and now.wall_us - oldest.at.wall_us > BACK_US:
            return


def _may_be(body: bytes, personal: bytes | None, named: list[bytes]) -> bool:
    """Openings that name the member; whatever else is said of a session may be of theirs."""
    if b'"kind":"session.opened"' not in body:
        return True
    return personal is not None and any(name in personal for name in named)
