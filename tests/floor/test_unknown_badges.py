"""Badges of nobody's: each with a code that is read aloud, for some minutes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kiosk.floor.unknown_badges import GOOD_S, LENGTH, LETTERS, MOST, UnknownBadges


class Seconds:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_badge_keeps_its_code_while_it_is_good_and_gets_another_afterwards() -> None:
    seconds = Seconds()
    badges = UnknownBadges(seconds)
    code = badges.met("0000001A")
    seconds.now = GOOD_S - 1
    assert badges.met("0000001A") == code
    seconds.now = 2 * GOOD_S
    assert badges.find(code) is None
    assert len(badges.met("0000001A")) == LENGTH


def test_a_badge_that_lies_on_the_reader_was_read_twice() -> None:
    badges = UnknownBadges(Seconds())
    code = badges.met("0000001A")
    found = badges.find(code)
    assert found is not None
    assert not found.twice
    badges.again("0000001A")
    assert found.twice


def test_a_badge_that_is_somebody_s_has_no_code_any_more() -> None:
    badges = UnknownBadges(Seconds())
    code = badges.met("0000001A")
    badges.forget("0000001A")
    assert badges.find(code) is None
    assert badges.all() == ()


@given(st.lists(st.integers(0, 2**32 - 1), max_size=80))
def test_no_two_badges_have_one_code_and_no_more_are_kept_than_a_lab_has(
    numbers: list[int],
) -> None:
    badges = UnknownBadges(Seconds())
    for number in numbers:
        code = badges.met(f"{number:08X}")
        assert len(code) == LENGTH
        assert set(code) <= set(LETTERS)
    codes = [one.code for one, _ in badges.all()]
    assert len(set(codes)) == len(codes) <= MOST
