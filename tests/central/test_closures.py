"""The page of openings: closures added, changed, removed and put back; holidays proposed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.central.front_door import House, house
from tests.central.workbook.test_pages import brought, english


@pytest.fixture
def there(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as made:
        brought(made)
        yield made
        made.app.extensions["central.tasks"].close()


def written(there: House) -> list[tuple[object, ...]]:
    return there.ask("SELECT lab, first, last, why FROM closure ORDER BY first")


def test_a_closure_is_added_changed_removed_and_put_back(there: House) -> None:
    who = english(there.animator())
    who.post("/openings", lab="ccdv", first="2026-12-24", last="2026-12-31", why="Noël")
    assert written(there) == [("ccdv", "2026-12-24", "2026-12-31", "Noël")]
    who.post("/openings/1", lab="", first="2026-12-24", last="2027-01-02", why="Vacances")
    assert written(there) == [("", "2026-12-24", "2027-01-02", "Vacances")]
    page = who.post("/openings/1/remove").text
    assert written(there) == []
    again = dict(re.findall(r'type="hidden" name="(lab|first|last|why)" value="([^"]*)"', page))
    who.post("/openings", **again)
    assert written(there) == [("", "2026-12-24", "2027-01-02", "Vacances")]
    assert len(there.ask("SELECT 1 FROM audit WHERE verb LIKE 'closure%'")) == 4


def test_one_day_needs_no_last_day_and_the_same_closure_is_written_once(there: House) -> None:
    for _ in range(2):
        english(there.animator()).post("/openings", lab="", first="2026-12-24", why="")
    assert written(there) == [("", "2026-12-24", "2026-12-24", "")]


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"first": "24/12/2026"}, "Expected a day"),
        ({"first": "2026-12-24", "last": "2026-12-01"}, "comes before"),
        ({"first": "2026-12-24", "last": "2028-12-24"}, "a year at most"),
        ({"first": "2026-12-24", "lab": "nowhere"}, "not known"),
        ({}, "Expected a day"),
    ],
)
def test_what_makes_no_sense_is_told_and_the_form_keeps_what_was_typed(
    there: House, form: dict[str, str], said: str
) -> None:
    answer = english(there.animator()).post("/openings", **form, why="Travaux")
    assert answer.status_code == 400
    assert said in answer.text
    assert 'value="Travaux"' in answer.text
    assert written(there) == []


def test_the_holidays_that_are_chosen_close_every_lab_and_are_proposed_no_more(
    there: House,
) -> None:
    who = english(there.animator())
    assert who.get("/openings?year=2026").text.count('name="day"') == 11
    who.client.post(
        "/openings/holidays",
        data={"csrf": who.token(), "year": "2026", "day": ["2026-11-11", "2026-05-01"]},
        headers={"Origin": "http://localhost"},
    )
    assert written(there) == [
        ("", "2026-05-01", "2026-05-01", "Fête du Travail"),
        ("", "2026-11-11", "2026-11-11", "Armistice de 1918"),
    ]
    assert who.get("/openings?year=2026").text.count('name="day"') == 9


def test_a_closure_that_another_has_removed_is_said_to_be_gone(there: House) -> None:
    who = english(there.animator())
    assert who.post("/openings/7/remove").status_code == 404
    assert who.post("/openings/7", first="2026-12-24").status_code == 404
    assert who.get("/openings?year=x").status_code == 400


def test_open_days_of_a_lab_stand_in_the_page(there: House) -> None:
    page = english(there.animator()).get("/openings?year=2026").text
    assert "CCDV · days" in page
    assert "<td>20 <small>4 unknown</small></td><td>140.0</td>" in page
    assert "<td>–</td><td>–</td>" in page
