"""Files brought, looked at, taken in and undone in a real Chromium, at a desk and on a phone."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from kiosk.central.app import TASKS
from kiosk.web.server import Server
from tests import browser
from tests.central.front_door import PASSWORD, House, house
from tests.central.helloasso.test_reading import RECORDINGS

pytestmark = [pytest.mark.browser, pytest.mark.slow]

#: What sticks out of the page at its right.
WIDER = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
  [...document.querySelectorAll("main *")]
    .filter(one => one.getBoundingClientRect().right > innerWidth)
    .map(one => one.outerHTML.slice(0, 90))"""
AXE = Path(__file__).parents[2] / "vendor/axe-4.14.1.min.js"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser.chromium() as running:
        yield running


@pytest.fixture
def there(tmp_path: Path) -> Iterator[tuple[House, str]]:
    with house(tmp_path) as made:
        server = Server(made.app, "127.0.0.1", 0)
        server.start()
        yield made, f"http://127.0.0.1:{server.port}"
        server.stop()


def log_in(page: Page, at: str) -> None:
    page.goto(f"{at}/imports")
    page.get_by_label("Votre nom").fill("claire")
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url(f"{at}/imports")


def looked_at(page: Page, name: str) -> None:
    """Nobody is kept from reading it; a picture of it where `PICTURES` names a folder."""
    page.evaluate(AXE.read_text())
    found: dict[str, Any] = page.evaluate("() => axe.run()")
    assert [(v["id"], v["nodes"][0]["html"][:120]) for v in found["violations"]] == [], name
    assert page.evaluate(WIDER) == [], name
    if folder := os.environ.get("PICTURES"):
        width = page.viewport_size["width"]  # type: ignore[index]
        page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)


@pytest.mark.parametrize("width", [1280, 390])
def test_a_file_is_brought_a_homonym_chosen_the_import_confirmed_and_undone(
    chromium: Browser, there: tuple[House, str], width: int
) -> None:
    made, at = there
    with browser.page(chromium, width, 800) as (page, complaints):
        page.emulate_media(color_scheme="dark" if width == 390 else "light")
        log_in(page, at)
        looked_at(page, "imports")
        page.get_by_label("Un fichier HelloAsso").set_input_files(
            RECORDINGS / "memberships-2026.csv"
        )
        page.get_by_role("button", name="Voir le contenu").click()
        choice = page.get_by_role("combobox", name="Tom Martin")
        expect(choice).to_be_visible()
        looked_at(page, "dry-ambiguous")
        choice.select_option("Une nouvelle personne")
        expect(page.get_by_role("button", name="Importer 9 adhésions")).to_be_visible()
        page.get_by_role("link", name="Toutes").click()
        expect(page.get_by_role("rowheader", name="Inès Benali")).to_be_visible()
        looked_at(page, "dry-all")
        page.goto(f"{page.url}&lang=en")
        expect(page.get_by_role("button", name="Import 9 memberships")).to_be_visible()
        looked_at(page, "dry-english")
        page.goto(page.url.replace("lang=en", "lang=fr"))
        page.get_by_role("button", name="Importer 9 adhésions").click()
        expect(page.get_by_text("Annuler cette importation")).to_be_visible()
        looked_at(page, "import")
        assert made.ask("SELECT count(*) FROM membership") == [(9,)]
        page.get_by_text("Annuler cette importation").click()
        page.get_by_role("button", name="Annuler l’importation").click()
        expect(page.get_by_text("Retirée").first).to_be_visible()
        looked_at(page, "import-undone")
        assert made.ask("SELECT count(*) FROM membership") == [(0,)]
        assert complaints == []


@pytest.mark.parametrize("width", [1280, 390])
def test_the_columns_of_a_list_of_ones_own_are_told(
    chromium: Browser, there: tuple[House, str], width: int
) -> None:
    _, at = there
    with browser.page(chromium, width, 800) as (page, complaints):
        log_in(page, at)
        page.get_by_label("Un fichier HelloAsso").set_input_files(RECORDINGS / "own.csv")
        page.get_by_role("button", name="Voir le contenu").click()
        column = page.get_by_role("combobox", name="Type")
        expect(column).to_have_value("category")
        looked_at(page, "columns")
        column.select_option("Non lue")
        page.get_by_role("button", name="Voir le contenu").click()
        expect(page.get_by_role("button", name="Importer 3 adhésions")).to_be_visible()
        looked_at(page, "dry-own")
        assert complaints == []


@pytest.mark.parametrize("width", [1280, 390])
def test_an_events_export_becomes_workshops_whose_participants_are_ticked(
    chromium: Browser, there: tuple[House, str], width: int
) -> None:
    made, at = there
    with browser.page(chromium, width, 800) as (page, complaints):
        log_in(page, at)
        page.get_by_label("Un fichier HelloAsso").set_input_files(RECORDINGS / "event-2026.csv")
        page.get_by_role("button", name="Voir le contenu").click()
        expect(page.get_by_role("group", name="Atelier mug")).to_be_visible()
        looked_at(page, "dry-event")
        page.get_by_role("button", name="Inscrire ces participants").click()
        expect(page.get_by_text("Annuler cette importation")).to_be_visible()
        page.goto(f"{at}/workshops")
        looked_at(page, "workshops")
        page.get_by_role("link", name="Atelier mug").click()
        page.get_by_label("Tom Martin").uncheck()
        page.get_by_role("button", name="Enregistrer les présents").click()
        expect(page.get_by_text("4 participants")).to_be_visible()
        looked_at(page, "workshop")
        assert made.ask("SELECT sum(participants) FROM figure_workshop") == [(5,)]
        page.get_by_role("button", name="Il n’a pas eu lieu").click()
        expect(page.get_by_text("Cet atelier est annulé")).to_be_visible()
        assert complaints == []


def test_a_page_waits_with_a_bar_while_others_have_long_work_done(
    chromium: Browser, there: tuple[House, str]
) -> None:
    made, at = there
    go_on = threading.Event()
    made.app.extensions[TASKS].begin("export", "somebody", lambda tell: go_on.wait(20))
    with browser.page(chromium, 390, 800) as (page, complaints):
        log_in(page, at)
        page.get_by_label("Un fichier HelloAsso").set_input_files(
            RECORDINGS / "memberships-windows.csv"
        )
        page.get_by_role("button", name="Voir le contenu").click()
        expect(page.get_by_role("progressbar", name="Avancement")).to_be_visible()
        looked_at(page, "wait")
        go_on.set()
        expect(page.get_by_role("button", name="Importer une adhésion")).to_be_visible()
        assert complaints == []
