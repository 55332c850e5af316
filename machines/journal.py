"""The kinds of entry of a lab's journal, and what each says.

An entry is a fact, written once. What it says about a person stands apart in a
`Personal` part, tied to the entry by a salted commitment only, so that it can
be deleted while the chain of entries stays whole. Those of the printers' queue are
in `machines.job_entries`, of members in `machines.people_entries`, of what was made
and held in `machines.made_entries`. The table of kinds is in machines/README.md, where
a test holds it to these modules.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import get_args

from machines.instants import Instant
from machines.job_entries import JobBody
from machines.made_entries import MadeBody
from machines.people_entries import PeopleBody


class Reason(StrEnum):
    """Why a session ended, or was suspended. Written to disk."""

    BADGE = "badge"  #: the member's own badge
    ASKED = "asked"  #: on the touch screen
    HAND_OVER = "hand-over"
    IDLE = "idle"
    MAXIMUM = "maximum"
    CLOSING = "closing"
    FAULT = "fault"
    ANIMATOR = "animator"
    POWER_LOSS = "power-loss"
    ORPHAN = "orphan"
    DROPPED = "dropped"  #: the relay keeper dropped the line while the kiosk was silent
    LATE = "late"  #: the disk committed the opening after it had been refused


class Provenance(StrEnum):
    """How an hour is known."""

    MEASURED = "measured"
    BADGE = "badge"
    DECLARED = "declared"
    ESTIMATED = "estimated"


class Result(StrEnum):
    """How a print ended."""

    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"
    LOST = "lost"  #: OctoPrint or the printer went away: nobody saw the end


@dataclass(frozen=True, slots=True)
class Birth:
    """An entry's identity, given when it is written and kept however it travels.

    `store` is 32 hex digits, `seq` gapless from 1, `nonce` 63 random bits.
    """

    store: str
    seq: int
    nonce: int

    def __str__(self) -> str:
        return f"{self.store}-{self.seq}-{self.nonce:016x}"

    @classmethod
    def parse(cls, text: str) -> Birth:
        store, seq, nonce = text.split("-")
        return cls(store, int(seq), int(nonce, 16))


@dataclass(frozen=True, slots=True)
class Personal:
    """What ties an entry to a person. Every field may be absent."""

    member: str | None = None  #: roster id
    category: str | None = None
    badge: str | None = None  #: keyed digest
    by: str | None = None  #: the animator who did it
    file_name: str | None = None


@dataclass(frozen=True, slots=True)
class BootBegan:
    kind = "boot.began"
    boot_id: str  #: of the kernel
    version: str
    clean: bool  #: whether the boot before ended in order
    last_seen: Instant | None = None  #: the last sign of life of the boot (or process) before


@dataclass(frozen=True, slots=True)
class ClockAnchored:
    kind = "clock.anchored"
    source: str  #: ntp, rtc, central
    utc_us: int
    error_us: int


@dataclass(frozen=True, slots=True)
class MachineDescribed:
    slug: str
    name: str
    family: str
    sort: str


@dataclass(frozen=True, slots=True)
class ItemDescribed:
    slug: str
    name: str
    english: str


@dataclass(frozen=True, slots=True)
class SiteDescribed:
    """The lab's machines and opening hours, written when the site file changed."""

    kind = "site.described"
    lab: str
    name: str
    machines: tuple[MachineDescribed, ...]
    hours: tuple[tuple[tuple[str, str], ...], ...]  #: per day, Monday first: ("09:00", "18:00")
    items: tuple[ItemDescribed, ...] = ()  #: what the lab counts, besides what every lab does


@dataclass(frozen=True, slots=True)
class SessionOpened:
    kind = "session.opened"
    machine: str
    source: str  #: badge, touch, animator, party
    category: str = "individual"
    party: int = 0  #: head count of a party; 0: one person
    public: str = ""
    group: str = ""  #: the same for all machines of one party; "": a session by itself
    title: str = ""  #: of a party, in an animator's words, which name nobody


