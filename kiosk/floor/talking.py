"""The talk at the touch screen: `machines.conversation` decides, and the floor is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kiosk.floor.tablets import AskingTablets
from kiosk.floor.view import Touch
from machines import conversation as talk
from machines import conversation_table as table
from machines.talk_people import GrantTouched, HoursTouched, TeachTouched


@dataclass(frozen=True, slots=True)
class Wanted:
    """A machine, and the member (a roster id) who is about to ask for it."""

    machine: str
    member: str


#: What the talk needs to know of the machines, and of the one that is wanted.
Look = Callable[[Wanted | None], talk.Board]
#: Have the floor do what the talk asks for. With the badge's number, where one was just read.
Do = Callable[[talk.Effect, str], None]


class Talking:
    """What the touch screen shows now, and in which language. For the floor's thread alone."""

    def __init__(self, language: str, seconds: Callable[[], float], look: Look, do: Do) -> None:
        self.state: talk.Talk = talk.Idle()
        self.language = language
        self._at_rest = language
        self._seconds = seconds
        self._look = look
        self._do = do
        self.tablets = AskingTablets(seconds)  #: those that ask for a badge, from any thread

    def say(self, event: talk.Event, number: str = "") -> None:
        """The talk goes on; what it asks of a machine is asked at once."""
        board = self._look(_wanted(self.state, event))
        self.state, effects = table.decide(self.state, event, board)
        if self.state == talk.Idle():
            self.language = self._at_rest
        for effect in effects:
            if isinstance(effect, talk.Allow):
                self._allow(effect)
            else:
                self._do(effect, number)

    def _allow(self, effect: talk.Allow) -> None:
        """Whether that member is an animator, the tablet's pages look themselves."""
        if self.tablets.allow(effect.code, effect.member):
            self.say(talk.TabletAllowed(self._seconds(), effect.code, effect.member))

    def finger(self, what: Touch, value: str) -> None:
        now = self._seconds()
        match what:
            case Touch.MACHINE:
                self.say(talk.MachineTouched(now, value))
            case Touch.END | Touch.TAKE_OVER:
                self.say(talk.Confirmed(now, what is Touch.TAKE_OVER))
            case Touch.OTHER:
                self.say(talk.OtherTouched(now))
            case Touch.TABLET:
                self.say(talk.TabletTouched(now, value))
            case Touch.BACK:
                self.say(talk.BackTouched(now))
            case Touch.MORE | Touch.LESS:
                self.say(talk.Counted(now, value, 1 if what is Touch.MORE else -1))
            case Touch.TEACH:
                self.say(TeachTouched(now))
            case Touch.GRANT:
                self.say(GrantTouched(now, value))
            case Touch.HOURS:
                self.say(HoursTouched(now))
            case Touch.LANGUAGE if value in ("fr", "en"):
                self.language = value
                self.state = table.extended(self.state, now)

    @property
    def waits(self) -> bool:
        return not isinstance(self.state, talk.Idle)

    def leave(self) -> None:
        """The screen goes: what was counted there is noted."""
        self.say(talk.BackTouched(self._seconds()))

    def tick(self) -> None:
        if self.state.until is not None:
            self.say(talk.Passed(self._seconds()))


def _wanted(state: talk.Talk, event: talk.Event) -> Wanted | None:
    match state, event:
        case talk.Awaiting(machine), talk.Badged(member=str(member)):
            return Wanted(machine, member)
        case talk.Choosing(member), talk.MachineTouched(machine=machine):
            return Wanted(machine, member)
    return None
