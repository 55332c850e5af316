"""Hours of use, folded from entries: sessions, runs of machines, prints.

`fold` takes entries in any order, told any number of times, and gives each
thing that was used once. Nothing is added up here that was not in an entry: a
session without its end counts no hour, time that cannot be placed keeps its
length and gets no month, and a duration within a boot is the boot clock's.

Badge time (sessions) and run time (runs, prints) are two figures of the same
hours: they are never added to each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from machines.instants import Instant, to_us
from machines.journal import (
    Entry,
    PrintBegan,
    PrintEnded,
    Provenance,
    Reason,
    Result,
    RunMeasured,
    SessionClosed,
    SessionCorrected,
    SessionOpened,
    SessionResumed,
    SessionSuspended,
    SessionVoided,
)
from machines.members import Category
from machines.placing import Boots, boots_of

#: Nobody badged out: the kiosk chose where the session ends.
ESTIMATED = (Reason.CLOSING, Reason.ORPHAN, Reason.POWER_LOSS)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Time on end. `start_us` is UTC; None for either where it is not known."""

    start_us: int | None
    lasting_us: int | None


@dataclass(frozen=True, slots=True)
class Session:
    """From badge-in to badge-out. `subject` is the birth of its opening.

    `reason` is None while its end has not been told; it then has no stretch.
    """

    subject: str
    machine: str
    source: str
    category: str
    member: str | None
    party: int
    public: str
    began_us: int | None
    ended_us: int | None
    stretches: tuple[Stretch, ...]
    provenance: Provenance
    reason: Reason | None
    corrected: bool = False

    @property
    def used_us(self) -> int | None:
        """The whole of it, without what it was suspended; None where a part is not known."""
        lengths = [stretch.lasting_us for stretch in self.stretches]
        return None if None in lengths else sum(length or 0 for length in lengths)


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch in which one meter of a machine turned: run, beam or job."""

    subject: str
    machine: str
    meter: str
    session: str | None
    began_us: int | None
    ended_us: int | None
    used_us: int
    paused_us: int
    unseen_us: int
    provenance: Provenance
    evidence: str


@dataclass(frozen=True, slots=True)
class Print:
    """One file printed once. `result` is None while its end has not been told."""

    subject: str
    machine: str
    session: str | None
    began_us: int | None
    ended_us: int | None
    used_us: int
    paused_us: int
    unseen_us: int
    result: Result | None
    filament_mm: float | None = None
    printer_s: float | None = None
    evidence: str = ""
    provenance: Provenance = Provenance.MEASURED
    meter: str = "print"


Use = Session | Run | Print


def subject(entry: Entry) -> str | None:
    """The session, run or print that `entry` speaks of; None where it speaks of none.

    A run told twice (a kiosk that fell between writing it and forgetting its
    checkpoint) is one run: it began at one instant of one meter.
    """
    match entry.body:
        case SessionOpened() | PrintBegan():
            return str(entry.birth)
        case SessionClosed(session=session) | SessionSuspended(session=session):
            return session
        case SessionResumed(session=session) | SessionVoided(session=session):
            return session
        case SessionCorrected(session=session):
            return session
        case PrintEnded(print=name):
            return name
        case RunMeasured(machine=machine, meter=meter, began=began):
            return f"{entry.birth.store}-{began.boot_no}-{began.boot_us}-{machine}-{meter}"
    return None


def fold(entries: Iterable[Entry]) -> tuple[Use, ...]:
    """Everything that was used, each once, in the order of its subjects."""
    told = tuple(entries)
    boots = boots_of(told)
    groups: dict[str, list[Entry]] = {}
    for entry in told:
        if name := subject(entry):
            groups.setdefault(name, []).append(entry)
    uses = (fold_one(groups[name], boots) for name in sorted(groups))
    return tuple(use for use in uses if use)


def fold_one(entries: Iterable[Entry], boots: Boots) -> Use | None:
    """What the entries of one subject come to; None where it never was, or its start is missing."""
    told = sorted({entry.birth: entry for entry in entries}.values(), key=_rank)
    for entry in told:
        match entry.body:
            case SessionOpened():
                return _session(entry, told, boots)
            case RunMeasured():
                return _run(told, boots)
            case PrintBegan() | PrintEnded():
                return _print(told, boots)
    return None


def _rank(entry: Entry) -> tuple[str, int, int]:
    return entry.birth.store, entry.birth.seq, entry.birth.nonce


# ---- sessions


@dataclass(frozen=True, slots=True)
class _Edge:
    """Where a stretch begins or ends: by a boot clock, by UTC, or by both."""

    at: Instant | None
    utc_us: int | None

    def until(self, later: _Edge) -> int | None:
        """Microseconds: by the boot clock within a boot, else by UTC; None where unknown."""
        if self.at and later.at and self.at.boot_no == later.at.boot_no:
            return max(0, later.at.boot_us - self.at.boot_us)
        if self.utc_us is None or later.utc_us is None:
            return None
        return max(0, later.utc_us - self.utc_us)

    def is_before(self, other: _Edge) -> bool:
        if self.at and other.at:
            return _clock(self.at) < _clock(other.at)
        return None not in (self.utc_us, other.utc_us) and (self.utc_us or 0) < (other.utc_us or 0)


def _edges(marks: Sequence[tuple[str, Instant]], boots: Boots) -> list[_Edge]:
    """Each mark (its store, its instant) placed: one reference per boot, the first that is known.

    One reference a boot keeps what lies between two marks exactly what the
    boot clock says, however the wall clock was set meanwhile.
    """
    zero: dict[int, int] = {}
    for store, at in marks:
        if at.boot_no not in zero and (placed := boots.place(store, at)):
            zero[at.boot_no] = placed.utc_us - at.boot_us
    return [
        _Edge(at, zero[at.boot_no] + at.boot_us if at.boot_no in zero else None) for _, at in marks
    ]


def _session(opening: Entry, told: Sequence[Entry], boots: Boots) -> Session | None:
    body = opening.body
    assert isinstance(body, SessionOpened)
    if any(isinstance(entry.body, SessionVoided) for entry in told):
        return None
    closing = _closing(told)
    changes = [e for e in told if isinstance(e.body, SessionSuspended | SessionResumed)]
    marks = [(opening.birth.store, opening.at), *_alternating(opening.at, changes)]
    if closing:
        marks.append((closing[0].birth.store, closing[1].ended or closing[0].at))
    edges = _edges(marks, boots)
    end = edges.pop() if closing else None
    fixed = _Corrections.of(told, edges[0].utc_us)
    if fixed.ended_us is not None:
        end = _Edge(None, fixed.ended_us)
    return Session(
        subject=str(opening.birth),
        machine=fixed.machine or body.machine,
        source=body.source,
        category=fixed.category or body.category,
        member=fixed.member or (opening.personal.member if opening.personal else None),
        party=body.party if fixed.party is None else fixed.party,
        public=body.public if fixed.public is None else fixed.public,
        began_us=edges[0].utc_us,
        ended_us=end.utc_us if end else None,
        stretches=_stretches(edges, end) if end else (),
        provenance=_provenance(body, closing[1] if closing else None, fixed),
        reason=closing[1].reason if closing else Reason.ANIMATOR if end else None,
        corrected=fixed.any,
    )


def _closing(told: Sequence[Entry]) -> tuple[Entry, SessionClosed] | None:
    """The best known end: a badge-out is worth more than an estimate, then the first told."""
    ends = [(entry, entry.body) for entry in told if isinstance(entry.body, SessionClosed)]
    return min(ends, key=lambda end: (_estimated(end[1]), _rank(end[0])), default=None)


def _estimated(closing: SessionClosed) -> bool:
    return closing.reason in ESTIMATED or closing.provenance is Provenance.ESTIMATED


def _alternating(opened: Instant, changes: Iterable[Entry]) -> list[tuple[str, Instant]]:
    """Suspended, resumed, suspended…: what says the same as the one before says nothing.

    A suspension told for an instant before the opening (the last sign of life
    of a Pi that fell right after it) begins with the opening.
    """
    told = [(max(_when(change), opened, key=_clock), change) for change in changes]
    kept: list[tuple[str, Instant]] = []
    for at, change in sorted(told, key=lambda one: (_clock(one[0]), _rank(one[1]))):
        running = len(kept) % 2 == 0
        if isinstance(change.body, SessionSuspended) == running:
            kept.append((change.birth.store, at))
    return kept


def _when(change: Entry) -> Instant:
    """A suspension may be told later than it began: nobody was there to write it down."""
    body = change.body
    return body.since if isinstance(body, SessionSuspended) and body.since else change.at


def _clock(at: Instant) -> tuple[int, int]:
    return at.boot_no, at.boot_us


def _stretches(edges: Sequence[_Edge], end: _Edge) -> tuple[Stretch, ...]:
    """The stretches between edges (begin, end, begin…), none of them beyond `end`."""
    within = [edges[0], *(edge for edge in edges[1:] if edge.is_before(end))]
    if len(within) % 2:
        within.append(end)
    pairs = zip(within[::2], within[1::2], strict=True)
    return tuple(Stretch(start.utc_us, start.until(stop)) for start, stop in pairs)


def _provenance(
    opened: SessionOpened, closing: SessionClosed | None, fixed: _Corrections
) -> Provenance:
    """An animator's word is declared; where nobody badged out, the end is estimated."""
    if fixed.ended_us is not None:
        return Provenance.DECLARED
    if closing and _estimated(closing):
        return Provenance.ESTIMATED
    if opened.source == "animator":
        return Provenance.DECLARED
    return closing.provenance if closing else Provenance.BADGE


