"""Who may act, and for how long: wrong codes, locks, five minutes at a time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from machines.authority import (
    ACTING_S,
    FORGOTTEN_S,
    LOCK_S,
    PAIRING_S,
    PAIRING_TRIES,
    TRIES,
    PairingCode,
    Tries,
    began,
)


def test_the_fifth_wrong_code_locks_for_a_quarter_of_an_hour() -> None:
    tries = Tries()
    for left in (4, 3, 2, 1):
        tries = tries.failed(100.0)
        assert (tries.left(100.0), tries.locked_s(100.0)) == (left, 0.0)
    tries = tries.failed(100.0)
    assert tries.locked_s(100.0) == LOCK_S
    assert tries.locked_s(100.0 + LOCK_S - 1) == 1.0
    assert tries.locked_s(100.0 + LOCK_S) == 0.0


def test_after_the_lock_all_five_tries_are_there_again() -> None:
    tries = Tries()
    for _ in range(TRIES):
        tries = tries.failed(0.0)
    assert tries.left(LOCK_S) == TRIES


def test_a_wrong_code_of_this_morning_no_longer_counts() -> None:
    tries = Tries().failed(0.0).failed(0.0)
    assert tries.left(FORGOTTEN_S - 1) == 3
    assert tries.left(FORGOTTEN_S) == 5


def test_somebody_acts_for_five_minutes_from_the_last_act() -> None:
    acting = began("ines", "1", 0.0)
    assert acting.lasts("1", ACTING_S - 1)
    assert not acting.lasts("1", ACTING_S)
    assert acting.extended(200.0).lasts("1", 200.0 + ACTING_S - 1)


def test_who_acts_at_one_tablet_does_not_at_another() -> None:
    assert not began("ines", "1", 0.0).lasts("2", 1.0)


def test_a_pairing_code_dies_after_five_minutes_or_five_wrong_guesses() -> None:
    code = PairingCode("Atelier", "123456", PAIRING_S)
    assert code.lives(PAIRING_S - 1)
    assert not code.lives(PAIRING_S)
    for _ in range(PAIRING_TRIES):
        assert code.lives(0.0)
        code = code.guessed()
    assert not code.lives(0.0)


@given(st.lists(st.floats(0, 2000), max_size=60))
def test_in_any_history_of_wrong_codes_no_more_than_five_are_looked_at_in_a_quarter_of_an_hour(
    waits: list[float],
) -> None:
    tries, now, looked_at = Tries(), 0.0, []
    for wait in waits:
        now += wait
        if tries.locked_s(now) == 0:
            tries = tries.failed(now)
            looked_at.append(now)
    for first in looked_at:
        assert sum(first <= at < first + LOCK_S for at in looked_at) <= TRIES
