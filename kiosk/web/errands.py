"""« À faire maintenant »: what an animator should see to, gravest first, then longest waiting.

At most one errand per machine, since whoever walks there sees the rest; the
jobs to approve are one errand together.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kiosk.floor.queue_view import JobView, PrinterView
from kiosk.floor.view import LabView, MachineView, TileState
from kiosk.web import queue_words
from kiosk.web.cards import GOING, Card, to_clear, wants_filament
from kiosk.web.language import _
from machines.job_entries import Ordered
from machines.journal import Result

#: Gravest first.
_FAULT, _JUDGE, _PAUSED, _ATTENTION, _START, _PLATE, _OFFLINE, _APPROVE = range(8)


@dataclass(frozen=True, slots=True)
class Errand:
    """Something to be done now. `machine`: the slug of where; "": in the queue."""

    name: str
    state: TileState
    what: str
    machine: str = ""


@dataclass(frozen=True, slots=True)
class _Found:
    gravity: int
    waits_s: float
    errand: Errand


def errands(view: LabView, shown: Iterable[Card]) -> tuple[Errand, ...]:
    """`shown`: the cards of the view's machines, in their order."""
    refused = _refused(view.queue.jobs)
    found = [
        one
        for card, machine in zip(shown, view.machines, strict=True)
        if (one := _at(card, machine, refused.get(machine.slug)))
    ]
    if waiting := [job for job in view.queue.jobs if job.state == "to-approve"]:
        what = _approve(len(waiting))
        oldest = max(job.age_s for job in waiting)
        errand = Errand(_("Queue"), TileState.ATTENTION, what)
        found.append(_Found(_APPROVE, oldest, errand))
    return tuple(f.errand for f in sorted(found, key=lambda f: (f.gravity, -f.waits_s)))


def _at(card: Card, machine: MachineView, refused: JobView | None) -> _Found | None:
    """The gravest thing to be done at one machine."""

    def found(gravity: int, state: TileState, what: str, waits_s: float = 0.0) -> _Found:
        return _Found(gravity, waits_s, Errand(card.name, state, what, machine.slug))

    told = machine.printer
    if card.state is TileState.FAULT:
        return found(_FAULT, card.state, card.detail or card.word)
    if told and told.result == Result.FAILED and not told.why:
        return found(_JUDGE, TileState.ATTENTION, _("Print failed: why?"))
    if told and (what := _paused(machine, told)):
        waits_s = machine.print.paused_s if machine.print else 0.0
        return found(_PAUSED, TileState.ATTENTION, what, waits_s)
    if machine.state is TileState.ATTENTION:
        said = card.detail or (card.job.state if card.job else "") or card.word
        waits_s = machine.print.paused_s if machine.print else 0.0
        return found(_ATTENTION, card.state, said, waits_s)
    if card.state is TileState.OFFLINE:
        return found(_OFFLINE, card.state, card.word, machine.seen_s or 0.0)
    if refused:
        what = queue_words.not_started(refused.refused)
        return found(_START, TileState.ATTENTION, what, refused.age_s)
    if told and (what := _plate(machine, told)):
        return found(_PLATE, TileState.ATTENTION, what)
    return None


def _paused(machine: MachineView, told: PrinterView) -> str:
    """A pause that nobody ordered is the printer's own, and mostly asks for filament."""
    if machine.state is TileState.OFFLINE or not machine.print or machine.print.state != "paused":
        return ""
    if wants_filament(machine):
        return _("Filament to change")
    if told.ordered != Ordered.PAUSE:
        return _("Paused by the printer: filament to change?")
    return _("Paused for long") if machine.state is TileState.ATTENTION else ""


def _plate(machine: MachineView, told: PrinterView) -> str:
    """A plate that is not known to be clear is asked about only if something waits for it."""
    if to_clear(machine):
        return _("Plate to clear")
    if machine.state is TileState.MAINTENANCE or (machine.print and machine.print.state in GOING):
        return ""
    return _("Plate to check") if told.plate == "unknown" and told.waiting else ""


def _refused(jobs: Iterable[JobView]) -> dict[str, JobView]:
    """The waiting jobs whose last start came to nothing, by where."""
    return {job.machine: job for job in jobs if job.state == "waiting" and job.refused}


def _approve(count: int) -> str:
    return _("1 job to approve") if count == 1 else _("%(count)s jobs to approve", count=count)
