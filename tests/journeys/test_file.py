"""A file's way in a lab, by real processes and a real OctoPrint, in three real browsers.

Karim badges, reads the code of the touch screen with his phone, sends a file and
sees its turn. Inès pairs the tablet, says who she is, clears the plate and starts
it. Karim's phone says how it goes; the journal says who did what.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests import browser
from tests.journeys.town import Town, until
from tests.octoprint_peer import KIOSK_KEY, OctoPrintPeer, gcode, need

VERSION = "1.11.8"
PIN = "271828"

PRINTER = """
[machines.mk]
name = "MK4"
family = "3d-printer"
sort = "watched"
outlives = true
driver = {{ kind = "octoprint", url = "{url}", key_file = "octoprint", poll_s = 1.0 }}

[machines.mk.printer]
bed_mm = [250, 210, 220]
"""

pytestmark = [pytest.mark.octoprint, pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def octoprint() -> Iterator[OctoPrintPeer]:
    need(VERSION)
    with OctoPrintPeer(VERSION) as peer:
        peer.connect()
        yield peer


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser.chromium() as running:
        yield running


def test_a_members_file_is_printed_from_the_badge_to_the_plate(
    octoprint: OctoPrintPeer, chromium: Browser, tmp_path: Path
) -> None:
    mug = tmp_path / "mug.gcode"
    mug.write_text(gcode(seconds=6))
    town = Town(tmp_path, PRINTER.format(url=octoprint.url), {"octoprint": KIOSK_KEY})
    with (
        town,
        browser.page(chromium, 800, 480) as (screen, screen_says),
        browser.page(chromium, 390, 844) as (phone, phone_says),
        browser.page(chromium, 1280, 800) as (tablet, tablet_says),
    ):
        until(lambda: "Prêt" in town.card("MK4"), "the printer is seen")
        kiosk = f"http://kiosk.local:{town.port}"

        # Karim badges, and reads the code with his phone.
        screen.goto(f"http://127.0.0.1:{town.port}/")
        town.tap("karim")
        code = screen.get_by_role("button", name="Envoyer un fichier")
        link = code.get_attribute("data-link")
        assert link is not None
        assert link.startswith(f"{kiosk}/moi/")
        phone.goto(link)
        expect(phone.get_by_role("heading", name="Mes impressions")).to_be_visible()
        phone.get_by_label("Fichier G-code").set_input_files(mug)
        phone.get_by_role("button", name="Envoyer").click()
        expect(phone.get_by_role("status")).to_contain_text("Votre fichier est dans la file.")
        job = phone.locator(".job", has_text="mug.gcode")
        expect(job).to_contain_text("N°\xa01 dans la file")
        job.get_by_text("Pourquoi n’est-elle pas lancée").click()
        expect(job).to_contain_text("Le plateau est à vérifier.")
        job.get_by_text("Pourquoi n’est-elle pas lancée").click()

        # Inès has a code from the central; she pairs the tablet and starts the print.
        central = ("--site", str(town.central_site))
        town.ask("roster", "pin", "m-1", *central, typed=f"{PIN}\n{PIN}\n")
        pairs = town.ask("tablet", "pair", "--name", "Atelier", "--site", str(town.site))
        tablet.goto(f"{kiosk}/tablet")
        tablet.get_by_label("Entrez le code").fill(pairs[:7])
        tablet.get_by_role("button", name="Associer").click()
        tablet.wait_for_url("**/tablet")
        tablet.goto(f"{kiosk}/tablet/machine/mk")
        until(lambda: has_codes(town), "the code came with the roster")
        tablet.get_by_role("button", name="Qui êtes-vous").click()
        tablet.get_by_role("radio", name="Inès B.").check()
        tablet.get_by_label("Votre code à six chiffres").fill(PIN)
        tablet.get_by_role("button", name="Continuer").click()
        expect(tablet.locator("#actor")).to_contain_text("Inès B.")
        hold = tablet.get_by_role("button", name="Plateau vide et propre")
        hold.dispatch_event("pointerdown", {"isPrimary": True, "button": 0})
        start = tablet.get_by_role("button", name="Lancer « mug.gcode »")
        expect(start).to_be_enabled()
        start.click()

        # Both see it print, and Karim that it is done.
        octoprint.wait_for("Printing")
        expect(job).to_contain_text("En impression sur MK4", timeout=15_000)
        octoprint.wait_for("Operational")
        expect(job).to_contain_text("Impression terminée", timeout=20_000)
        expect(job).to_contain_text("encore sur le plateau")
        for says in (screen_says, phone_says, tablet_says):
            assert says == []

        [submitted] = town.entries("job.submitted")
        [began], [cleared] = town.entries("print.began"), town.entries("plate.cleared")
        assert began["data"]["job"] == submitted["birth"]
        assert cleared["data"] == {"machine": "mk"}
        assert town.entries("tablet.paired")[0]["data"] == {"tablet": "1", "name": "Atelier"}


def has_codes(town: Town) -> bool:
    """Whether the roster of the lab's file has the hash of a code."""
    with closing(sqlite3.connect(f"file:{town.lab}/lab.db?mode=ro", uri=True)) as lab:
        [(body,)] = lab.execute("SELECT body FROM roster")
    return b"scrypt:" in body
