"""What a screen may say of a printer's print: the one under way, or the one that ended last."""

from __future__ import annotations

from dataclasses import dataclass

from machines.instants import SECOND
from machines.meter import Meter, Work
from machines.print_record import WINDING_UP, Over, Print, Printer


@dataclass(frozen=True, slots=True)
class PrintLook:
    """`state`: printing, paused, finishing, unknown; done, failed, cancelled, lost.

    Progress is 0 to 1; None where the printer does not tell, or is out of sight.
    """

    name: str
    state: str
    progress: float | None
    left_s: float | None
    used_s: float
    paused_s: float
    unseen_s: float


def look(printer: Printer) -> PrintLook | None:
    """None where no print was seen since the kiosk started."""
    if printer.open is not None:
        return _under_way(printer.open)
    return _over(printer.over) if printer.over else None


def _under_way(under_way: Print) -> PrintLook:
    job = under_way.job
    progress = job.progress if job else None
    seen = job is not None and under_way.meter.work is not Work.UNKNOWN
    left_s = job.left_s if job and seen else None
    return PrintLook(under_way.name, _state(under_way), progress, left_s, *_hours(under_way.meter))


def _state(under_way: Print) -> str:
    match under_way.meter.work:
        case Work.PAUSED:
            return "paused"
        case Work.UNKNOWN:
            return "unknown"
        case _:
            return "finishing" if under_way.state in WINDING_UP else "printing"


def _over(over: Over) -> PrintLook:
    return PrintLook(over.name, over.result.value, over.progress, None, *_hours(over.meter))


def _hours(meter: Meter) -> tuple[float, float, float]:
    return meter.used_us / SECOND, meter.paused_us / SECOND, meter.unseen_us / SECOND
