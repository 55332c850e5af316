"""Members in a real Chromium: found as one types, written down, given a badge and a clearance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from kiosk.central.people import book
from kiosk.central.people.book import Person
from kiosk.web.server import Server
from machines.members import AgeBand, Category
from tests import browser
from tests.central.front_door import PASSWORD, House, house
from tests.central.people.test_pages import _machines
from tests.central.test_pages_browser import AXE

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def fablab(tmp_path: Path) -> Iterator[tuple[House, str]]:
    with house(tmp_path) as made:
        made.do(lambda c, act: _fill(c, act))
        server = Server(made.app, "127.0.0.1", 0)
        server.start()
        yield made, f"http://127.0.0.1:{server.port}"
        server.stop()


def _fill(connection: Any, act: Any) -> None:
    _machines(connection)
    for number, (first, last) in enumerate((("Inès", "Duval"), ("Yann", "Petit"), ("Léo", "Roy"))):
        one = Person(first, last, Category.COMPANY if number == 1 else Category.INDIVIDUAL)
        if number == 2:
            one = replace(one, age_band=AgeBand.TEEN)
        book.join(connection, act, one, f"M1{number}")
    book.join(connection, act, Person("Visiteur 7K2"), "P-1", provisional="ccdv")
    connection.execute("INSERT INTO unknown_badge VALUES('s11.8:ab', '7K2M', 'ccdv', 1)")
    connection.execute("INSERT INTO organisation VALUES('O1', 'Lycée Coubertin', 'school')")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser.chromium() as running:
        yield running


def log_in(page: Page, url: str) -> None:
    page.goto(f"{url}/people")
    page.get_by_label("Votre nom").fill("claire")
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url(f"{url}/people")


@pytest.mark.parametrize("width", [1280, 390])
def test_somebody_joins_gets_a_badge_and_a_clearance(
    chromium: Browser, fablab: tuple[House, str], width: int
) -> None:
    made, url = fablab
    with browser.page(chromium, width, 800) as (page, complaints):
        log_in(page, url)
        page.get_by_label("Nom, structure").fill("zoe")
        expect(page.locator("#found")).to_contain_text("Personne n’est trouvé.")
        page.get_by_role("link", name="Inscrire une nouvelle personne").click()
        page.get_by_label("Prénom").fill("Zoé")
        page.get_by_label("Nom", exact=False).nth(1).fill("Martin")
        page.get_by_role("button", name="Enregistrer").click()
        expect(page.get_by_role("status")).to_contain_text("Inscription faite")
        page.get_by_label("Numéro du badge, ou code affiché à la borne").fill("7k2m")
        page.get_by_role("button", name="Rattacher").click()
        expect(page.get_by_role("status")).to_contain_text("Le badge est rattaché.")
        page.locator("#clearances [name=of]").select_option("laser")
        page.get_by_role("button", name="Accorder").click()
        expect(page.get_by_role("status")).to_contain_text("L’habilitation est accordée.")
        expect(page.locator("#clearances")).to_contain_text("Découpeuse laser")
        assert complaints == []
    ((badge, of),) = made.ask("SELECT digest, of FROM badge JOIN clearance USING (member)")
    assert (badge, of) == ("s11.8:ab", "laser")


def test_members_are_found_while_one_types(chromium: Browser, fablab: tuple[House, str]) -> None:
    _, url = fablab
    with browser.page(chromium, 1280, 800) as (page, complaints):
        log_in(page, url)
        expect(page.locator("#found tbody tr")).to_have_count(5)
        page.get_by_label("Nom, structure").press_sequentially("ine")
        expect(page.locator("#found tbody tr")).to_have_count(1)
        page.get_by_label("Nom, structure").fill("")
        page.get_by_label("Lesquels").select_option("minors")
        expect(page.locator("#found tbody")).to_contain_text("Léo Roy")
        expect(page.locator("#found tbody tr")).to_have_count(1)
        assert complaints == []


PATHS = (
    "/people",
    "/people/new",
    "/people/M10",
    "/people/M12",
    "/people/M12/edit",
    "/people/P-1/merge?into=M10",
    "/people/organisations",
    "/people/lists",
    "/people/lists/may-use?of=laser",
    "/people/lists/memberships",
    "/people/checks",
    "/people/audit",
    "/people?q=nobody",
    "/nothing",
)


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_of_members_can_be_read_by_everybody(
    chromium: Browser, fablab: tuple[House, str], width: int, scheme: Any
) -> None:
    made, url = fablab
    with browser.page(chromium, width, 800) as (page, complaints):
        page.emulate_media(color_scheme=scheme)
        log_in(page, url)
        claire = made.admin()
        claire.post("/people/M10/do/renew", until="2026-11-30")
        claire.post("/people/M10/do/badge", badge="0013825475")
        claire.post("/people/M10/do/clearance", of="family:laser", until="2026-11-26")
        for path in PATHS:
            page.goto(f"{url}{path}")
            page.evaluate(AXE.read_text())
            found: dict[str, Any] = page.evaluate("() => axe.run()")
            assert [(v["id"], v["nodes"][0]["html"][:90]) for v in found["violations"]] == [], path
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert [said for said in complaints if "404" not in said] == []
