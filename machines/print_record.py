"""A printer's record of prints: what it holds, what is asked of the floor, how a state is read.

`machines.printing` moves it.
"""

from __future__ import annotations

from dataclasses import dataclass

from machines.facts import JobSeen, PrinterSeen
from machines.instants import SECOND, Instant
from machines.journal import PrintBegan, PrintEnded, Result
from machines.meter import Meter

#: OctoPrint's texts while it is winding a print up: `PrintDone` comes before the
#: state leaves "Finishing", so that these never begin a print. Source: 1.11.8, comm.py.
WINDING_UP = ("Finishing", "Cancelling")
#: OctoPrint's texts, by their beginning, while it has no printer: what it was
#: printing is over, whatever the printer itself may be doing.
NO_PRINTER = ("Offline", "Closed", "Error", "Connecting", "Detecting", "Opening")


@dataclass(frozen=True, slots=True)
class Rules:
    """Durations of the field in microseconds."""

    poll_us: int = 3 * SECOND
    #: Ten minutes: a Pi has restarted OctoPrint in one; what comes back later is a new record.
    lost_us: int = 600 * SECOND

    @property
    def gap_us(self) -> int:
        """Further apart than three polls, two sights say nothing of the time between."""
        return 3 * self.poll_us


@dataclass(frozen=True, slots=True)
class Print:
    """A print under way.

    `meter` runs on a clock of its own, 0 when the print began, so that its time
    is always the length of the print so far. `sure` is that meter at the last
    sign of life, which was at `sure_at`. `dark`: since when nobody knows what it does;
    `silent`: because nothing answers, and not because an answer does not say.
    """

    number: int
    began: Instant
    last: Instant
    meter: Meter
    sure: Meter
    sure_at: Instant
    session: str | None = None
    adopted: bool = False
    birth: str | None = None
    path: str = ""
    name: str = ""
    state: str = ""
    elapsed_s: float | None = None  #: the printer's own clock, when last seen working
    first_s: float | None = None  #: the same at the first sight of an adopted print
    before: float = 0.0  #: the share of the file that a record lost from sight has counted
    job: JobSeen | None = None
    pulse: tuple[object, ...] = ()  #: what changes while a printer is alive
    dark: Instant | None = None
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Over:
    """The print that ended last, for the screen and to know its tail by."""

    at: Instant
    path: str
    name: str
    result: Result
    meter: Meter
    elapsed_s: float | None
    progress: float | None


@dataclass(frozen=True, slots=True)
class Printer:
    """A printer's record. `idle`: when it was last known to have no print, if not since lost
    from sight (`watched`). `unborn`: prints that ended before the birth of their beginning."""

    machine: str
    rules: Rules = Rules()
    open: Print | None = None
    over: Over | None = None
    idle: Instant | None = None
    watched: bool = False
    begun: int = 0
    unborn: tuple[tuple[int, EndPrint], ...] = ()


@dataclass(frozen=True, slots=True)
class BeginPrint:
    """Write `entry`, then hand its birth back with `number`. `path`: at OctoPrint, "" untold."""

    number: int
    entry: PrintBegan
    file_name: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class EndPrint:
    """Write `entry`. `share`: so much of the file this record printed, 0 to 1; None: unknown."""

    entry: PrintEnded
    file_name: str
    share: float | None = None


Effect = BeginPrint | EndPrint
Step = tuple[Printer, tuple[Effect, ...]]


def no_printer(seen: PrinterSeen) -> bool:
    return seen.state.startswith(NO_PRINTER)


def pulse(seen: PrinterSeen) -> tuple[object, ...]:
    """What changes from sight to sight while a printer works.

    OctoPrint's print time moves only as lines are acknowledged, and so stands
    still while the nozzle heats: then the temperatures move.
    """
    job = seen.job
    clock = (job.elapsed_s, job.progress) if job else (None, None)
    return (*clock, seen.nozzle_c, seen.bed_c)
