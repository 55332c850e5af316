"""The order of the printers' queue: who comes when, and why; whose turn it is at a printer.

Everybody's first job comes before anybody's second. An animator may put a job
elsewhere, and the page says that it was so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import zip_longest

HOUR_S = 3600


class Hindrance(StrEnum):
    """Why a job cannot start at a printer now. Each has its sentence on the tablet."""

    JOURNAL = "journal"  #: the kiosk's disk does not answer
    FAULT = "fault"
    MAINTENANCE = "maintenance"
    OFFLINE = "offline"  #: OctoPrint does not answer, or has no printer
    SWITCHED_OFF = "switched-off"  #: its relay keeps it off: a session switches it on
    OLD = "old"  #: its last news is too old
    BUSY = "busy"  #: it prints, or starts another job
    PLATE = "plate"  #: nobody said that the plate is empty
    ELSEWHERE = "elsewhere"  #: the job is for another printer
    MODEL = "model"  #: sliced for another printer
    BED = "bed"  #: larger than the bed
    NOZZLE = "nozzle"
    HEAT = "heat"  #: hotter than the printer may be
    FIRMWARE = "firmware"  #: sliced for another firmware
    MATERIAL = "material"  #: another filament is loaded: change it first
    COLOUR = "colour"
    GRAMS = "grams"  #: not enough is left on the spool
    APPROVAL = "approval"  #: an animator has to approve it
    OWNER = "owner"  #: its owner has as many printers as one may have
    TURN = "turn"  #: others come before
    FILE = "file"  #: its file is not on the kiosk's disk any more


class Standing(StrEnum):
    """Why a job stands where it does: the first of these that is true of it."""

    MOVED = "moved"  #: an animator moved it
    PRIORITY = "priority"  #: an animator put it first, and said why
    FRONT = "front"  #: printed again after a failure
    FURTHER = "further"  #: its owner's second or later: behind everybody's first
    HOURS = "hours"  #: a first job like the next one, whose owner printed more lately
    EARLIER = "earlier"  #: likewise, and it was brought before that
    FIRST = "first"  #: a first job, and the next one is not


@dataclass(frozen=True, slots=True)
class Waiting:
    """A job that waits, as far as its turn depends on it."""

    job: str
    owner: str | None  #: None: not known any more, and then nobody else's either
    brought: int  #: any count that grows, such as the number of its entry
    priority: bool = False
    front: bool = False  #: printed again after a failure
    estimated_s: float | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """An animator put `job` just before another; "": behind all that were brought by then.

    `made` is on the same count as `Waiting.brought`. Those made before a job was
    prioritised or queued again are not to be told any more: the later word holds.
    """

    job: str
    before: str
    made: int


@dataclass(frozen=True, slots=True)
class Placed:
    """A job in its place, and why it stands there."""

    job: str
    standing: Standing


def arrange(
    waiting: Iterable[Waiting],
    moves: Iterable[Move] = (),
    recent_s: Mapping[str, float] | None = None,
    printing: Mapping[str, int] | None = None,
) -> tuple[Placed, ...]:
    """All jobs that wait, in order.

    What an animator put first, then what is printed again, then everybody's first
    job, everybody's second, and so on; in each of these rounds who printed fewer
    whole hours lately (`recent_s`, by owner) comes first, then who came first. A
    print under way (`printing`, by owner) is an earlier job of its owner. On top of
    that come the animators' moves; one whose job or place is gone is dropped.
    """
    ranked = _by_rule(waiting, recent_s or {}, printing or {})
    order = [one.job for one in ranked]
    brought = {one.job: one.waiting.brought for one in ranked}
    moved = set()
    for move in sorted(moves, key=lambda move: move.made):
        if move.job in brought and _put(order, brought, move):
            moved.add(move.job)
    by_job = {one.job: one for one in ranked}
    stay = [one for one in ranked if one.job not in moved]
    behind = {one.job: next_one for one, next_one in zip_longest(stay, stay[1:])}
    return tuple(
        Placed(job, Standing.MOVED if job in moved else _standing(by_job[job], behind[job]))
        for job in order
    )


class Limit(StrEnum):
    """Why a person may not bring another job now."""

    JOBS = "jobs"  #: as many wait as may
    HOURS = "hours"  #: they would take longer than may wait


def may_submit(
    own: Iterable[Waiting],
    estimated_s: float | None,
    jobs_at_most: int = 0,
    hours_at_most: float = 0,
) -> Limit | None:
    """Whether a person whose jobs `own` wait may bring one more; 0: no limit.

    Of a job without an estimate no hour is counted. One job alone is never too
    long: whether it may be printed at all, an animator says.
    """
    own = tuple(own)
    if jobs_at_most and len(own) >= jobs_at_most:
        return Limit.JOBS
    waiting_s = sum(one.estimated_s or 0 for one in own)
    if own and hours_at_most and waiting_s + (estimated_s or 0) > hours_at_most * HOUR_S:
        return Limit.HOURS
    return None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A job that fits a printer and may start there. `takes_s` None: nobody knows."""

    job: str
    takes_s: float | None
    overtaken: bool = False  #: a shorter one passed it already


