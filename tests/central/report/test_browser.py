"""The report, a list and the closings in a real Chromium, at a desk and on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from kiosk.central.schema import open_writer
from kiosk.web.server import Server
from tests import browser
from tests.bench.report import fill
from tests.central.front_door import PASSWORD, House

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AXE = Path(__file__).parents[2] / "vendor/axe-4.14.1.min.js"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("central")
    writer = open_writer(folder / "central.db")
    fill(writer, labs=2, years=2)
    writer.close()
    house = House(folder, "2027-01-05 11:00", exports=folder / "exports")
    running = Server(house.app, "127.0.0.1", 0)
    running.start()
    yield running
    running.stop()
    house.central.close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser.chromium() as running:
        yield running


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_the_report_is_opened_followed_to_a_list_and_its_first_month_closed(
    chromium: Browser, server: Server, width: int, scheme: Any
) -> None:
    with browser.page(chromium, width, 800) as (page, complaints):
        page.emulate_media(color_scheme=scheme)
        at = f"http://127.0.0.1:{server.port}"
        page.goto(f"{at}/login")
        page.get_by_label("Votre nom").fill("claire")
        page.get_by_label("Mot de passe").fill(PASSWORD)
        page.get_by_role("button", name="Se connecter").click()
        page.get_by_role("link", name="Rapport").click()
        page.locator("select[name=year]").select_option("2026")
        page.get_by_label("Usagers comptés").select_option("personnes différentes")
        page.get_by_role("button", name="Afficher").click()
        expect(page.get_by_role("heading", name="Les FabLabs en 2026")).to_be_visible()
        _clean(page, "report")
        _drawn_as_in_the_file(page)
        page.get_by_role("link", name="novembre", exact=True).click()
        expect(page.get_by_role("heading", name="Sessions, novembre 2026")).to_be_visible()
        _clean(page, "list")
        page.get_by_role("link", name="Clôtures").click()
        month = "janvier 2025" if width == 390 else "février 2025"
        page.get_by_label("Une clôture ne se défait pas").check()
        page.get_by_role("button", name=f"Clore {month}").click()
        page.get_by_role("button", name=f"Vérifier {month}").click()
        expect(page.get_by_text("✓ comme à la clôture")).to_have_count(5)
        _clean(page, "closings")
        assert complaints == []


def _clean(page: Any, name: str) -> None:
    """No rule of accessibility is broken, and nothing runs out of the page."""
    page.evaluate(AXE.read_text())
    found: dict[str, Any] = page.evaluate("() => axe.run()")
    assert [(v["id"], v["nodes"][0]["html"][:90]) for v in found["violations"]] == [], name
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name


def _drawn_as_in_the_file(page: Any) -> None:
    """No sheet of the central's moves the words of a chart: the PDF has none of those."""
    moved = page.evaluate(
        "() => [...document.querySelectorAll('.drawing text')].filter(t =>"
        " getComputedStyle(t).textAnchor !== t.getAttribute('text-anchor')"
        " || parseFloat(getComputedStyle(t).fontSize) !== +t.getAttribute('font-size'))"
        ".map(t => t.textContent)"
    )
    assert moved == []
