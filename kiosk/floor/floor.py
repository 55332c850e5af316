"""The floor: carries out what the tables decide, in order, in one thread.

Devices tell facts and fingers touch screens from any thread; each is stamped
and queued, and the floor's thread alone holds the state. It waits for nothing:
the disk answers by an event, the relay keeper by a report, the screens look at
pictures. What it decides stands in `machines`; nothing is decided here.
"""

from __future__ import annotations

import itertools
import logging
import queue
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

from config.site import Site
from kiosk.clock import Clock
from kiosk.floor.acting import Acting
from kiosk.floor.bays import Bays
from kiosk.floor.closing import closes, closes_late
from kiosk.floor.desk import ActDesk
from kiosk.floor.devices import Devices
from kiosk.floor.hands import Lasers, Printers, RelayOrders
from kiosk.floor.identity import Identity
from kiosk.floor.people import People
from kiosk.floor.post import Post
from kiosk.floor.prints import Prints
from kiosk.floor.queue import Queue
from kiosk.floor.restoring import Left, restore_sessions
from kiosk.floor.runs import Runs
from kiosk.floor.session_acts import SessionActs
from kiosk.floor.sessions import Sessions
from kiosk.floor.talking import Talking, Wanted
from kiosk.floor.view import PrintView, Touch
from kiosk.floor.writing import Journal, Writing
from kiosk.keeper.protocol import LineReport
from machines import conversation as talk
from machines import session as table
from machines.carried import Carried
from machines.facts import Back, BadgeRead, Fact, Silence
from machines.instants import Instant
from machines.journal import ConditionSet, Entry, Personal, Reason
from machines.members import Member, Refusal, access
from machines.presence import Presence
from machines.talk_people import Grant, LookUp

log = logging.getLogger("floor")

#: Real seconds between two looks at the time: while something waits, and otherwise.
TICK_S = 0.25
REST_S = 1.0
#: Real seconds that the screens wait at most to be drawn: a relay comes before them.
DRAWN_S = 0.05


