"""A year of two labs, known to the last thousandth: with both nights in which the clocks
change, two New Years, shut weeks, months without a network and cards put back."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from kiosk.central.report.users import Definition
from kiosk.central.report.year import open_year
from tests.truth import brought
from tests.truth import counting_people as people
from tests.truth.association import found
from tests.truth.brought import Central
from tests.truth.checks import SEPARATELY, check_held, check_labs, check_month
from tests.truth.counting import count
from tests.truth.reading import export, totals
from tests.truth.year import Year

pytestmark = pytest.mark.slow

FIRST, DAYS = date(2025, 12, 20), 390
YEAR = [(2026, number) for number in range(1, 13)]
MONTHS = [(2025, 12), *YEAR, (2027, 1)]


@pytest.fixture(scope="module")
def year() -> Year:
    return Year(FIRST, DAYS)


@pytest.fixture(scope="module")
def central(year: Year) -> Central:
    made = Central()
    found(made, year)
    brought.live(year, made)
    return made


def test_every_figure_of_every_month_is_what_happened(central: Central, year: Year) -> None:
    for month in MONTHS:
        for sheet in SEPARATELY:
            check_month(central, year.truth, month, sheet)
        check_labs(central, year.truth, month)
        check_held(central, year.truth, month, FIRST)


def test_the_months_sum_to_what_happened_in_the_year(central: Central, year: Year) -> None:
    whole: Counter[str] = Counter()
    for month in YEAR:
        *_, (_, figures) = totals(export(central, month), "totaux-par-lieu")
        whole += figures
    for sums in (whole, expected := count(year.truth, YEAR[0], lambda one: True, months=12)):
        del sums["personnes"]  # the same people come again
    assert whole == expected


def test_the_report_of_the_year_is_the_sum_of_what_happened(central: Central, year: Year) -> None:
    told = open_year(central.connection, 2026).figures
    happened = count(year.truth, YEAR[0], lambda one: True, months=12)
    del happened["personnes"]
    for month in YEAR:
        happened += people.held(year.truth, month)
        for (what, _), number in people.taken(year.truth, month).items():
            happened[what] += number
        happened["objets"] += people.made(year.truth, month).total()
        happened["jours_ouverts"] += 2 * people.open_days(month, FIRST)
    assert {figure: told.sum(figure) for figure in happened} == happened


def test_who_came_in_the_year_is_counted_by_the_definition_of_2020(
    central: Central, year: Year
) -> None:
    told = open_year(central.connection, 2026)
    assert told.users(Definition.REPORT) == people.as_in_2020(year.truth, 2026)
    assert told.users(Definition.MACHINE) == people.at_machines(year.truth, 2026)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_in_which_facts_come_changes_no_byte(central: Central, seed: int) -> None:
    other = brought.shuffled(central, seed)
    for month in MONTHS:
        assert export(other, month) == export(central, month)


def test_a_late_lab_is_counted_as_if_it_had_never_been_late() -> None:
    """Another year, in which a central that lost everything is brought it lab by lab."""
    year = Year(FIRST, DAYS, seed=2, cards=False)
    brought.live(year, Central())
    other = brought.again(year, seed=3)
    for month in MONTHS:
        check_month(other, year.truth, month, "totaux-par-machine")
