"""The talk at the touch screen: badge then machine, or machine then badge.

One question at a time, every one with a way back, and back to idle by itself.
Here are its states, what happens to it and what it asks; the table that moves it is
`machines.conversation_table`. Times are real seconds that only grow: a screen waits
for a person, not for the field.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from machines.members import Refusal
from machines.talk_people import PeopleEffect, PeopleEvent, PeopleTalk

CHOOSE_S = 20.0
BADGE_S = 20.0
STOP_S = 10.0
TAKE_OVER_S = 15.0
TOLD_S = 4.0
LANGUAGE_S = 30.0
REFUSED_S = 6.0
#: The code of an unknown badge is read from the screen, at the tablet.
CODE_S = 30.0
COUNT_S = 20.0

#: Of one thing, at one session's end: more are counted on the tablet.
MOST_COUNTED = 99


@dataclass(frozen=True, slots=True)
class Spot:
    """What the talk needs to know of one machine."""

    holder: str | None = None
    working: bool = False  #: or may be: nobody else may have it now
    suspended: bool = False  #: its holder's next tap resumes it
    refusal: Refusal | None = None  #: why who wants it now may not begin here


Board = Mapping[str, Spot]


@dataclass(frozen=True, slots=True)
class Making:
    """What is counted when a session ends: how many of each thing so far, by its slug."""

    session: str
    counts: tuple[tuple[str, int], ...]
    group: str = ""  #: of the party whose session it was

    @property
    def any(self) -> bool:
        return any(count for _, count in self.counts)

    def count(self, item: str, by: int) -> Making:
        counts = tuple(
            (name, min(max(0, n + by), MOST_COUNTED) if name == item else n)
            for name, n in self.counts
        )
        return replace(self, counts=counts)


# -- states: what is on screen ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Idle:
    """`until`: somebody who stands there chose a language, and has it for that long."""

    until: float | None = None


@dataclass(frozen=True, slots=True)
class Choosing:
    """A badge was read: which machine?"""

    member: str
    until: float


@dataclass(frozen=True, slots=True)
class Awaiting:
    """A machine was touched: present your badge."""

    machine: str
    until: float


@dataclass(frozen=True, slots=True)
class AskedStop:
    """Your session is running: end it?"""

    machine: str
    member: str
    until: float


@dataclass(frozen=True, slots=True)
class AskedEnd:
    """The same, by a badge that is nobody's any more: that is all it still does."""

    machine: str
    member: str
    until: float


@dataclass(frozen=True, slots=True)
class AskedTakeOver:
    """Somebody else's session, and the machine rests: take it over?"""

    machine: str
    member: str
    until: float


@dataclass(frozen=True, slots=True)
class Pending:
    """Asked of the machine; its answer is the next screen, in a moment."""

    machine: str
    member: str
    until: float


@dataclass(frozen=True, slots=True)
class ToldStarted:
    machine: str
    member: str
    until: float
    resumed: bool = False
    here: bool = False  #: begun at this screen; else at a tablet, or by a machine's own reader


@dataclass(frozen=True, slots=True)
class ToldStopped:
    machine: str
    member: str
    elapsed_s: float
    until: float
    making: Making | None = None  #: counted here, at a machine that makes things


@dataclass(frozen=True, slots=True)
class ToldRefused:
    machine: str
    member: str | None
    refusal: Refusal
    until: float
    code: str = ""  #: of an unknown badge


@dataclass(frozen=True, slots=True)
class ToldTablet:
    """A tablet was allowed to act for this member: `code` is what it shows."""

    code: str
    member: str
    until: float
    machine: str = ""


Talk = (
    Idle
    | Choosing
    | Awaiting
    | AskedStop
    | AskedEnd
    | AskedTakeOver
    | Pending
    | ToldStarted
    | ToldStopped
    | ToldRefused
    | ToldTablet
    | PeopleTalk
)

# -- events -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Badged:
    """A new presentation at the shared reader; `member` None: unknown, by a `code`."""

    now: float
    member: str | None
    code: str = ""
    former: bool = False  #: the badge was taken away: what is open is ended by it, nothing begun


@dataclass(frozen=True, slots=True)
class MachineTouched:
    now: float
    machine: str


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Yes to « Terminer ? », or to « Prendre la suite ? »: the question that was answered.

    A finger may come after its screen has gone: a yes to one is none to the other.
    """

    now: float
    take_over: bool = False


@dataclass(frozen=True, slots=True)
class OtherTouched:
    """« Autre machine »: the session stays, the machines are shown."""

    now: float


@dataclass(frozen=True, slots=True)
class TabletTouched:
    """« Autoriser la tablette 42 », by who badged: `code` is 42."""

    now: float
    code: str


@dataclass(frozen=True, slots=True)
class TabletAllowed:
    now: float
    code: str
    member: str


@dataclass(frozen=True, slots=True)
class BackTouched:
    now: float


@dataclass(frozen=True, slots=True)
class HasStarted:
    now: float
    machine: str
    member: str
    resumed: bool = False


@dataclass(frozen=True, slots=True)
class HasStopped:
    now: float
    machine: str
    member: str
    elapsed_s: float
    making: Making | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """One more of a thing, or one less (`by` 1 or -1)."""

    now: float
    item: str
    by: int


@dataclass(frozen=True, slots=True)
class WasRefused:
    now: float
    machine: str
    member: str | None
    refusal: Refusal
    code: str = ""  #: of an unknown badge


@dataclass(frozen=True, slots=True)
class HasEnrolled:
    """The badge shown as `code` is this member's now."""

    now: float
    code: str
    member: str


@dataclass(frozen=True, slots=True)
class Passed:
    now: float


Event = (
    Badged
    | MachineTouched
    | Confirmed
    | OtherTouched
    | TabletTouched
    | TabletAllowed
    | BackTouched
    | HasStarted
    | HasStopped
    | Counted
    | WasRefused
    | HasEnrolled
    | Passed
    | PeopleEvent
)

# -- effects ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Begin:
    machine: str
    member: str
    take_over: bool = False


@dataclass(frozen=True, slots=True)
class End:
    machine: str
    member: str


@dataclass(frozen=True, slots=True)
class NoteRefusal:
    """For the journal: a badge was refused before it came to a machine."""

    machine: str
    refusal: Refusal
    code: str = ""


@dataclass(frozen=True, slots=True)
class Allow:
    """A tablet may act for this member, where it still asks."""

    code: str
    member: str


@dataclass(frozen=True, slots=True)
class NoteMade:
    """For the journal: what was counted, now that its screen goes."""

    machine: str
    member: str
    making: Making


Effect = Begin | End | NoteRefusal | Allow | NoteMade | PeopleEffect
Outcome = tuple[Talk, tuple[Effect, ...]]
