"""The talk at the touch screen about people: who may grant grants, one sees one's own hours.

The states, events and effects that `machines.conversation` has besides those about
machines, and the rows of its table for them. Times are real seconds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

TEACH_S = 20.0
LEARN_S = 30.0
GRANTED_S = 15.0
HOURS_S = 20.0
ENROLLED_S = 6.0


@dataclass(frozen=True, slots=True)
class OwnSession:
    """A session of one's own: where, on which day of Paris, how long so far."""

    machine: str
    day: date
    seconds: float
    open: bool = False


@dataclass(frozen=True, slots=True)
class OwnHours:
    """The last sessions, the latest first, and what this month comes to in this lab."""

    month_s: float
    sessions: tuple[OwnSession, ...] = ()


# -- states -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Teaching:
    """« Habiliter quelqu'un »: for what?"""

    member: str
    until: float


@dataclass(frozen=True, slots=True)
class Learning:
    """Present the badge of who is to be cleared. `trouble`: why the last one was not."""

    member: str
    of: str
    until: float
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class ToldGranted:
    """`learner` is cleared now; `member` may go on with somebody else."""

    member: str
    of: str
    learner: str
    until: float


@dataclass(frozen=True, slots=True)
class ToldEnrolled:
    """The badge that was unknown is this member's now."""

    member: str
    until: float


@dataclass(frozen=True, slots=True)
class Hours:
    """« Mes heures »; `found` None: they are being looked up."""

    member: str
    until: float
    found: OwnHours | None = None


PeopleTalk = Teaching | Learning | ToldGranted | ToldEnrolled | Hours

# -- events -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TeachTouched:
    now: float


@dataclass(frozen=True, slots=True)
class GrantTouched:
    """For this: a machine (`laser`) or `family:3d-printer`."""

    now: float
    of: str


@dataclass(frozen=True, slots=True)
class LearnerBadged:
    """A badge, while a learner's is awaited; `learner` None: unknown."""

    now: float
    learner: str | None


@dataclass(frozen=True, slots=True)
class HasGranted:
    now: float
    of: str
    by: str
    learner: str


@dataclass(frozen=True, slots=True)
class NotGranted:
    """`why`: a key word that has its sentence on the screen."""

    now: float
    of: str
    by: str
    why: str


@dataclass(frozen=True, slots=True)
class HoursTouched:
    now: float


@dataclass(frozen=True, slots=True)
class HoursFound:
    now: float
    member: str
    found: OwnHours


PeopleEvent = (
    TeachTouched
    | GrantTouched
    | LearnerBadged
    | HasGranted
    | NotGranted
    | HoursTouched
    | HoursFound
)

# -- effects ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Grant:
    of: str
    learner: str
    by: str


@dataclass(frozen=True, slots=True)
class LookUp:
    """This member's own sessions, wherever they are written."""

    member: str


PeopleEffect = Grant | LookUp

# -- the rows of the table --------------------------------------------------------------------


def decide_people(
    talk: PeopleTalk, event: PeopleEvent
) -> tuple[PeopleTalk, tuple[PeopleEffect, ...]]:
    """What is said of people where such a screen stands. Whether somebody may, the floor says."""
    match talk, event:
        case Teaching(member), GrantTouched(now, of):
            return Learning(member, of, now + LEARN_S), ()
        case ToldGranted(member, of), GrantTouched(now):
            return Learning(member, of, now + LEARN_S), ()
        case Learning(), LearnerBadged(now, None):
            return _trouble(talk, now, "unknown-badge"), ()
        case Learning(member), LearnerBadged(now, learner) if learner == member:
            return _trouble(talk, now, "same"), ()
        case Learning(member, of), LearnerBadged(now, str(learner)):
            return _trouble(talk, now, ""), (Grant(of, learner, member),)
        case Learning(member, of), HasGranted(now, granted, by, learner) if (by, granted) == (
            member,
            of,
        ):
            return ToldGranted(member, of, learner, now + GRANTED_S), ()
        case Learning(member, of), NotGranted(now, refused, by, why) if (by, refused) == (
            member,
            of,
        ):
            return _trouble(talk, now, why), ()
        case Hours(member), HoursFound(_, whose, found) if member == whose:
            return replace(talk, found=found), ()
    return talk, ()


def begin(
    member: str, event: TeachTouched | HoursTouched
) -> tuple[PeopleTalk, tuple[PeopleEffect, ...]]:
    """What a member who has just badged asks for."""
    if isinstance(event, TeachTouched):
        return Teaching(member, event.now + TEACH_S), ()
    return Hours(member, event.now + HOURS_S), (LookUp(member),)


def extended_people(talk: PeopleTalk, now: float) -> PeopleTalk:
    """The same screen with its time begun anew."""
    match talk:
        case Teaching():
            return replace(talk, until=now + TEACH_S)
        case Learning():
            return replace(talk, until=now + LEARN_S)
        case Hours():
            return replace(talk, until=now + HOURS_S)
    return talk


def _trouble(talk: Learning, now: float, why: str) -> Learning:
    return replace(talk, until=now + LEARN_S, trouble=why)
