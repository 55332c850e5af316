"""A past lived through: visits, told to the product's own floor under a clock that is moved.

Every entry is written by the floor as it would be on a Pi: nothing is inserted.
What makes it quick is that the clock stands still while the floor works.
"""

from __future__ import annotations

import heapq
import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from config.site import Machine, Site
from kiosk.clock import StillClock
from kiosk.demo.gatherings import DAY, Counting, Gathering
from kiosk.demo.visits import MINUTE, Visit
from kiosk.floor.activity_acts import CorrectSessions
from kiosk.floor.acts import Act, Told
from kiosk.floor.floor import Floor
from kiosk.floor.people import People
from kiosk.floor.start import begin
from kiosk.floor.view import Touch
from kiosk.store.store import Store
from machines.badges import DigestKey
from machines.facts import BadgeRead, Fact, JobSeen, PrinterSeen, WorkSeen
from machines.instants import SECOND, paris
from machines.job_entries import Ordered
from machines.members import Roster
from machines.meter import Work
from machines.session import Free

#: How often a printer was asked: what is further apart than three of these is unseen.
POLL_S = 240.0
#: How often a contact or a laser told its state: what is further apart is unseen.
TOLD_US = 10 * SECOND
#: How often the floor looked at the clock while a session was open.
LOOK_US = 10 * MINUTE
#: The animator who counts, opens parties and corrects: Inès, who is at both labs.
ANIMATOR = "M0001"
#: How long after its work a machine has told that it rests, and is cold.
AFTER_US = 15 * MINUTE

Step = Callable[[], object]


class Past:
    """One lab from `start_us` on. `live` takes what happens, in any order; `close` when done."""

    def __init__(self, site: Site, roster: Roster, key: DigestKey, start_us: int) -> None:
        self._site = replace(site, machines=tuple(map(_asked_seldom, site.machines)))
        self._clock = StillClock(start_us)
        self._store = Store(site.database, self._clock)
        people = People(key)
        people.take(roster)
        self._floor = Floor(
            self._site,
            self._clock,
            self._store,
            _Switched(),
            people,
            _Switched(),
            lambda: None,
            _Switched(),
            lambda file: False,
            lambda: self._clock.boot_us() / SECOND,
        )
        begin(self._floor, self._store)
        self._desk = next(reader.slug for reader in site.readers if reader.machine is None)
        self._number = itertools.count()
        self._works_until_us: dict[str, int] = {}

    def live(
        self,
        visits: Iterable[Visit],
        until_us: int,
        gatherings: Iterable[Gathering | Counting] = (),
    ) -> None:
        """All of them, and what they set going, until `until_us`."""
        steps: list[tuple[int, int, Step]] = []

        def plan(at_us: int, do: Step) -> None:
            heapq.heappush(steps, (at_us, next(self._number), do))

        for visit in visits:
            plan(visit.at_us, lambda visit=visit: self._arrive(visit, plan))  # type: ignore[misc]
        for one in gatherings:
            take = self._gather if isinstance(one, Gathering) else self._count
            plan(one.at_us, lambda one=one, take=take: take(one, plan))  # type: ignore[misc]
        while steps and steps[0][0] < until_us:
            at_us, _, do = heapq.heappop(steps)
            self._go_to(at_us)
            do()
            self._settle()
        self._go_to(until_us)

    def close(self) -> None:
        self._floor.stop()
        self._store.close()

    # -- what a visit is made of ---------------------------------------------------------------

    def _arrive(self, visit: Visit, plan: Callable[[int, Step], None]) -> None:
        """Badge in; who gets the machine uses it, and badges out unless it is forgotten.

        A machine that still works for an earlier visit is left alone: it makes one thing at a time.
        """
        if visit.at_us < self._works_until_us.get(visit.machine.slug, 0):
            return
        self._badge(visit)
        self._settle()
        if not self._holds(visit):
            return
        self._works_until_us[visit.machine.slug] = visit.at_us + visit.work_us + AFTER_US
        for at_us, fact in _work(visit, visit.at_us + 2 * MINUTE):
            plan(at_us, lambda fact=fact: self._floor.tell(fact))  # type: ignore[misc]
        leaves_us = visit.at_us + visit.stay_us
        if not visit.forgets:
            plan(leaves_us, lambda: self._leave(visit))
        elif session := self._floor.posts[visit.machine.slug].session:
            plan(visit.at_us + DAY, lambda: self._put_right(session, leaves_us))

    def _badge(self, visit: Visit) -> None:
        self._floor.tell(BadgeRead(visit.bound or self._desk, visit.badge))
        if not visit.bound:
            self._floor.touch(Touch.MACHINE, visit.machine.slug)

    def _leave(self, visit: Visit) -> None:
        """A session that ended by itself is not begun again by the badge that would end it."""
        if self._holds(visit):
            self._badge(visit)
            if not visit.bound:
                self._floor.touch(Touch.END)

    def _holds(self, visit: Visit) -> bool:
        member = self._floor.people.who(visit.badge)
        holder = self._floor.posts[visit.machine.slug].machine.member
        return member is not None and holder == member.id

    # -- what an animator does on a tablet -----------------------------------------------------

    def _do(self, act: Act) -> Told:
        """What a tablet would be told; of what the journal did not take, nothing is made."""
        told = self._floor.desk.act(act, f"past{next(self._number):08d}", ANIMATOR)
        self._settle()
        return told.result(0)

    def _gather(self, one: Gathering, plan: Callable[[int, Step], None]) -> None:
        """A class gets those of its machines that are free; all are given back at its end."""
        if self._do(one.act).done:
            parties = (self._floor.activity.party(self._floor.posts[m]) for m in one.act.machines)
            group = next(party.group for party in parties if party)
            plan(one.at_us + one.minutes * MINUTE, lambda: one.end(self._do, group))

    def _count(self, one: Counting, plan: Callable[[int, Step], None]) -> None:
        if correction := one.correction(self._do(one.act)):
            plan(one.at_us + DAY, lambda: self._do(correction))

    def _put_right(self, session: str, left_us: int) -> None:
        """Who forgot to badge out says the next day when that was."""
        when = paris(left_us).isoformat()
        self._do(CorrectSessions((session,), (("ended", when),), "oubli du badge"))

    # -- time ----------------------------------------------------------------------------------

    def _go_to(self, at_us: int) -> None:
        """In looks while anything goes on, so that closing time and idleness are seen."""
        while (left_us := at_us - self._clock.wall_us) > 0:
            step_us = left_us if self._is_at_rest() else min(left_us, LOOK_US)
            self._clock.advance(seconds=step_us / SECOND)
            self._floor.turn(self._clock.now(), None)
            self._settle()

    def _is_at_rest(self) -> bool:
        machines = [post.machine for post in self._floor.posts.values()]
        return not any(m.working or not isinstance(m.session, Free) for m in machines)

    def _settle(self) -> None:
        """Until the disk and the floor have nothing more to say to each other."""
        quiet = False
        while not quiet:
            self._floor.drain()
            self._store.submit(lambda _: None).result()
            quiet = self._floor.is_quiet


