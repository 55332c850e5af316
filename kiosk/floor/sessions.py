"""Machines' sessions on the floor: what their table decides is written, switched and told."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace

from kiosk.clock import Clock
from kiosk.floor.hands import Lasers, RelayOrders
from kiosk.floor.openings import Openings
from kiosk.floor.people import People
from kiosk.floor.post import Post
from kiosk.floor.runs import Runs
from kiosk.floor.writing import Soon, Writing
from machines import conversation as talk
from machines import session as table
from machines.instants import SECOND
from machines.journal import (
    Entry,
    Personal,
    Reason,
    SessionClosed,
    SessionOpened,
    SessionResumed,
    SessionSuspended,
    SessionVoided,
    TapRefused,
)
from machines.members import Refusal
from machines.session_table import decide

Say = Callable[[talk.Event], None]


class Sessions:
    """For the floor's thread alone. `say`: to the touch screen."""

    def __init__(
        self,
        writing: Writing,
        runs: Runs,
        relays: RelayOrders,
        lasers: Lasers,
        people: People,
        clock: Clock,
        soon: Soon,
        seconds: Callable[[], float],
        say: Say,
    ) -> None:
        self.openings = Openings(writing, soon, seconds, self.decide)
        self._writing = writing
        self._runs = runs
        self._relays = relays
        self._lasers = lasers
        self._people = people
        self._clock = clock
        self._soon = soon
        self._seconds = seconds
        self._say = say

    def decide(self, post: Post, event: table.Event) -> None:
        post.machine, effects = decide(post.machine, event)
        self.carry_out(post, effects)

    def carry_out(self, post: Post, effects: tuple[table.Effect, ...]) -> None:
        for effect in effects:
            self._do(post, effect)
        self._permit(post)

    def _do(self, post: Post, effect: table.Effect) -> None:
        slug = post.slug
        match effect:
            case table.WriteOpening():
                self._write_opening(post, effect)
            case table.WriteClosing(session, roster_id, reason, provenance, ended, by, why):
                self._runs.part(post, self._clock.now())
                closed = SessionClosed(session, slug, reason, provenance, ended, why)
                post.last = self._writing.carried.sessions.get(session)
                whose = Personal(member=roster_id, by=by)
                if post.last and post.last.party and post.last.party.group:
                    whose = Personal(by=by or roster_id)
                post.closing = self._writing.write(closed, whose)
            case table.WriteSuspension(session, reason, since):
                self._writing.write(SessionSuspended(session, slug, reason, since))
            case table.WriteResumption(session):
                self._writing.write(SessionResumed(session, slug))
            case table.WriteVoid(session):
                self._writing.write(SessionVoided(session, slug, Reason.LATE))
            case table.Energise():
                post.energised = self._clock.now()
                self._relays.set_soon(slug, True)
            case table.Release():
                post.energised = None
                self._relays.set_soon(slug, False)
            case table.Started(roster_id, resumed):
                self._say(talk.HasStarted(self._seconds(), slug, roster_id, resumed))
            case table.Stopped(roster_id, opened, reason, ended):
                elapsed_s = max(0.0, (ended or self._clock.now()).since(opened) / SECOND)
                here = reason in (Reason.BADGE, Reason.ASKED)
                self._tell_stopped(post, roster_id, elapsed_s, self._making(post) if here else None)
            case table.Refused(refusal, member):
                self.note_refusal(slug, refusal, member=member)
                self._say(self.refused(slug, member, refusal))

    def _write_opening(self, post: Post, effect: table.WriteOpening) -> None:
        member = self._people.member(effect.member)
        category = member.category if member else "individual"
        personal = Personal(member=effect.member, category=category, by=effect.by)
        opening = SessionOpened(post.slug, effect.source, category)
        if party := effect.party:  # its animator is none of those who came
            personal = Personal(category=party.category, by=effect.member)
            opening = replace(
                opening,
                category=party.category,
                party=party.people,
                public=party.public,
                group=party.group,
                title=party.title,
            )
        self.openings.write(post, effect.token, opening, personal)

    def _making(self, post: Post) -> talk.Making | None:
        """What is counted there, of the session that just ended; None where nothing is."""
        if not post.plan.makes or post.last is None:
            return None
        party = post.last.party
        counts = tuple((item, 0) for item in post.plan.makes)
        return talk.Making(post.last.session, counts, party.group if party else "")

    def _tell_stopped(
        self, post: Post, roster_id: str, elapsed_s: float, making: talk.Making | None
    ) -> None:
        """Once the closing is on disk: what a member is told was recorded is."""

        def told(closing: Future[Entry]) -> None:
            if closing.exception():
                self._say(self.refused(post.slug, roster_id, Refusal.JOURNAL_UNAVAILABLE))
            else:
                now = self._seconds()
                self._say(talk.HasStopped(now, post.slug, roster_id, elapsed_s, making))

        if post.closing is not None:
            post.closing.add_done_callback(lambda done: self._soon(lambda _: told(done)))

    def refused(
        self, machine: str, member: str | None, refusal: Refusal, code: str = ""
    ) -> talk.WasRefused:
        return talk.WasRefused(self._seconds(), machine, member, refusal, code)

    def note_refusal(
        self,
        machine: str,
        refusal: Refusal,
        badge: str | None = None,
        member: str | None = None,
        code: str = "",
    ) -> None:
        """`badge`: the digest of one that is nobody's, which screens call `code`."""
        personal = Personal(member=member, badge=None if member else badge)
        self._writing.write(TapRefused(machine, refusal.value, code), personal)

    def _permit(self, post: Post) -> None:
        if post.burns:
            self._lasers.allow(post.slug, isinstance(post.machine.session, table.Held))
