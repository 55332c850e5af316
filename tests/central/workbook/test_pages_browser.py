"""An export made, and a closure written down, in a real Chromium, at a desk and on a phone."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from kiosk.web.server import Server
from tests import browser
from tests.central.front_door import PIN, House, house
from tests.central.helloasso.test_pages_browser import looked_at
from tests.central.workbook.test_pages import brought

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SIZES = pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 780)])


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser.chromium() as running:
        yield running


@pytest.fixture
def there(tmp_path: Path) -> Iterator[tuple[House, str]]:
    with house(tmp_path) as made:
        brought(made)
        server = Server(made.app, "127.0.0.1", 0)
        server.start()
        yield made, f"http://127.0.0.1:{server.port}"
        server.stop()
        made.app.extensions["central.tasks"].close()


def log_in(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_label("Votre nom").fill("Ana B.")
    page.get_by_label("Mot de passe").fill(PIN)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url(address)


@SIZES
def test_an_animator_makes_a_month_and_fetches_its_workbook(
    chromium: Browser, there: tuple[House, str], width: int, height: int
) -> None:
    _, at = there
    with browser.page(chromium, width, height) as (page, complaints):
        log_in(page, f"{at}/exports")
        looked_at(page, "exports")
        page.get_by_label("Mois").select_option("2026-10")
        page.get_by_role("button", name="Faire l’export").click()
        link = page.get_by_role("link", name="Classeur pour Excel")
        expect(link).to_be_visible(timeout=30_000)
        looked_at(page, "export-made")
        with page.expect_download() as fetched:
            link.click()
        assert fetched.value.suggested_filename == "2026-10.xlsx"
        with zipfile.ZipFile(io.BytesIO(fetched.value.path().read_bytes())) as file:
            assert "xl/worksheets/sheet10.xml" in file.namelist()
        assert complaints == []


@SIZES
def test_an_animator_writes_a_closure_down_and_takes_it_back(
    chromium: Browser, there: tuple[House, str], width: int, height: int
) -> None:
    made, at = there
    with browser.page(chromium, width, height) as (page, complaints):
        log_in(page, f"{at}/openings")
        looked_at(page, "openings")
        card = page.locator("form", has=page.get_by_role("button", name="Ajouter", exact=True))
        card.get_by_label("Premier jour").fill("2026-12-24")
        card.get_by_label("Dernier jour").fill("2026-12-31")
        card.get_by_role("button", name="Ajouter").click()
        expect(page.get_by_role("heading", name="Fermeture administrative")).to_be_visible()
        page.get_by_role("button", name="Tous les lieux étaient fermés ces jours-là").click()
        expect(page.get_by_role("heading", name="Jour de l’An")).to_be_visible()
        looked_at(page, "closures")
        assert made.ask("SELECT count(*) FROM closure") == [(11,)]
        page.get_by_text("Modifier ou supprimer").first.click()
        page.get_by_role("button", name="Supprimer cette fermeture").first.click()
        expect(page.get_by_text("La fermeture est supprimée.")).to_be_visible()
        page.get_by_role("button", name="La remettre").click()
        expect(page.get_by_text("La fermeture est supprimée.")).to_have_count(0)
        assert made.ask("SELECT count(*) FROM closure") == [(11,)]
        assert complaints == []