class _Switched:
    """Relays, taps and printers of a past: whatever was ordered is done, and gone."""

    connected = True

    def set_soon(self, machine: str, on: bool) -> None:
        pass

    def allow(self, machine: str, allowed: bool) -> None:
        pass

    def upload(self, machine: str, key: str, file: str, path: str) -> None:
        pass

    def start(self, machine: str, key: str, path: str) -> None:
        pass

    def order(self, machine: str, key: str, what: Ordered) -> None:
        pass

    def connect(self, machine: str, key: str) -> None:
        pass

    def remove(self, machine: str, path: str) -> None:
        pass

    def history(self, machine: str, key: str) -> None:
        pass


def _asked_seldom(machine: Machine) -> Machine:
    """A printer asked every few minutes: a year of every three seconds would take an hour."""
    options: Any = machine.driver.options if machine.driver else None
    if machine.driver is None or not hasattr(options, "poll_s"):
        return machine
    return replace(machine, driver=replace(machine.driver, options=replace(options, poll_s=POLL_S)))


def _work(visit: Visit, starts_us: int) -> Iterator[tuple[int, Fact]]:
    """What the machine's device told while it worked, and that it rested."""
    slug, ends_us = visit.machine.slug, starts_us + visit.work_us
    if visit.machine.driver and visit.machine.driver.kind == "octoprint":
        yield from _printed(visit, starts_us, ends_us)
        return
    meters = ["beam", "job"] if visit.machine.driver else ["run"] if visit.machine.sense else []
    for at_us in range(starts_us, ends_us, TOLD_US):
        for meter in meters:
            yield at_us, WorkSeen(slug, meter, Work.WORKING)
    for meter in meters:
        yield ends_us, WorkSeen(slug, meter, Work.RESTING)
        yield ends_us + MINUTE // 4, WorkSeen(slug, meter, Work.RESTING)


def _printed(visit: Visit, starts_us: int, ends_us: int) -> Iterator[tuple[int, Fact]]:
    """All of it, or until somebody stopped it: then the file is not printed to its end."""
    slug, whole_s = visit.machine.slug, visit.work_us / SECOND / visit.printed
    yield starts_us - SECOND, PrinterSeen(slug, Work.RESTING, "Operational")
    for at_us in range(starts_us, ends_us, round(POLL_S) * SECOND):
        done_s = (at_us - starts_us) / SECOND
        job = JobSeen(
            visit.file, visit.file, whole_s, done_s, whole_s - done_s, done_s / whole_s, done_s * 2
        )
        yield at_us, PrinterSeen(slug, Work.WORKING, "Printing", job, 215.0, 215.0, 60.0, 60.0)
    done_s = whole_s * visit.printed
    left_s, share = whole_s - done_s, visit.printed
    done = JobSeen(visit.file, visit.file, whole_s, done_s, left_s, share, done_s * 2)
    yield ends_us, PrinterSeen(slug, Work.RESTING, "Operational", done, 180.0, 0.0, 50.0, 0.0)
    yield ends_us + 10 * MINUTE, PrinterSeen(slug, Work.RESTING, "Operational", None, 30.0)


def make(site: Site, life: Callable[[Site], None]) -> None:
    """Have `life` make the journal of `site`, in memory-backed storage where there is some.

    A year of taps is a year of waiting for the disk; only the finished file is
    worth keeping, and it appears whole or not at all.
    """
    memory = Path("/dev/shm")
    where = memory if os.access(memory, os.W_OK) else site.database.parent
    with tempfile.TemporaryDirectory(dir=where, prefix="fablab-demo-") as folder:
        passing = replace(site, database=Path(folder) / "lab.db")
        life(passing)
        arriving = site.database.with_suffix(".arriving")
        shutil.copyfile(passing.database, arriving)
        arriving.chmod(0o600)  # as the store makes its own
        arriving.replace(site.database)
