"""What was used: sessions, runs of machines and prints, each once, with what is known of it.

Badge time (sessions) and run time (runs, prints) are two figures of the same
hours: they are never added to each other. Instants are UTC, everything is in
microseconds, and None is what is not known.
"""

from __future__ import annotations

from dataclasses import dataclass

from machines.job_entries import Why
from machines.journal import Provenance, Reason, Result


@dataclass(frozen=True, slots=True)
class Stretch:
    """Time on end. `start_us` is UTC; None for either where it is not known."""

    start_us: int | None
    lasting_us: int | None


@dataclass(frozen=True, slots=True)
class Session:
    """From badge-in to badge-out. `subject` is the birth of its opening.

    `reason` is None while its end has not been told; it then has no stretch.
    `void`: an animator says that it never was, and it counts nowhere.
    """

    subject: str
    machine: str
    source: str
    category: str
    member: str | None
    party: int
    public: str
    began_us: int | None
    ended_us: int | None
    stretches: tuple[Stretch, ...]
    provenance: Provenance
    reason: Reason | None
    corrected: bool = False
    group: str = ""  #: the same for all machines of one party
    title: str = ""  #: of a party
    void: bool = False

    @property
    def used_us(self) -> int | None:
        """The whole of it, without what it was suspended; None where a part is not known."""
        lengths = [stretch.lasting_us for stretch in self.stretches]
        return None if None in lengths else sum(length or 0 for length in lengths)


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch in which one meter of a machine turned: run, beam or job."""

    subject: str
    machine: str
    meter: str
    session: str | None
    began_us: int | None
    ended_us: int | None
    used_us: int
    paused_us: int
    unseen_us: int
    provenance: Provenance
    evidence: str


@dataclass(frozen=True, slots=True)
class Print:
    """One file printed once. `result` is None while its end has not been told.

    `job` is the birth of the queue's job that it printed. `owner` (a roster id) and
    `category` are what an animator said of a print that was begun at the printer
    itself, once that was `owned`; None where it is not known any more.
    `reconciled`: its result is OctoPrint's word, since nobody saw the end.
    """

    subject: str
    machine: str
    session: str | None
    began_us: int | None
    ended_us: int | None
    used_us: int
    paused_us: int
    unseen_us: int
    result: Result | None
    filament_mm: float | None = None
    printer_s: float | None = None
    evidence: str = ""
    provenance: Provenance = Provenance.MEASURED
    meter: str = "print"
    filament_g: float | None = None
    material: str = ""
    job: str | None = None
    owned: bool = False
    owner: str | None = None
    category: str | None = None
    why: Why | None = None
    reconciled: bool = False


@dataclass(frozen=True, slots=True)
class Job:
    """A file that was brought to be printed: no use by itself, but whose its prints are.

    `filament_g` is the slicer's figure, or by its length. `owner` and `category` are
    None where they are not known any more.
    """

    subject: str
    brought_us: int | None
    owner: str | None
    category: str | None
    filament_g: float | None = None


Use = Session | Run | Print
