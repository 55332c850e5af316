"""Until when a membership lasts that was taken on some day: HelloAsso's files do not say."""

from __future__ import annotations

from datetime import date, timedelta

from config.site import Memberships
from machines.members import months_after

#: The last day of a membership that has none.
NEVER = date(9999, 12, 31)


def last_day(rule: Memberships, taken_on: date) -> date:
    """By months from that day on, or the day of the year on which they all end.

    >>> last_day(Memberships(), date(2026, 1, 4))
    datetime.date(2027, 1, 3)
    >>> last_day(Memberships(ends_on="08-31", lasts_at_least_days=60), date(2026, 7, 15))
    datetime.date(2027, 8, 31)
    >>> last_day(Memberships(lasts_months=0), date(2026, 1, 4)) == NEVER
    True
    """
    if not rule.ends_on:
        if not rule.lasts_months:
            return NEVER
        return months_after(taken_on, rule.lasts_months) - timedelta(days=1)
    earliest = taken_on + timedelta(days=rule.lasts_at_least_days)
    ends = (_on(year, rule.ends_on) for year in range(earliest.year, earliest.year + 2))
    return next(day for day in ends if day >= earliest)


def _on(year: int, month_and_day: str) -> date:
    """`02-29` is the last of February where there is none."""
    month, day = map(int, month_and_day.split("-"))
    return months_after(date(2000, month, day), 12 * (year - 2000))
