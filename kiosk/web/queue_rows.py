"""The queue as rows of words: what stands where and why, and what can be done with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kiosk.floor.queue_view import JobView, Obstacle
from kiosk.floor.view import LabView
from kiosk.web import file_words, queue_words, sentences
from kiosk.web.filament import Filament, filament, weight
from kiosk.web.language import _
from kiosk.web.printer_card import name_of
from kiosk.web.words import clean, duration, middle, percent, time_of_day
from machines.journal import Result
from machines.order import Hindrance

#: Obstacles that an animator clears away in putting another filament in.
FILAMENT = ("material", "colour", "grams")
#: What no waiting changes: the printer is not for that job.
UNFIT = ("elsewhere", "model", "bed", "nozzle", "heat", "firmware")
#: With these, nobody need be told that the plate is not clear.
PLATE_GOES_WITHOUT = {Hindrance.BUSY, Hindrance.SWITCHED_OFF, Hindrance.OFFLINE}


#: What stands for the place of a job that has none.
_ICONS = {"printing": "busy", "starting": "wait"}


@dataclass(frozen=True, slots=True)
class Where:
    """How a job stands with one printer. `may`: now, change: after another filament, or not.
    `why`: sentences."""

    slug: str
    name: str
    may: str
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A job. `up` and `down` are what it would stand before: a job, "" last, None not possible."""

    id: str
    sha: str
    state: str
    place: str
    file: str
    owner: str
    where: str
    filament: Filament | None
    grams: str
    takes: str
    when: str
    late: str
    standing: str
    priority: str
    refused: str
    findings: tuple[str, ...]
    printers: tuple[Where, ...]
    sent: int | None
    attempts: int
    result: str
    why: str
    good: bool
    on_plate: bool
    print: str
    icon: str
    up: str | None = None
    down: str | None = None


def rows(view: LabView) -> tuple[Row, ...]:
    """Those open, in order."""
    moves = dict(_moves([job.id for job in view.queue.jobs if _waits(job)]))
    return tuple(row(view, job, *moves.get(job.id, (None, None))) for job in view.queue.jobs)


def row(view: LabView, job: JobView, up: str | None = None, down: str | None = None) -> Row:
    result = job.result.value if job.result else ""
    return Row(
        job.id,
        job.file,
        job.state,
        "" if job.place is None else str(job.place),
        middle(job.name, 38),
        clean(job.owner or "", 30) or _("owner not known any more"),
        _where(view, job),
        filament(job.material, job.colour),
        "" if job.filament_g is None else weight(job.filament_g),
        _takes(job),
        _when(job),
        _("after closing") if job.late else "",
        queue_words.standing(job.standing) if _waits(job) else "",
        clean(job.priority, 80),
        queue_words.not_started(job.refused, job.refused_detail) if job.refused else "",
        tuple(file_words.approval(key) for key in job.approval),
        tuple(_printers(view, job)) if _waits(job) else (),
        percent(job.sent),
        job.attempts,
        sentences.print_state(result) if result else "",
        queue_words.failure(job.why),
        job.result is Result.DONE,
        not job.plate_cleared,
        job.print,
        _ICONS.get(job.state, "attention"),
        up,
        down,
    )


def at(job: JobView, slug: str, name: str, view: LabView) -> Where:
    """How a job stands with this printer."""
    found = [obstacle for obstacle in job.obstacles if obstacle.machine == slug]
    return _at(slug, name, found, name_of(view, job.wish))


def _at(slug: str, name: str, found: list[Obstacle], wish: str) -> Where:
    may = "now" if not found else "change" if all(o.why in FILAMENT for o in found) else "not"
    why = (queue_words.hindrance(obstacle, wish) for obstacle in _telling(found))
    return Where(slug, name, may, tuple(f"{said.removesuffix('.')}." for said in why))


def _telling(found: list[Obstacle]) -> list[Obstacle]:
    """What need be said: of a printer that does not fit, why; else nothing that goes without."""
    unfit = [o for o in found if o.why in UNFIT]
    if unfit:
        return unfit
    why = {o.why for o in found}
    return [o for o in found if o.why is not Hindrance.PLATE or not why & PLATE_GOES_WITHOUT]


def _printers(view: LabView, job: JobView) -> Iterator[Where]:
    by_machine: Mapping[str, list[Obstacle]] = {
        m.slug: [] for m in view.machines if m.printer is not None
    }
    for obstacle in job.obstacles:
        if obstacle.machine in by_machine:
            by_machine[obstacle.machine].append(obstacle)
    for slug, found in by_machine.items():
        yield _at(slug, name_of(view, slug), found, name_of(view, job.wish))


def _waits(job: JobView) -> bool:
    return job.state in ("waiting", "to-approve")


def _moves(order: list[str]) -> Iterator[tuple[str, tuple[str | None, str | None]]]:
    for n, job in enumerate(order):
        up = order[n - 1] if n else None
        down = None if n + 1 == len(order) else order[n + 2] if n + 2 < len(order) else ""
        yield job, (up, down)


def _where(view: LabView, job: JobView) -> str:
    slug = job.machine if not _waits(job) and job.machine else job.wish
    return name_of(view, slug) if slug else _("any printer that fits")


def _takes(job: JobView) -> str:
    if job.estimated_s is None:
        return _("duration not known")
    source = queue_words.estimate_from(job.estimate_from)
    return " ".join(part for part in (duration(job.estimated_s), source) if part)


def _when(job: JobView) -> str:
    """« 14 h 10 → 16 h 20 », by the forecast."""
    times = [time_of_day(text) for text in (job.begins_at, job.ends_at) if text]
    if len(times) == 1 and job.ends_at:
        return _("ends ~%(time)s", time=times[0])
    return " → ".join(times)


@dataclass(frozen=True, slots=True)
class Owner:
    """A person with open jobs, and until when they are."""

    name: str
    jobs: int
    ends: str


def owners(view: LabView) -> tuple[Owner, ...]:
    counts = Counter(job.owner_id for job in view.queue.jobs)
    return tuple(
        Owner(clean(one.owner, 30), counts[one.owner_id], time_of_day(one.ends_at))
        for one in view.owners
    )