@dataclass(slots=True)
class _Corrections:
    """What animators corrected, the last word of each field; a word that makes no sense is none."""

    machine: str | None = None
    category: str | None = None
    member: str | None = None
    party: int | None = None
    public: str | None = None
    ended_us: int | None = None
    any: bool = False

    @classmethod
    def of(cls, told: Iterable[Entry], began_us: int | None) -> _Corrections:
        fixed = cls()
        for entry in told:
            if isinstance(entry.body, SessionCorrected):
                fixed.any |= fixed._take(entry, entry.body, began_us)
        return fixed

    def _take(self, entry: Entry, body: SessionCorrected, began_us: int | None) -> bool:
        match body.what:
            case "machine" if body.value:
                self.machine = body.value
            case "category" if body.value in list(Category):
                self.category = body.value
            case "member" if entry.personal and entry.personal.member:
                self.member = entry.personal.member
            case "party" if body.value.isdecimal():
                self.party = int(body.value)
            case "public":
                self.public = body.value
            case "ended" if (ended := _utc_us(body.value)) is not None:
                if began_us is None or ended < began_us:
                    return False
                self.ended_us = ended
            case _:
                return False
        return True


def _utc_us(text: str) -> int | None:
    """`2026-11-24T17:30:00+01:00`; None where it is no time, or has no offset."""
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return None
    return to_us(when) if when.tzinfo else None


