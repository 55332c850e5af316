"""A year is its twelve months, and people are counted once in it."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.central.report.users import Definition
from kiosk.central.report.year import open_year
from kiosk.central.totals import tally
from tests.central.shelf import Shelf, described
from tests.central.test_export import november
from tests.field import Field
from tests.machines.test_usage import Story, stories

MONTHS = [f"2026-{number:02d}" for number in range(1, 13)]


def test_a_year_is_the_sum_of_what_its_months_print() -> None:
    shelf = november()
    year = open_year(shelf.connection, 2026)
    months: Counter[str] = Counter()
    for month in MONTHS:
        months += tally(shelf.book(month).rows).sums
    assert months["session_h"] > 0
    assert months["impressions"] > 0
    assert {figure: year.figures.sum(figure) for figure in months} == dict(months)
    assert year.figures.sum("session_h", lab="doret") == 1_005
    assert sum(year.figures.by("session_h", "period").values()) == months["session_h"]
    assert sum(year.by_family("session_h").values()) == months["session_h"]


def test_somebody_who_comes_to_both_labs_is_one_user_of_the_year_and_one_of_each_lab() -> None:
    year = open_year(november().connection, 2026)
    for definition in Definition:
        assert year.users(definition) == {"individual": 2, "company": 1, "total": 3}
        assert year.users(definition, lab="ccdv")["total"] == 3
        assert year.users(definition, lab="doret") == {"individual": 1, "total": 1}
    assert open_year(november().connection, 2026, "doret").users(Definition.PEOPLE)["total"] == 1


def test_a_session_over_new_year_counts_its_member_once_and_its_hours_in_both_years() -> None:
    lab = described(Field("2026-12-31 23:00"))
    session = lab.open("laser", "ines")
    lab.advance(hours=2)
    lab.close(session)
    lab.advance(hours=10)
    session = lab.open("laser", "ines")
    lab.advance(hours=1)
    lab.close(session)
    shelf = Shelf()
    shelf.lay(lab.entries)
    shelf.fold()
    for number, hours in ((2026, 1_000), (2027, 2_000)):
        year = open_year(shelf.connection, number)
        assert year.figures.sum("session_h") == hours
        assert year.figures.sum("sessions") == 1
        assert year.users(Definition.MACHINE)["total"] == 1


def test_a_person_who_changed_category_is_in_both_lines_and_once_in_the_total() -> None:
    lab = described(Field("2026-03-02 10:00"))
    for category in ("individual", "company"):
        session = lab.open("laser", "ines", category=category)
        lab.advance(hours=1)
        lab.close(session)
    shelf = Shelf()
    shelf.lay(lab.entries)
    shelf.fold()
    counted = open_year(shelf.connection, 2026).users(Definition.PEOPLE)
    assert counted == {"individual": 1, "company": 1, "several": 1, "total": 1}


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(stories(), st.randoms(use_true_random=False), st.integers(1, 7))
def test_in_any_history_and_any_order_of_arrival_a_year_is_the_same_sum_of_its_months(
    story: Story, chance: random.Random, step: int
) -> None:
    told = list(story.lab.entries)
    years = []
    for _ in range(2):
        shelf = Shelf()
        shelf.know_keys()
        shelf.lay(told)
        shelf.fold(step)
        year = open_year(shelf.connection, 2026)
        months: Counter[str] = Counter()
        for month in MONTHS:
            months += tally(shelf.book(month).rows).sums
        assert {f: year.figures.sum(f) for f in months} == dict(months)
        years.append(year.figures.cells)
        shelf.connection.close()
        chance.shuffle(told)
    assert years[0] == years[1]
