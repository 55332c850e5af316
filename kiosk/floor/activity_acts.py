"""What an animator does about a lab's activity: parties, things made, workshops, corrections.

`kiosk.floor.acts` has what is done about machines and the queue, and what holds for all.
"""

from __future__ import annotations

from dataclasses import dataclass

from machines.made_entries import Produced, WorkshopHeld

#: A field, and what it should have been.
Change = tuple[str, str]


@dataclass(frozen=True, slots=True)
class OpenParty:
    """One session at each of `machines`, by the clearance of the animator who asks.

    Those that cannot be had are told (`Told.refused`), and the others open.
    """

    machines: tuple[str, ...]
    people: int
    category: str = "individual"
    public: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class EndParty:
    """Every session of it that is open."""

    group: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Make:
    """Things made. `member`: whose they are (a roster id), where they are a member's."""

    entry: Produced
    member: str = ""


@dataclass(frozen=True, slots=True)
class Recount:
    """Things made were `count` all along; 0: none."""

    produced: str
    count: int
    why: str


@dataclass(frozen=True, slots=True)
class HoldWorkshop:
    entry: WorkshopHeld


@dataclass(frozen=True, slots=True)
class CorrectWorkshop:
    """`changes`: fields of `workshop.held`, or "void"."""

    workshop: str
    changes: tuple[Change, ...]
    why: str


@dataclass(frozen=True, slots=True)
class CorrectSessions:
    """The same of each of `sessions`. `changes`: what `machines.corrections` knows.

    `member`: whose they were, where that is among the changes (of no value there).
    """

    sessions: tuple[str, ...]
    changes: tuple[Change, ...]
    why: str
    member: str = ""


ActivityAct = (
    OpenParty | EndParty | Make | Recount | HoldWorkshop | CorrectWorkshop | CorrectSessions
)
