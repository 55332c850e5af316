"""What a lab did lately: sessions, things made and workshops, with what was corrected of them.

Read from the journal by a connection that can only read and is closed at once, on any
thread; folded as the central folds it. What was read stays in memory for the next reading,
which decodes only what came since: two pages a minute ask for a month of entries. What was
forgotten meanwhile is gone from the next one.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock
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
_DAY_US = 86_400 * SECOND
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


@dataclass(frozen=True, slots=True)
class _Kept:
    """What was read of one store. `named`: how many of its entries told of somebody."""

    since_us: int
    first: int  #: number of the first entry looked at
    upto: int  #: and of the last
    chain: bytes  #: its link
    named: int
    entries: tuple[Entry, ...]


class RecentJournal:
    """`Recent` over a lab's file, while its owner runs."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock
        self._lock = Lock()
        self._kept: dict[bytes | None, _Kept] = {}
        self._lately = Lately()

    def read(self) -> Lately:
        with self._lock, closing(open_reader(self._path)) as connection:
            connection.execute("BEGIN")  # one view of it: a fork may be healed meanwhile
            journal = Journal(connection, self._clock)
            today = self._clock.now().wall_us // _DAY_US
            since_us = (today - DAYS) * _DAY_US  # the same all day, so that what is kept serves
            before = self._kept
            stores = (*journal.closed(), None)
            found = {one: _follow(journal, one, since_us, before.get(one)) for one in stores}
            # Without one that is new, the same tuples of entries: nothing is compared one by one.
            if [one.entries for one in found.values()] != [one.entries for one in before.values()]:
                self._lately = lately([e for one in found.values() for e in one.entries])
            self._kept = found
            return self._lately


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


def _follow(journal: Journal, store: bytes | None, since_us: int, kept: _Kept | None) -> _Kept:
    """`kept`, with what came since; or all of a store, where that is not what stands there."""
    if not kept or not _stands(journal, store, since_us, kept):
        first = _first(journal, store, since_us)
        kept = _Kept(since_us, first, first - 1, b"", 0, ())
    upto, chain = journal.tip(store)
    if upto <= kept.upto:
        return kept
    new = tuple(_entries(journal, store, kept.upto + 1))
    named = _named(journal, store, kept.first, upto)
    return replace(kept, upto=upto, chain=chain, named=named, entries=(*kept.entries, *new))


def _stands(journal: Journal, store: bytes | None, since_us: int, kept: _Kept) -> bool:
    """Whether `kept` begins today's month, is of this store, and nothing of it was forgotten."""
    return (
        kept.since_us == since_us
        and journal.chain_at(kept.upto, store) == kept.chain
        and _named(journal, store, kept.first, kept.upto) == kept.named
    )


def _named(journal: Journal, store: bytes | None, first: int, last: int) -> int:
    """Entries that have their personal part: 10,000 are counted in 2 ms. It only ever gets less."""
    table, given = table_of(store)
    asked = f"SELECT count(personal) FROM {table} AND seq BETWEEN ? AND ?"
    (found,) = journal.connection.execute(asked, (*given, first, last)).fetchone()
    return int(found)


def _first(journal: Journal, store: bytes | None, since_us: int) -> int:
    """The number of a store's first entry that a clock puts after `since_us`."""
    tip, _ = journal.tip(store)

    def wall_us(seq: int) -> int:
        rows = journal.rows(seq - 1, 1, store)
        try:
            return decode(rows[0].body).at.wall_us if rows else 0
        except CodecError:
            return 0

    return 1 + bisect_left(range(1, tip + 1), since_us, key=wall_us)


def _entries(journal: Journal, store: bytes | None, first: int) -> Iterator[Entry]:
    """Those of a store that are read, from number `first` on."""
    table, given = table_of(store)
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
