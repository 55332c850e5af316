"""Until when a membership lasts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.site import Memberships
from kiosk.central.validity import last_day

D2027 = date(2027, 12, 31)


@pytest.mark.parametrize(
    ("rule", "taken_on", "until"),
    [
        (Memberships(), date(2024, 2, 29), date(2025, 2, 27)),
        (Memberships(lasts_months=6), date(2026, 8, 31), date(2027, 2, 27)),
        (Memberships(ends_on="08-31"), date(2026, 8, 31), date(2026, 8, 31)),
        (Memberships(ends_on="08-31"), date(2026, 9, 1), date(2027, 8, 31)),
        (Memberships(ends_on="02-29"), date(2026, 1, 1), date(2026, 2, 28)),
        (
            Memberships(ends_on="12-31", lasts_at_least_days=31),
            date(2026, 12, 1),
            D2027,
        ),
    ],
)
def test_a_membership_lasts_as_the_rule_says(
    rule: Memberships, taken_on: date, until: date
) -> None:
    assert last_day(rule, taken_on) == until


@given(
    st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    st.sampled_from(["", "08-31", "02-29", "01-01"]),
    st.integers(0, 365),
)
def test_it_never_ends_before_what_was_promised(taken_on: date, ends_on: str, least: int) -> None:
    rule = Memberships(ends_on=ends_on, lasts_at_least_days=least)
    assert last_day(rule, taken_on) >= taken_on + timedelta(days=least if ends_on else 364 - 1)
