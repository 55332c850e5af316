"""A run: a machine really working, told by one of its meters (run, beam, job).

A run begins at the first observation that says working, and ends where the
machine came to rest, once the rest has lasted: a raster is one run, not a
thousand. It also ends with its session, and where the machine was out of sight
for longer than `LOST_US`. Time counts as the observation before it said, which
at a regular pace is the same sum as half of each interval to either side, and
needs no time from before the run began. Resting time is nobody's.

On disk, a run under way is one plain row. Whoever reads it back was not there
meanwhile: from the row's last observation to the next one, time is unseen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from machines.instants import SECOND, Instant, WallQuality
from machines.journal import RunMeasured
from machines.meter import Meter, Work

#: A rest shorter than this is part of the run: a dwell is `Idle` to GRBL, a raster is dots.
QUIET_US = 10 * SECOND
#: Two observations further apart have nothing to say about the time between them.
GAP_US = 10 * SECOND
#: Out of sight for so long, a run is over. What it did meanwhile is unseen, and no more than this.
LOST_US = 15 * 60 * SECOND

Row = dict[str, str | int | list[int] | None]
T = TypeVar("T", str, int)


@dataclass(frozen=True, slots=True)
class Run:
    """A run under way. `clock` is time since it began, 0 at its first observation.

    `reports` are the observations that it rests on, up to the one that ends it.
    `rested` is where the machine came to rest, `dark` where it was last seen;
    None while it works or pauses, and while it is seen.
    """

    machine: str
    meter: str
    session: str | None
    began: Instant
    last: Instant
    clock: Meter
    reports: int = 1
    rested: Instant | None = None
    dark: Instant | None = None


Outcome = tuple[Run | None, tuple[RunMeasured, ...]]


def observe(
    run: Run | None, machine: str, meter: str, at: Instant, work: Work, session: str | None
) -> Outcome:
    """The run after one more observation, and the run that it ended, if it did.

    An observation older than the last one changes nothing.
    """
    if run is None:
        return _begin(machine, meter, at, work, session), ()
    if _is_older(run, at):
        return run, ()
    if run.session != session or _is_over(run, at):
        return _begin(machine, meter, at, work, session), (close(run, at),)
    return _go_on(run, at, work), ()


def close(run: Run, at: Instant) -> RunMeasured:
    """The run as it is written down when nobody follows it any further than `at`.

    It ends where the machine came to rest, else at `at`, and never out of sight for long.
    """
    if run.rested is not None:
        ended, clock = run.rested, run.clock
    elif _is_older(run, at):
        ended, clock = run.last, run.clock
    else:
        ended = _no_later(run, at)
        clock = run.clock.observe(_time_of(run, ended), Work.UNKNOWN)
    return RunMeasured(
        run.machine,
        run.meter,
        run.session,
        run.began,
        ended,
        clock.used_us,
        clock.paused_us,
        clock.unseen_us,
        evidence=f"{run.reports} reports",
    )


def to_row(run: Run) -> Row:
    """Strings, numbers and lists alone. An instant is boot_no, boot_us, wall_us, quality."""
    return {
        "machine": run.machine,
        "meter": run.meter,
        "session": run.session,
        "began": _instant_row(run.began),
        "last": _instant_row(run.last),
        "rested": _instant_row(run.rested) if run.rested else None,
        "dark": _instant_row(run.dark) if run.dark else None,
        "used_us": run.clock.used_us,
        "paused_us": run.clock.paused_us,
        "unseen_us": run.clock.unseen_us,
        "at_us": run.clock.at_us,
        "reports": run.reports,
    }


def from_row(row: Mapping[str, object]) -> Run:
    """The run as the row left it, and unseen since. Raises ValueError where it is no such row."""
    used, paused, unseen, at_us = (
        _take(int, row, key) for key in ("used_us", "paused_us", "unseen_us", "at_us")
    )
    rested, dark = _maybe_instant(row, "rested"), _maybe_instant(row, "dark")
    last = _instant(row, "last")
    session = None if row.get("session") is None else _take(str, row, "session")
    work = Work.RESTING if rested else Work.UNKNOWN
    return Run(
        machine=_take(str, row, "machine"),
        meter=_take(str, row, "meter"),
        session=session,
        began=_instant(row, "began"),
        last=last,
        clock=Meter(GAP_US, used, paused, unseen, at_us, work),
        reports=_take(int, row, "reports"),
        rested=rested,
        dark=None if rested else dark or last,
    )


def _begin(machine: str, meter: str, at: Instant, work: Work, session: str | None) -> Run | None:
    if work is not Work.WORKING:
        return None
    return Run(machine, meter, session, at, at, Meter(GAP_US).observe(0, work))


def _go_on(run: Run, at: Instant, work: Work) -> Run:
    if run.rested is not None and work is Work.UNKNOWN:
        return run  # a machine that was at rest, and is out of sight, has not begun again
    clock = run.clock.observe(_time_of(run, at), work)
    if work is Work.UNKNOWN:
        return replace(run, last=at, clock=clock, dark=run.dark or at)
    if work is Work.RESTING and run.rested is not None:
        return replace(run, last=at, clock=clock, dark=None)
    rested = at if work is Work.RESTING else None
    return replace(run, last=at, clock=clock, reports=run.reports + 1, rested=rested, dark=None)


def _is_over(run: Run, at: Instant) -> bool:
    if run.rested is not None:
        return _passed_us(run.rested, at) >= QUIET_US
    return _passed_us(run.dark or run.last, at) > LOST_US


def _no_later(run: Run, at: Instant) -> Instant:
    """`at`, or where the run was lost from sight for too long."""
    seen = run.dark or run.last
    return seen.minus(-LOST_US) if _passed_us(seen, at) > LOST_US else at


def _is_older(run: Run, at: Instant) -> bool:
    if at.boot_no != run.last.boot_no:
        return at.boot_no < run.last.boot_no
    return at.boot_us < run.last.boot_us


def _time_of(run: Run, at: Instant) -> int:
    return (run.clock.at_us or 0) + _passed_us(run.last, at)


def _passed_us(earlier: Instant, at: Instant) -> int:
    """Never below 0: after a boot without a clock, the wall may stand before `earlier`."""
    return max(0, at.since(earlier))


def _instant_row(at: Instant) -> list[int]:
    return [at.boot_no, at.boot_us, at.wall_us, int(at.quality)]


def _instant(row: Mapping[str, object], key: str) -> Instant:
    match row.get(key):
        case [int(boot_no), int(boot_us), int(wall_us), int(quality)]:
            return Instant(boot_no, boot_us, wall_us, WallQuality(quality))
    raise _wrong(row, key, "an instant")


def _maybe_instant(row: Mapping[str, object], key: str) -> Instant | None:
    return None if row.get(key) is None else _instant(row, key)


def _take(kind: type[T], row: Mapping[str, object], key: str) -> T:
    value = row.get(key)
    if isinstance(value, kind):
        return value
    raise _wrong(row, key, kind.__name__)


def _wrong(row: Mapping[str, object], key: str, expected: str) -> ValueError:
    return ValueError(f"a run on disk: {key} = {row.get(key)!r}: expected {expected}")
