"""What a lab did lately: sessions, things made and workshops, with what was corrected of them.

Read from the journal by a connection that can only read and is closed at once, on any
thread; folded as the central folds it. Nothing is kept between two readings: what was
forgotten is gone from the next one.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from kiosk.clock import Clock
from kiosk.store.codec import CodecError, decode
from kiosk.store.disk import open_reader
from kiosk.store.journal import Journal, table_of
from machines.folding import by_subject, tell_one
from machines.instants import SECOND
from machines.journal import Entry, SessionCorrected
from machines.made_entries import ProducedCorrected, WorkshopCorrected
from machines.made_fold import Made, Workshop
from machines.placing import boots_of
from machines.timeline import rank
from machines.usage import Session

#: Days that a lab's tablet looks back.
DAYS = 31
#: What the kinds of entry that are read begin with; of the others there are ten times as many.
KINDS = ("session.", "produced", "workshop", "boot.beg", "clock.an")
#: The bytes of a stored entry before its kind: `{"v":1,"kind":"` (kiosk/store/codec.py).
_BEFORE_KIND = 15

_Correction = SessionCorrected | ProducedCorrected | WorkshopCorrected


@dataclass(frozen=True, slots=True)
class Correction:
    """One word of an animator. `by` is a roster id, None where it is forgotten."""

    what: str  #: a field; "count" of things made
    value: str
    why: str
    by: str | None
    at_us: int | None  #: UTC


@dataclass(frozen=True, slots=True)
class Lately:
    """All of it, each once; sessions that never were are among them (`Session.void`)."""

    sessions: tuple[Session, ...] = ()
    made: tuple[Made, ...] = ()
    workshops: tuple[Workshop, ...] = ()
    corrections: Mapping[str, tuple[Correction, ...]] = field(default_factory=dict)

    def corrected(self, subject: str) -> tuple[Correction, ...]:
        """Every correction of it, the oldest first."""
        return self.corrections.get(subject, ())


class Recent(Protocol):
    def read(self) -> Lately:
        """From any thread. Raises StoreError and sqlite3.Error where it cannot be read."""
        ...


class NothingRecent:
    """`Recent` of a kiosk without a journal."""

    def read(self) -> Lately:
        return Lately()


class RecentJournal:
    """`Recent` over a lab's file, while its owner runs."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock

    def read(self) -> Lately:
        with closing(open_reader(self._path)) as connection:
            connection.execute("BEGIN")  # one view of it: a fork may be healed meanwhile
            journal = Journal(connection, self._clock)
            since_us = self._clock.now().wall_us - DAYS * 86_400 * SECOND
            stores = (*journal.closed(), None)
            return lately([e for store in stores for e in _entries(journal, store, since_us)])


def lately(entries: list[Entry]) -> Lately:
    """`entries` in any order."""
    boots = boots_of(entries)
    groups = by_subject(entries)
    folded = [tell_one(mine, boots) for _, mine in sorted(groups.items())]

    def corrections(mine: list[Entry]) -> tuple[Correction, ...]:
        found = []
        for entry in sorted(mine, key=rank):
            if isinstance(entry.body, _Correction):
                placed = boots.place(entry.birth.store, entry.at)
                by = entry.personal.by if entry.personal else None
                what, value = _said(entry.body)
                at_us = placed.utc_us if placed else None
                found.append(Correction(what, value, entry.body.why, by, at_us))
        return tuple(found)

    return Lately(
        tuple(one for one in folded if isinstance(one, Session)),
        tuple(one for one in folded if isinstance(one, Made)),
        tuple(one for one in folded if isinstance(one, Workshop)),
        {name: told for name, mine in groups.items() if (told := corrections(mine))},
    )


def _said(body: _Correction) -> tuple[str, str]:
    if isinstance(body, ProducedCorrected):
        return "count", str(body.count)
    return body.what, body.value


def _entries(journal: Journal, store: bytes | None, since_us: int) -> Iterator[Entry]:
    """Those of a store that are read, from the first that a clock puts after `since_us` on."""
    table, given = table_of(store)
    tip, _ = journal.tip(store)

    def wall_us(seq: int) -> int:
        rows = journal.rows(seq - 1, 1, store)
        try:
            return decode(rows[0].body).at.wall_us if rows else 0
        except CodecError:
            return 0

    first = 1 + bisect_left(range(1, tip + 1), since_us, key=wall_us)
    marks = ", ".join("?" * len(KINDS))
    found = journal.connection.execute(
        f"SELECT body, personal FROM {table} AND seq >= ?"
        f" AND CAST(substr(body, {_BEFORE_KIND + 1}, 8) AS TEXT) IN ({marks}) ORDER BY seq",
        (*given, first, *KINDS),
    )
    for body, personal in found:
        try:
            yield decode(body, personal)
        except CodecError:
            continue  # `kiosk.store.check` tells of it