@dataclass(frozen=True, slots=True)
class Next:
    """The job whose turn it is at a printer, and those that it passes by filling a gap."""

    job: str
    overtook: tuple[str, ...] = ()
    late: bool = False  #: it would end after closing


def next_for(candidates: Iterable[Candidate], closes_s: float | None) -> Next | None:
    """Whose turn it is at a printer that is free now; None where nothing waits for it.

    `candidates` in the queue's order; `closes_s`: until closing, None where the lab
    never closes. The first is next. Only if it would end after closing, and nobody
    passed it yet, the first that ends in time fills the gap; every job that it
    passes is passed once.
    """
    passed: list[str] = []
    first: Candidate | None = None
    for one in candidates:
        first = first or one
        if not _late(one, closes_s):
            if passed and one.takes_s is None:
                break  # whether it fills the gap, nobody knows
            return Next(one.job, tuple(passed))
        if one.overtaken:
            break
        passed.append(one.job)
    return Next(first.job, late=_late(first, closes_s)) if first else None


def turns(candidates: Iterable[Candidate], closes_s: float | None) -> tuple[Next, ...]:
    """`next_for`, and beside a job that fills a gap the first that it would pass.

    A gap may be filled and need not be: a long print may well go on over night.
    """
    turn = next_for(candidates, closes_s)
    if turn is None or not turn.overtook:
        return (turn,) if turn else ()
    return turn, Next(turn.overtook[0], late=True)


def _late(one: Candidate, closes_s: float | None) -> bool:
    return closes_s is not None and one.takes_s is not None and one.takes_s > closes_s


@dataclass(frozen=True, slots=True)
class _Ranked:
    """A job with what the rule knows of it."""

    waiting: Waiting
    round: int  #: jobs of its owner that come before it
    hours: int

    @property
    def job(self) -> str:
        return self.waiting.job

    @property
    def rank(self) -> tuple[bool, bool, int, int, int, str]:
        one = self.waiting
        return not one.priority, not one.front, self.round, self.hours, one.brought, one.job


def _by_rule(
    waiting: Iterable[Waiting], recent_s: Mapping[str, float], printing: Mapping[str, int]
) -> list[_Ranked]:
    before = Counter(printing)
    ranked = []
    for one in sorted(waiting, key=lambda w: (not w.priority, not w.front, w.brought, w.job)):
        owner = one.owner if one.owner is not None else f"of {one.job}"
        ranked.append(_Ranked(one, before[owner], int(recent_s.get(owner, 0) // HOUR_S)))
        before[owner] += 1
    return sorted(ranked, key=lambda one: one.rank)


def _put(order: list[str], brought: Mapping[str, int], move: Move) -> bool:
    """Carry a move out, unless its place is gone."""
    if move.before == move.job or (move.before and move.before not in brought):
        return False
    order.remove(move.job)
    if move.before:
        order.insert(order.index(move.before), move.job)
    else:
        then = [n for n, job in enumerate(order, 1) if brought[job] <= move.made]
        order.insert(max(then, default=0), move.job)
    return True


def _standing(one: _Ranked, behind: _Ranked | None) -> Standing:
    """Why a job that nobody moved stands before the next one that nobody moved."""
    if one.waiting.priority:
        return Standing.PRIORITY
    if one.waiting.front:
        return Standing.FRONT
    if one.round:
        return Standing.FURTHER
    if behind is None or behind.round:
        return Standing.FIRST
    return Standing.HOURS if one.hours < behind.hours else Standing.EARLIER