class Floor:
    """One lab's floor. Call `start()` once devices may talk, `stop()` before they are closed."""

    def __init__(
        self,
        site: Site,
        clock: Clock,
        journal: Journal,
        relays: RelayOrders,
        people: People,
        lasers: Lasers,
        show: Callable[[], None],
        printers: Printers,
        has_file: Callable[[str], bool],
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self.site = site
        self.people = people
        self._clock = clock
        self._relays = relays
        self._show = show
        self.seconds = seconds
        self.posts: dict[str, Post] = {plan.slug: Post.new(plan) for plan in site.machines}
        self.writing = writing = Writing(journal, self.soon, seconds)
        self._runs = Runs(writing)
        bays = Bays(self.posts.values(), writing, printers, clock.now)
        self._prints = Prints(self.posts.values(), writing, bays)
        self.queue = Queue(
            site, self.posts, writing, printers, bays, self._prints, seconds, has_file
        )
        writing.hear = self._heard
        self._bound = {reader.slug: reader.machine for reader in site.readers}
        self._sessions = Sessions(
            writing, self._runs, relays, lasers, people, clock, self.soon, seconds, self._say
        )
        self._decide = self._sessions.decide
        self.devices = Devices(
            self.posts, self._bound, self._runs, self._prints, self.queue, self._decide
        )
        self._present = {reader.slug: Presence() for reader in site.readers}
        self.talk = Talking(site.language, seconds, self._look, self._asked)
        self._tokens = itertools.count(1)
        acts = SessionActs(
            self._sessions,
            site.hours,
            lambda: next(self._tokens),
            self.refusal,
            self._set_condition,
        )
        self.identity = Identity(
            site, self.posts, people, writing, clock, seconds, self.soon, self._say
        )
        members = self.identity.acts
        acting = Acting(site, self.posts, people, writing, self.queue, acts, members)
        self.activity = acting.activity
        self.desk = ActDesk(acting, people, self.soon, seconds)
        self._queue: queue.SimpleQueue[tuple[Instant, Any]] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="floor", daemon=True)
        self._stopped = False
        self._undrawn: float | None = None  #: since when the screens are behind
        self.turned = seconds()  #: the last turn: the watchdog and the heartbeat look at it

    # -- from any thread ----------------------------------------------------------------------

    def tell(self, fact: Fact) -> None:
        """A device said something. Stamped here, at once."""
        self._queue.put((self._clock.now(), fact))

    def touch(self, what: Touch, value: str = "") -> None:
        self._queue.put((self._clock.now(), (what, value)))

    def soon(self, do: Callable[[Instant], None]) -> None:
        """Have the floor's thread do this, in its turn."""
        self._queue.put((self._clock.now(), do))

    def lines(self, reports: tuple[LineReport, ...]) -> None:
        """The relay keeper's word on its lines."""
        self.soon(lambda at: self.devices.hear_lines(at, reports))

    def set_condition(self, entry: ConditionSet, by: str | None = None) -> str:
        """Write a machine's condition, and have it hold at once. For the command line.

        Returns the condition that shows now. Raises KeyError for an unknown machine,
        ValueError for an unknown condition, TimeoutError where the disk does not answer.
        """
        self.posts[entry.machine].condition.set(entry)
        done: Future[str] = Future()
        self.soon(lambda _: done.set_result(self.condition_set(entry, by)))
        return done.result(timeout=5)

    def forget(self, less: Callable[[Carried, Instant], Carried], store: str) -> Future[Carried]:
        """Carry less from now on: what is then carried. `store`: the live one, 32 hex digits."""
        done: Future[Carried] = Future()

        def do(at: Instant) -> None:
            self.writing.forget(lambda carried: less(carried, at), store)
            done.set_result(self.writing.carried)

        self.soon(do)
        return done

    # -- life ---------------------------------------------------------------------------------

    def restore(
        self,
        carried: Carried,
        kept: Mapping[tuple[str, str], bytes],
        rebooted: bool,
        last_seen: Instant | None,
    ) -> None:
        """Take up what the kiosk before left, checkpoint rows included. To be called before
        `start`."""
        self.writing.carried = carried
        now = self._clock.now()
        for slug, condition in carried.conditions.items():
            if slug in self.posts:
                self.posts[slug].condition = condition
        left = Left(carried, rebooted, last_seen or now, now)
        restore_sessions(self.posts, left, self.site.hours, self.writing, self._sessions.carry_out)
        self._runs.restore(kept, self.posts)
        self._prints.restore(kept, carried.prints.values(), now)
        self.queue.restore(last_seen or now, now)
        self.people.lay(carried.own)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Finish the turn under way and write down what is carried. Sessions stay open."""
        self._stopped = True
        self.soon(lambda _: None)
        if self._thread.is_alive():
            self._thread.join(5)
        self.talk.leave()
        now = self._clock.now()
        self._runs.keep(now)
        self._prints.keep(now)
        self.writing.leave(now)

    # -- the thread ---------------------------------------------------------------------------

    def drain(self) -> None:
        """Take all that is queued now, in the caller's thread: before `start`, and in tests."""
        while not self._queue.empty():
            self.turn(*self._queue.get())

    @property
    def is_quiet(self) -> bool:
        """Nothing is queued, and the disk owes no answer."""
        return self._queue.empty() and not self._sessions.openings.any and not self.desk.any

    @property
    def _listens(self) -> bool:
        return any(here.listens for here in self._present.values())

    def _work(self) -> None:
        while not self._stopped:
            waits = self._sessions.openings.any or self.talk.waits or self._listens
            waits = waits or self.queue.any
            wait = TICK_S if waits else REST_S
            due = self.seconds() - self.turned >= wait
            if self._undrawn is not None:
                wait = DRAWN_S
            try:
                at, thing = self._queue.get(timeout=0.001 if due else wait)
            except queue.Empty:
                at, thing = self._clock.now(), None
            self.turn(at, thing)

    def turn(self, at: Instant, thing: Any) -> None:
        """One thing told, touched or asked, and whatever the time makes due. Never raises."""
        try:
            if thing is not None:
                self._take(at, thing)
            if thing is None or self.seconds() - self.turned >= TICK_S:
                self._tick(self._clock.now())
                self.turned = self.seconds()
        except Exception:
            log.exception("the floor stumbled over %s", type(thing).__name__)
            self.turned = self.seconds()
        self._draw_in_time()

    def _draw_in_time(self) -> None:
        """At once, but for what is about to come: the rest of the queue, an opening's answer."""
        now = self.seconds()
        since = now if self._undrawn is None else self._undrawn
        soon_more = not self._queue.empty() or self._sessions.openings.is_due(now)
        if soon_more and now - since < DRAWN_S:
            self._undrawn = since
            return
        self._undrawn = None
        self._show()

    def _take(self, at: Instant, thing: Any) -> None:
        match thing:
            case BadgeRead(reader, number):
                self.devices.silent_readers.pop(reader, None)
                if self._present[reader].frame(number, at.boot_us):
                    self._badge(at, reader, number)
                else:
                    self.identity.unknown.again(number)
            case (Touch() as what, str(value)):
                if what is not Touch.MACHINE or value in self.posts:
                    self.talk.finger(what, value)
            case Back(reader) if self._bound.get(reader):
                self._present[reader].listen(at.boot_us)  # it answers once that is over: `_tick`
            case Silence(device) if device in self._present:
                self._present[device].lose()
                self.devices.hear(at, thing)
            case do if callable(do):
                do(at)
            case _:
                self.devices.hear(at, thing)

    # -- badges and fingers -------------------------------------------------------------------

    def _badge(self, at: Instant, reader: str, number: str) -> None:
        member, code = self.identity.badged(number)
        machine = self._bound.get(reader)
        if machine is None:
            who = member.id if member else None
            former = member is not None and self.people.is_former(number)
            self.talk.say(talk.Badged(self.seconds(), who, code, former), number)
            return
        post = self.posts[machine]
        if member is None:
            unknown, digest = Refusal.UNKNOWN_BADGE, self.people.digest(number)
            self._sessions.note_refusal(machine, unknown, digest, code=code)
            self.talk.say(self._sessions.refused(machine, None, unknown, code))
            return
        refusal, closes_us = self.refusal(post, member), closes(self.site.hours, at)
        self._decide(post, table.Tapped(at, next(self._tokens), member.id, refusal, closes_us))

    def _heard(self, entry: Entry) -> None:
        self.queue.heard(entry)
        self.identity.heard(entry)

    def _say(self, event: talk.Event) -> None:
        self.talk.say(event)

    def _look(self, wanted: Wanted | None) -> talk.Board:
        """The machines as the talk needs to know them, and whether who wants one may have it."""
        at = self._clock.now()
        board = {slug: post.spot(at) for slug, post in self.posts.items()}
        if wanted and wanted.machine in board and (member := self.people.member(wanted.member)):
            refusal = self.refusal(self.posts[wanted.machine], member)
            board[wanted.machine] = replace(board[wanted.machine], refusal=refusal)
        return board

    def _asked(self, effect: talk.Effect, number: str) -> None:
        match effect:
            case talk.Begin(machine, roster_id, take_over):
                self._begin(self.posts[machine], roster_id, take_over)
            case talk.End(machine, roster_id):
                ended = table.Ended(self._clock.now(), Reason.ASKED, roster_id)
                self._decide(self.posts[machine], ended)
            case talk.NoteRefusal(machine, refusal, code):
                digest = self.people.digest(number)
                self._sessions.note_refusal(machine, refusal, digest, code=code)
            case Grant() | LookUp():
                self.identity.asked(effect, self._clock.now())
            case talk.NoteMade(machine, roster_id, making):
                self.activity.note_made(machine, roster_id, making)

    def _begin(self, post: Post, roster_id: str, take_over: bool) -> None:
        at = self._clock.now()
        member = self.people.member(roster_id)
        roster_id = member.id if member else roster_id
        refusal = self.refusal(post, member) if member else Refusal.UNKNOWN_BADGE
        closes_us, token = closes(self.site.hours, at), next(self._tokens)
        self._decide(post, table.Chosen(at, token, roster_id, refusal, closes_us, take_over))

    def refusal(self, post: Post, member: Member) -> Refusal | None:
        """Why this member may not begin at this machine now, or None."""
        if post.condition.refusal:
            return post.condition.refusal
        plan, today = post.plan, self._clock.now().paris().date()
        rules = self.people.rules
        if refused := access(member, plan.slug, plan.family, plan.clearance, today, rules):
            return refused
        if post.machine.rules.interlocked and not self._relays.connected:
            return Refusal.RELAY_UNAVAILABLE
        return None if self.writing.ok else Refusal.JOURNAL_UNAVAILABLE

    # -- conditions ---------------------------------------------------------------------------

    def printed(self, post: Post, now: Instant) -> PrintView | None:
        return self.queue.printed(post, now)

    def condition_set(self, entry: ConditionSet, by: str | None = None) -> str:
        """`set_condition`, on the floor's own thread."""
        self._set_condition(entry, by)
        return self.posts[entry.machine].condition.gravest

    def _set_condition(self, entry: ConditionSet, by: str | None) -> Future[Entry]:
        post = self.posts[entry.machine]
        post.condition = post.condition.set(entry)
        written = self.writing.write(entry, Personal(by=by) if by else None)
        if refusal := post.condition.refusal:
            self._decide(post, table.Forbidden(refusal))
        if post.condition.fault is not None and post.condition.dangerous:
            self._decide(post, table.Ended(self._clock.now(), Reason.FAULT))
        return written

    # -- time ---------------------------------------------------------------------------------

    def _tick(self, at: Instant) -> None:
        for post in self.posts.values():
            if post.held:
                late = closes_late(self.site.hours, post.machine.session, at)
                nozzle_c = post.printer.nozzle_c if post.printer else None
                self._decide(post, table.Ticked(at, nozzle_c, late))
        for reader, here in self._present.items():
            if here.has_listened(at.boot_us):
                self.devices.hear(at, Back(reader))
        self.talk.tick()
        self._prints.tick(at)
        self.queue.tick(at)
        self._runs.tick(at)
        self._sessions.openings.watch(at)
        self.writing.watch()
        busy = any(post.held for post in self.posts.values()) or self._runs.any
        busy = busy or self.queue.any
        self.writing.sign_of_life(at, busy)
