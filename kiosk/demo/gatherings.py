"""What a lab does besides one member at one machine: classes, workshops, things made.

Invented like the visits, the same for the same seed, and as intentions: what becomes of
them is what the product's own floor says, asked as an animator's tablet would.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from config.site import Machine, Site
from kiosk.demo.people import Person
from kiosk.demo.visits import MINUTE
from kiosk.floor.activity_acts import (
    CorrectWorkshop,
    EndParty,
    HoldWorkshop,
    Make,
    OpenParty,
    Recount,
)
from kiosk.floor.acts import Act, Told
from machines.instants import PARIS, to_us
from machines.made_entries import Produced, Purpose, WorkshopHeld

DAY = 24 * 60 * MINUTE
#: One in so many open days has a party, a workshop without machines, or things that were made.
PARTY_IN, WORKSHOP_IN, MAKES_IN = 9, 14, 3
#: One in so many counts was wrong, and is put right the next day.
WRONG_IN = 8
#: Families that no class is let near.
ALONE = {"laser", "mill", "saw", "resin-printer", "drill"}
WORKSHOPS = (
    ("Initiation à l’impression 3D", "", 120),
    ("Mon premier mug", "pupil", 60),
    ("Badges de carnaval", "pupil", 90),
    ("Réparer plutôt que jeter", "retired", 180),
    ("CV et bureautique", "job-seeker", 120),
    ("Couture : le cabas", "", 150),
)

#: Asks the floor, as the animator's tablet does, and waits for its answer.
Do = Callable[[Act], Told]


@dataclass(frozen=True, slots=True)
class Gathering:
    """A class at some machines, for `minutes`; what it made is counted at its end."""

    at_us: int
    act: OpenParty
    minutes: int
    made: tuple[tuple[str, int], ...]
    held: WorkshopHeld | None

    def end(self, do: Do, group: str) -> None:
        for item, count in self.made:
            do(Make(Produced(item, count, Purpose.PARTY, self.act.machines[0], group=group)))
        do(EndParty(group))
        if self.held:
            do(HoldWorkshop(replace(self.held, group=group)))


@dataclass(frozen=True, slots=True)
class Counting:
    """Things made, or a workshop, told at `at_us`; `really`: what it is corrected to later."""

    at_us: int
    act: Make | HoldWorkshop
    really: int | None = None

    def correction(self, told: Told) -> Act | None:
        if self.really is None or not told.done:
            return None
        if isinstance(self.act, Make):
            return Recount(told.job, self.really, "compté deux fois")
        changes = (("participants", str(self.really)),)
        return CorrectWorkshop(told.job, changes, "deux inscrits ne sont pas venus")


def gatherings(
    site: Site, people: Sequence[Person], first: date, last: date, seed: int
) -> Iterator[Gathering | Counting]:
    """Those of each open day from `first` to before `last`, in no order within a day."""
    chance = random.Random(f"{seed}-{site.lab}-gatherings")
    here = [one for one in people if not one.labs or site.lab in one.labs]
    for ahead in range((last - first).days):
        day = first + timedelta(days=ahead)
        stretches = site.hours.of(day)
        if not stretches:
            continue
        opens, closes = (
            to_us(datetime.combine(day, at, tzinfo=PARIS))
            for at in (stretches[-1].opens, stretches[-1].closes)
        )
        if chance.randrange(PARTY_IN) == 0:
            yield _party(site, day, opens, closes, chance)
        if chance.randrange(WORKSHOP_IN) == 0:
            yield _workshop(day, closes - 5 * MINUTE, chance)
        if chance.randrange(MAKES_IN) == 0:
            yield _counting(site, here, opens + 30 * MINUTE, chance)


def _makes(site: Site) -> list[Machine]:
    return [machine for machine in site.machines if machine.makes]


def _party(site: Site, day: date, opens: int, closes: int, chance: random.Random) -> Gathering:
    title, public, minutes = chance.choice(WORKSHOPS)
    people = chance.randint(5, 22)
    free = [m for m in site.machines if not m.clearance and m.family not in ALONE and not m.makes]
    first = chance.choice(_makes(site))
    machines = (first.slug, *(m.slug for m in chance.sample(free, chance.randint(0, 2))))
    category = "school" if public == "pupil" else "individual"
    minutes = min(minutes, (closes - opens) // MINUTE - 20)
    minors = people - 1 if public == "pupil" else 0
    held = WorkshopHeld(title, day.isoformat(), minutes, people, minors, public)
    return Gathering(
        opens + 5 * MINUTE,
        OpenParty(machines, people, category, public, title),
        minutes,
        ((chance.choice(first.makes), people),),
        held if chance.random() < 0.7 else None,
    )


def _workshop(day: date, at_us: int, chance: random.Random) -> Counting:
    title, public, minutes = chance.choice(WORKSHOPS)
    people = chance.randint(3, 14)
    told = WorkshopHeld(title, day.isoformat(), minutes, people, 0, public)
    return Counting(at_us, HoldWorkshop(told), people - 2 if chance.randrange(4) == 0 else None)


def _counting(site: Site, here: Sequence[Person], at_us: int, chance: random.Random) -> Counting:
    machine = chance.choice(_makes(site))
    count = chance.choice((1, 1, 1, 2, 2, 4, 6, 12, 25))
    ours = count > 10
    purpose = Purpose.ASSOCIATION if ours else Purpose.MEMBER
    entry = Produced(chance.choice(machine.makes), count, purpose, machine.slug)
    really = max(0, count - 1) if chance.randrange(WRONG_IN) == 0 else None
    at = at_us + chance.randrange(90) * MINUTE
    return Counting(at, Make(entry, "" if ours else chance.choice(here).id), really)
