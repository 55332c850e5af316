"""What is new in OctoPrint's own history: ends that nobody saw. It adds no hour, and nothing twice.

OctoPrint remembers of each file its last print, and how long it took where it
succeeded: a print that is not there is still lost, and a failure of which nobody
knew anything leaves nothing to write down.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from machines.facts import HistoryTold, Printed
from machines.instants import SECOND, Instant
from machines.job_entries import PrintReconciled
from machines.jobs import Job, Jobs, Over, Starting, Waiting
from machines.journal import Result
from machines.last_print import LastPrint

#: OctoPrint's clock and ours may differ by this: both are set by the same network.
CLOCKS_US = 60 * SECOND


@dataclass(frozen=True, slots=True)
class Dark:
    """The kiosk saw nothing of a printer from `since` to `until`; None: not seen again yet."""

    since: Instant
    until: Instant | None


def news(
    jobs: Jobs, told: HistoryTold, dark: Dark | None, now: Instant
) -> Iterator[PrintReconciled]:
    """The entries to write, oldest end first. `dark` None: the kiosk was there all along."""
    known = jobs.reconciled.get(told.machine, ())
    ends = [(one, True) for one in told.printed] + [(one, False) for one in told.failed]
    for one, done in sorted(ends, key=lambda end: end[0].ended_us):
        if one.ended_us not in known:
            ended = now.minus(now.wall_us - one.ended_us)
            yield from _new(jobs, told.machine, one, done, ended, dark)


def _new(
    jobs: Jobs, machine: str, one: Printed, done: bool, ended: Instant, dark: Dark | None
) -> Iterator[PrintReconciled]:
    job, begun = _of(jobs, machine, one.path)
    last = jobs.prints.get(machine)
    if job is not None:
        if isinstance(job.state, Over) and job.state.result is Result.LOST:
            print_ = job.state.print
            yield PrintReconciled(machine, print_, done, ended, one.printer_s, job.id)
        elif isinstance(job.state, Waiting | Starting) and not begun:
            yield PrintReconciled(machine, "", done, ended, one.printer_s, job.id)
    elif last is not None and last.job is None and _is_lost_one(last, ended):
        yield PrintReconciled(machine, last.print, done, ended, one.printer_s)
    elif done and _is_within(ended, dark) and not _is_known(last, ended):
        yield PrintReconciled(machine, "", done, ended, one.printer_s)


def _of(jobs: Jobs, machine: str, path: str) -> tuple[Job | None, bool]:
    """Whose path it is, wherever that job stands now, and whether its print is known."""
    for job in jobs.jobs.values():
        for tried in job.tried:
            if (tried.machine, tried.path) == (machine, path):
                return job, tried.begun
    return None, False


def _is_lost_one(last: LastPrint, ended: Instant) -> bool:
    """Whether this is how the lost print ended: nothing else was printed there since."""
    return last.result is Result.LOST and ended.since(last.began) > 0


def _is_known(last: LastPrint | None, ended: Instant) -> bool:
    """Whether that is the end of a print that was seen: only one is under way at a time."""
    if last is None or ended.since(last.began) < -CLOCKS_US:
        return False
    return last.ended is None or last.ended.since(ended) > -CLOCKS_US


def _is_within(ended: Instant, dark: Dark | None) -> bool:
    if dark is None or dark.until is None:
        return False
    return ended.since(dark.since) > 0 and dark.until.since(ended) >= 0
