"""What happens in the two labs from one day to another, the same for the same seed.

Ordinary days, and what makes figures wrong: parties, forgotten badges, nights over which
clocks and months change, a Pi without a clock, weeks without a network, an old card put back.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from machines.instants import PARIS, SECOND, to_us
from machines.journal import Reason
from machines.made_entries import Purpose
from tests.truth.happened import Joined, Truth
from tests.truth.life import DAY_US, GRAIN_US, Life, Visit
from tests.truth.pi import Pi
from tests.truth.town import LABS, PEOPLE, machine
from tests.truth.works import holds, makes, prints, runs

HOUR_US = 3600 * SECOND
#: The doors are shut on these days, at both labs: nobody comes.
SHUT = {(5, 1), (7, 14), (12, 25), (1, 1)} | {(8, day) for day in range(3, 17)}


@dataclass(slots=True)
class Troubles:
    """What befalls a lab's Pi, by day counted from the first: at six in the morning, when
    nobody is there, but for the power cuts."""

    dark: tuple[int, ...] = ()  #: a day that no clock ever dates
    late: tuple[int, ...] = ()  #: the clock is wrong until half past twelve
    cut: tuple[int, ...] = ()  #: the power fails at three in the afternoon
    cards: tuple[tuple[int, int], ...] = ()  #: a copy of the card, and when it is put back
    offline: tuple[tuple[int, int], ...] = ()  #: from, and to before


TROUBLES = {
    "ccdv": Troubles(
        dark=(8, 150), late=(4, 60, 201, 330), cut=(5, 90, 88, 300), cards=((12, 16), (219, 226)),
        offline=((9, 12), (20, 28), (170, 200)),
    ),
    "doret": Troubles(
        dark=(21,), late=(6, 118), cut=(7, 240), cards=((128, 131),), offline=((3, 17), (355, 375))
    ),
}  # fmt: skip


@dataclass(slots=True)
class Year:
    """Both labs from `first` on, for `days` days; `truth` is complete before anything is lived.

    `cards`: old ones are put back, and what was on the newer ones is at the central alone.
    """

    first: date
    days: int
    seed: int = 1
    cards: bool = True
    truth: Truth = field(default_factory=Truth)
    lives: dict[str, Life] = field(init=False)

    def __post_init__(self) -> None:
        self.lives = {lab: self._planned(lab) for lab in LABS}
        self._join(random.Random(f"{self.seed}-people"))

    def mornings(self) -> Iterator[tuple[int, int]]:
        """Each day's number, and six o'clock of it. Ten more for what is put right later."""
        for number in range(self.days + 40):
            yield number, self.at(number, 6)

    def at(self, number: int, hour: float) -> int:
        return _us(self.first + timedelta(days=number), hour)

    def _join(self, chance: random.Random) -> None:
        """Everybody but two takes a membership a year; some pay twice, and are paid back."""
        for person in PEOPLE[2:]:
            day = self.first + timedelta(days=chance.randrange(300))
            again = False
            while day < self.first + timedelta(days=self.days):
                joined = Joined(person.id, person.category, day, again)
                self.truth.joined.append(joined)
                if chance.random() < 0.1:
                    joined.cancelled = day + timedelta(days=chance.randint(0, 40))
                again = joined.cancelled is None or again
                day += timedelta(days=chance.randint(60, 400))

    # ---- who comes when

    def _planned(self, lab: str) -> Life:
        chance = random.Random(f"{self.seed}-{lab}")
        life = Life(Pi(lab, self.at(0, 6), chance), self.truth, chance)
        told = TROUBLES[lab]
        life.dark = [(self.at(day, 6), self.at(day + 1, 6)) for day in told.dark if day < self.days]
        for number in range(self.days):
            day = self.first + timedelta(days=number)
            if (day.month, day.day) not in SHUT:
                self._day(life, number, quiet=number in told.dark)
            if self._is_a_night(day):
                self._night(life, number)
        _befall(self, life, told)
        return life

    def _day(self, life: Life, number: int, quiet: bool) -> None:
        """`quiet`: nobody stays over the end of the day."""
        free_us = {one.slug: self.at(number, 9) for one in LABS[life.pi.lab]}
        for _ in range(life.chance.randint(2, 7)):
            visit = self._visit(life, free_us)
            if visit is None:
                continue
            free_us[visit.machine.slug] = visit.ends_us + GRAIN_US
            if quiet:
                life.badge(visit)
            else:
                _happens(life, visit)
        if not quiet and life.chance.random() < 0.1:
            self._class(life, number)
        if life.chance.random() < 0.08:
            day = str(self.first + timedelta(days=number))
            holds(life, day, self.at(number + (0 if quiet else 1), 8))

    def _visit(self, life: Life, free_us: dict[str, int]) -> Visit | None:
        """Between nine and noon, or two and seven: the power fails in between."""
        chosen = life.chance.choice(LABS[life.pi.lab])
        begins_us = free_us[chosen.slug] + life.chance.randrange(400) * GRAIN_US
        lasts_us = life.chance.randint(40, 500) * GRAIN_US
        if _paris(begins_us + lasts_us).hour >= 19:
            return None
        person = life.chance.choice(PEOPLE)
        return Visit(chosen, person, begins_us, begins_us + lasts_us)

    def _class(self, life: Life, number: int) -> None:
        """In the evening, at two machines, and a workshop is told of it."""
        machines = life.chance.sample(LABS[life.pi.lab], 2)
        whole = Visit(machines[0], PEOPLE[-1], self.at(number, 19.25), self.at(number, 21.25))
        people, group = life.chance.randint(5, 25), life.chance.randbytes(8).hex()
        life.party(whole, machines, people, group)
        makes(
            life,
            Visit(machines[0], PEOPLE[-1], whole.begins_us, whole.ends_us),
            Purpose.PARTY,
            group,
        )
        if life.chance.random() < 0.6:
            day = str(self.first + timedelta(days=number))
            holds(life, day, self.at(number, 22), group, people)

    def _is_a_night(self, day: date) -> bool:
        """In which the month, the year or the hour changes."""
        following = day + timedelta(days=1)
        changes = _us(following, 12) - _us(day, 12) != DAY_US
        return changes or following.day == 1

    def _night(self, life: Life, number: int) -> None:
        """Somebody stays from ten to four, a print goes on, and it all goes over midnight."""
        printer = machine(life.pi.lab, "mk4-1")
        other = next(one for one in LABS[life.pi.lab] if set(one.meters) & {"job", "run"})
        begins_us = self.at(number, 22)
        stays = Visit(printer, PEOPLE[0], begins_us, begins_us + 6 * HOUR_US)
        prints(life, stays, life.badge(stays), hours=5)
        works = Visit(other, PEOPLE[1], begins_us, begins_us + 6 * HOUR_US)
        runs(life, works, life.suspended(works))


def _happens(life: Life, visit: Visit) -> None:
    """How a visit goes: mostly well."""
    chance, lab = life.chance, life.pi.lab
    kind = chance.random()
    if kind < 0.62:
        sat = life.badge(visit)
    elif kind < 0.68:
        sat = life.forgotten(visit)
    elif kind < 0.74:
        sat = life.declared(visit)
    elif kind < 0.78:
        sat = life.ended_by_an_animator(visit)
    elif kind < 0.82:
        sat = life.suspended(visit)
    elif kind < 0.84:
        return life.voided(visit)
    elif kind < 0.85:
        sat = life.never_ended(visit)
    elif kind < 0.89:
        sat = life.ended_long_before(visit)
    elif kind < 0.91:
        sat = life.left_open(visit)
    elif kind < 0.95:
        sat = life.at_another_machine(visit, chance.choice(LABS[lab]))
    else:
        sat = life.by_another_member(visit, chance.choice(PEOPLE))
    if "print" in visit.machine.meters:
        with_session = chance.random() < 0.9
        prints(life, visit, sat if with_session else None, chance.randint(1, 3))
    elif visit.machine.meters:
        runs(life, visit, sat)
    if chance.random() < 0.35:
        makes(life, visit, chance.choice((Purpose.MEMBER, Purpose.MEMBER, Purpose.ASSOCIATION)))
    return None


# ---- what befalls the Pi


def _befall(year: Year, life: Life, told: Troubles) -> None:
    pi = life.pi
    for day in filter(lambda day: day < year.days, told.dark):
        life.plan(year.at(day, 6), lambda: pi.restart(5 * GRAIN_US, behind_us=9 * HOUR_US) and None)
        life.plan(year.at(day + 1, 6), lambda: pi.restart(5 * GRAIN_US) and None)
    for day in filter(lambda day: day < year.days, told.late):
        life.plan(year.at(day, 6), lambda: pi.restart(5 * GRAIN_US, behind_us=3 * DAY_US) and None)
        life.plan(year.at(day, 12.5), pi.network_back)
    for day in filter(lambda day: day < year.days, told.cut):
        _cut(year, life, day)
    for taken, back in filter(lambda pair: pair[1] < year.days and year.cards, told.cards):
        _card(year, life, taken, back)


def _cut(year: Year, life: Life, day: int) -> None:
    """The power fails in the night while somebody is at a bench, and while somebody prints: the
    one session ended with the last sign of life, the other goes on after it."""
    bench = next(one for one in LABS[life.pi.lab] if not one.meters)
    printer = machine(life.pi.lab, "mk4-1")
    begins_us, fails_us = year.at(day, 21.5), year.at(day, 23)
    ends = Visit(bench, PEOPLE[2], begins_us, fails_us)
    stays = Visit(printer, PEOPLE[3], begins_us, fails_us + 3 * HOUR_US)
    life._opens(ends)
    life._sits(ends, how="estimated")
    life.badge(stays)

    def fails() -> None:
        last = life.pi.restart(50 * GRAIN_US, behind_us=2 * HOUR_US)
        life._closes(ends, Reason.POWER_LOSS, estimated=True, ended=last)

    life.plan(fails_us, fails)
    life.plan(fails_us + HOUR_US, life.pi.network_back)


def _card(year: Year, life: Life, taken: int, back: int) -> None:
    """An old copy of the card is put back, which knows of no badge-out since.

    What it tells of the session then open is an estimate, and worth less than the badge.
    """
    bench = next(one for one in LABS[life.pi.lab] if not one.meters)
    visit = Visit(bench, PEOPLE[4], year.at(taken, 5), year.at(taken, 7.5))
    life.badge(visit)
    card: list[object] = []
    life.plan(year.at(taken, 6), lambda: card.append(life.pi.take_out()))

    def put_back() -> None:
        last = life.pi.put_back(card[0])  # type: ignore[arg-type]
        life._closes(visit, Reason.ORPHAN, estimated=True, ended=last)

    life.plan(year.at(back, 6), put_back)


def _us(day: date, hour: float) -> int:
    """Of a time of day in Paris, as its clocks show it."""
    whole = int(hour)
    return to_us(datetime.combine(day, time(whole, round(60 * (hour - whole))), tzinfo=PARIS))


def _paris(us: int) -> datetime:
    return datetime.fromtimestamp(us / SECOND, PARIS)
