"""When the boot clock is tied to the true time."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from machines.anchors import EVERY_US, MOVED_US, anchor, anchor_due
from machines.instants import SECOND, Anchor, Instant, WallQuality, place

HOUR = 3600 * SECOND
SET = Instant(1, 20 * SECOND, 1_795_507_200 * SECOND, WallQuality.NTP)
UNSET = replace(SET, quality=WallQuality.RESTORED)


def later(at: Instant, us: int, stepped_us: int = 0) -> Instant:
    return replace(at, boot_us=at.boot_us + us, wall_us=at.wall_us + us + stepped_us)


def test_a_clock_that_was_never_set_is_no_anchor() -> None:
    assert not anchor_due(None, UNSET)
    assert not anchor_due(None, UNSET, leaving=True)
    assert not anchor_due(None, replace(SET, quality=WallQuality.UNSET))


def test_the_first_set_clock_of_a_boot_is_an_anchor() -> None:
    assert anchor_due(None, SET)
    assert anchor_due(SET, replace(later(SET, HOUR), boot_no=2))


def test_a_clock_that_goes_on_as_before_is_no_new_anchor() -> None:
    assert not anchor_due(SET, later(SET, HOUR))
    assert not anchor_due(SET, later(SET, HOUR, stepped_us=MOVED_US))
    assert not anchor_due(SET, later(SET, HOUR, stepped_us=-MOVED_US))


def test_a_clock_that_was_put_forward_or_back_is_a_new_anchor() -> None:
    assert anchor_due(SET, later(SET, HOUR, stepped_us=MOVED_US + 1))
    assert anchor_due(SET, later(SET, HOUR, stepped_us=-MOVED_US - 1))


def test_every_six_hours_and_before_a_shutdown_there_is_an_anchor() -> None:
    assert not anchor_due(SET, later(SET, EVERY_US - 1))
    assert anchor_due(SET, later(SET, EVERY_US))
    assert anchor_due(SET, later(SET, HOUR), leaving=True)


def test_a_better_clock_is_a_new_anchor() -> None:
    assert anchor_due(replace(SET, quality=WallQuality.RTC), later(SET, HOUR))


def test_an_anchor_says_where_it_has_its_time_from() -> None:
    assert anchor(SET).source == "ntp"
    assert anchor(replace(SET, quality=WallQuality.RTC)).source == "rtc"
    assert anchor(SET).utc_us == SET.wall_us


@given(st.lists(st.tuples(st.integers(0, 3 * HOUR), st.integers(-HOUR, HOUR)), max_size=20))
def test_in_any_history_an_anchor_is_never_far_from_the_wall_clock(steps) -> None:
    """Whatever the wall clock is put to, the last anchor places it within its error."""
    last, now = None, SET
    for us, stepped_us in [(0, 0), *steps]:
        now = later(now, us, stepped_us)
        if anchor_due(last, now):
            last = now
        said = anchor(last)
        placed = place(now, [Anchor(1, last.boot_us, said.utc_us, said.error_us)])
        assert placed is not None
        assert placed.lo_us <= now.wall_us <= placed.hi_us
