"""One lab's life: what people do there, told to its journal and to the truth at once.

Each verb is one way in which a session, a piece of work or a count can go. What is
corrected later is already as it was in the truth, and as it was first told in the journal.
"""

from __future__ import annotations

import heapq
import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from machines.instants import PARIS, SECOND
from machines.journal import (
    Body,
    Instant,
    Personal,
    Provenance,
    Reason,
    SessionClosed,
    SessionCorrected,
    SessionOpened,
    SessionResumed,
    SessionSuspended,
    SessionVoided,
)
from tests.truth.happened import Sat, Truth
from tests.truth.pi import Pi
from tests.truth.town import Machine, Person

#: All that lasts is a multiple of this: a quarter of it is a thousandth of an hour, so that
#: every share of a month is exact in what is printed.
GRAIN_US = 14_400_000
DAY_US = 24 * 3600 * SECOND
ANIMATOR = "m-anim"

Step = Callable[[], None]


@dataclass(slots=True)
class Visit:
    """Somebody at a machine from one instant to another; `session` is its birth, once begun."""

    machine: Machine
    person: Person
    begins_us: int
    ends_us: int
    session: str = ""

    @property
    def lasts_us(self) -> int:
        return self.ends_us - self.begins_us

    def at(self, quarters: int) -> int:
        return self.begins_us + self.lasts_us * quarters // 4


