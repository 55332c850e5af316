"""Whatever somebody typed, at a lab or here, is text on every page and in every file."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from kiosk.central.people import book
from kiosk.central.people.book import Person
from kiosk.central.report.lists import NAMES as LISTS
from kiosk.central.schema import open_writer
from tests.central.front_door import House, Visitor, house
from tests.central.hostile import NAMES, spoil
from tests.central.shelf import Shelf
from tests.central.test_tasks import until
from tests.field import Field

pytestmark = pytest.mark.slow  # some ten seconds of pages

#: What a spreadsheet takes for a formula, and what turns the text around it.
FORMULA = tuple("=+-@\t\r\n＝＋－＠")
TURNS = re.compile("[\u202a-\u202e\u2066-\u2069\x00]")
NUMBER = re.compile(r"[-+\u2212]?[\d\s\u202f,.]+%?|[-–]")


class Harmless(HTMLParser):
    """Fails at a script of nobody's, at what runs by itself, at what is fetched from elsewhere."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            assert not name.startswith("on"), (tag, attrs)
            if name in ("href", "src", "action"):
                ours = re.match(r"$|[/?#]|file\.|[a-z0-9-]+\.html|data:image/svg", value or "")
                assert ours, (tag, attrs)
        assert tag not in ("iframe", "object", "embed", "base"), tag
        if tag in ("script", "img"):
            assert (dict(attrs).get("src") or "").startswith(("/static/", "data:image/")), attrs


@pytest.fixture(scope="module")
def fablab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = Path(tmp_path_factory.mktemp("central"))
    writer = open_writer(folder / "central.db")
    shelf = Shelf.over(writer)
    for number, name in enumerate(NAMES):
        lab = Field("2026-11-24 09:00", store=f"{number:032x}")
        spoil(lab, name)
        shelf.lay(lab.entries, f"lab-{number}")
    shelf.fold()
    writer.close()
    with house(folder, exports=folder / "exports") as made:
        made.app.testing = False  # a fault is a 500, as it is in a FabLab
        laser = "INSERT INTO usage_machine VALUES('lab-0', 'laser', '', 'laser', 'watched', 0, 0)"
        made.do(lambda c, act: c.execute(laser))
        claire = made.admin()
        for number, name in enumerate(NAMES):
            typed(made, claire, f"M{number}", name)
        yield made


def typed(made: House, claire: Visitor, member: str, name: str) -> None:
    """By every form that takes words, and past the forms where a lab or a file tells them."""
    claire.post("/people/organisations", name=name, category="company")
    made.do(lambda c, act: book.join(c, act, Person(name, name), member, provisional="lab-0"))
    claire.post(f"/people/{member}/do/renew", rate=name)
    claire.post(f"/people/{member}/do/clearance", of="family:laser", until="2026-11-28")
    claire.post(f"/people/{member}/do/clearance", of="family:cnc")
    claire.post(f"/people/{member}/do/clearance-over", of="family:cnc", why=name)
    held = claire.post(
        "/workshops", title=name, day="2026-11-20", minutes="60", participants="3", lab=""
    )
    assert held.status_code == 303
    assert claire.post(f"{held.location}/seat", name=name).status_code == 303
    claire.post("/openings", first="2026-11-11", last="2026-11-11", why=name, lab="")


def paths(fablab: House) -> list[str]:
    members = [f"M{number}" for number in range(len(NAMES))]
    workshops = [id_ for (id_,) in fablab.ask("SELECT id FROM workshop")]
    assert len(workshops) == len(NAMES)
    return [
        *("/", "/people", "/people/organisations", "/people/lists", "/people/checks"),
        *("/people/lists/clearances", "/people/lists/memberships", "/people/audit"),
        *("/people/lists/may-use?of=family:laser", "/workshops", "/openings", "/exports"),
        *("/imports", "/closings", "/privacy/", "/privacy/register", "/privacy/notice"),
        *("/report?year=2026", "/report/file.html?year=2026", "/people?q=%3D"),
        *(f"/lab/lab-{number}?month=2026-11" for number in range(len(NAMES))),
        *(f"/people/{one}{page}" for one in members for page in ("", "/edit", "/merge?q=a")),
        *(f"/privacy/member/{one}{page}" for one in members for page in ("", "/data.html")),
        *(f"/workshops/{one}" for one in workshops),
        *(f"/report/2026/{name}" for name in LISTS),
    ]


