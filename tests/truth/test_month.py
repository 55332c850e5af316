"""A month of two labs, known to the last thousandth: its export says nothing else."""

from __future__ import annotations

from datetime import date

import pytest

from tests.truth import brought
from tests.truth.association import found
from tests.truth.brought import Central
from tests.truth.checks import SEPARATELY, check_held, check_labs, check_month
from tests.truth.reading import anew, export
from tests.truth.year import Year

#: With the night in which the clocks go back, a card put back, and two weeks without a network.
FIRST, DAYS = date(2026, 10, 5), 32
MONTHS = ((2026, 10), (2026, 11))


@pytest.fixture(scope="module")
def year() -> Year:
    return Year(FIRST, DAYS)


@pytest.fixture(scope="module")
def central(year: Year) -> Central:
    made = Central()
    found(made, year)
    brought.live(year, made)
    return made


@pytest.mark.parametrize("month", MONTHS)
@pytest.mark.parametrize("sheet", SEPARATELY)
def test_every_figure_is_what_happened(
    central: Central, year: Year, month: tuple[int, int], sheet: str
) -> None:
    check_month(central, year.truth, month, sheet)


@pytest.mark.parametrize("month", MONTHS)
def test_a_lab_by_itself_has_the_figures_that_it_has_among_all(
    central: Central, year: Year, month: tuple[int, int]
) -> None:
    check_labs(central, year.truth, month)


@pytest.mark.parametrize("month", MONTHS)
def test_what_was_made_held_taken_and_open_is_what_happened(
    central: Central, year: Year, month: tuple[int, int]
) -> None:
    check_held(central, year.truth, month, FIRST)


def test_what_no_clock_dates_is_apart_and_all_there(central: Central, year: Year) -> None:
    undated = [sat for sat in year.truth.sat if not sat.dated]
    (total,) = central.connection.execute(
        "SELECT sum(used_us) FROM usage WHERE month = 0 AND kind = 'session'"
    ).fetchone()
    assert undated
    assert total == sum(stop - start for sat in undated for start, stop in sat.while_)


def test_a_month_exported_twice_is_the_same_bytes(central: Central) -> None:
    assert anew(central, MONTHS[0]) == anew(central, MONTHS[0])


@pytest.mark.parametrize("seed", range(3))
def test_the_order_in_which_facts_come_changes_no_byte(central: Central, seed: int) -> None:
    other = brought.shuffled(central, seed)
    for month in MONTHS:
        assert export(other, month) == export(central, month)


def test_a_central_that_lost_everything_is_brought_the_same_figures() -> None:
    year = Year(FIRST, DAYS, seed=2, cards=False)
    brought.live(year, Central())
    other = brought.again(year, seed=1)
    for sheet in SEPARATELY:
        check_month(other, year.truth, MONTHS[0], sheet)
