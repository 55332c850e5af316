"""What a card says of a printer besides its print: plate, filament, who comes next, until when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kiosk.floor.queue_view import JobView, PrinterView
from kiosk.floor.view import LabView, MachineView
from kiosk.web import queue_words
from kiosk.web.filament import Filament, loaded
from kiosk.web.language import _
from kiosk.web.words import clean, middle, time_of_day

#: Of the queue, what fits a card.
NEXT = 2

Jobs = Mapping[str, JobView]


@dataclass(frozen=True, slots=True)
class Next:
    """A job that would come next."""

    file: str
    owner: str


@dataclass(frozen=True, slots=True)
class Queued:
    """`plate` is clear, unknown, taken or "" where no gate asks; `word` says it
    where the print that is on it does not."""

    plate: str
    word: str
    filament: Filament | None
    next: tuple[Next, ...]
    waiting: int
    free_at: str
    command: str
    starting: str
    foreign: bool
    camera: bool


def queued(machine: MachineView, jobs: Jobs) -> Queued | None:
    """None for a machine that the queue knows nothing of."""
    told = machine.printer
    if told is None:
        return None
    return Queued(
        told.plate,
        queue_words.plate(told.plate),
        loaded(told.loaded),
        _next(told, jobs),
        told.waiting,
        _("free ~%(time)s", time=time_of_day(told.free_at)) if told.free_at else "",
        queue_words.command(told.command) if told.command else "",
        starting(machine.slug, jobs),
        told.foreign,
        told.camera,
    )


def starting(slug: str, jobs: Jobs) -> str:
    """The start that is under way at a printer, if one is."""
    for job in jobs.values():
        if job.state == "starting" and job.machine == slug:
            return _("Starting “%(file)s”", file=middle(job.name, 26))
    return ""


def by_id(view: LabView) -> dict[str, JobView]:
    """Every job that the view tells of."""
    return {job.id: job for job in (*view.queue.jobs, *view.queue.over)}


def name_of(view: LabView, slug: str) -> str:
    """What a machine is called; a slug that is none of them (a group) stays as it is."""
    return next((clean(m.name, 40) for m in view.machines if m.slug == slug), clean(slug, 40))


def printers(view: LabView) -> list[tuple[str, str]]:
    """(slug, name) of those that the queue prints on."""
    return [(m.slug, clean(m.name, 40)) for m in view.machines if m.printer]


def _next(told: PrinterView, jobs: Jobs) -> tuple[Next, ...]:
    known = (jobs[job] for job in told.next if job in jobs)
    return tuple(Next(middle(job.name, 26), clean(job.owner or "", 20)) for job in known)[:NEXT]
