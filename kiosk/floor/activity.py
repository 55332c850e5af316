"""What an animator asks about a lab's activity, and whether it may be: entries, or why not.

Whether a session of the past is there at all, the page looked before
(`kiosk.floor.recent`): a correction of none corrects nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace

from config.site import Site
from kiosk.floor.activity_acts import (
    ActivityAct,
    Change,
    CorrectSessions,
    CorrectWorkshop,
    EndParty,
    HoldWorkshop,
    Make,
    OpenParty,
    Recount,
)
from kiosk.floor.acts import CloseSession, Told, WhyNot
from kiosk.floor.pending import Outcome, Pending, together
from kiosk.floor.people import People
from kiosk.floor.post import Post
from kiosk.floor.session_acts import SessionActs
from kiosk.floor.writing import Writing
from machines.conversation import Making
from machines.corrections import sensible
from machines.instants import Instant
from machines.journal import Entry, Personal, SessionCorrected
from machines.made import ITEMS
from machines.made_entries import Produced, ProducedCorrected, Purpose, WorkshopCorrected
from machines.made_fold import MOST_MADE, MOST_PEOPLE, day_of, held_as
from machines.members import Category
from machines.session import Held, Party, Suspended

#: What is corrected of a session that goes on: the rest, once it is ended.
WHILE_OPEN = ("party", "category", "public", "group")


class Activity:
    """For the floor's thread alone. `name` makes the names of parties."""

    def __init__(
        self,
        site: Site,
        posts: Mapping[str, Post],
        people: People,
        writing: Writing,
        sessions: SessionActs,
        name: Callable[[], str] = lambda: secrets.token_hex(8),
    ) -> None:
        self._posts = posts
        self._people = people
        self._writing = writing
        self._sessions = sessions
        self._name = name
        self._items = {item.slug for item in ITEMS} | {item.slug for item in site.items}

    def judge(self, act: ActivityAct, by: str, at: Instant) -> Outcome:
        match act:
            case OpenParty():
                return self._open_party(act, by, at)
            case EndParty():
                return self._end_party(act, by, at)
            case Make():
                return self._make(act, by)
            case Recount(produced, count, why):
                if not 0 <= count <= MOST_MADE:
                    return Told(False, WhyNot.COUNT)
                body = ProducedCorrected(produced, count, why)
                return Pending(self._writing.write(body, Personal(by=by)))
            case HoldWorkshop(entry):
                if held_as(entry) is None:
                    return Told(False, WhyNot.VALUE)
                return Pending(self._writing.write(entry, Personal(by=by)))
            case CorrectWorkshop(workshop, changes, why):
                corrections = [WorkshopCorrected(workshop, *change, why) for change in changes]
                return self._all([self._writing.write(c, Personal(by=by)) for c in corrections])
            case CorrectSessions():
                return self._correct(act, by)

    # -- parties ------------------------------------------------------------------------------

    def _open_party(self, act: OpenParty, by: str, at: Instant) -> Outcome:
        if not 1 <= act.people <= MOST_PEOPLE:
            return Told(False, WhyNot.COUNT)
        if act.category not in list(Category):
            return Told(False, WhyNot.VALUE)
        if not act.machines or any(slug not in self._posts for slug in act.machines):
            return Told(False, WhyNot.MACHINE)
        animator = self._people.member(by)
        assert animator is not None
        party = Party(self._name(), act.people, act.category, act.public, act.title)
        opening: list[tuple[Post, Future[Entry]]] = []
        refused: list[tuple[str, str]] = []
        for post in (self._posts[slug] for slug in dict.fromkeys(act.machines)):
            came = self._sessions.open(post, animator, by, at, party)
            if isinstance(came, Told):
                refused.append((post.slug, came.detail))
            else:
                opening.append((post, came))
        if not opening:
            return Told(False, WhyNot.SESSION, refused[0][1], refused=tuple(refused))

        def opened(_: Entry) -> Told:
            told = [self._sessions.opened(post, future.result()) for post, future in opening]
            late = next((one for one in told if not one.done), Told(True))
            return replace(late, refused=tuple(refused))

        return Pending(together([future for _, future in opening]), opened)

    def _end_party(self, act: EndParty, by: str, at: Instant) -> Outcome:
        closing: list[Future[Entry]] = []
        for post in self._posts.values():
            party = self.party(post)
            if party and act.group == (party.group or post.session):
                ended = self._sessions.close(post, CloseSession(post.slug, act.why), by, at)
                if isinstance(ended, Future):
                    closing.append(ended)
        return self._all(closing) if closing else Told(False, WhyNot.NO_SESSION)

    def party(self, post: Post) -> Party | None:
        """The party whose session is open there."""
        if not isinstance(post.machine.session, Held | Suspended):
            return None
        session = self._writing.carried.sessions.get(post.machine.session.session)
        return session.party if session else None

    # -- things made --------------------------------------------------------------------------

    def _make(self, act: Make, by: str) -> Outcome:
        entry = act.entry
        if entry.item not in self._items:
            return Told(False, WhyNot.ITEM)
        if not 1 <= entry.count <= MOST_MADE:
            return Told(False, WhyNot.COUNT)
        if entry.machine and entry.machine not in self._posts:
            return Told(False, WhyNot.MACHINE)
        if entry.day and day_of(entry.day) is None:
            return Told(False, WhyNot.VALUE)
        personal = Personal(by=by)
        if entry.purpose is Purpose.MEMBER:
            member = self._people.member(act.member)
            if member is None:
                return Told(False, WhyNot.MEMBER)
            personal = Personal(member.id, member.category, by=by)
        written = self._writing.write(entry, personal)
        return Pending(written, lambda made: Told(True, job=str(made.birth)))

    def note_made(self, machine: str, member: str, making: Making) -> None:
        """What was counted at the touch screen: written again until the disk has it."""
        purpose = Purpose.PARTY if making.group else Purpose.MEMBER
        known = self._people.member(member)
        personal = Personal(member, known.category if known else None)
        if making.group:
            personal = Personal(by=member)
        for item, count in making.counts:
            if count:
                made = Produced(item, count, purpose, machine, making.session, making.group)
                self._writing.insist(made, personal)

    # -- corrections --------------------------------------------------------------------------

    def _correct(self, act: CorrectSessions, by: str) -> Outcome:
        changes = list(act.changes)
        if not act.sessions or not changes:
            return Told(False, WhyNot.VALUE)
        if any(not sensible(what, value) for what, value in changes):
            return Told(False, WhyNot.VALUE)
        told = dict(changes)
        if told.get("machine") and told["machine"] not in self._posts:
            return Told(False, WhyNot.MACHINE)
        goes_on = any(name in self._writing.carried.sessions for name in act.sessions)
        if goes_on and any(what not in WHILE_OPEN for what in told):
            return Told(False, WhyNot.STILL_OPEN)
        personal = Personal(by=by)
        if "member" in told:
            member = self._people.member(act.member)
            if member is None:
                return Told(False, WhyNot.MEMBER)
            personal = Personal(member.id, by=by)
            if "category" not in told:
                changes.append(("category", member.category))
        return self._all(
            [
                self._writing.write(_correction(name, change, act.why), _of(change, personal))
                for name in act.sessions
                for change in changes
            ]
        )

    def _all(self, futures: Sequence[Future[Entry]]) -> Outcome:
        return Pending(together(futures)) if futures else Told(False, WhyNot.VALUE)


def _correction(session: str, change: Change, why: str) -> SessionCorrected:
    what, value = change
    return SessionCorrected(session, what, value, why)


def _of(change: Change, personal: Personal) -> Personal:
    """Only the correction of the member says who it was."""
    return personal if change[0] == "member" else Personal(by=personal.by)
