"""The pages about people's data in a real Chromium, at a desk and on a phone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from config.site import Association
from kiosk.central.people import book
from kiosk.central.people.book import Person
from kiosk.web.server import Server
from tests import browser
from tests.central.front_door import PASSWORD, House, house

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AXE = Path(__file__).parents[2] / "vendor/axe-4.14.1.min.js"
US = Association("Association des FabLabs", "1 place de l’Exemple", "donnees@fablab.example")


@pytest.fixture
def fablab(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path, association=US) as made:
        made.do(lambda c, act: book.join(c, act, Person("Inès", "Zanzibarelle"), "M0042"))
        made.do(lambda c, act: book.enrol(c, act, "M0042", "s11.8:abcd"))
        yield made


@pytest.fixture
def server(fablab: House) -> Iterator[Server]:
    server = Server(fablab.app, "127.0.0.1", 0)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser.chromium() as running:
        yield running


@pytest.mark.parametrize(("width", "language"), [(390, "fr"), (1280, "en"), (1280, "fr")])
def test_somebody_is_erased_by_an_administrator_and_every_page_can_be_read(
    chromium: Browser, server: Server, fablab: House, width: int, language: str
) -> None:
    at = f"http://127.0.0.1:{server.port}"
    with browser.page(chromium, width, 800) as (page, complaints):

        def look(name: str) -> None:
            page.evaluate(AXE.read_text())
            found: dict[str, Any] = page.evaluate("() => axe.run()")
            assert [(v["id"], v["nodes"][0]["html"][:90]) for v in found["violations"]] == [], name
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
            if folder := os.environ.get("PICTURES"):
                page.screenshot(path=f"{folder}/{name}-{width}-{language}.png", full_page=True)

        page.goto(f"{at}/login")
        page.get_by_label("Votre nom").fill("claire")
        page.get_by_label("Mot de passe").fill(PASSWORD)
        page.get_by_role("button", name="Se connecter").click()
        page.wait_for_url(f"{at}/")
        for path in ("", "notice", "register"):
            page.goto(f"{at}/privacy/{path}?lang={language}")
            look(path or "page")
        page.goto(f"{at}/privacy/member/M0042?lang={language}")
        look("member")
        page.get_by_role("checkbox").check()
        page.get_by_role("button", name="Effacer" if language == "fr" else "Erase").click()
        page.get_by_role("status").wait_for()
        look("erased")
        assert "Zanzibarelle" not in page.content()
        assert complaints == []
    assert fablab.ask("SELECT id FROM erased") == [("M0042",)]