def test_it_is_text_on_every_page(fablab: House) -> None:
    claire = fablab.admin()
    for path in paths(fablab):
        page = claire.get(path)
        assert page.status_code == 200, path
        try:
            Harmless().feed(page.text)
        except AssertionError as wrong:
            pytest.fail(f"{path}: {wrong}")


def test_it_is_a_plain_cell_in_every_list(fablab: House) -> None:
    claire = fablab.admin()
    lists = ["clearances.csv", "memberships.csv", "may-use.csv?of=family:laser"]
    for path in (
        *(f"/people/lists/{one}" for one in lists),
        *(f"/report/2026/{name}.csv" for name in LISTS),
    ):
        got = claire.get(path)
        assert got.status_code == 200, path
        rows = list(csv.reader(io.StringIO(got.data.decode("utf-8-sig")), delimiter=";"))
        assert len({len(row) for row in rows}) == 1, path
        for cell in (cell for row in rows for cell in row):
            assert not cell.startswith(FORMULA) or NUMBER.fullmatch(cell), (path, cell)


def test_it_is_no_formula_and_no_path_in_what_is_fetched(fablab: House) -> None:
    claire = fablab.admin()
    begun = claire.post("/exports", month="2026-11").location
    until(lambda: ".zip" in claire.get(begun).text)
    for kind in ("xlsx", "ods"):
        with zipfile.ZipFile(io.BytesIO(claire.get(f"{begun}/2026-11.{kind}").data)) as file:
            text = "".join(file.read(name).decode() for name in file.namelist())
        formulas = re.findall(r"<f>([^<]*)</f>|table:formula=\"([^\"]*)\"", text)
        assert formulas
        assert all("SUBTOTAL(" in "".join(one) for one in formulas)
        assert "example.org" not in "".join(re.findall(r'(?:Target|xlink:href)="[^"]*"', text))
    with zipfile.ZipFile(io.BytesIO(claire.get(f"{begun}/2026-11.zip").data)) as file:
        assert all(re.fullmatch(r"[\w./-]+", one) and ".." not in one for one in file.namelist())


def test_a_lab_that_nobody_knows_is_refused_and_its_name_stays_in_no_audit(fablab: House) -> None:
    claire = fablab.admin()
    before = fablab.ask("SELECT detail FROM audit")
    for name in ("Inès Duval", "../../etc", "x\r\ny"):
        assert claire.post("/exports", month="2026-11", lab=name).status_code == 404
    assert fablab.ask("SELECT detail FROM audit")[: len(before)] == before
    told = str(fablab.ask("SELECT subject, detail FROM audit"))
    assert "Inès Duval" not in told


def test_a_name_that_is_asked_for_stays_in_no_audit(fablab: House) -> None:
    claire = fablab.admin()
    for path in (
        "/people?q=Zanzibarelle",
        "/people/audit?about=Zanzibarelle",
        "/people/lists/may-use?of=Zanzibarelle",
        "/people/lists/may-use.csv?of=Zanzibarelle",
        "/people/Zanzibarelle",
        "/privacy/member/Zanzibarelle",
        "/imports/Zanzibarelle",
        "/workshops/Zanzibarelle",
    ):
        assert claire.get(path).status_code in (200, 404), path
    claire.post("/people/M1/do/clearance", of="Zanzibarelle")
    assert "Zanzibarelle" not in str(fablab.ask("SELECT by, verb, subject, detail FROM audit"))
