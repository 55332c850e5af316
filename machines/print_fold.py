"""One print folded from its entries: its best known end, why it went wrong, whose it is.

OctoPrint's own history (`print.reconciled`) tells how a print ended that nobody
saw to its end, and counts for no more than that: the hours are those that were
seen. A print that only this history knows has the printer's figure as unseen time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from machines.instants import SECOND
from machines.job_entries import JobSubmitted, PrintJudged, PrintOwned, PrintReconciled
from machines.journal import Body, Entry, PrintBegan, PrintEnded, Result
from machines.placing import Boots
from machines.spools import file_g
from machines.timeline import edges, rank
from machines.usage import Job, Print

B = TypeVar("B", bound=Body)


def fold_print(told: Sequence[Entry], boots: Boots) -> Print | None:
    """`told` in the order of their births; None where neither beginning nor end is there."""
    seen = _ended(told, boots) or _unfinished(told, boots) or _never_seen(told, boots)
    return seen and _judged(_owned(_reconciled(_of_job(seen, told), told, boots), told), told)


def fold_job(submission: Entry, boots: Boots) -> Job:
    body, about = submission.body, submission.personal
    assert isinstance(body, JobSubmitted)
    return Job(
        subject=str(submission.birth),
        brought_us=_utc_us(submission, boots),
        owner=about.member if about else None,
        category=about.category if about else None,
        filament_g=file_g(body),
    )


def _bodies(told: Sequence[Entry], kind: type[B]) -> Iterator[tuple[Entry, B]]:
    return ((entry, entry.body) for entry in told if isinstance(entry.body, kind))


def _utc_us(entry: Entry, boots: Boots) -> int | None:
    placed = boots.place(entry.birth.store, entry.at)
    return placed.utc_us if placed else None


# ---- what was seen of it


def _ended(told: Sequence[Entry], boots: Boots) -> Print | None:
    """The end that somebody saw is worth more than a lost one; then the first told."""
    ends = _bodies(told, PrintEnded)
    best = min(ends, key=lambda end: (end[1].result is Result.LOST, rank(end[0])), default=None)
    if best is None:
        return None
    entry, body = best
    start, stop = edges([(entry.birth.store, body.began), (entry.birth.store, body.ended)], boots)
    return Print(
        subject=body.print or str(entry.birth),
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
        filament_g=body.filament_g,
        material=body.material,
    )


def _unfinished(told: Sequence[Entry], boots: Boots) -> Print | None:
    for entry, body in _bodies(told, PrintBegan):
        began_us = _utc_us(entry, boots)
        return Print(str(entry.birth), body.machine, body.session, began_us, None, 0, 0, 0, None)
    return None


def _never_seen(told: Sequence[Entry], boots: Boots) -> Print | None:
    """Begun and ended while nobody watched: it began as long before its end as it printed.

    One that failed told no time (0): it then has its end alone.
    """
    for entry, body in _bodies(told, PrintReconciled):
        if not body.print:
            ended, unseen_us = _end(entry, body, boots), round(body.printer_s * SECOND)
            began = None if ended is None else ended - unseen_us
            name = str(entry.birth)
            return Print(name, body.machine, None, began, ended, 0, 0, unseen_us, None)
    return None


# ---- what was said of it


def _of_job(seen: Print, told: Sequence[Entry]) -> Print:
    began = [body.job for _, body in _bodies(told, PrintBegan)]
    told_after = [body.job for _, body in _bodies(told, PrintReconciled)]
    return replace(seen, job=next(filter(None, began + told_after), None))


def _reconciled(seen: Print, told: Sequence[Entry], boots: Boots) -> Print:
    """Where nobody saw the end. A cancelled print is a failed one to OctoPrint's history."""
    for entry, body in _bodies(told, PrintReconciled):
        if seen.result in (None, Result.LOST):
            ended = [us for us in (seen.ended_us, _end(entry, body, boots)) if us is not None]
            return replace(
                seen,
                result=Result.DONE if body.done else Result.FAILED,
                ended_us=max(ended, default=None),
                printer_s=body.printer_s or None,
                reconciled=True,
            )
    return seen


def _end(entry: Entry, body: PrintReconciled, boots: Boots) -> int | None:
    placed = boots.place(entry.birth.store, body.ended)
    return placed.utc_us if placed else None


def _owned(seen: Print, told: Sequence[Entry]) -> Print:
    """The last word, even where its personal part is gone: an earlier owner does not come back."""
    for entry, _ in reversed(list(_bodies(told, PrintOwned))):
        about = entry.personal
        member, category = (about.member, about.category) if about else (None, None)
        return replace(seen, owned=True, owner=member, category=category)
    return seen


def _judged(seen: Print, told: Sequence[Entry]) -> Print:
    for _, body in reversed(list(_bodies(told, PrintJudged))):
        return replace(seen, why=body.why)
    return seen
