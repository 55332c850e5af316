"""The central's pages in a real Chromium, as they are served."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser
from werkzeug.security import generate_password_hash

from config.site import CentralSite
from kiosk.central import accounts
from kiosk.central.app import create_app
from kiosk.central.audit import PROGRAM, Act
from kiosk.central.schema import open_writer
from kiosk.central.store import Central
from kiosk.clock import StillClock
from kiosk.web.server import Server
from tests import browser
from tests.central.shelf import Shelf
from tests.central.test_export import november
from tests.field import paris_us

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PASSWORD = "correct horse battery"
PROOF = generate_password_hash(PASSWORD, "scrypt:1024:8:1")
AXE = Path(__file__).parents[1] / "vendor/axe-4.14.1.min.js"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    writer = open_writer(tmp_path / "central.db")
    november(Shelf.over(writer))
    writer.close()
    central = Central(tmp_path / "central.db", StillClock(paris_us("2026-11-05 11:00")))
    site = CentralSite("Registre des FabLabs")
    central.submit(lambda c: accounts.add(c, "Claire", PROOF, Act(PROGRAM, 0))).result()
    server = Server(create_app(central, site), "127.0.0.1", 0)
    server.start()
    yield server
    server.stop()
    central.close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser.chromium() as running:
        yield running


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_can_be_read_by_everybody_and_breaks_no_rule_of_its_own(
    chromium: Browser, server: Server, width: int, scheme: Any
) -> None:
    with browser.page(chromium, width, 800) as (page, complaints):
        page.emulate_media(color_scheme=scheme)
        page.goto(f"http://127.0.0.1:{server.port}/")
        page.get_by_label("Votre nom").fill("claire")
        page.get_by_label("Mot de passe").fill(PASSWORD)
        page.get_by_role("button", name="Se connecter").click()
        page.wait_for_url(f"http://127.0.0.1:{server.port}/")
        for path in ("/", "/lab/ccdv?month=2026-11&lang=en", "/lab/doret?month=2020-01"):
            page.goto(f"http://127.0.0.1:{server.port}{path}")
            page.evaluate(AXE.read_text())
            found: dict[str, Any] = page.evaluate("() => axe.run()")
            assert [(v["id"], v["nodes"][0]["html"][:90]) for v in found["violations"]] == [], path
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert complaints == []
