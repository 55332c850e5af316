"""When a lab was open: its weekly hours, told anew now and then, without the days it was closed.

A day counts by the hours that were in force at its end. A day of which only half is open is
an open day, of fewer hours. Days before a lab first told its hours count as not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from machines.instants import PARIS, Month, Opening, Week, to_us

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Closure:
    """Days on which the lab was closed, both of them included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Told:
    """`week` holds from `from_us` (UTC) on, until the next is told."""

    from_us: int
    week: Week


@dataclass(frozen=True, slots=True)
class Openings:
    """What a month comes to. `unknown`: days of which nobody told the hours."""

    days: int = 0
    lasting_us: int = 0
    unknown: int = 0


def week_of(days: Sequence[Sequence[Sequence[str]]]) -> Week:
    """The week of a `site.described`: ("09:00", "18:00") and so on; what makes no sense is none.

    >>> len(week_of(((("09:00", "12:00"), ("14:00", "18:00")),)).days[0])
    2
    """
    read = [tuple(filter(None, map(_stretch, day))) for day in days[:7]]
    return Week((*read, *((),) * (7 - len(read))))


def _stretch(told: Sequence[str]) -> Opening | None:
    try:
        opens, closes = map(time.fromisoformat, told)
    except (TypeError, ValueError):
        return None
    plain = opens.tzinfo is None and closes.tzinfo is None
    return Opening(opens, closes) if plain and opens < closes else None


def of_month(month: Month, told: Iterable[Told], closures: Iterable[Closure]) -> Openings:
    """The open days of a month and how long they were, two nights a year an hour more or less."""
    hours, shut = sorted(told, key=lambda one: one.from_us), tuple(closures)
    open_days = unknown = lasting_us = 0
    for day in days_of(month):
        week = _in_force(hours, day)
        if week is None:
            unknown += 1
        elif not any(one.first <= day <= one.last for one in shut):
            open_us = sum(_lasting_us(day, stretch) for stretch in week.of(day))
            open_days += open_us > 0
            lasting_us += open_us
    return Openings(open_days, lasting_us, unknown)


def days_of(month: Month) -> Iterator[date]:
    day = date(month.year, month.number, 1)
    while day.month == month.number:
        yield day
        day += DAY


def _in_force(told: Sequence[Told], day: date) -> Week | None:
    ends_us = to_us(datetime.combine(day + DAY, time(), tzinfo=PARIS))
    return next((one.week for one in reversed(told) if one.from_us < ends_us), None)


def _lasting_us(day: date, stretch: Opening) -> int:
    opens, closes = (
        to_us(datetime.combine(day, at, tzinfo=PARIS)) for at in (stretch.opens, stretch.closes)
    )
    return max(0, closes - opens)


def holidays(year: int) -> dict[date, str]:
    """The eleven public holidays of France, in French, in order (Code du travail, L3133-1).

    >>> [day.isoformat() for day, name in holidays(2026).items() if "Pâques" in name]
    ['2026-04-06']
    """
    easter = _easter(year)
    days = {
        date(year, 1, 1): "Jour de l’An",
        easter + DAY: "Lundi de Pâques",
        date(year, 5, 1): "Fête du Travail",
        date(year, 5, 8): "Victoire de 1945",
        easter + 39 * DAY: "Ascension",
        easter + 50 * DAY: "Lundi de Pentecôte",
        date(year, 7, 14): "Fête nationale",
        date(year, 8, 15): "Assomption",
        date(year, 11, 1): "Toussaint",
        date(year, 11, 11): "Armistice de 1918",
        date(year, 12, 25): "Noël",
    }
    return dict(sorted(days.items()))


def _easter(year: int) -> date:
    """Sunday of Easter, Gregorian. Source: Meeus, Astronomical Algorithms (1991), chapter 8."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    n = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * n) // 451
    month, day = divmod(h + n - 7 * m + 114, 31)
    return date(year, month, day + 1)
