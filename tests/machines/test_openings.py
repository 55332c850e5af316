"""How many days a lab was open in a month, and how long: nights of the clock change included."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from machines.instants import Month
from machines.openings import Closure, Openings, Told, days_of, holidays, of_month, week_of
from tests.field import HOUR, paris_us

ALL_DAY = week_of(((("09:00", "12:00"), ("14:00", "18:00")),) * 7)
WORKDAYS = week_of(((("09:00", "12:00"), ("14:00", "18:00")),) * 5)
ALWAYS = Told(0, WORKDAYS)
NOVEMBER = Month(2026, 11)


def test_a_month_has_its_open_days_and_hours() -> None:
    assert of_month(NOVEMBER, [ALWAYS], []) == Openings(21, 21 * 7 * HOUR)


def test_a_closure_takes_its_days_out_and_a_closed_sunday_is_not_taken_twice() -> None:
    week = Closure(date(2026, 11, 9), date(2026, 11, 15))
    assert of_month(NOVEMBER, [ALWAYS], [week, week]).days == 16


def test_a_closure_over_the_end_of_the_month_takes_out_what_falls_in_it() -> None:
    holidays = Closure(date(2026, 10, 20), date(2026, 11, 2))
    assert of_month(NOVEMBER, [ALWAYS], [holidays]).days == 20


def test_new_hours_count_from_the_day_they_were_told() -> None:
    later = Told(paris_us("2026-11-16 12:00"), week_of(()))
    assert of_month(NOVEMBER, [later, ALWAYS], []).days == 10


def test_days_before_a_lab_told_its_hours_are_not_known_rather_than_closed() -> None:
    told = Told(paris_us("2026-11-16 12:00"), WORKDAYS)
    assert of_month(NOVEMBER, [told], []) == Openings(11, 11 * 7 * HOUR, unknown=15)


@pytest.mark.parametrize(("month", "hours"), [(3, -1), (10, 1), (11, 0)])
def test_a_lab_open_in_the_night_of_the_clock_change_is_open_an_hour_less_or_more(
    month: int, hours: int
) -> None:
    night = week_of(((("01:00", "04:00"),),) * 7)
    number = len(list(days_of(Month(2026, month))))
    opened = of_month(Month(2026, month), [Told(0, night)], [])
    assert opened == Openings(number, (3 * number + hours) * HOUR)


def test_hours_that_make_no_sense_are_none() -> None:
    week = week_of(((("18:00", "09:00"), ("x", "y"), ("09:00",), ("10:00", "11:00")),))  # type: ignore[arg-type]
    assert [len(day) for day in week.days] == [1, 0, 0, 0, 0, 0, 0]


def test_france_has_eleven_holidays_and_easter_moves() -> None:
    assert [len(holidays(year)) for year in (2024, 2026, 2027)] == [11, 11, 11]
    mondays = [next(d for d, n in holidays(y).items() if "Pâques" in n) for y in (2024, 2025, 2038)]
    assert mondays == [date(2024, 4, 1), date(2025, 4, 21), date(2038, 4, 26)]


@settings(max_examples=80, deadline=None)
@given(
    st.integers(2020, 2030),
    st.lists(
        st.tuples(st.integers(0, 364), st.integers(0, 40)).map(
            lambda span: (date(2026, 1, 1) + timedelta(span[0]), span[1])
        ),
        max_size=5,
    ),
)
def test_open_days_and_closed_ones_are_all_the_days_of_a_year(
    year: int, spans: list[tuple[date, int]]
) -> None:
    closures = [
        Closure(first.replace(year=year, day=min(first.day, 28)), last)
        for first, days in spans
        for last in [first.replace(year=year, day=min(first.day, 28)) + timedelta(days)]
    ]
    months = [Month(year, number) for number in range(1, 13)]
    opened = sum(of_month(month, [Told(0, ALL_DAY)], closures).days for month in months)
    shut = {
        day
        for month in months
        for day in days_of(month)
        if any(one.first <= day <= one.last for one in closures)
    }
    assert opened + len(shut) == (date(year + 1, 1, 1) - date(year, 1, 1)).days
