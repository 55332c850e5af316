"""The talk at the touch screen: badge then machine, or machine then badge.

One question at a time, every one with a way back, and back to idle by itself.
This table decides what the screen shows and what is asked of a machine's own
table (`machines.session_table`); it never decides who may use what. Times are real
seconds that only grow: a screen waits for a person, not for the field.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from machines.members import Refusal
from machines.talk_people import (
    ENROLLED_S,
    HoursTouched,
    LearnerBadged,
    Learning,
    PeopleEffect,
    PeopleEvent,
    PeopleTalk,
    TeachTouched,
    ToldEnrolled,
    begin,
    decide_people,
    extended_people,
)

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

# -- the table --------------------------------------------------------------------------------


def decide(talk: Talk, event: Event, board: Board) -> Outcome:
    """The talk after `event`, and what is asked of a machine.

    What was counted is noted when its screen goes, whoever or whatever takes it away.
    """
    after, effects = _decide(talk, event, board)
    gone = after is not talk and not isinstance(event, Counted)
    if gone and isinstance(talk, ToldStopped) and talk.making and talk.making.any:
        return after, (NoteMade(talk.machine, talk.member, talk.making), *effects)
    return after, effects


def _decide(talk: Talk, event: Event, board: Board) -> Outcome:
    match talk, event:
        case _, Passed(now):
            over = talk.until is not None and now >= talk.until
            return (Idle() if over else talk), ()
        case _, BackTouched():
            return Idle(), ()

        case Learning(), Badged(now, learner):
            return decide_people(talk, LearnerBadged(now, learner))
        case Awaiting(machine), Badged(now, None, code):
            return _unknown(now, machine, code)
        case _, Badged(now, None, code):
            return _unknown(now, "", code)
        case Awaiting(machine), Badged(now, str(member)):
            return _bring_together(now, machine, member, board)
        case _, Badged(now, str(member)):
            return _greet(now, member, board), ()

        case ((Choosing(member) | AskedStop(member=member)), (TeachTouched() | HoursTouched())):
            return begin(member, event)
        case _ if isinstance(talk, PeopleTalk) and isinstance(event, PeopleEvent):
            return decide_people(talk, event)
        case _, HasEnrolled(now, code, member) if _listens(talk, "", None):
            return ToldEnrolled(member, now + ENROLLED_S), ()

        case Choosing(member), MachineTouched(now, machine):
            return _bring_together(now, machine, member, board)
        case _, MachineTouched() if isinstance(talk, PeopleTalk):
            return talk, ()
        case ((AskedStop() | AskedTakeOver() | Pending()), MachineTouched()):
            return talk, ()  # a question is on screen, not the machines
        case _, MachineTouched(now, machine):
            return Awaiting(machine, now + BADGE_S), ()

        case AskedStop(machine, member), Confirmed(now, False):
            return Pending(machine, member, now + TOLD_S), (End(machine, member),)
        case AskedStop(_, member), OtherTouched(now):
            return Choosing(member, now + CHOOSE_S), ()
        case AskedTakeOver(machine, member), Confirmed(now, True):
            return Pending(machine, member, now + TOLD_S), (Begin(machine, member, True),)

        case ((Choosing(member) | AskedStop(member=member)), TabletTouched(_, code)):
            return talk, (Allow(code, member),)
        case ((Choosing() | AskedStop()), TabletAllowed(now, code, member)) if (
            member == talk.member
        ):
            return ToldTablet(code, member, now + TOLD_S), ()

        case _, HasStarted(now, machine, member, resumed) if _listens(talk, machine, member):
            return ToldStarted(machine, member, now + TOLD_S, resumed), ()
        case ToldStopped(making=Making() as making), Counted(now, item, by):
            return replace(talk, making=making.count(item, by), until=now + COUNT_S), ()
        case _, HasStopped(now, machine, member, elapsed_s, making) if _listens(
            talk, machine, member
        ):
            until = now + (COUNT_S if making else TOLD_S)
            return ToldStopped(machine, member, elapsed_s, until, making), ()
        case _, WasRefused(now, machine, member, refusal, code) if _listens(talk, machine, member):
            return _refused(now, machine, member, refusal, code), ()
    return talk, ()


def extended(talk: Talk, now: float) -> Talk:
    """The same screen with its time begun anew: a finger moved on it (a page, the language)."""
    if isinstance(talk, Idle):
        return Idle(now + LANGUAGE_S)
    if isinstance(talk, Choosing):
        return replace(talk, until=now + CHOOSE_S)
    if isinstance(talk, Awaiting):
        return replace(talk, until=now + BADGE_S)
    if isinstance(talk, ToldStopped) and talk.making:
        return replace(talk, until=now + COUNT_S)
    if isinstance(talk, PeopleTalk):
        return extended_people(talk, now)
    if isinstance(talk, ToldStarted | AskedStop):  # the code of the member's page is read
        return replace(talk, until=now + CHOOSE_S)
    return talk


def _listens(talk: Talk, machine: str, member: str | None) -> bool:
    """Whether news of that machine may take the screen: nobody else is being asked something."""
    if isinstance(talk, Choosing | Awaiting | AskedStop | AskedTakeOver | PeopleTalk):
        return False
    if isinstance(talk, ToldStopped) and talk.making:
        return False
    return not isinstance(talk, Pending) or (talk.machine == machine and talk.member == member)


def _unknown(now: float, machine: str, code: str) -> Outcome:
    told = _refused(now, machine, None, Refusal.UNKNOWN_BADGE, code)
    return told, (NoteRefusal(machine, Refusal.UNKNOWN_BADGE, code),)


def _refused(
    now: float, machine: str, member: str | None, refusal: Refusal, code: str
) -> ToldRefused:
    return ToldRefused(machine, member, refusal, now + (CODE_S if code else REFUSED_S), code)


def _greet(now: float, member: str, board: Board) -> Talk:
    """One session running: ask to end it. None, several, or one suspended: show the machines."""
    mine = [slug for slug, spot in board.items() if spot.holder == member]
    if len(mine) == 1 and not board[mine[0]].suspended:
        return AskedStop(mine[0], member, now + STOP_S)
    return Choosing(member, now + CHOOSE_S)


def _bring_together(now: float, machine: str, member: str, board: Board) -> Outcome:
    """Nobody is asked what would be refused: the machine's own table says why at once."""
    spot = board.get(machine)
    if spot is None:
        return Idle(), ()
    if spot.holder == member and not spot.suspended:
        return AskedStop(machine, member, now + STOP_S), ()
    taken = spot.holder not in (None, member)
    if taken and not spot.working and spot.refusal is None:
        return AskedTakeOver(machine, member, now + TAKE_OVER_S), ()
    return Pending(machine, member, now + TOLD_S), (Begin(machine, member),)
