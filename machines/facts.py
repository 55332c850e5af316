"""What the devices say: the words that pass from `drivers` to the floor.

A bad cable, an unknown badge, a printer switched off are facts like any other.
Drivers stamp nothing: the floor stamps an instant the moment a fact is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from machines.meter import Work


@dataclass(frozen=True, slots=True)
class BadgeRead:
    """A whole, checked frame. `number` is canonical (`machines.badges`)."""

    reader: str
    number: str


@dataclass(frozen=True, slots=True)
class Noise:
    """Bytes that were no frame, or a frame whose checksum is wrong."""

    device: str
    what: str


@dataclass(frozen=True, slots=True)
class Silence:
    """The device is gone, off, or does not answer. `why` is for the operator, in English."""

    device: str
    why: str


@dataclass(frozen=True, slots=True)
class Back:
    """A device that was silent answers again."""

    device: str


@dataclass(frozen=True, slots=True)
class WorkSeen:
    """What one meter of a machine was seen doing. `meter`: run, beam or job."""

    machine: str
    meter: str
    work: Work


@dataclass(frozen=True, slots=True)
class LaserMessage:
    """Something GRBL said that a person should know: an alarm, a reset, beam on while idle."""

    machine: str
    #: alarm, alarm-over, reset, beam-left-on, beam-put-out, client-here, -gone, -refused
    what: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class JobSeen:
    """The file in a printer, as OctoPrint tells it. Times in seconds, None where not told."""

    path: str
    name: str
    estimated_s: float | None = None
    elapsed_s: float | None = None
    left_s: float | None = None
    progress: float | None = None  #: 0 to 1
    filament_mm: float | None = None


@dataclass(frozen=True, slots=True)
class PrinterSeen:
    """One answer about a printer. `state` is OctoPrint's own text."""

    machine: str
    work: Work
    state: str
    job: JobSeen | None = None
    nozzle_c: float | None = None
    nozzle_target_c: float | None = None
    bed_c: float | None = None
    bed_target_c: float | None = None
    error: str = ""


class Happened(StrEnum):
    """What the push stream announces, in OctoPrint's words shortened."""

    STARTED = "started"
    PAUSED = "paused"
    RESUMED = "resumed"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    DISCONNECTED = "disconnected"


@dataclass(frozen=True, slots=True)
class PrintHappened:
    """A push event about a print: closes quickly, and `printer_s` is evidence."""

    machine: str
    what: Happened
    path: str = ""
    printer_s: float | None = None


Fact = BadgeRead | Noise | Silence | Back | WorkSeen | LaserMessage | PrinterSeen | PrintHappened