class Life:
    """Plans what happens, and has it happen in order. `dark`: when no clock will ever date it."""

    def __init__(self, pi: Pi, truth: Truth, chance: random.Random) -> None:
        self.pi = pi
        self.truth = truth
        self.chance = chance
        self.dark: list[tuple[int, int]] = []
        self._steps: list[tuple[int, int, Step]] = []
        self._number = itertools.count()

    def plan(self, at_us: int, do: Step) -> None:
        heapq.heappush(self._steps, (at_us, next(self._number), do))

    def go_on_until(self, true_us: int) -> None:
        while self._steps and self._steps[0][0] <= true_us:
            at_us, _, do = heapq.heappop(self._steps)
            self.pi.go_to(max(at_us, self.pi.true_us))
            do()
        self.pi.go_to(max(true_us, self.pi.true_us))

    def dated(self, when_us: int) -> bool:
        return not any(first <= when_us <= last for first, last in self.dark)

    def later(self, when_us: int, do: Step) -> None:
        """An animator puts it right, some days on; on one that has a date."""
        day_us = when_us + self.chance.randint(1, 9) * DAY_US
        while not self.dated(day_us):
            day_us += DAY_US
        self.plan(day_us, do)

    # ---- sessions

    def badge(self, visit: Visit, **known: object) -> Sat:
        """Badge in, badge out."""
        sat = self._sits(visit, **known)
        self._opens(visit)
        self.plan(visit.ends_us, lambda: self._closes(visit))
        return sat

    def forgotten(self, visit: Visit) -> Sat:
        self._opens(visit)
        self.plan(visit.ends_us, lambda: self._closes(visit, Reason.CLOSING, estimated=True))
        return self._sits(visit, how="estimated")

    def declared(self, visit: Visit) -> Sat:
        """An animator opens it for somebody without a badge."""
        self._opens(visit, source="animator")
        self.plan(visit.ends_us, lambda: self._closes(visit))
        return self._sits(visit, how="declared")

    def ended_by_an_animator(self, visit: Visit) -> Sat:
        self._opens(visit)
        self.plan(visit.ends_us, lambda: self._closes(visit, Reason.ANIMATOR))
        return self._sits(visit, how="declared")

    def suspended(self, visit: Visit) -> Sat:
        """The relay dropped for the second quarter."""
        self._opens(visit)
        self._tells(
            visit.at(1), lambda: SessionSuspended(visit.session, visit.machine.slug, Reason.DROPPED)
        )
        self._tells(visit.at(2), lambda: SessionResumed(visit.session, visit.machine.slug))
        self.plan(visit.ends_us, lambda: self._closes(visit))
        sat = self._sits(visit)
        sat.while_ = [(visit.begins_us, visit.at(1)), (visit.at(2), visit.ends_us)]
        return sat

    def voided(self, visit: Visit) -> None:
        """It never was: the disk wrote the opening after it had been refused."""
        self._opens(visit)
        name = visit.machine.slug
        self._tells(
            visit.begins_us + SECOND, lambda: SessionVoided(visit.session, name, Reason.LATE)
        )

    def never_ended(self, visit: Visit) -> Sat:
        self._opens(visit)
        sat = self._sits(visit)
        sat.while_ = []
        return sat

    def ended_long_before(self, visit: Visit) -> Sat:
        """Ended at closing time, until an animator said that it was half of that."""
        self._opens(visit)
        self.plan(visit.ends_us, lambda: self._closes(visit, Reason.CLOSING, estimated=True))
        self._corrects(visit, "ended", _iso(visit.at(2)))
        sat = self._sits(visit, how="declared")
        sat.while_ = [(visit.begins_us, visit.at(2))]
        return sat

    def left_open(self, visit: Visit) -> Sat:
        """Nobody ended it; an animator said afterwards when it was over."""
        self._opens(visit)
        self._corrects(visit, "ended", _iso(visit.at(3)))
        sat = self._sits(visit, how="declared")
        sat.while_ = [(visit.begins_us, visit.at(3))]
        return sat

    def at_another_machine(self, visit: Visit, really: Machine) -> Sat:
        sat = self.badge(visit)
        self._corrects(visit, "machine", really.slug)
        sat.machine = really.slug
        return sat

    def by_another_member(self, visit: Visit, really: Person) -> Sat:
        sat = self.badge(visit)
        self._corrects(visit, "member", really.id, really.id)
        self._corrects(visit, "category", "no category of ours")
        self._corrects(visit, "category", really.category)
        sat.member, sat.category = really.id, really.category
        return sat

    def party(self, visit: Visit, machines: list[Machine], people: int, group: str) -> list[Sat]:
        """A class on one animator's badge, at one machine after the other."""
        begins = itertools.count(visit.begins_us, GRAIN_US)
        at = [Visit(one, visit.person, next(begins), visit.ends_us) for one in machines]
        return [self._party_at(one, people, group) for one in at]

    def _party_at(self, visit: Visit, people: int, group: str) -> Sat:
        told = people + self.chance.randint(-2, 2) if self.chance.random() < 0.3 else people
        self._opens(visit, source="party", party=told, public="pupil", group=group)
        self.plan(visit.ends_us, lambda: self._closes(visit))
        if told != people:
            self._corrects(visit, "party", str(people))
        return self._sits(visit, people=people, group=group)

    # ---- sessions, in their parts

    def _sits(self, visit: Visit, **known: object) -> Sat:
        sat = Sat(
            lab=self.pi.lab,
            machine=visit.machine.slug,
            began_us=visit.begins_us,
            while_=[(visit.begins_us, visit.ends_us)],
            member=visit.person.id,
            category=visit.person.category,
            dated=self.dated(visit.begins_us),
            **known,  # type: ignore[arg-type]
        )
        self.truth.sat.append(sat)
        return sat

    def _opens(self, visit: Visit, source: str = "badge", **more: object) -> None:
        def do() -> None:
            person = visit.person
            body = SessionOpened(visit.machine.slug, source, person.category, **more)  # type: ignore[arg-type]
            visit.session = self.pi.write(body, Personal(person.id, person.category))

        self.plan(visit.begins_us, do)

    def _closes(
        self,
        visit: Visit,
        reason: Reason = Reason.BADGE,
        estimated: bool = False,
        ended: Instant | None = None,
    ) -> None:
        how = Provenance.ESTIMATED if estimated else Provenance.BADGE
        self.pi.write(SessionClosed(visit.session, visit.machine.slug, reason, how, ended))

    def _corrects(self, visit: Visit, what: str, value: str, member: str | None = None) -> None:
        personal = Personal(member=member, by=ANIMATOR)
        self.later(
            visit.ends_us,
            lambda: self.writes(
                SessionCorrected(visit.session, what, value, "erreur de saisie"), personal
            ),
        )

    def _tells(self, at_us: int, body: Callable[[], Body]) -> None:
        self.plan(at_us, lambda: self.writes(body()))

    def writes(self, body: Body, personal: Personal | None = None) -> None:
        self.pi.write(body, personal)


def _iso(us: int) -> str:
    """As an animator's tablet writes it: the time of Paris, with its offset."""
    return datetime.fromtimestamp(us / SECOND, PARIS).isoformat()
