"""The tablet as words and figures: a card per machine.

A first name and an initial are all that is said of a person. What is not known
is said to be not known, never shown as 0.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from kiosk.floor.view import LabView, MachineView, PrintView, TileState
from kiosk.web import sentences
from kiosk.web.activity_words import people
from kiosk.web.language import _
from kiosk.web.printer_card import Jobs, Queued, by_id, queued
from kiosk.web.words import clean, degrees, duration, middle, percent, time_of_day
from machines.print_record import NO_PRINTER

#: News older than this greys a card; older than GONE_S, it says offline.
OLD_S = 15.0
GONE_S = 60.0

#: A nozzle or bed this warm is worth a figure even when nothing heats it.
WARM_C = 45.0

#: A print that still has an end before it.
GOING = ("printing", "paused", "finishing", "unknown")


@dataclass(frozen=True, slots=True)
class Job:
    """A print as a card shows it. `percent` is None where the printer does not tell."""

    file: str
    state: str
    percent: int | None
    ends: str
    left: str
    times: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Card:
    """One machine. `age` is "", old or gone: how much its news can be trusted."""

    number: int
    slug: str
    name: str
    printer: bool
    state: TileState
    icon: str
    word: str
    member: str
    since: str
    detail: str
    job: Job | None
    heat: tuple[tuple[str, str], ...]
    age: str
    seen: str
    queue: Queued | None


def card(number: int, machine: MachineView, jobs: Jobs | None = None) -> Card:
    """`jobs`: those that the lab's view tells of, by id."""
    jobs = jobs or {}
    age = _age(machine.seen_s)
    state = TileState.OFFLINE if age == "gone" and _yields(machine.state) else machine.state
    if _yields(state) and to_clear(machine):
        state = TileState.ATTENTION
    word = _word(machine, state)
    return Card(
        number,
        machine.slug,
        clean(machine.name, 40),
        machine.printer is not None or machine.print is not None or machine.family == "3d-printer",
        state,
        _icon(machine, state),
        word,
        _whose(machine, jobs),
        "" if machine.since_s is None else _("for %(time)s", time=duration(machine.since_s)),
        _detail(machine),
        job_of(machine, jobs, word),
        _heat(machine),
        age,
        _("seen %(time)s ago", time=_ago(machine.seen_s)) if machine.seen_s and age else "",
        queued(machine, jobs),
    )


def cards(view: LabView) -> tuple[Card, ...]:
    """Every machine's, in floor-plan order."""
    jobs = by_id(view)
    return tuple(card(number, machine, jobs) for number, machine in enumerate(view.machines))


def to_clear(machine: MachineView) -> bool:
    """Whether a print is over there, and nobody said yet that its plate is clear."""
    told = machine.printer
    if told is None or machine.state is TileState.MAINTENANCE:
        return False
    going = machine.print is not None and machine.print.state in GOING
    return told.plate == "taken" and bool(told.result) and not going


def wants_filament(machine: MachineView) -> bool:
    """Whether a print stands still until its printer has another filament."""
    paused = machine.print is not None and machine.print.state == "paused"
    return paused and machine.printer is not None and machine.printer.filament_out


def _whose(machine: MachineView, jobs: Jobs) -> str:
    """Who holds it; of a group session, with how many people."""
    holder = clean(machine.member or _owner(machine, jobs), 30)
    return f"{holder} · {people(machine.people)}" if machine.people else holder


def _owner(machine: MachineView, jobs: Jobs) -> str:
    """Whose print it is, where nobody holds a session."""
    job = jobs.get(machine.printer.job) if machine.printer else None
    return (job and job.owner) or ""


def _word(machine: MachineView, state: TileState) -> str:
    """A printer with a print says how it is with it, which is more than being in use."""
    if state is TileState.BUSY and machine.print and machine.print.state in GOING:
        return sentences.print_state(machine.print.state)
    if state is TileState.ATTENTION and machine.state is not state:
        return _("To clear")
    return sentences.state_word(state)


def _icon(machine: MachineView, state: TileState) -> str:
    paused = machine.print is not None and machine.print.state == "paused"
    return "pause" if paused and state is TileState.BUSY else state.value


def _yields(state: TileState) -> bool:
    """A state that a silent device takes the place of."""
    return state in (TileState.FREE, TileState.BUSY)


def _age(seen_s: float | None) -> str:
    if seen_s is None or seen_s <= OLD_S:
        return ""
    return "old" if seen_s <= GONE_S else "gone"


def _ago(seen_s: float | None) -> str:
    if seen_s is not None and seen_s < 60:
        return f"{seen_s:.0f}\N{NO-BREAK SPACE}s"
    return duration(seen_s or 0)


def _detail(machine: MachineView) -> str:
    """The one further line of a card: what is wrong, else what it is about to do."""
    if machine.note:
        return sentences.note(machine.note)
    if machine.silence:
        return sentences.silence(machine.silence)
    if machine.ending:
        return sentences.ending(machine.ending)
    if machine.beam_on:
        return _("Beam on")
    if wants_filament(machine):
        return _("Filament to change")
    told_anyway = machine.print is None or machine.state is TileState.OFFLINE
    if machine.printer_state and (told_anyway or switched_off(machine)):
        return _printer_state(machine)
    if machine.state is TileState.BUSY and machine.working is False:
        return _("at rest")
    return ""


def switched_off(machine: MachineView) -> bool:
    """A free printer that is not connected is one that its relay keeps off."""
    return machine.state is TileState.FREE and machine.printer_state.startswith(NO_PRINTER)


def _printer_state(machine: MachineView) -> str:
    if switched_off(machine):
        return _("Switched off")
    return sentences.printer_state(machine.printer_state)


def job_of(machine: MachineView, jobs: Jobs, word: str) -> Job | None:
    """A print under the name that its file was brought by; `word` is what the card says already."""
    if machine.print is None:
        return None
    known = jobs.get(machine.printer.job) if machine.printer else None
    return _job(replace(machine.print, name=known.name) if known else machine.print, word)


def _job(job: PrintView, word: str) -> Job:
    state = sentences.print_state(job.state)
    going = job.state in GOING
    ends = _("ends ~%(time)s", time=time_of_day(job.ends_at)) if job.ends_at and going else ""
    left = _("%(time)s left", time=duration(job.left_s)) if job.left_s and going else ""
    return Job(
        middle(job.name),
        "" if state == word or job.state == "printing" else state,
        percent(job.progress),
        ends,
        left,
        _times(job),
    )


def _times(job: PrintView) -> tuple[tuple[str, str], ...]:
    if not (job.used_s or job.paused_s or job.unseen_s):
        return ()
    times = [(_("Counted"), duration(job.used_s))]
    if job.paused_s >= 1:
        times.append((_("Paused"), duration(job.paused_s)))
    if job.unseen_s >= 1:
        times.append((_("Not observed"), duration(job.unseen_s)))
    return tuple(times)


def _heat(machine: MachineView) -> tuple[tuple[str, str], ...]:
    parts = (
        (_("Nozzle"), machine.nozzle_c, machine.nozzle_target_c),
        (_("Bed"), machine.bed_c, machine.bed_target_c),
    )
    return tuple(
        (name, degrees(now, target))
        for name, now, target in parts
        if now is not None and (target or now > WARM_C)
    )
