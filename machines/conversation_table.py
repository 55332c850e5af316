"""The table of the talk at the touch screen: what the screen shows next, what is then asked.

It decides what the screen shows and what is asked of a machine's own table
(`machines.session_table`); it never decides who may use what. States, events and
effects are in `machines.conversation`.
"""

from __future__ import annotations

from dataclasses import replace

from machines.conversation import (
    BADGE_S,
    CHOOSE_S,
    CODE_S,
    COUNT_S,
    LANGUAGE_S,
    REFUSED_S,
    STOP_S,
    TAKE_OVER_S,
    TOLD_S,
    Allow,
    AskedEnd,
    AskedStop,
    AskedTakeOver,
    Awaiting,
    BackTouched,
    Badged,
    Begin,
    Board,
    Choosing,
    Confirmed,
    Counted,
    End,
    Event,
    HasEnrolled,
    HasStarted,
    HasStopped,
    Idle,
    MachineTouched,
    Making,
    NoteMade,
    NoteRefusal,
    OtherTouched,
    Outcome,
    Passed,
    Pending,
    TabletAllowed,
    TabletTouched,
    Talk,
    ToldRefused,
    ToldStarted,
    ToldStopped,
    ToldTablet,
    WasRefused,
)
from machines.members import Refusal
from machines.talk_people import (
    ENROLLED_S,
    HoursTouched,
    LearnerBadged,
    Learning,
    PeopleEvent,
    PeopleTalk,
    TeachTouched,
    ToldEnrolled,
    begin,
    decide_people,
    extended_people,
)


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

        case _, Badged(now, str(member), former=True):
            return _end_only(now, member, board), ()
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
        case ((AskedStop() | AskedEnd() | AskedTakeOver() | Pending()), MachineTouched()):
            return talk, ()  # a question is on screen, not the machines
        case _, MachineTouched(now, machine):
            return Awaiting(machine, now + BADGE_S), ()

        case (
            (AskedStop(machine, member) | AskedEnd(machine, member)),
            Confirmed(now, False),
        ):
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
            here = isinstance(talk, Pending)
            return ToldStarted(machine, member, now + TOLD_S, resumed, here), ()
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
    if isinstance(talk, Choosing | Awaiting | AskedStop | AskedEnd | AskedTakeOver | PeopleTalk):
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


def _end_only(now: float, member: str, board: Board) -> Talk:
    """One after the other, where several are running."""
    running = (slug for slug, spot in board.items() if spot.holder == member and not spot.suspended)
    if machine := next(running, None):
        return AskedEnd(machine, member, now + STOP_S)
    return _refused(now, "", None, Refusal.UNKNOWN_BADGE, "")


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
