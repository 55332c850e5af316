"""The kinds of entry of the printers' queue: jobs, plates, spools, and what animators did there.

A job is a file to be printed once; its identity is the birth of its
`job.submitted`. All that a restart must know of the queue is folded from these
entries (`machines.jobs`); what is only true while the kiosk runs (a plate that
is clear, a command under way) is in none of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from machines.instants import Instant


class Why(StrEnum):
    """Why a print went wrong, as an animator says it in one tap. Written to disk."""

    ADHESION = "adhesion"  # décollement
    CLOG = "clog"  # bouchage
    FILAMENT = "filament"  # fin de filament
    POWER = "power"  # coupure
    FILE = "file"  # fichier
    OTHER = "other"  # autre


class NotStarted(StrEnum):
    """Why a start came to nothing. Written to disk, and each has its sentence on screen."""

    OFFLINE = "offline"  #: OctoPrint has no printer, or does not answer at all
    BUSY = "busy"  #: another print is under way there
    REFUSED = "refused"  #: OctoPrint refused it: the detail has its words
    KEY = "key"  #: its API key may not print
    DISK = "disk"  #: OctoPrint's disk is full, or it could not keep the file
    UPLOAD = "upload"  #: the file did not get there
    FILE = "file"  #: the file is not on the kiosk's disk any more, or is not the same
    NO_ANSWER = "no-answer"  #: no answer came; the printer was then asked, and is at rest
    NOT_BEGUN = "not-begun"  #: OctoPrint agreed, and nothing began
    OTHER_PRINT = "other-print"  #: another print began there instead
    PLATE = "plate"  #: the plate was not clear any more when the file was there


class Ordered(StrEnum):
    """What an animator told a printer to do with its print."""

    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class Needs:
    """What a file was sliced for, as far as it says. None or "": it does not say."""

    model: str = ""  #: the printer's, in the slicer's words
    material: str = ""  #: "PLA", in capitals
    nozzle_mm: float | None = None
    nozzle_c: float | None = None  #: the hottest it asks for
    bed_c: float | None = None
    size_mm: tuple[float, float, float] | None = None  #: X, Y, Z that it moves in, from 0
    flavour: str = ""  #: marlin, klipper, reprapfirmware…: "" unknown


@dataclass(frozen=True, slots=True)
class JobSubmitted:
    """Personal part: the owner and category, the file's name, and who brought it for them."""

    kind = "job.submitted"
    file: str  #: SHA-256 of its content, 64 hex digits
    size: int  #: bytes
    source: str  #: tablet, phone
    wish: str = ""  #: slug of the one printer it is for; "": any that fits
    material: str = ""  #: that it is to be printed in; "": what is loaded
    colour: str = ""
    needs: Needs = Needs()
    slicer: str = ""
    estimated_s: float | None = None
    estimate_from: str = ""  #: slicer, past
    filament_mm: float | None = None
    filament_g: float | None = None
    approval: tuple[str, ...] = ()  #: findings for which an animator must approve; (): none


@dataclass(frozen=True, slots=True)
class JobApproved:
    kind = "job.approved"
    job: str


@dataclass(frozen=True, slots=True)
class JobWithdrawn:
    """It will not be printed: its owner or an animator took it out of the queue."""

    kind = "job.withdrawn"
    job: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class JobAssigned:
    """For this printer alone from now on; "": for any that fits."""

    kind = "job.assigned"
    job: str
    machine: str


@dataclass(frozen=True, slots=True)
class JobMoved:
    """An animator put it just before another waiting job; "": last."""

    kind = "job.moved"
    job: str
    before: str


@dataclass(frozen=True, slots=True)
class JobPrioritised:
    """Before all others, for a reason that the page shows; or no longer so."""

    kind = "job.prioritised"
    job: str
    on: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class JobStarting:
    """Written before anything is sent to the printer: from here a start may have reached it."""

    kind = "job.starting"
    job: str
    machine: str
    attempt: int  #: from 1
    path: str  #: the file's path at OctoPrint, which is this attempt's alone
    overtook: tuple[str, ...] = ()  #: jobs before it in the queue, which it may pass once


@dataclass(frozen=True, slots=True)
class JobRefused:
    """An attempt that came to nothing for certain: the job waits again."""

    kind = "job.refused"
    job: str
    machine: str
    attempt: int
    reason: NotStarted
    detail: str = ""  #: in the printer's own words, for the animator


@dataclass(frozen=True, slots=True)
class JobRequeued:
    """After a print that went wrong: it waits again, at the front or in its turn."""

    kind = "job.requeued"
    job: str
    front: bool
    machine: str = ""  #: for this printer; "": as it was wished


@dataclass(frozen=True, slots=True)
class JobCollected:
    """The part was taken away by its owner."""

    kind = "job.collected"
    job: str


@dataclass(frozen=True, slots=True)
class PlateCleared:
    """Somebody held the button: the plate is empty and clean. Good for one start."""

    kind = "plate.cleared"
    machine: str


@dataclass(frozen=True, slots=True)
class SpoolLoaded:
    """From now on the printer prints from this; no material: nothing is loaded."""

    kind = "spool.loaded"
    machine: str
    material: str
    colour: str = ""
    grams: float | None = None  #: left on it; None: not weighed
    spool: str = ""  #: what is written on it


@dataclass(frozen=True, slots=True)
class PrintOrdered:
    """An animator's command, as it was sent: what came of it, the print's own entries say."""

    kind = "print.ordered"
    print: str
    machine: str
    what: Ordered


@dataclass(frozen=True, slots=True)
class ConnectOrdered:
    """An animator had OctoPrint connect to its printer."""

    kind = "connect.ordered"
    machine: str


@dataclass(frozen=True, slots=True)
class PrintJudged:
    """Why a print went wrong, by somebody who looked at it."""

    kind = "print.judged"
    print: str
    why: Why
    note: str = ""


@dataclass(frozen=True, slots=True)
class PrintOwned:
    """A print that was begun at the printer itself gets its owner: the personal part."""

    kind = "print.owned"
    print: str


@dataclass(frozen=True, slots=True)
class PrintReconciled:
    """What OctoPrint's own history says of a print that nobody saw to its end, or at all.

    It tells how the print ended and adds no hour: what was not seen stays unseen.
    `print` is "" for a print that was begun and ended while nobody watched: its
    `printer_s` are its unseen time.
    """

    kind = "print.reconciled"
    machine: str
    print: str
    done: bool
    ended: Instant
    printer_s: float
    job: str | None = None


@dataclass(frozen=True, slots=True)
class TabletPaired:
    """A tablet may look from now on. `tablet` is its number in the lab, `name` is said of it."""

    kind = "tablet.paired"
    tablet: str
    name: str


@dataclass(frozen=True, slots=True)
class TabletRemoved:
    kind = "tablet.removed"
    tablet: str


@dataclass(frozen=True, slots=True)
class PinRefused:
    """A wrong code at a tablet, for the animator of the personal part; `locked`: the last one."""

    kind = "pin.refused"
    tablet: str
    locked: bool = False


JobBody = (
    JobSubmitted
    | JobApproved
    | JobWithdrawn
    | JobAssigned
    | JobMoved
    | JobPrioritised
    | JobStarting
    | JobRefused
    | JobRequeued
    | JobCollected
    | PlateCleared
    | SpoolLoaded
    | PrintOrdered
    | ConnectOrdered
    | PrintJudged
    | PrintOwned
    | PrintReconciled
    | TabletPaired
    | TabletRemoved
    | PinRefused
)
