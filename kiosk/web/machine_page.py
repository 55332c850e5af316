"""One machine's page: how it is, what can be done there now, and what comes next.

Every act that makes sense is offered, and none that does not: the floor judges
them all again.
"""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.floor.queue_view import JobView, PrinterView
from kiosk.floor.view import LabView, MachineView, TileState
from kiosk.web import queue_words
from kiosk.web.cards import GOING, Card, card, switched_off, to_clear
from kiosk.web.language import _
from kiosk.web.printer_card import by_id, starting
from kiosk.web.queue_rows import Row, Where, at, row
from kiosk.web.words import clean, duration
from machines.journal import Result
from machines.print_record import NO_PRINTER

#: How a print may end that an animator is asked about.
WRONG = (Result.FAILED.value, Result.CANCELLED.value, Result.LOST.value)
#: Prints of the past, on the page.
HISTORY = 6
#: Estimates nearer than this to the truth are called right.
RIGHT = 0.05


@dataclass(frozen=True, slots=True)
class Coming:
    """A job that would come next here."""

    row: Row
    here: Where


@dataclass(frozen=True, slots=True)
class Acts:
    """What can be done now. `print` is the one that the orders are for."""

    print: str
    file: str
    pause: bool
    resume: bool
    cancel: bool
    plate: str  #: clear, ask or ""
    plate_left: str
    connect: bool
    foreign: bool
    judge: bool
    again: str  #: the job that can be printed again
    next: Coming | None
    command: str
    starting: str


@dataclass(frozen=True, slots=True)
class More:
    """What is seldom done there. `condition`: maintenance, fault or ""; `open`: a session is."""

    printer: bool
    history: tuple[Row, ...]
    estimates: str
    condition: str
    open: bool


@dataclass(frozen=True, slots=True)
class MachinePage:
    """`acts` is None where the queue knows nothing of the machine."""

    card: Card
    why: str
    acts: Acts | None
    coming: tuple[Coming, ...]
    more: More


def machine_page(view: LabView, slug: str) -> MachinePage | None:
    """None: there is no such machine."""
    for number, machine in enumerate(view.machines):
        if machine.slug == slug:
            return _page(view, card(number, machine, by_id(view)), machine)
    return None


def _page(view: LabView, shown: Card, machine: MachineView) -> MachinePage:
    told = machine.printer
    coming = tuple(_coming(view, shown, told)) if told else ()
    over = [job for job in view.queue.over if job.machine == machine.slug]
    return MachinePage(
        shown,
        queue_words.failure(told.why) if told else "",
        _acts(view, machine, told, coming) if told else None,
        coming,
        More(
            told is not None,
            tuple(row(view, job) for job in over[:HISTORY]),
            _estimates(told) if told else "",
            _condition(machine),
            machine.since_s is not None,
        ),
    )


def _coming(view: LabView, shown: Card, told: PrinterView) -> list[Coming]:
    jobs = {job.id: job for job in view.queue.jobs}
    known = [jobs[job] for job in told.next if job in jobs]
    return [Coming(row(view, job), at(job, shown.slug, shown.name, view)) for job in known]


def _acts(
    view: LabView, machine: MachineView, told: PrinterView, coming: tuple[Coming, ...]
) -> Acts:
    state = machine.print.state if machine.print else ""
    reached = not machine.silence
    ended = bool(told.result) and state not in GOING
    mine = _job(view, told)
    under_way = starting(machine.slug, by_id(view))
    return Acts(
        told.print,
        clean(mine.name if mine else machine.print.name if machine.print else ""),
        reached and state == "printing",
        reached and state == "paused",
        reached and state in ("printing", "paused"),
        "" if under_way or state in GOING else _plate(machine, told),
        "" if told.plate_left_s is None else duration(told.plate_left_s),
        reached and machine.printer_state.startswith(NO_PRINTER) and not switched_off(machine),
        told.foreign,
        ended and told.result in WRONG and not told.why,
        mine.id if mine and mine.state == "over" and ended and told.result in WRONG else "",
        coming[0] if coming and state not in GOING and not under_way else None,
        queue_words.command(told.command) if told.command else "",
        under_way,
    )


def _plate(machine: MachineView, told: PrinterView) -> str:
    """A printer that is away holds no word for a clear plate: there, only a part is asked about."""
    away = bool(machine.silence) or machine.printer_state.startswith(NO_PRINTER)
    if told.plate == "" or (away and not to_clear(machine)):
        return ""
    return "clear" if told.plate == "clear" else "ask"


def _job(view: LabView, told: PrinterView) -> JobView | None:
    """Whose print is there, or was."""
    for job in (*view.queue.jobs, *view.queue.over):
        if job.id == told.job or (told.print and job.print == told.print):
            return job
    return None


def _condition(machine: MachineView) -> str:
    known = {TileState.MAINTENANCE: "maintenance", TileState.FAULT: "fault"}
    return known.get(machine.state, "")


def _estimates(told: PrinterView) -> str:
    """« Estimations : 12 % trop courtes, sur 9 impressions »."""
    if told.error is None or not told.known:
        return ""
    share = min(abs(told.error), 9.99)
    off = f"{share * 100:.0f}\N{NO-BREAK SPACE}%"
    if share < RIGHT:
        said = _("estimates here are right")
    elif told.error > 0:
        said = _("estimates here: %(off)s too short", off=off)
    else:
        said = _("estimates here: %(off)s too long", off=off)
    count = _("1 print") if told.known == 1 else _("%(count)s prints", count=told.known)
    return _("%(said)s, from %(count)s", said=said, count=count)