@dataclass(frozen=True, slots=True)
class SessionClosed:
    """`at` is where the time ends, when that is not where the entry was written."""

    kind = "session.closed"
    session: str  #: the birth of its opening
    machine: str
    reason: Reason
    provenance: Provenance = Provenance.BADGE
    ended: Instant | None = None
    why: str = ""  #: in an animator's words


@dataclass(frozen=True, slots=True)
class SessionSuspended:
    """The relay is off and the session stands still; from `since`, when known earlier."""

    kind = "session.suspended"
    session: str
    machine: str
    reason: Reason
    since: Instant | None = None


@dataclass(frozen=True, slots=True)
class SessionResumed:
    kind = "session.resumed"
    session: str
    machine: str


@dataclass(frozen=True, slots=True)
class SessionVoided:
    """This session never was: its opening reached the disk after it had been refused."""

    kind = "session.voided"
    session: str
    machine: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class SessionCorrected:
    """An animator's correction: `what` is the field, `value` what it should have been."""

    kind = "session.corrected"
    session: str
    what: str
    value: str
    why: str


@dataclass(frozen=True, slots=True)
class TapRefused:
    kind = "tap.refused"
    machine: str  #: "" where none was chosen yet
    reason: str  #: a `Refusal`
    code: str = ""  #: of an unknown badge: what the screens call it while somebody enrols it


@dataclass(frozen=True, slots=True)
class RunMeasured:
    """A stretch in which a machine's meter turned: `began` to the entry's own instant."""

    kind = "run.measured"
    machine: str
    meter: str  #: run, beam, job
    session: str | None
    began: Instant
    ended: Instant
    used_us: int
    paused_us: int
    unseen_us: int
    provenance: Provenance = Provenance.MEASURED
    evidence: str = ""  #: how it is known: "121 reports", "sense input"


@dataclass(frozen=True, slots=True)
class PrintBegan:
    """A print was seen. Its identity is the birth of this entry."""

    kind = "print.began"
    machine: str
    session: str | None
    adopted: bool = False  #: it was already going when it was first seen
    job: str | None = None  #: the queue's job that it prints; None: begun at the printer itself


@dataclass(frozen=True, slots=True)
class PrintEnded:
    kind = "print.ended"
    print: str  #: the birth of its beginning
    machine: str
    session: str | None
    result: Result
    began: Instant
    ended: Instant
    used_us: int
    paused_us: int
    unseen_us: int
    filament_mm: float | None = None
    printer_s: float | None = None  #: the printer's own figure, as evidence
    evidence: str = ""
    filament_g: float | None = None
    material: str = ""  #: what was loaded


@dataclass(frozen=True, slots=True)
class ConditionSet:
    """`cleared`: that condition is over, and the next gravest shows; ok clears all."""

    kind = "condition.set"
    machine: str
    condition: str  #: ok, fault, maintenance, retired
    dangerous: bool = False
    note: str = ""
    cleared: bool = False


@dataclass(frozen=True, slots=True)
class HoleDeclared:
    """Entries `first` to `last` of `store` are lost, and the lab says so."""

    kind = "hole.declared"
    store: str
    first: int
    last: int
    why: str


Body = (
    BootBegan
    | ClockAnchored
    | SiteDescribed
    | SessionOpened
    | SessionClosed
    | SessionSuspended
    | SessionResumed
    | SessionVoided
    | SessionCorrected
    | TapRefused
    | RunMeasured
    | PrintBegan
    | PrintEnded
    | ConditionSet
    | HoleDeclared
    | JobBody
    | PeopleBody
    | MadeBody
)

#: Every kind this version knows, by its name on disk.
KINDS: dict[str, type[Body]] = {body.kind: body for body in get_args(Body)}

BODY_VERSION = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal: who it is, when it was, what it says."""

    birth: Birth
    at: Instant
    body: Body
    personal: Personal | None = None
