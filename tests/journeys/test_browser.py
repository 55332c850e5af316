"""The touch screen and the tablet in a real Chromium, over a whole town, as a member lives them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Page, TimeoutError, expect

from tests.browser import chromium, page
from tests.journeys.town import Town, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]


LASER = """
[machines.laser]
name = "Découpe laser"
family = "laser"
sort = "bare"
clearance = true
"""


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with Town(tmp_path_factory.mktemp("town"), LASER) as town:
        yield town


def painted(touch: Page, kind: str) -> None:
    expect(touch.locator("#stage")).to_have_attribute("data-kind", kind, timeout=20_000)


def finger(touch: Page, selector: str, leads_to: str) -> None:
    """Touches until that selector is there; the page takes a touch that is quicker than an eye
    for one that was meant for the screen before."""

    def there() -> bool:
        if touch.locator(leads_to).count():
            return True
        with suppress(TimeoutError):
            touch.locator(selector).tap(timeout=500)
        return False

    until(there, f"{selector} leads to {leads_to}")


def test_a_member_badges_in_and_out_in_french_and_the_tablet_follows(
    town: Town, tmp_path: Path
) -> None:
    with (
        chromium() as browser,
        page(browser, 800, 480) as (touch, touch_says),
        page(browser, 1280, 800) as (tablet, tablet_says),
    ):
        touch.goto(f"http://127.0.0.1:{town.port}/")
        tablet.goto(f"http://127.0.0.1:{town.port}/tablet")
        painted(touch, "idle")
        expect(touch.get_by_role("heading", name="Présentez votre badge")).to_be_visible()

        town.tap("ines")
        painted(touch, "choose")
        expect(touch.locator("#stage")).to_contain_text("Inès")
        finger(touch, '[data-value="saw"]', '[data-kind="started"]')
        expect(touch.locator("#stage")).to_contain_text("Scie à ruban")
        until(lambda: town.on() == {"saw"}, "the saw has power")
        expect(tablet.locator(".card", has_text="Scie à ruban")).to_contain_text("Inès B.")

        painted(touch, "idle")
        assert "Inès" not in touch.content(), "nothing personal stays on the screen"
        town.tap("karim")
        painted(touch, "choose")
        finger(touch, '[data-value="laser"]', '[data-kind="refused"]')
        expect(touch.locator("#stage")).to_contain_text("Formation à valider")
        painted(touch, "idle")
        town.tap("nobody")
        painted(touch, "refused")
        expect(touch.locator("#stage")).to_contain_text("Badge non reconnu")
        finger(touch, '[data-value="en"]', ':text("Badge not recognised")')

        town.tap("ines")
        painted(touch, "stop")
        finger(touch, '[data-touch="end"]', '[data-kind="stopped"]')
        until(lambda: town.on() == set(), "the saw is off")
        expect(tablet.locator(".card", has_text="Scie à ruban")).to_contain_text("Libre")
        painted(touch, "idle")
        assert touch_says == []
        assert tablet_says == []


def test_a_kiosk_that_is_gone_is_told_on_both_screens_and_its_return_as_well(town: Town) -> None:
    with (
        chromium() as browser,
        page(browser, 800, 480) as (touch, _),
        page(browser, 1280, 800) as (tablet, _),
    ):
        touch.goto(f"http://127.0.0.1:{town.port}/")
        tablet.goto(f"http://127.0.0.1:{town.port}/tablet")
        painted(touch, "idle")
        town.kiosk.end()
        gone = touch.get_by_text("Connexion perdue", exact=False)
        expect(gone.first).to_be_visible(timeout=20_000)
        town.start_kiosk()
        expect(gone.first).to_be_hidden(timeout=20_000)
        painted(touch, "idle")
        town.tap("karim", town.saw)
        painted(touch, "started")
        expect(tablet.locator(".card", has_text="Scie à ruban")).to_contain_text("Karim D.")
