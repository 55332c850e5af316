"""Workshops on the central's pages: written down, ticked, changed, and filled from a file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.central.people import book
from kiosk.central.people.book import Person
from tests.central.front_door import House, Visitor, house
from tests.central.helloasso.test_pages import bring, counts
from tests.central.helloasso.test_reading import raw

FRENCH = {"Accept-Language": "fr"}
MUG = {
    "title": "Atelier mug", "day": "2026-03-14", "minutes": "120", "lab": "", "public": "",
    "participants": "4", "minors": "1",
}  # fmt: skip


@pytest.fixture
def there(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as made:
        yield made


def written(who: Visitor, **more: str) -> str:
    """The address of a workshop that was written down."""
    answer = who.post("/workshops", **(MUG | more))
    assert answer.status_code == 303, answer.text
    return answer.location


def page(who: Visitor, address: str) -> str:
    return who.get(address, headers=FRENCH).text


def test_an_animator_writes_a_workshop_down_and_it_is_in_the_list_and_in_its_total(
    there: House,
) -> None:
    who = there.animator()
    address = written(who)
    assert "4 participants" in page(who, address)
    written(who, title="Atelier badge", participants="3", minutes="90")
    shown = re.sub(r"\s+", " ", re.sub("<[^>]*>", " ", page(who, "/workshops?year=2026")))
    assert "Atelier mug 14/03/2026 — 2 h 4 dont mineurs" in shown
    assert "Total : 2 3 h 30 7" in shown
    assert "Aucun atelier" in page(who, "/workshops?year=2025")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"title": " "}, "titre"),
        ({"day": "demain"}, "date"),
        ({"minutes": "²"}, "minutes"),
        ({"minutes": "9999"}, "minutes"),
        ({"participants": "-1"}, "participants"),
        ({"minors": "5"}, "mineurs"),
        ({"public": "martian"}, "public"),
    ],
)
def test_what_cannot_be_read_is_said_and_what_was_typed_stays(
    there: House, wrong: dict[str, str], said: str
) -> None:
    who = there.animator()
    who.get("/workshops?lang=fr")
    answer = who.post("/workshops", **(MUG | {"title": "Un titre"} | wrong))
    alert = re.findall(r'role="alert">([^<]*)', answer.text)
    assert len(alert) == 1
    assert said in alert[0]
    assert there.ask("SELECT count(*) FROM workshop") == [(0,)]


def test_who_came_is_added_ticked_and_taken_out(there: House) -> None:
    ines = there.do(lambda c, act: book.join(c, act, Person("Inès", "Benali")))
    who = there.animator()
    address = written(who)
    for name in ("ines benali", "Zoé Petit", "Tom Martin"):
        assert who.post(f"{address}/seat", name=name).status_code == 303
    assert there.ask("SELECT member FROM workshop_participant ORDER BY no") == [
        (ines,),
        ("",),
        ("",),
    ]
    assert "7 participants" in page(who, address)
    who.post(f"{address}/present", shown=["1", "2", "3"], present=["1", "3"])
    assert "6 participants" in page(who, address)
    who.post(f"{address}/leave", no="3")
    assert "5 participants" in page(who, address)
    assert who.post(f"{address}/leave", no="x").status_code == 400


def test_a_workshop_is_changed_cancelled_and_held_after_all(there: House) -> None:
    who = there.animator()
    address = written(who)
    who.post(address, **(MUG | {"participants": "9"}))
    assert "9 participants" in page(who, address)
    who.post(f"{address}/cancel", cancelled="1")
    assert there.ask("SELECT count(*) FROM figure_workshop") == [(0,)]
    assert "n’a pas eu lieu" in page(who, "/workshops?year=2026")
    who.post(f"{address}/cancel", cancelled="0")
    assert there.ask("SELECT participants FROM figure_workshop") == [(9,)]


def test_a_workshop_that_a_lab_has_written_down_too_is_said(there: House) -> None:
    who = there.animator()
    address = written(who)
    assert "compterait deux fois" not in page(who, address)
    lab = "INSERT INTO figure_workshop VALUES(202603, 'ccdv', 's', 'Mugs', '2026-03-14', 60, 4,"
    there.do(lambda c, act: c.execute(f"{lab} 0, '', '', 'lab', 0)"))
    assert "même jour : Mugs." in page(who, address).replace("\xa0", " ")
    who.post(address, **(MUG | {"lab": "doret"}))
    assert "compterait deux fois" not in page(who, address)


def test_a_workshop_that_is_none_is_said(there: House) -> None:
    who = there.animator()
    assert who.get("/workshops/nothing").status_code == 404
    assert who.post("/workshops/nothing/cancel", cancelled="1").status_code == 404


def test_an_events_export_becomes_workshops_and_nobody_a_member(there: House) -> None:
    who = there.admin()
    address, shown = bring(who, raw("event-2026"), "atelier.csv")
    assert counts(shown)["new"] == 6
    assert 'value="Atelier magnets"' in shown
    answer = who.post(f"{address}/take", **_groups(shown))
    assert answer.status_code == 303, answer.text
    found = there.ask(
        "SELECT title, minutes, participants, minors FROM figure_workshop ORDER BY day"
    )
    assert found == [("Atelier mug", 120, 5, 2), ("Atelier magnets", 60, 1, 0)]
    assert there.ask("SELECT count(*) FROM member WHERE NOT animator") == [(0,)]
    done = who.get(answer.location).text
    assert "Inscription, sans adhésion" in done
    assert "Adhérent créé" not in done, "nobody became a member"
    assert who.post(f"{answer.location}/undo").status_code == 303
    assert there.ask("SELECT count(*) FROM figure_workshop") == [(0,)]


def test_one_of_two_rates_is_left_out_and_a_day_that_is_missing_is_asked_for(there: House) -> None:
    who = there.admin()
    address, shown = bring(who, raw("event-2026"), "atelier.csv")
    form = _groups(shown) | {"where-1": "out"}
    answer = who.post(f"{address}/take", **(form | {"day-0": ""}))
    assert 'role="alert"' in answer.text
    assert who.post(f"{address}/take", **form).status_code == 303
    assert there.ask("SELECT title FROM figure_workshop") == [("Atelier mug",)]


def test_later_seats_go_to_the_workshop_that_there_is(there: House) -> None:
    who = there.admin()
    lines = raw("event-2026").split(b"\r\n")
    address, shown = bring(who, b"\r\n".join(lines[:3]), "atelier.csv")
    who.post(f"{address}/take", **_groups(shown))
    address, shown = bring(who, raw("event-2026"), "atelier.csv")
    assert counts(shown)["matched"] == 2
    who.post(f"{address}/take", **(_groups(shown) | {"where-1": "out"}))
    assert there.ask("SELECT title, participants FROM figure_workshop") == [("Atelier mug", 5)]


def _groups(shown: str) -> dict[str, str]:
    """What the form holds as it is shown."""
    values = dict(
        re.findall(r'<input name="((?:title|day|minutes)-\d)"[^>]*value="([^"]*)"', shown)
    )
    for n, select in re.findall(r'<select name="where-(\d)">(.*?)</select>', shown, re.DOTALL):
        chosen = re.findall(r'value="(\w+)" selected', select)
        values[f"where-{n}"] = chosen[0] if chosen else "new"
    return values
