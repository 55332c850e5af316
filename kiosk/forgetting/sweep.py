"""One look through a journal: whose personal parts are to go, and which must wait.

Reads, and changes nothing. An entry was written no later than those after it in its
store: one whose clock was not set is as old as the next that had one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from kiosk.forgetting.traces import Traces, print_of, read_names
from kiosk.store.codec import CodecError, NotAnEntry, decode, outline
from kiosk.store.journal import Journal, Row
from machines.instants import WallQuality
from machines.job_entries import JobSubmitted, PrintReconciled
from machines.journal import Birth, Personal, PrintBegan, PrintEnded
from machines.placing import EARLIEST_US
from machines.retention import AT_MOST, DAY_US, DECISIONS, Terms

#: Entries of one read: a reader that stays longer lets the WAL grow.
ROWS = 500
#: A wall clock that says more than now is not believed; but for a little, since it is slewed.
AHEAD_US = DAY_US
_FOLLOWED = {kind.kind for kind in (PrintBegan, PrintEnded, PrintReconciled)}


@dataclass(frozen=True, slots=True)
class Rule:
    """What is to go. `now_us`: None where the clock is not set, and nothing goes by its age.

    `taken`: up to where the central has a store, by its name; None: there is no central.
    `upto`: up to which decision the roster has a store's (32 hex digits). `open`: births
    of sessions, jobs and prints that are not over. `erased`: what is known of who is erased.
    """

    now_us: int | None
    terms: Terms
    taken: Callable[[bytes], int] | None = None
    upto: Mapping[str, int] = field(default_factory=dict)
    open: frozenset[str] = frozenset()
    erased: Traces = field(default_factory=lambda: Traces(frozenset()))


@dataclass(slots=True)
class Found:
    """`seqs` are to be forgotten; once they are, no entry up to `clean` names anybody.

    `waiting`: how many of the erased's stay for now.
    """

    seqs: list[int] = field(default_factory=list)
    clean: int = 0
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class _Named:
    """An entry that names somebody."""

    seq: int
    birth: str
    kind: str
    personal: Personal
    print: str = ""  #: the birth of the print that it is about


def look(journal: Journal, store: bytes | None, clean: int, rule: Rule) -> Found:
    """What is to go in one store, after entry `clean`."""
    return _Look(store or journal.store, rule).through(rows_of(journal, store, clean), clean)


class _Look:
    def __init__(self, name: bytes, rule: Rule) -> None:
        self._rule = rule
        self._taken = rule.taken(name) if rule.taken else None
        self._decided = rule.upto.get(name.hex(), 0)
        self._found = Found()
        self._undated: list[_Named] = []
        self._jobs: list[tuple[_Named, int]] = []
        self._job_of: dict[str, str] = {}  #: by its print
        self._printed: dict[str, int] = {}  #: by job: the end of its last print
        self._first_kept: int | None = None

    def through(self, rows: Iterator[Row], clean: int) -> Found:
        last = clean
        for row in rows:
            last = row.seq
            named = self._read(row)
            if named is None and not self._undated:
                continue
            self._date(row, named)
        for named in self._undated:
            self._judge(named, None, None)
        for named, written_us in self._jobs:
            self._judge(named, written_us, self._printed.get(named.birth))
        kept = self._first_kept
        self._found.clean = last if kept is None else kept - 1
        self._found.seqs.sort()
        return self._found

    def _read(self, row: Row) -> _Named | None:
        if row.personal is None:
            return None
        try:
            told = outline(row.body)
        except NotAnEntry:
            return _Named(row.seq, "", "", read_names(row.personal))
        print_ = self._follow(row) if told.kind in _FOLLOWED else ""
        personal = read_names(row.personal)
        return _Named(row.seq, str(Birth(*told.birth)), told.kind, personal, print_)

    def _follow(self, row: Row) -> str:
        """Which print an entry is about; which job that is of, and when it ended."""
        try:
            entry = decode(row.body)
        except CodecError:
            return ""
        print_ = print_of(entry)
        match entry.body:
            case PrintBegan(job=str(job)):
                self._job_of[print_] = job
            case PrintEnded(ended=ended) if print_ in self._job_of:
                self._printed[self._job_of[print_]] = ended.wall_us
            case PrintReconciled(job=str(job), ended=ended):
                self._printed[job] = ended.wall_us
        return print_

    def _date(self, row: Row, named: _Named | None) -> None:
        """Those of which the time is known now are judged."""
        if named is not None:
            self._undated.append(named)
        written_us = _wall_us(row, self._rule.now_us)
        if written_us is None:
            return
        for one in self._undated:
            if one.kind == JobSubmitted.kind:
                self._jobs.append((one, written_us))
            else:
                self._judge(one, written_us, None)
        self._undated.clear()

    def _judge(self, one: _Named, written_us: int | None, printed_us: int | None) -> None:
        erased = self._rule.erased.has(one.personal, one.print)
        if self._goes(one, written_us, printed_us, erased):
            self._found.seqs.append(one.seq)
            return
        self._found.waiting += erased
        self._first_kept = min(one.seq, self._first_kept or one.seq)

    def _goes(
        self, one: _Named, written_us: int | None, printed_us: int | None, erased: bool
    ) -> bool:
        if one.birth in self._rule.open:
            return False
        if one.kind in DECISIONS and one.seq > self._decided:
            return erased and one.personal.member in self._rule.erased.ids
        if erased:
            return self._taken is None or one.seq <= self._taken
        now_us = self._rule.now_us
        if now_us is None or written_us is None:
            return False
        ends_us = self._rule.terms.ends_us(one.kind, one.personal, written_us, printed_us)
        if ends_us is None or ends_us > now_us:
            return False
        untaken = self._taken is not None and one.seq > self._taken
        return not untaken or now_us - written_us >= AT_MOST * (ends_us - written_us)


def _wall_us(row: Row, now_us: int | None) -> int | None:
    """When an entry says that it was written, where that is to be believed."""
    try:
        _, _, wall_us, quality = outline(row.body).at
    except NotAnEntry:
        return None
    latest = (now_us or 2**62) + AHEAD_US
    return wall_us if quality >= WallQuality.NTP and EARLIEST_US <= wall_us <= latest else None


def rows_of(journal: Journal, store: bytes | None, after: int) -> Iterator[Row]:
    while rows := journal.rows(after, ROWS, store):
        yield from rows
        after = rows[-1].seq
