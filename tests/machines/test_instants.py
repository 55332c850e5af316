"""Instants: durations by the boot clock, places by anchors, months and days of Paris."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from machines.instants import (
    DRIFT,
    PARIS,
    SECOND,
    Anchor,
    Instant,
    Month,
    Opening,
    WallQuality,
    Week,
    months,
    paris,
    place,
    to_us,
    total_us,
)

HOUR = 3600 * SECOND
NOW = Instant(3, 100 * HOUR, 1_795_507_200 * SECOND, WallQuality.NTP)
CENTURY = [to_us(datetime(year, 1, 1, tzinfo=UTC)) for year in (2001, 2099)]
TIMES = st.integers(*CENTURY)


def at(text: str) -> int:
    """UTC microseconds of a Paris date and time."""
    return to_us(datetime.fromisoformat(text).replace(tzinfo=PARIS))


# -- durations --------------------------------------------------------------------------------


def test_a_wall_clock_that_jumps_changes_no_duration() -> None:
    jumped = replace(NOW, boot_us=NOW.boot_us + HOUR, wall_us=NOW.wall_us - 40 * HOUR)
    assert jumped.since(NOW) == HOUR


def test_across_a_reboot_only_the_wall_clock_is_left() -> None:
    rebooted = Instant(4, 20 * SECOND, NOW.wall_us + 2 * HOUR, WallQuality.NTP)
    assert rebooted.since(NOW) == 2 * HOUR


# -- places -----------------------------------------------------------------------------------


def test_an_anchor_places_what_was_written_before_and_after_it() -> None:
    unset = replace(NOW, wall_us=0, quality=WallQuality.UNSET)
    anchor = Anchor(3, 102 * HOUR, NOW.wall_us, 1000)
    placed = place(unset, [anchor])
    assert placed is not None
    assert placed.utc_us == NOW.wall_us - 2 * HOUR
    assert placed.error_us == 1000 + int(2 * HOUR * DRIFT)


def test_the_nearest_anchor_of_the_same_boot_counts() -> None:
    unset = replace(NOW, quality=WallQuality.RESTORED)
    near = Anchor(3, NOW.boot_us + HOUR, NOW.wall_us + HOUR, 10)
    far = Anchor(3, NOW.boot_us + 9 * HOUR, NOW.wall_us + 10 * HOUR, 10)
    other_boot = Anchor(4, NOW.boot_us, 0, 0)
    placed = place(unset, [far, other_boot, near])
    assert placed is not None
    assert placed.utc_us == NOW.wall_us


def test_what_no_anchor_reaches_is_not_placed() -> None:
    assert place(replace(NOW, quality=WallQuality.RESTORED), [Anchor(2, 0, 0, 0)]) is None


def test_a_set_clock_places_itself_within_a_second() -> None:
    placed = place(NOW, [])
    assert placed is not None
    assert (placed.utc_us, placed.error_us) == (NOW.wall_us, SECOND)


# -- months -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("month", "hours"), [("2026-03", 743), ("2026-10", 745), ("2026-11", 720), ("2028-02", 696)]
)
def test_a_month_has_the_hours_that_paris_gives_it(month: str, hours: int) -> None:
    m = Month.parse(month)
    assert m.ends_us - m.starts_us == hours * HOUR


def test_the_hour_that_comes_twice_in_october_counts_twice() -> None:
    assert at("2026-10-25 03:30") - at("2026-10-25 01:30") == 3 * HOUR


def test_a_session_over_the_last_midnight_is_cut_there() -> None:
    start, end = at("2026-10-31 23:30"), at("2026-11-01 01:45")
    cut = [(str(month), stop - begin) for month, begin, stop in months(start, end)]
    assert cut == [("2026-10", HOUR // 2), ("2026-11", 105 * 60 * SECOND)]


@given(TIMES, st.integers(0, 400 * 24 * HOUR))
def test_any_time_cut_into_months_sums_to_the_whole_and_each_part_is_of_its_month(
    start: int, length: int
) -> None:
    parts = list(months(start, start + length))
    assert total_us(parts) == length
    assert all(Month.of(begin) == month == Month.of(stop - 1) for month, begin, stop in parts)
    assert [stop for _, _, stop in parts][:-1] == [begin for _, begin, _ in parts][1:]


@given(TIMES)
def test_a_month_follows_the_one_before_without_a_gap(us: int) -> None:
    month = Month.of(us)
    assert month.starts_us <= us < month.ends_us
    assert month.next == Month.of(month.ends_us)
    assert Month.parse(str(month)) == month


@pytest.mark.parametrize(
    "text", ["2026", "2026-13", "2026-1", "26-11", "2026/11", "2026-11-01", "２０２６-11", ""]
)
def test_what_is_no_month_is_told_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="expected year-month, such as 2026-11"):
        Month.parse(text)


@given(TIMES)
def test_a_time_reads_back_from_paris_to_the_microsecond(us: int) -> None:
    read = paris(us) + timedelta(microseconds=us % SECOND)
    assert to_us(read) == us


# -- opening hours ----------------------------------------------------------------------------

MORNING, AFTERNOON = Opening(time(9), time(12)), Opening(time(14), time(18))
WEDNESDAYS = Week(((), (), (MORNING, AFTERNOON), (), (), (), ()))


def test_a_lunch_break_is_no_closing() -> None:
    assert WEDNESDAYS.closing_after(at("2026-11-25 11:00")) == at("2026-11-25 18:00")
    assert not WEDNESDAYS.is_open(at("2026-11-25 13:00"))
    assert WEDNESDAYS.is_open(at("2026-11-25 14:00"))
    assert not WEDNESDAYS.is_open(at("2026-11-25 18:00"))


def test_after_closing_the_next_closing_is_that_of_the_next_open_day() -> None:
    assert WEDNESDAYS.closing_after(at("2026-11-25 18:00")) == at("2026-12-02 18:00")


def test_a_lab_that_never_opens_never_closes() -> None:
    assert Week().closing_after(at("2026-11-25 11:00")) is None


@given(TIMES)
def test_the_next_closing_is_always_ahead_and_within_eight_days(us: int) -> None:
    closing = WEDNESDAYS.closing_after(us)
    assert closing is not None
    assert timedelta(0) < timedelta(microseconds=closing - us) <= timedelta(days=8)
