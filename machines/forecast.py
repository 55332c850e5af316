"""When each job should begin and end: the queue as it is now, let run.

Each job in turn goes to the printer that finishes it first. Prints begin while
the lab is open, since somebody clears the plate and says so. What nobody knows
(a print that is out of sight, a job without an estimate) makes all that depends
on it unknown too. Left out: failures, breaks at noon, and jobs that fill a gap.

Times are seconds from now. Inside, the unknown is infinitely late.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf, isinf

from machines.instants import PARIS, SECOND, Week, paris, to_us

Hours = Sequence[tuple[float, float]]

#: Two weeks hold every day of the week, and more hours than may wait.
DAYS = 14


@dataclass(frozen=True, slots=True)
class Free:
    """When a printer is free."""

    machine: str
    free_s: float | None  #: its print ends; 0: it has none; None: nobody knows
    change_over_s: float = 0.0  #: from the end of a print to the start of the next
    ready: bool = False  #: at rest with a clear plate: the next begins at once
    owner: str | None = None  #: of its print


@dataclass(frozen=True, slots=True)
class Ahead:
    """A job that waits. `takes_s`: by each printer that it fits; None: no estimate."""

    job: str
    owner: str | None
    takes_s: Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Turn:
    """Where and when a job should be printed."""

    machine: str  #: "": at one of those that it fits, and nobody knows when
    begins_s: float | None
    ends_s: float | None
    late: bool = False  #: after the closing of the day on which it begins


@dataclass(frozen=True, slots=True)
class Forecast:
    """`turns` by job, None where it fits no printer; `free_s` by printer; `done_s` by owner."""

    turns: Mapping[str, Turn | None]
    free_s: Mapping[str, float | None]
    done_s: Mapping[str, float | None]


def forecast(
    order: Iterable[Ahead], printers: Iterable[Free], hours: Hours = (), at_once: int = 0
) -> Forecast:
    """The queue in `order`, let run. `at_once`: printers that one person may have; 0: all.

    `hours`: the days in which the lab is open, as `openings` gives them; (): always.
    """
    lines = {printer.machine: _Line(printer, hours) for printer in printers}
    ends: dict[str, list[float]] = defaultdict(list)
    for line in lines.values():
        if line.printer.owner is not None:
            ends[line.printer.owner].append(line.ends_s)
    turns = {}
    for job in order:
        own = ends[job.owner] if job.owner is not None else []
        turns[job.job] = turn = _turn(job, lines, _allowed_s(own, at_once), hours)
        own.append(inf if turn is None else _known(turn.ends_s))
    return Forecast(
        turns,
        {machine: _told(line.ends_s) for machine, line in lines.items()},
        {owner: _told(max(own)) for owner, own in ends.items()},
    )


def openings(week: Week, now_us: int, days: int = DAYS) -> tuple[tuple[float, float], ...]:
    """From the first opening to the last closing of each day, in seconds from `now_us` (UTC)."""
    found = []
    today = paris(now_us).date()
    for day in (today + timedelta(days=n) for n in range(days)):
        if stretches := week.of(day):
            at = (stretches[0].opens, stretches[-1].closes)
            opens_us, closes_us = (to_us(datetime.combine(day, t, tzinfo=PARIS)) for t in at)
            if closes_us > now_us:
                found.append((max(0, opens_us - now_us) / SECOND, (closes_us - now_us) / SECOND))
    return tuple(found)


class _Line:
    """The line before one printer: when its last print ends, and when the next may begin."""

    def __init__(self, printer: Free, hours: Hours) -> None:
        self.printer, self.hours = printer, hours
        self.ends_s = _known(printer.free_s)
        self.next_s = self.ends_s if printer.ready else self._after(self.ends_s)

    def _after(self, ends_s: float) -> float:
        """Somebody who is there changes the plate."""
        return _open_s(ends_s, self.hours) + self.printer.change_over_s

    def take(self, ends_s: float) -> None:
        self.ends_s, self.next_s = ends_s, self._after(ends_s)


def _turn(job: Ahead, lines: Mapping[str, _Line], allowed_s: float, hours: Hours) -> Turn | None:
    choices = []
    for machine, takes_s in job.takes_s.items():
        if machine in lines:
            begins_s = _open_s(max(lines[machine].next_s, allowed_s), hours)
            choices.append((begins_s + _known(takes_s), begins_s, machine))
    if not choices:
        return None
    ends_s, begins_s, machine = min(choices)
    if isinf(begins_s):
        return Turn("", None, None)
    lines[machine].take(ends_s)
    late = not isinf(ends_s) and ends_s > _closes_s(begins_s, hours)
    return Turn(machine, begins_s, _told(ends_s), late)


def _allowed_s(ends: Sequence[float], at_once: int) -> float:
    """When so few prints of a person are under way that another may begin."""
    if not at_once or len(ends) < at_once:
        return 0.0
    return sorted(ends)[-at_once]


def _open_s(at_s: float, hours: Hours) -> float:
    """`at_s`, or the next opening; as it is where no opening is known."""
    return next((max(at_s, opens) for opens, closes in hours if at_s < closes), at_s)


def _closes_s(at_s: float, hours: Hours) -> float:
    return next((closes for _, closes in hours if at_s < closes), inf)


def _known(seconds: float | None) -> float:
    return inf if seconds is None else seconds


def _told(seconds: float) -> float | None:
    return None if isinf(seconds) else seconds
