"""Who may use what: memberships, clearances, and when these end by themselves."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from machines.members import (
    Clearance,
    ClearanceRule,
    End,
    Ends,
    Lack,
    Member,
    Refusal,
    access,
    ends,
    lack,
    may_grant,
    months_after,
)

TODAY = date(2026, 11, 24)
YEAR = date(2027, 8, 31)
RULES = {"laser": ClearanceRule(months=24, unused_months=6)}
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


def ana(*clearances: Clearance, until: date | None = YEAR, animator: bool = False) -> Member:
    return Member("m-ana", "Ana", "B", member_until=until, animator=animator, clearances=clearances)


def laser(member: Member, today: date = TODAY) -> Refusal | None:
    return access(member, "laser", "laser", True, today, RULES)


def test_a_clearance_that_was_not_used_for_six_months_is_over() -> None:
    unused = ana(Clearance("laser", since=date(2026, 1, 10), used=date(2026, 5, 24)))
    assert laser(unused) is None, "its last day is still good"
    assert laser(unused, TODAY + timedelta(1)) is Refusal.CLEARANCE_OVER
    told = lack(unused, "laser", "laser", True, TODAY + timedelta(1), RULES)
    over = Ends(TODAY, End.DISUSE, 6)
    assert told == Lack(Refusal.CLEARANCE_OVER, "laser", over)


def test_a_clearance_is_over_two_years_after_it_was_granted_however_much_it_was_used() -> None:
    old = ana(Clearance("laser", since=date(2024, 11, 24), used=TODAY))
    assert laser(old) is None
    assert laser(old, TODAY + timedelta(1)) is Refusal.CLEARANCE_OVER


def test_a_clearance_with_a_day_of_its_own_does_not_age_but_may_fall_out_of_use() -> None:
    dated = Clearance("laser", since=date(2020, 1, 1), until=YEAR, used=date(2026, 11, 1))
    assert ends(dated, RULES) == Ends(date(2027, 5, 1), End.DISUSE, 6)
    assert ends(dated, {}) == Ends(YEAR, End.DATED)


def test_a_clearance_of_which_nobody_knows_since_when_ends_by_no_rule() -> None:
    assert ends(Clearance("laser"), RULES) is None


def test_one_good_clearance_of_the_family_is_enough_and_the_last_that_ended_is_told() -> None:
    over = Clearance("laser", until=date(2026, 3, 3))
    assert laser(ana(over, Clearance("family:laser"))) is None
    later = Clearance("family:laser", until=date(2026, 9, 30))
    told = lack(ana(over, later), "laser", "laser", True, TODAY, RULES)
    assert told is not None
    assert (told.of, told.ends) == ("family:laser", Ends(date(2026, 9, 30), End.DATED))


def test_whose_membership_is_over_is_told_that_first() -> None:
    assert laser(ana(Clearance("laser"), until=date(2026, 11, 23))) is Refusal.MEMBERSHIP_OVER
    assert laser(ana(until=None)) is Refusal.MEMBERSHIP_OVER
    assert laser(ana()) is Refusal.NO_CLEARANCE


def test_an_animator_grants_everything_and_a_trainer_what_they_train_for_while_it_is_good() -> None:
    trainer = ana(Clearance("laser", since=TODAY, trains=True), Clearance("saw"))
    assert may_grant(trainer, "laser", TODAY, RULES)
    assert not may_grant(trainer, "saw", TODAY, RULES)
    assert not may_grant(trainer, "laser", TODAY + timedelta(200), RULES)
    assert may_grant(ana(animator=True), "saw", TODAY, RULES)


@given(DAYS, st.integers(0, 60), st.integers(0, 60))
def test_a_later_day_or_a_longer_rule_never_ends_sooner(day: date, few: int, more: int) -> None:
    less, long = sorted((few, more))
    assert months_after(day, less) <= months_after(day, long)
    assert months_after(day, less) <= months_after(day + timedelta(1), less)
    assert months_after(day, less).day <= day.day
