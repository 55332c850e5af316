"""A member's own jobs as words: where each stands, until when, and why it waits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kiosk.floor.queue_view import JobView
from kiosk.floor.view import LabView
from kiosk.web import filament, file_words, queue_words
from kiosk.web.language import _
from kiosk.web.printer_card import name_of
from kiosk.web.queue_rows import Row, Where, row
from kiosk.web.words import clean, percent, time_of_day


@dataclass(frozen=True, slots=True)
class Mine:
    """One job. `headline` says where it stands; `row` has the rest."""

    row: Row
    headline: str
    detail: str
    percent: int | None
    waits: bool  #: it may be taken out of the queue
    prints: bool  #: its print may be cancelled
    why: tuple[Where, ...]  #: per printer, why it waits
    picture: bool


def mine(view: LabView, member: str, pictured: Callable[[str], bool]) -> tuple[Mine, ...]:
    """This member's jobs, those open first. Nobody else's are looked at.

    `pictured`: whether there is a picture of a file.
    """
    jobs = (*view.queue.jobs, *view.queue.over)
    return tuple(_mine(view, job, pictured(job.file)) for job in jobs if job.owner_id == member)


def _mine(view: LabView, job: JobView, pictured: bool) -> Mine:
    headline, detail = _said(view, job)
    shown = row(view, job)
    return Mine(
        shown,
        headline,
        detail,
        _percent(view, job),
        job.state in ("to-approve", "waiting"),
        job.state == "printing" and bool(job.print),
        tuple(where for where in shown.printers if where.why),
        pictured,
    )


def _said(view: LabView, job: JobView) -> tuple[str, str]:
    where = name_of(view, job.machine) if job.machine else ""
    ends = time_of_day(job.ends_at)
    match job.state:
        case "to-approve":
            found = ", ".join(file_words.approval(key) for key in job.approval)
            return _("A host has to approve it."), found
        case "waiting":
            place = _("Number %(place)s in the queue", place=job.place or "—")
            begins = time_of_day(job.begins_at)
            return place, _("towards %(time)s", time=begins) if begins else ""
        case "starting":
            return _("Starting on %(printer)s", printer=where), ""
        case "printing":
            until = _("ends ~%(time)s", time=ends) if ends else ""
            return _("Printing on %(printer)s", printer=where), until
    return row(view, job).result, _over(job)


def _over(job: JobView) -> str:
    if job.why:
        return queue_words.failure(job.why)
    return "" if job.plate_cleared else _("still on the plate")


def _percent(view: LabView, job: JobView) -> int | None:
    if job.state == "starting":
        return percent(job.sent)
    printed = next((m.print for m in view.machines if m.slug == job.machine), None)
    return percent(printed.progress) if printed and job.state == "printing" else None


def printers(view: LabView) -> tuple[tuple[str, str], ...]:
    """(slug, « Imprimante 3D 1, PLA noir ») of each printer that a job may be for."""
    found = []
    for machine in view.machines:
        if machine.printer is not None:
            inside = filament.loaded(machine.printer.loaded)
            parts = (clean(machine.name), inside.text if inside else "")
            found.append((machine.slug, ", ".join(part for part in parts if part)))
    return tuple(found)
