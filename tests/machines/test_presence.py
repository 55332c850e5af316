"""One presentation of a badge, whatever its reader repeats."""

from __future__ import annotations

import doctest

from hypothesis import given
from hypothesis import strategies as st

from machines import presence
from machines.instants import SECOND
from machines.presence import APART_US, Presence

frames = st.lists(st.tuples(st.sampled_from("ABC"), st.integers(0, 6 * SECOND)), max_size=60)


def test_the_examples_hold() -> None:
    assert doctest.testmod(presence).failed == 0


def test_a_badge_held_for_a_minute_is_one_presentation() -> None:
    here = Presence()
    news = [here.frame("ines", at) for at in range(0, 60 * SECOND, SECOND // 10)]
    assert news.count(True) == 1


def test_a_badge_tapped_twice_within_three_seconds_is_one_presentation() -> None:
    here = Presence()
    assert here.frame("ines", 0)
    assert not here.frame("ines", 3 * SECOND - 1)


def test_a_badge_that_was_away_for_three_seconds_is_a_new_presentation() -> None:
    here = Presence()
    here.frame("ines", 0)
    assert here.is_away("ines", 3 * SECOND)
    assert here.frame("ines", 3 * SECOND)


def test_another_badge_is_a_new_presentation_at_once() -> None:
    here = Presence()
    here.frame("ines", 0)
    assert here.frame("tom", 1)


def test_two_badges_held_together_are_two_presentations_and_not_twenty() -> None:
    here = Presence()
    news = [here.frame("ines" if n % 2 else "tom", n * 50_000) for n in range(100)]
    assert news.count(True) == 2


@given(frames)
def test_in_any_history_a_presentation_begins_exactly_after_an_absence(
    steps: list[tuple[str, int]],
) -> None:
    here, at, last = Presence(), 0, {}
    for number, wait in steps:
        at += wait
        absent = number not in last or at - last[number] >= APART_US
        assert here.is_away(number, at) == absent
        assert here.frame(number, at) == absent
        last[number] = at


def test_a_badge_left_on_a_reader_is_not_a_tap_when_the_reader_comes_back() -> None:
    here = Presence()
    here.listen(0)
    heard = range(SECOND // 20, 60 * SECOND, SECOND // 10)
    assert not any(here.frame("ines", at) for at in heard)
    assert here.frame("ines", 64 * SECOND), "taken away, and presented"


def test_a_badge_presented_to_a_reader_that_has_listened_for_a_while_is_one() -> None:
    here = Presence()
    here.listen(0)
    assert here.frame("ines", 2 * SECOND)
