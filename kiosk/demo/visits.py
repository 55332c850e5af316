"""Who would have come to a lab in a year: invented visits, the same for the same seed.

Pure: a visit is an intention. What becomes of it (a refusal, a session, an hour
counted) is decided by the product when the visit is lived through.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from config.site import Machine, Site
from kiosk.demo.people import Person
from machines.instants import PARIS, SECOND, Opening, to_us

MINUTE = 60 * SECOND

#: Minutes that the work of a family lasts, from and to.
WORK_MIN = {"3d-printer": (40, 240), "laser": (6, 35), "mill": (15, 60)}
OTHER_MIN = (5, 45)
#: How often a family is chosen, beside 1 for the others.
LIKED = {"3d-printer": 3, "laser": 12, "press": 2}
#: One in so many members forgets to badge out, or holds a badge that is not known.
FORGETFUL, STRANGER = 15, 40
#: One print in so many is stopped.
STOPPED = 9
VISITS_A_STRETCH = (1, 4)

FILES = ("support-telephone", "boite-v3", "engrenage", "vase", "crochet", "piece-vmc", "figurine")


@dataclass(frozen=True, slots=True)
class Visit:
    """`badge` at `machine` from `at_us` for `stay_us`; the machine works for `work_us`."""

    at_us: int
    stay_us: int
    work_us: int
    badge: str
    machine: Machine
    bound: str | None  #: the reader of that machine, if it has one
    file: str
    forgets: bool
    printed: float = 1.0  #: the share of the file after which somebody stopped the print


def visits(
    site: Site, people: Sequence[Person], first: date, last: date, seed: int
) -> Iterator[Visit]:
    """Those of each open day from `first` to before `last`, in order."""
    chance = random.Random(f"{seed}-{site.lab}")
    for ahead in range((last - first).days):
        day = first + timedelta(days=ahead)
        here = [
            _visit(site, people, day, stretch, chance)
            for stretch in site.hours.of(day)
            for _ in range(chance.randint(*VISITS_A_STRETCH))
        ]
        yield from sorted(here, key=lambda visit: visit.at_us)


def _visit(
    site: Site, people: Sequence[Person], day: date, stretch: Opening, chance: random.Random
) -> Visit:
    person = chance.choice([p for p in people if not p.labs or site.lab in p.labs])
    machine = _choose(site, person, chance)
    opens = to_us(datetime.combine(day, stretch.opens, tzinfo=PARIS))
    closes = to_us(datetime.combine(day, stretch.closes, tzinfo=PARIS))
    at_us = opens + chance.randrange((closes - opens) * 3 // 4)
    work_us = chance.randint(*WORK_MIN.get(machine.family, OTHER_MIN)) * MINUTE
    stay_us = work_us + chance.randint(3, 15) * MINUTE
    if machine.outlives and chance.random() < 0.5:
        stay_us = chance.randint(10, 20) * MINUTE  # leaves while it prints
    return Visit(
        at_us,
        min(stay_us, max(MINUTE, closes - at_us - 5 * MINUTE)),
        work_us,
        person.badge if chance.randrange(STRANGER) else f"{chance.randrange(2**24):08X}",
        machine,
        next((r.slug for r in site.readers if r.machine == machine.slug), None),
        f"{chance.choice(FILES)}-{chance.randint(1, 9)}.gcode",
        chance.randrange(FORGETFUL) == 0,
        chance.choice((0.15, 0.4, 0.85)) if chance.randrange(STOPPED) == 0 else 1.0,
    )


def _choose(site: Site, person: Person, chance: random.Random) -> Machine:
    """Mostly what the person is cleared for; sometimes anything, which is refused."""
    everything = list(site.machines)
    may = [m for m in everything if not m.clearance or {m.slug, m.family} & set(person.may)]
    among = may if chance.randrange(12) else everything
    return chance.choices(among, [LIKED.get(machine.family, 1) for machine in among])[0]
