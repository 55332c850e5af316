"""The report, its lists and the closings, as somebody at the central opens them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.central.schema import open_writer
from tests.central.front_door import House, Visitor
from tests.central.shelf import Shelf
from tests.central.test_export import november
from tests.field import paris_us


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    writer = open_writer(tmp_path / "central.db")
    november(Shelf.over(writer))
    writer.close()
    made = House(tmp_path, "2026-12-05 11:00", exports=tmp_path / "exports")
    yield made
    made.central.close()


def links(page: str) -> list[str]:
    found = re.findall(r'href="(/report/2026/[^"]+)"', page)
    return sorted({link.replace("&amp;", "&") for link in found})


def rows(visitor: Visitor, path: str) -> list[dict[str, str]]:
    got = visitor.get(path)
    assert got.status_code == 200, path
    return list(csv.DictReader(io.StringIO(got.data.decode("utf-8-sig")), delimiter=";"))


def test_every_figure_of_the_page_opens_on_its_list(house: House) -> None:
    visitor = house.animator()
    page = visitor.get("/report?year=2026&lang=fr").text
    assert "En 2026, 3 usagers" in page
    assert "Les colonnes des lieux ne s’ajoutent pas" in page, "one asks why they do not"
    found = links(page)
    assert len(found) > 15
    for link in found:
        assert visitor.get(link).status_code == 200, link


def test_a_list_has_the_lines_that_its_figure_counts(house: House) -> None:
    visitor = house.animator()
    all_of = rows(visitor, "/report/2026/sessions.csv")[:-1]
    begun = [row for row in all_of if row["Commencé dans le mois"] == "oui"]
    assert len(begun) == 6
    laser = rows(visitor, "/report/2026/sessions.csv?family=laser&month=2026-11")
    assert {row["Machine"] for row in laser[:-1]} == {"laser"}
    users = rows(visitor, "/report/2026/users.csv")[:-1]
    assert len(users) == 3
    assert all(row["Usager (pseudonyme de l'année)"].startswith("U-") for row in users)
    companies = rows(visitor, "/report/2026/users.csv?category=company")[:-1]
    assert len(companies) == 1


def test_a_list_says_of_what_it_is(house: House) -> None:
    page = house.animator().get("/report/2026/sessions?family=laser&month=2026-11&lang=fr").text
    assert "Sessions, novembre 2026</h1>" in page
    assert "<p>découpe laser · " in page


def test_sessions_are_listed_as_long_as_they_are_kept_and_their_figures_stay(
    house: House,
) -> None:
    house.clock.wall_us = paris_us("2027-02-10 11:00")
    visitor = house.animator()
    assert "6" in visitor.get("/report?year=2026").text
    page = visitor.get("/report/2026/sessions?lang=fr").text
    assert "La conservation est passée pour 2026-01, " in page
    assert "2026-10" in page
    begun = {row["Début"][3:10] for row in rows(visitor, "/report/2026/sessions.csv")[:-1]}
    assert "11/2026" in begun
    house.clock.wall_us = paris_us("2027-06-10 11:00")
    visitor = house.animator()
    (total,) = rows(visitor, "/report/2026/sessions.csv")
    assert total["Lieu"] == "TOTAL"
    assert len(rows(visitor, "/report/2026/users.csv")) == 4


def test_nobody_s_roster_id_or_name_is_on_any_page_or_in_any_file(house: House) -> None:
    visitor = house.animator()
    page = visitor.get("/report?year=2026").text
    paths = ["/report/file.html?year=2026", "/report/file.txt?year=2026", *links(page)]
    for path in ("/report?year=2026", *paths):
        got = visitor.get(path).text.replace("machines", "").replace("Machines", "")
        assert "ines" not in re.sub("lines|signes|usines", "", got), path
        assert "yann" not in got, path


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/report?year=1999", 400),
        ("/report?year=2027", 400),
        ("/report?year=abc", 400),
        ("/report?definition=all", 400),
        ("/report?lab=nope", 404),
        ("/report/2026/nope", 404),
        ("/report/99999/sessions", 404),
        ("/report/2026/sessions?month=2026-13", 400),
        ("/report/2026/sessions?lab=nope", 404),
        ("/report/file.exe", 404),
    ],
)
def test_what_makes_no_sense_gets_a_sentence(house: House, path: str, code: int) -> None:
    got = house.animator().get(path)
    assert got.status_code == code
    assert "<h1>" in got.text


def test_an_empty_central_says_that_nothing_is_ready(tmp_path: Path) -> None:
    house = House(tmp_path)
    got = house.animator().get("/report?lang=fr")
    assert got.status_code == 503
    assert "Aucun chiffre n’est prêt" in got.text
    assert "Rien n’est clos" in house.animator().get("/closings").text
    house.central.close()


def test_an_animator_sees_what_is_closed_and_an_administrator_closes(house: House) -> None:
    assert "Clore octobre 2026" not in house.animator().get("/closings").text
    assert house.animator().post("/closings/2026-10/close").status_code == 403
    admin = house.admin()
    assert "Clore octobre 2026" in admin.get("/closings").text
    refused = admin.post("/closings/2026-11/close")
    assert refused.status_code == 409
    assert "Avant 2026-11, il faut clore 2026-10." in refused.text
    silent = admin.post("/closings/2026-11/close", incomplete="yes")
    assert silent.status_code == 409
    assert admin.post("/closings/2026-10/close", incomplete="yes").status_code == 303
    page = admin.get("/closings").text
    assert "Clore novembre 2026" in page
    assert "Claire" in page
    assert (house.site.exports / "closed/2026-10/manifest.json").is_file()
    assert house.ask("SELECT by, detail FROM audit WHERE verb = 'close'") == [
        ("account:Claire", "2026-10")
    ]


def test_the_page_verifies_a_closing_and_says_what_was_changed(house: House) -> None:
    admin = house.admin()
    admin.post("/closings/2026-10/close", incomplete="yes")
    page = admin.post("/closings/2026-10/verify").text
    assert page.count("✓ comme à la clôture") == 5
    path = house.site.exports / "closed/2026-10/chiffres.csv"
    path.write_bytes(path.read_bytes() + b"x")
    page = admin.post("/closings/2026-10/verify").text
    assert "chiffres.csv a été modifié" in page
    assert admin.post("/closings/2026-09/verify").status_code == 404
    assert admin.post("/closings/nope/verify").status_code == 404


def test_a_post_from_elsewhere_closes_nothing(house: House) -> None:
    admin = house.admin()
    got = admin.post("/closings/2026-10/close", origin="http://evil.example", incomplete="yes")
    assert got.status_code == 403
    assert house.ask("SELECT count(*) FROM closing") == [(0,)]