# ---- runs and prints


def _run(told: Sequence[Entry], boots: Boots) -> Run:
    """The longest telling: a checkpoint written again after the run had ended is shorter."""
    runs = [(entry, entry.body) for entry in told if isinstance(entry.body, RunMeasured)]
    entry, body = max(runs, key=lambda run: (run[1].used_us + run[1].unseen_us, run[1].paused_us))
    start, stop = _edges([(entry.birth.store, body.began), (entry.birth.store, body.ended)], boots)
    return Run(
        subject=subject(entry) or "",
        machine=body.machine,
        meter=body.meter,
        session=body.session,
        began_us=start.utc_us,
        ended_us=stop.utc_us,
        used_us=body.used_us,
        paused_us=body.paused_us,
        unseen_us=body.unseen_us,
        provenance=body.provenance,
        evidence=body.evidence,
    )


def _print(told: Sequence[Entry], boots: Boots) -> Print:
    """The end that somebody saw is worth more than a lost one; then the first told."""
    ends = [(entry, entry.body) for entry in told if isinstance(entry.body, PrintEnded)]
    if not ends:
        return _unfinished(told, boots)
    entry, body = min(ends, key=lambda end: (end[1].result is Result.LOST, _rank(end[0])))
    start, stop = _edges([(entry.birth.store, body.began), (entry.birth.store, body.ended)], boots)
    return Print(
        subject=body.print,
        machine=body.machine,
        session=body.session,
        began_us=start.utc_us,
        ended_us=stop.utc_us,
        used_us=body.used_us,
        paused_us=body.paused_us,
        unseen_us=body.unseen_us,
        result=body.result,
        filament_mm=body.filament_mm,
        printer_s=body.printer_s,
        evidence=body.evidence,
    )


def _unfinished(told: Sequence[Entry], boots: Boots) -> Print:
    entry, body = next((e, e.body) for e in told if isinstance(e.body, PrintBegan))
    placed = boots.place(entry.birth.store, entry.at)
    began_us = placed.utc_us if placed else None
    return Print(str(entry.birth), body.machine, body.session, began_us, None, 0, 0, 0, None)
