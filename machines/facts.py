"""What the devices say: the words that pass from `drivers` to the floor.

A bad cable, an unknown badge, a printer switched off are facts like any other.
Drivers stamp nothing: the floor stamps an instant the moment a fact is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from machines.job_entries import NotStarted
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
    FILAMENT = "filament"  #: it asks for another (M600), and pauses


@dataclass(frozen=True, slots=True)
class PrintHappened:
    """A push event about a print: closes quickly, and `printer_s` is evidence."""

    machine: str
    what: Happened
    path: str = ""
    printer_s: float | None = None


# -- what a printer answers to a command -------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Agreed:
    """It was accepted; whether it is done, the printer's state says."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing happened, for certain. `detail` is in OctoPrint's words."""

    reason: NotStarted
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Nobody knows whether it reached the printer."""

    detail: str = ""


Answer = Agreed | Refused | Unanswered


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer to the command that was given with this `key`."""

    machine: str
    key: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Sending:
    """How much of a file is at OctoPrint: 0 to 1."""

    machine: str
    key: str
    share: float


@dataclass(frozen=True, slots=True)
class Printed:
    """A file in OctoPrint's own history: its last print. One that failed has left no time there:
    `printer_s` is 0.

    Source: docs.octoprint.org, REST API, "Files", `prints.last`.
    """

    path: str
    ended_us: int  #: UTC microseconds, by OctoPrint's clock
    printer_s: float


@dataclass(frozen=True, slots=True)
class HistoryTold:
    """OctoPrint's history, as it was asked for: files whose last print succeeded, and failed."""

    machine: str
    key: str
    printed: tuple[Printed, ...]
    failed: tuple[Printed, ...] = ()


Fact = (
    BadgeRead
    | Noise
    | Silence
    | Back
    | WorkSeen
    | LaserMessage
    | PrinterSeen
    | PrintHappened
    | Answered
    | Sending
    | HistoryTold
)
