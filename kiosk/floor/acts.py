"""What a person does at a tablet or a phone: each act once, whoever asks how often.

An act comes with a key that the page made: the same key again is the same act,
and gets the same answer. An act is done when its entry is on disk; what a
printer makes of a command is seen in the pictures (`CommandView`).
"""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from kiosk.floor.activity_acts import ActivityAct
from kiosk.floor.people_asked import PeopleAct
from machines.job_entries import JobSubmitted, Ordered, Why


@dataclass(frozen=True, slots=True)
class Submit:
    """A file that is already among the kiosk's files. `member`: whose it is (a roster id)."""

    entry: JobSubmitted
    name: str
    member: str


@dataclass(frozen=True, slots=True)
class Approve:
    job: str


@dataclass(frozen=True, slots=True)
class Withdraw:
    job: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Assign:
    """`machine` "": any that fits."""

    job: str
    machine: str


@dataclass(frozen=True, slots=True)
class Move:
    """Just before another waiting job; "": last."""

    job: str
    before: str


@dataclass(frozen=True, slots=True)
class Prioritise:
    job: str
    on: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class StartJob:
    """`filament_changed`: the animator says that the filament it wants was just put in."""

    job: str
    machine: str
    filament_changed: bool = False


@dataclass(frozen=True, slots=True)
class ClearPlate:
    machine: str


@dataclass(frozen=True, slots=True)
class Order:
    """To the print under way at this printer; `print` is the one that the page showed."""

    machine: str
    print: str
    what: Ordered


@dataclass(frozen=True, slots=True)
class Connect:
    """Have OctoPrint connect to a printer that was switched on."""

    machine: str


@dataclass(frozen=True, slots=True)
class Judge:
    print: str
    why: Why
    note: str = ""


@dataclass(frozen=True, slots=True)
class Requeue:
    job: str
    front: bool
    machine: str = ""


@dataclass(frozen=True, slots=True)
class Collect:
    job: str


@dataclass(frozen=True, slots=True)
class Load:
    """`material` "": nothing is loaded any more."""

    machine: str
    material: str
    colour: str = ""
    grams: float | None = None
    spool: str = ""


@dataclass(frozen=True, slots=True)
class Own:
    """A print begun at the printer itself is this member's."""

    print: str
    member: str


@dataclass(frozen=True, slots=True)
class SetCondition:
    """`condition` maintenance or fault, set or (`over`) done with."""

    machine: str
    condition: str
    over: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class OpenSession:
    """For a member who forgot the badge."""

    machine: str
    member: str


@dataclass(frozen=True, slots=True)
class CloseSession:
    """The session open at the machine. `ended`: the last "15:40", where it was left open."""

    machine: str
    why: str
    ended: str = ""


Act = (
    Submit
    | Approve
    | Withdraw
    | Assign
    | Move
    | Prioritise
    | StartJob
    | ClearPlate
    | Order
    | Connect
    | Judge
    | Requeue
    | Collect
    | Load
    | Own
    | SetCondition
    | OpenSession
    | CloseSession
    | ActivityAct
    | PeopleAct
)


class WhyNot(StrEnum):
    """Why an act was not done. Each has its sentence on the pages."""

    JOURNAL = "journal"  #: the disk does not answer: nothing was done, or not for certain
    JOB = "job"  #: there is no such job any more
    MACHINE = "machine"  #: there is no such machine, or it is no printer
    MEMBER = "member"  #: nobody of that name is on the roster
    YOURS = "yours"  #: a member may only do that with a job of their own
    STATE = "state"  #: the job is not where that can be done any more; detail: its state
    JOBS = "jobs"  #: as many jobs of that person wait as may
    HOURS = "hours"  #: that person's jobs would take longer than may wait
    OBSTACLE = "obstacle"  #: it cannot start there now; detail: a `machines.order.Hindrance`
    STARTING = "starting"  #: a start is under way at that printer
    PRINTING = "printing"  #: a print is under way there: its plate is not empty
    OTHER_PRINT = "other-print"  #: the print that the page showed is not the one under way
    PRINT = "print"  #: there is no such print any more
    SESSION = "session"  #: no session there now; detail: a `machines.members.Refusal`
    NO_SESSION = "no-session"  #: no session is open there
    TIME = "time"  #: not a time of today between the opening and now
    CONDITION = "condition"  #: neither maintenance nor fault
    ITEM = "item"  #: no such thing is counted here
    COUNT = "count"  #: not a number of things, or of people, that may be
    VALUE = "value"  #: what was told makes no sense
    CODE = "code"  #: no unknown badge has that code any more, or it is somebody's
    ONCE = "once"  #: the badge was read once only: it is to be held there again
    RANDOM = "random"  #: its number may be another each time
    BADGE = "badge"  #: that badge is not this person's any more
    CLEARANCE = "clearance"  #: no such clearance, or this person does not have it
    GRANT = "grant"  #: who asks may not grant that
    SAME = "same"  #: nobody clears themselves
    OVER = "over"  #: the membership is over
    STILL_OPEN = "still-open"  #: the session goes on: that is corrected once it is ended


@dataclass(frozen=True, slots=True)
class Told:
    """What came of an act. `why` is a `WhyNot`, "" where done."""

    done: bool
    why: str = ""
    detail: str = ""
    job: str = ""  #: of a Submit, of things made: its identity
    refused: tuple[tuple[str, str], ...] = ()  #: of a party: a machine, and its `Refusal`


@dataclass(frozen=True, slots=True)
class Face:
    """A person of the roster, as a page that chooses one shows them."""

    id: str
    name: str  #: "Ana B."
    animator: bool = False


class Desk(Protocol):
    """What the pages ask of the floor, besides `kiosk.floor.view.Screens`."""

    def act(self, act: Act, key: str, by: str) -> Future[Told]:
        """From any thread. `by` is the roster id of who acts; `key` 8 to 64 letters and digits."""
        ...

    def faces(self) -> tuple[Face, ...]:
        """Everybody of the roster, by name."""
        ...
