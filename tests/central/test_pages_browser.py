"""The central's pages in a real Chromium, as they are served."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from kiosk.central.app import create_app
from kiosk.central.schema import open_writer
from kiosk.central.store import Central
from kiosk.clock import StillClock
from kiosk.web.server import Server
from tests import browser
from tests.central.shelf import Shelf
from tests.central.test_export import november
from tests.field import paris_us

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AXE = Path(__file__).parents[1] / "vendor/axe-4.14.1.min.js"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    writer = open_writer(tmp_path / "central.db")
    november(Shelf.over(writer))
    writer.close()
    central = Central(tmp_path / "central.db", StillClock(paris_us("2026-11-05 11:00")))
    server = Server(create_app(central), "127.0.0.1", 0)
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
        for path in ("/", "/lab/ccdv?month=2026-11&lang=en", "/lab/doret?month=2020-01"):
            page.goto(f"http://127.0.0.1:{server.port}{path}")
            page.evaluate(AXE.read_text())
            found: dict[str, Any] = page.evaluate("() => axe.run()")
            assert [(v["id"], v["nodes"][0]["html"][:90]) for v in found["violations"]] == [], path
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert complaints == []
