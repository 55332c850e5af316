"""A year of two labs once everything that ties it to anybody is forgotten: not a figure moves."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date

import pytest

from kiosk.central.privacy import mixing
from kiosk.central.report.users import Definition
from kiosk.central.report.year import open_year
from kiosk.store.disk import transaction
from machines.instants import Month
from tests.truth import brought
from tests.truth import counting_people as people
from tests.truth.association import found
from tests.truth.brought import Central
from tests.truth.checks import SEPARATELY, check_held, check_labs, check_month
from tests.truth.year import Year

pytestmark = pytest.mark.slow

FIRST, DAYS = date(2026, 1, 5), 150
LATER_US = Month(2027, 6).starts_us
SESSIONS = "SELECT subject, person FROM usage WHERE kind = 'session' AND person IS NOT NULL"


@pytest.fixture(scope="module")
def year() -> Year:
    return Year(FIRST, DAYS)


def test_every_figure_is_what_happened_after_all_was_forgotten(year: Year) -> None:
    central = Central()
    found(central, year)
    brought.live(year, central)
    before = dict(central.connection.execute(SESSIONS))
    with transaction(central.connection):
        central.connection.execute("UPDATE fact SET personal = NULL")
        months = mixing.due(central.connection, 90, LATER_US)
        assert len(months) >= 5
        for month in months:
            for step in mixing.steps(central.connection, month, LATER_US, random.Random(month)):
                step(central.connection)
        central.connection.execute("UPDATE secret SET key = zeroblob(0) WHERE name LIKE 'year-%'")
    after = dict(central.connection.execute(SESSIONS))
    assert Counter(after.values()) == Counter(before.values())
    assert sum(after[one] != before[one] for one in before) > len(before) // 4
    for number in range(1, 7):
        asked = (2026, number)
        for sheet in SEPARATELY:
            check_month(central, year.truth, asked, sheet)
        check_labs(central, year.truth, asked)
        check_held(central, year.truth, asked, FIRST)
    told = open_year(central.connection, 2026)
    assert told.users(Definition.REPORT) == people.as_in_2020(year.truth, 2026)
    assert told.users(Definition.MACHINE) == people.at_machines(year.truth, 2026)
