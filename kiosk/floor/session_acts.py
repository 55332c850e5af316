"""What an animator does with a machine's session and condition, for those who were not there."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime, time, timedelta

from kiosk.floor.acts import CloseSession, Told, WhyNot
from kiosk.floor.closing import closes
from kiosk.floor.post import Post
from kiosk.floor.sessions import Sessions
from machines import session as table
from machines.instants import PARIS, Instant, Week, to_us
from machines.journal import ConditionSet, Entry, Reason
from machines.members import Member, Refusal
from machines.session_table import may_work


class SessionActs:
    """For the floor's thread alone. `refusal`: why a member may not begin at a machine now."""

    def __init__(
        self,
        sessions: Sessions,
        hours: Week,
        token: Callable[[], int],
        refusal: Callable[[Post, Member], Refusal | None],
        set_condition: Callable[[ConditionSet, str], Future[Entry]],
    ) -> None:
        self._sessions = sessions
        self._hours = hours
        self._token = token
        self._refusal = refusal
        self.set_condition = set_condition

    def open(
        self, post: Post, member: Member, by: str, at: Instant, party: table.Party | None = None
    ) -> Future[Entry] | Told:
        """The entry on its way; or why not, and then nothing of it is written."""
        refusal = self.refused(post, member, at)
        if refusal is not None:
            return Told(False, WhyNot.SESSION, refusal)
        token, closes_us = self._token(), closes(self._hours, at)
        chosen = table.Chosen(at, token, member.id, None, closes_us, by=by, party=party)
        self._sessions.decide(post, chosen)
        return self._sessions.openings.future(token)

    def refused(self, post: Post, member: Member, at: Instant) -> Refusal | None:
        """Why this member may not begin there now, be it for others."""
        refusal = self._refusal(post, member)
        if post.machine.member is not None:
            refusal = refusal or Refusal.IN_USE
        elif may_work(post.machine, at) and isinstance(post.machine.session, table.After):
            refusal = refusal or Refusal.WORKING
        return refusal

    def opened(self, post: Post, entry: Entry) -> Told:
        """Whether it is open: a disk that came round too late has it voided."""
        if post.session == str(entry.birth):
            return Told(True)
        return Told(False, WhyNot.JOURNAL)

    def close(self, post: Post, act: CloseSession, by: str, at: Instant) -> Future[Entry] | Told:
        session = post.machine.session
        if not isinstance(session, table.Held | table.Suspended):
            return Told(False, WhyNot.NO_SESSION)
        told = _last(act.ended, at) if act.ended else None
        if act.ended and (told is None or told.since(session.opened) < 0 or at.since(told) < 0):
            return Told(False, WhyNot.TIME)
        ended = table.Ended(at, Reason.ANIMATOR, session.member, told, by, act.why)
        self._sessions.decide(post, ended)
        assert post.closing is not None
        return post.closing


def _last(text: str, at: Instant) -> Instant | None:
    """The last "15:40" before `at`, in Paris: of today or yesterday; None: it is no time."""
    try:
        hour = time.fromisoformat(text)
    except ValueError:
        return None
    if hour.tzinfo is not None:
        return None
    today = at.paris().date()
    days = (today, today - timedelta(days=1))
    ended = (to_us(datetime.combine(day, hour, tzinfo=PARIS)) for day in days)
    last_us = next(us for us in ended if us <= at.wall_us)
    return at.minus(at.wall_us - last_us)
