"""People at the floor: unknown badges, who may grant, who can help, whose hours these are.

`kiosk.floor.people` knows who is who; this ties it to the machines, the talk and the journal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from concurrent.futures import Future
from dataclasses import replace
from datetime import date

from config.site import Site
from kiosk.clock import Clock
from kiosk.floor.acts import Told
from kiosk.floor.people import People
from kiosk.floor.people_acts import PeopleActs
from kiosk.floor.post import Post
from kiosk.floor.unknown_badges import UnknownBadges
from kiosk.floor.writing import Soon, Writing
from machines import conversation as talk
from machines.instants import Instant
from machines.journal import Entry, SessionOpened
from machines.members import Lack, Member, Refusal, lack, may_grant
from machines.people_entries import ClearanceGranted, PeopleBody
from machines.session import Free
from machines.talk_people import (
    Grant,
    HasGranted,
    HoursFound,
    LookUp,
    NotGranted,
    OwnHours,
    PeopleEffect,
)

#: Names that a screen has room for.
HELPERS = 3
#: Refusals that somebody of the lab can do something about.
HELPED = (
    Refusal.UNKNOWN_BADGE,
    Refusal.NO_CLEARANCE,
    Refusal.CLEARANCE_OVER,
    Refusal.MEMBERSHIP_OVER,
)

#: Looks a member's hours up by all their ids, and answers from another thread.
Ask = Callable[[Set[str], Callable[[OwnHours], None]], None]


class Identity:
    """For the floor's thread alone. `say`: to the touch screen."""

    def __init__(
        self,
        site: Site,
        posts: Mapping[str, Post],
        people: People,
        writing: Writing,
        clock: Clock,
        seconds: Callable[[], float],
        soon: Soon,
        say: Callable[[talk.Event], None],
    ) -> None:
        self.unknown = UnknownBadges(seconds)
        self.acts = PeopleActs(site, people, writing, self.unknown, self._enrolled)
        self.ask_hours: Ask | None = None  #: who looks hours up; None: nobody does
        self._posts = posts
        self._people = people
        self._writing = writing
        self._clock = clock
        self._seconds = seconds
        self._soon = soon
        self._say = say
        self._here: dict[str, date] = {}  #: who badged last on which day
        people.holders = self._holders
        people.changed = self._changed

    # -- badges -------------------------------------------------------------------------------

    def badged(self, number: str) -> tuple[Member | None, str]:
        """Who that is; or the code of a badge that is nobody's."""
        member = self._people.who(number)
        if member is None:
            return None, self.unknown.met(number)
        self._here[member.id] = self.today
        return member, ""

    def _enrolled(self, code: str, member: str) -> None:
        self._say(talk.HasEnrolled(self._seconds(), code, member))

    # -- the journal --------------------------------------------------------------------------

    def heard(self, entry: Entry) -> None:
        """An entry is on disk, and carried: what it says of people holds at once."""
        if isinstance(entry.body, PeopleBody):
            self._people.lay(self._writing.carried.own)
        elif isinstance(entry.body, SessionOpened) and entry.personal and not entry.body.party:
            day = entry.at.paris().date()
            self._people.use(entry.personal.member or "", entry.body.machine, day)

    def _changed(self) -> None:
        """Other people: what the roster has is carried no more, and nobody goes by an old id."""
        carried = self._writing.carried
        if carried.own != self._people.own:
            self._writing.carried = replace(carried, own=self._people.own)
        for post in self._posts.values():
            session = post.machine.session
            if not isinstance(session, Free):
                now = self._people.current(session.member)
                if now != session.member:
                    after = replace(session, member=now)
                    post.machine = replace(post.machine, session=after)

    def _holders(self) -> frozenset[str]:
        members = (post.machine.member for post in self._posts.values())
        return frozenset(self._people.current(one) for one in members if one)

    # -- who may, and who can help ------------------------------------------------------------

    def lack(self, machine: str, roster_id: str | None) -> Lack | None:
        """What keeps that member from that machine, as far as the roster tells."""
        post, member = self._posts.get(machine), self._people.member(roster_id or "")
        if post is None or member is None:
            return None
        plan, rules = post.plan, self._people.rules
        return lack(member, plan.slug, plan.family, plan.clearance, self.today, rules)

    def helpers(self, machine: str, refusal: Refusal, but: str | None) -> list[tuple[Member, bool]]:
        """Who can help, and whether they are here: these first. Minors are not named."""
        if refusal not in HELPED:
            return []
        able = {one.id: one for one in self._people.animators}
        if refusal in (Refusal.NO_CLEARANCE, Refusal.CLEARANCE_OVER) and machine in self._posts:
            family = self._posts[machine].plan.family
            for of in (machine, f"family:{family}"):
                trainers = (m for m in self._people.trainers if self.may_grant(m, of))
                able |= {one.id: one for one in trainers}
        here = self._holders() | {who for who, day in self._here.items() if day == self.today}
        named = [(m, m.id in here) for m in able.values() if m.id != but and not m.minor]
        return sorted(named, key=lambda one: not one[1])[:HELPERS]

    def may_grant(self, member: Member, of: str) -> bool:
        return may_grant(member, of, self.today, self._people.rules)

    def grants(self, member: Member) -> list[str]:
        """What they may grant in this lab."""
        return [of for of in self.acts.grantable if self.may_grant(member, of)]

    def first_name(self, roster_id: str) -> str:
        member = self._people.member(roster_id)
        return member.first_name if member else ""

    # -- what the talk asks -------------------------------------------------------------------

    def asked(self, effect: PeopleEffect, at: Instant) -> None:
        match effect:
            case Grant(of, learner, by):
                self._grant(of, learner, by, at)
            case LookUp(member) if self.ask_hours:
                ids = {member, *self._people.former_ids(member)}

                def found(hours: OwnHours) -> None:
                    event = HoursFound(self._seconds(), member, hours)
                    self._soon(lambda _: self._say(event))

                self.ask_hours(ids, found)

    def _grant(self, of: str, learner: str, by: str, at: Instant) -> None:
        outcome = self.acts.grant(learner, ClearanceGranted(of), by, at)
        if isinstance(outcome, Told):
            self._say(NotGranted(self._seconds(), of, by, outcome.why))
            return

        def told(written: Future[Entry]) -> None:
            now = self._seconds()
            wrong = written.exception()
            self._say(
                NotGranted(now, of, by, "journal") if wrong else HasGranted(now, of, by, learner)
            )

        outcome.future.add_done_callback(lambda done: self._soon(lambda _: told(done)))

    @property
    def today(self) -> date:
        return self._clock.now().paris().date()
