"""The marks of a session or run on two clocks, and the stretches between them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from machines.instants import Instant
from machines.journal import Entry, SessionSuspended
from machines.placing import Boots
from machines.usage import Stretch


@dataclass(frozen=True, slots=True)
class Edge:
    """Where a stretch begins or ends: by a boot clock, by UTC, or by both."""

    at: Instant | None
    utc_us: int | None

    def until(self, later: Edge) -> int | None:
        """Microseconds: by the boot clock within a boot, else by UTC; None where unknown."""
        if self.at and later.at and self.at.boot_no == later.at.boot_no:
            return max(0, later.at.boot_us - self.at.boot_us)
        if self.utc_us is None or later.utc_us is None:
            return None
        return max(0, later.utc_us - self.utc_us)

    def is_before(self, other: Edge) -> bool:
        if self.at and other.at:
            return _clock(self.at) < _clock(other.at)
        return None not in (self.utc_us, other.utc_us) and (self.utc_us or 0) < (other.utc_us or 0)


def edges(marks: Sequence[tuple[str, Instant]], boots: Boots) -> list[Edge]:
    """Each mark (its store, its instant) placed: one reference per boot, the first that is known.

    One reference a boot keeps what lies between two marks exactly what the
    boot clock says, however the wall clock was set meanwhile.
    """
    zero: dict[int, int] = {}
    for store, at in marks:
        if at.boot_no not in zero and (placed := boots.place(store, at)):
            zero[at.boot_no] = placed.utc_us - at.boot_us
    return [
        Edge(at, zero[at.boot_no] + at.boot_us if at.boot_no in zero else None) for _, at in marks
    ]


def alternating(opened: Instant, changes: Iterable[Entry]) -> list[tuple[str, Instant]]:
    """Suspended, resumed, suspended…: what says the same as the one before says nothing.

    A suspension told for an instant before the opening (the last sign of life
    of a Pi that fell right after it) begins with the opening; one that was told
    after a resumption never comes before it.
    """
    kept: list[tuple[str, Instant]] = []
    last = opened
    for change in sorted(changes, key=lambda one: (_clock(one.at), rank(one))):
        running = len(kept) % 2 == 0
        if isinstance(change.body, SessionSuspended) == running:
            last = max(_when(change), last, key=_clock)
            kept.append((change.birth.store, last))
    return kept


def _when(change: Entry) -> Instant:
    """A suspension may be told later than it began: nobody was there to write it down."""
    body = change.body
    return body.since if isinstance(body, SessionSuspended) and body.since else change.at


def _clock(at: Instant) -> tuple[int, int]:
    return at.boot_no, at.boot_us


def stretches(edges: Sequence[Edge], end: Edge) -> tuple[Stretch, ...]:
    """The stretches between edges (begin, end, begin…), none of them beyond `end`."""
    within = [edges[0], *(edge for edge in edges[1:] if edge.is_before(end))]
    if len(within) % 2:
        within.append(end)
    pairs = zip(within[::2], within[1::2], strict=True)
    return tuple(Stretch(start.utc_us, start.until(stop)) for start, stop in pairs)


def begun_at(began: Edge, told: Sequence[Edge]) -> list[Edge]:
    """The edges of what began at another time than was told: none of them lies before that."""
    return [began, *(began if edge.is_before(began) else edge for edge in told[1:])]


def rank(entry: Entry) -> tuple[str, int, int]:
    """The order in which entries were born; the nonce tells two cards of one store apart."""
    return entry.birth.store, entry.birth.seq, entry.birth.nonce
