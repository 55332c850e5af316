"""« Vos données » at a lab: the terms of its own file, for anybody."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from config.site import Association, Retention
from kiosk.web.app import create_app
from kiosk.web.server import Server
from tests import browser
from tests.web.fake_screens import FakeScreens, lab
from tests.web.reading import read

AXE = Path(__file__).parents[1] / "vendor/axe-4.14.1.min.js"


def test_anybody_reads_what_is_kept_and_whom_to_ask() -> None:
    retention = Retention(sessions_days=77, file_names_days=0)
    association = Association("Les FabLabs", contact="donnees@fablab.example")
    app = create_app(FakeScreens(lab()), retention=retention, association=association)
    french = app.test_client().get("/donnees", headers={"Accept-Language": "fr"})
    text = "\n".join(read(french.text))
    assert "Vos données au FabLab" in text
    assert "77 jours" in text
    assert "jusqu’à ce qu’on l’efface" in text
    assert "donnees@fablab.example" in text
    english = "\n".join(read(app.test_client().get("/donnees?lang=en").text))
    assert "77 days" in english
    assert "to be validated" in english


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize(("width", "language"), [(390, "fr"), (1280, "en")])
def test_it_can_be_read_by_everybody(width: int, language: str) -> None:
    server = Server(create_app(FakeScreens(lab())), "127.0.0.1", 0)
    server.start()
    try:
        with (
            browser.chromium() as chromium,
            browser.page(chromium, width, 800) as (page, complaints),
        ):
            page.goto(f"http://127.0.0.1:{server.port}/donnees?lang={language}")
            page.evaluate(AXE.read_text())
            found: dict[str, Any] = page.evaluate("() => axe.run()")
            assert [(v["id"], v["nodes"][0]["html"][:90]) for v in found["violations"]] == []
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            if folder := os.environ.get("PICTURES"):
                page.screenshot(path=f"{folder}/donnees-{width}.png", full_page=True)
            assert complaints == []
    finally:
        server.stop()
