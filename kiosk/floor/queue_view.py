"""What the pages may know of the printers' queue: frozen pictures, in order.

A person is a first name and an initial; `owner_id`, a roster id, never reaches a
page: it says which jobs a member's own page shows.
"""

from __future__ import annotations

from dataclasses import dataclass

from machines.journal import Result
from machines.order import Hindrance, Standing


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a job cannot start at a printer now. `detail`: a figure or a name, as it is shown."""

    machine: str
    why: Hindrance
    detail: str = ""


@dataclass(frozen=True, slots=True)
class JobView:
    """A job, from the file that was brought to the part that is collected.

    `state`: to-approve, waiting, starting, printing, over. Times are seconds;
    hours are Paris time "15 h 40", of another day "jeu. 9 h 10".
    """

    id: str  #: the birth of its submission
    name: str  #: the file's
    file: str  #: SHA-256 of its content
    owner: str | None  #: "Ana B."; None: not known any more
    owner_id: str | None
    state: str
    age_s: float = 0.0  #: since it was brought
    wish: str = ""  #: slug of the one printer it is for
    machine: str = ""  #: where it starts, prints, or was printed
    print: str = ""  #: the birth of its print
    place: int | None = None  #: in the queue, from 1
    standing: Standing | None = None  #: why just there
    priority: str = ""  #: the reason it comes first
    obstacles: tuple[Obstacle, ...] = ()  #: per printer; a printer without one may start it now
    approval: tuple[str, ...] = ()  #: findings for which an animator must approve
    estimated_s: float | None = None
    estimate_from: str = ""  #: slicer, octoprint, past
    begins_at: str = ""  #: by the forecast
    ends_at: str = ""
    late: bool = False  #: would end after closing time
    material: str = ""
    colour: str = ""
    filament_g: float | None = None
    slicer: str = ""
    attempts: int = 0
    refused: str = ""  #: a `NotStarted`: why the last start came to nothing
    refused_detail: str = ""  #: in the printer's words
    sent: float | None = None  #: starting: share of the file sent, 0 to 1; None: sent, and asked
    result: Result | None = None  #: over
    why: str = ""  #: over: a `Why`, where somebody said it
    plate_cleared: bool = False  #: over: the part is off the plate


@dataclass(frozen=True, slots=True)
class CommandView:
    """The last command to a printer. `how`: sent, confirmed, refused, unanswered."""

    what: str  #: pause, resume, cancel, connect
    how: str
    detail: str = ""  #: refused: in the printer's words


@dataclass(frozen=True, slots=True)
class LoadedView:
    """What a printer prints from. `grams` is what should be left by now; None: not weighed."""

    material: str
    colour: str = ""
    grams: float | None = None
    spool: str = ""
    empty: bool = False  #: prints took more than it had: somebody should look


@dataclass(frozen=True, slots=True)
class PrinterView:
    """A printer as the queue knows it, beside its `MachineView`.

    `plate`: clear, unknown (nobody has said so since the start, a disconnection or
    30 minutes), taken (a print stands on it, or did); "" where no gate asks.
    """

    plate: str = ""
    plate_left_s: float | None = None  #: clear: how long that holds
    loaded: LoadedView | None = None  #: None: nobody said
    job: str = ""  #: the job that it starts or prints, or that stands on its plate
    print: str = ""  #: the birth of the print under way, or over and on the plate
    foreign: bool = False  #: begun at the printer itself, and nobody's yet
    result: str = ""  #: of the print that is on the plate: a `Result`
    why: str = ""  #: and why it went wrong
    next: tuple[str, ...] = ()  #: jobs that would come next here
    waiting: int = 0  #: jobs that may still come here
    free_at: str = ""  #: when the queue here should be done
    error: float | None = None  #: how far off estimates were here: 0.12 is 12 % too short
    known: int = 0  #: from so many prints
    command: CommandView | None = None
    camera: bool = False
    ordered: str = ""  #: the last thing a person told its print: an `Ordered`
    filament_out: bool = False  #: it waits for another filament, by its own word


@dataclass(frozen=True, slots=True)
class QueueView:
    """All jobs that are not collected: those open in order, then those over, latest first."""

    jobs: tuple[JobView, ...] = ()
    over: tuple[JobView, ...] = ()


@dataclass(frozen=True, slots=True)
class OwnerView:
    """When one member's jobs should all be done."""

    owner_id: str
    owner: str
    ends_at: str
