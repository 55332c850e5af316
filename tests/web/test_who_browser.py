"""A tablet that is paired, an animator who says who they are, and a member's phone: in Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from kiosk.floor.view import ScreenKind, ScreenView, Touch
from kiosk.web.app import create_app
from kiosk.web.server import Server, serve
from machines.members import Member
from tests import browser
from tests.journeys.town import until
from tests.web.fake_screens import SCREENS, FakeScreens, lab
from tests.web.test_authority import Lab as Workshop
from tests.web.test_browser import GAP, KIOSK, MEASURE, THUMB, _apart, _faults, _painted
from tests.web.test_member import ANA, OVER, PRINTS, WAITS
from tests.web.test_member import Lab as Home

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PHONE = (390, 844)
TABLETS = ((1280, 800), (800, 480))
#: A code that was refused is an answer like any other; Chromium notes it all the same.
REFUSED = "the server responded with a status of 403"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser.chromium() as running:
        yield running


@contextmanager
def served(app) -> Iterator[str]:
    """The address by which a tablet on the network finds the kiosk."""
    server: Server = serve(app, "127.0.0.1", 0)
    try:
        yield f"http://kiosk.local:{server.port}"
    finally:
        server.stop()


def tapped(page: Page, screens: FakeScreens, name: str) -> list[tuple[Touch, str]]:
    page.get_by_role("button", name=name).tap()
    return screens.touched


def overflows(page: Page) -> bool:
    return bool(page.evaluate("() => document.documentElement.scrollWidth > innerWidth"))


@pytest.mark.parametrize("size", TABLETS, ids="{0[0]}x{0[1]}".format)
def test_a_tablet_is_paired_and_an_animator_acts_and_finishes(
    chromium: Browser, size: tuple[int, int]
) -> None:
    there = Workshop()
    with served(there.app) as kiosk, browser.page(chromium, *size) as (page, complaints):
        page.goto(f"{kiosk}/tablet")
        assert page.url.endswith("/tablet/pair")
        assert _faults(page) == []
        code = there.pairing.show_code("Atelier")
        page.get_by_label("Entrez le code").fill(f"{(int(code) + 1) % 1_000_000:06d}")
        page.get_by_role("button", name="Associer").click()
        expect(page.get_by_role("alert")).to_contain_text("Ce n’est pas le code.")
        page.get_by_label("Entrez le code").fill(f"{code[:3]} {code[3:]}")
        page.get_by_role("button", name="Associer").click()
        page.wait_for_url("**/tablet")

        page.get_by_role("button", name="Qui êtes-vous").click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_be_visible()
        assert _faults(page) == []
        assert not overflows(page)
        page.get_by_role("radio", name="Inès F.").check()
        page.get_by_label("Votre code à six chiffres").fill("000000")
        page.get_by_role("button", name="Continuer").click()
        expect(dialog.get_by_role("alert")).to_have_text("Code incorrect. Encore 4\xa0essais.")
        page.get_by_label("Votre code à six chiffres").fill("246810")
        page.keyboard.press("Enter")
        expect(page.locator("#actor")).to_contain_text("Inès F.")
        expect(dialog).to_be_hidden()
        page.get_by_role("button", name="Terminer").click()
        expect(page.locator("#actor")).to_contain_text("Qui êtes-vous")
        assert [c for c in complaints if REFUSED not in c] == []


def test_a_badge_at_the_reader_closes_the_dialog_by_itself(chromium: Browser) -> None:
    there = Workshop()
    with served(there.app) as kiosk, browser.page(chromium, 1280, 800) as (page, complaints):
        pair(there, page, kiosk)
        page.get_by_role("button", name="Qui êtes-vous").click()
        shown = page.locator("#who [data-code]")
        expect(shown).to_be_visible()
        assert there.asking.allow(shown.inner_text(), "m-julien")
        expect(page.locator("#actor")).to_contain_text("Julien L.")
        assert complaints == []


def test_five_minutes_end_on_the_page_too(chromium: Browser) -> None:
    there = Workshop()
    with served(there.app) as kiosk, browser.page(chromium, 1280, 800) as (page, _):
        page.clock.install()
        pair(there, page, kiosk)
        page.get_by_role("button", name="Qui êtes-vous").click()
        page.get_by_role("radio", name="Inès F.").check()
        page.get_by_label("Votre code à six chiffres").fill("246810")
        page.get_by_role("button", name="Continuer").click()
        expect(page.locator("#actor")).to_contain_text("Inès F.")
        page.clock.fast_forward("05:01")
        expect(page.locator("#actor")).to_contain_text("Qui êtes-vous")


def test_the_dialog_holds_thirty_animators_with_long_names(chromium: Browser) -> None:
    there = Workshop()
    there.animators = [
        Member(f"m-{n}", "Marie-Françoise-Antoinette" * 2, "Z", animator=True) for n in range(30)
    ]
    with served(there.app) as kiosk, browser.page(chromium, 800, 480) as (page, _):
        pair(there, page, kiosk)
        page.get_by_role("button", name="Qui êtes-vous").click()
        expect(page.get_by_role("button", name="Continuer")).to_be_attached()
        page.get_by_role("button", name="Continuer").scroll_into_view_if_needed()
        expect(page.get_by_role("button", name="Continuer")).to_be_in_viewport()
        assert not overflows(page)


def pair(there: Workshop, page: Page, kiosk: str) -> None:
    page.goto(f"{kiosk}/tablet/pair")
    page.get_by_label("Entrez le code").fill(there.pairing.show_code("Atelier"))
    page.get_by_role("button", name="Associer").click()
    page.wait_for_url("**/tablet")


def test_a_member_brings_a_file_and_sees_the_turn(chromium: Browser, tmp_path: Path) -> None:
    there = Home(tmp_path)
    mug = tmp_path / "mug.gcode"
    mug.write_bytes(b"G1 X1 Y1\n" * 80_000)  # three slices
    with served(there.app) as kiosk, browser.page(chromium, *PHONE) as (page, complaints):
        page.goto(f"{kiosk}/moi/{there.invitations.show(ANA)}")
        assert page.url == f"{kiosk}/moi"
        assert _faults(page) == []
        assert not overflows(page)
        page.get_by_label("Fichier G-code").set_input_files(mug)
        page.locator("select[name=machine]").select_option("prusa-1")
        page.get_by_role("button", name="Envoyer").click()
        expect(page.get_by_role("status")).to_contain_text("Votre fichier est dans la file.")
        [(came, name, wish, _)] = there.bringing.came
        assert (came, name, wish.machine) == (mug.read_bytes(), "mug.gcode", "prusa-1")
        assert len(there.desk.acts) == 1
        expect(page.locator("#jobs")).to_contain_text("N°\xa02 dans la file · vers 15\xa0h\xa040")
        assert _faults(page) == []
        assert complaints == []


def test_a_file_that_is_too_large_is_said_on_the_phone(chromium: Browser, tmp_path: Path) -> None:
    there = Home(tmp_path)
    large = tmp_path / "large.gcode"
    large.write_bytes(b"\n" * 1_000_001)
    with served(there.app) as kiosk, browser.page(chromium, *PHONE) as (page, _):
        page.goto(f"{kiosk}/moi/{there.invitations.show(ANA)}")
        page.get_by_label("Fichier G-code").set_input_files(large)
        page.get_by_role("button", name="Envoyer").click()
        expect(page.get_by_role("alert")).to_have_text(
            "Ce fichier est trop grand\xa0: 1\xa0Mo au plus."
        )
        assert there.bringing.came == []


def test_a_member_takes_a_job_back_and_cancels_a_print_after_a_second_thought(
    chromium: Browser, tmp_path: Path
) -> None:
    there = Home(tmp_path)
    with served(there.app) as kiosk, browser.page(chromium, *PHONE) as (page, complaints):
        page.goto(f"{kiosk}/moi/{there.invitations.show(ANA)}")
        printing = page.locator(".job", has_text=PRINTS.name)
        printing.get_by_text("Annuler l’impression").first.click()
        expect(printing).to_contain_text("La pièce sera perdue.")
        assert _faults(page) == []
        printing.get_by_role("button", name="Laisser imprimer").click()
        assert there.desk.acts == []
        printing.get_by_text("Annuler l’impression").first.click()
        printing.get_by_role("button", name="Annuler l’impression").click()
        expect(page.get_by_role("status")).to_contain_text("L’arrêt est demandé à l’imprimante.")
        waiting = page.locator(".job", has_text=WAITS.name)
        waiting.get_by_role("button", name="Retirer de la file").click()
        expect(page.get_by_role("status")).to_contain_text("Retiré de la file.")
        assert [type(act).__name__ for act, _, _ in there.desk.acts] == ["Order", "Withdraw"]
        expect(page.locator(".job", has_text=OVER.name)).to_contain_text("encore sur le plateau")
        assert complaints == []


def test_a_page_whose_ten_minutes_are_over_says_so_by_itself(
    chromium: Browser, tmp_path: Path
) -> None:
    there = Home(tmp_path)
    with served(there.app) as kiosk, browser.page(chromium, *PHONE) as (page, _):
        page.clock.install()
        page.goto(f"{kiosk}/moi/{there.invitations.show(ANA)}")
        there.now = 600
        page.clock.run_for(5000)
        expect(page.get_by_role("heading", level=1)).to_have_text("Cette page n’est plus valable")
        assert _faults(page) == []


OFFERS = {
    "code": replace(SCREENS["choose"], invitation="Xy3kPq8rT1vW5zB7nM2aLg"),
    "code and tablets": replace(
        SCREENS["choose"], invitation="Xy3kPq8rT1vW5zB7nM2aLg", tablets=("42", "57")
    ),
    "started": replace(SCREENS["started"], invitation="Xy3kPq8rT1vW5zB7nM2aLg"),
    "stop": replace(SCREENS["stop"], invitation="Xy3kPq8rT1vW5zB7nM2aLg"),
    "stop and tablets": replace(SCREENS["stop"], tablets=("42", "57")),
    "tablet": ScreenView(ScreenKind.TABLET, first_name="Inès", tablet="42", until_s=4),
}


@pytest.mark.parametrize("size", KIOSK, ids="{0[0]}x{0[1]}".format)
def test_what_the_touch_screen_offers_beside_fits_and_suits_a_thumb(
    chromium: Browser, size: tuple[int, int]
) -> None:
    screens = FakeScreens(lab())
    server = serve(create_app(screens, address=lambda: "http://192.168.1.20:8080"), "127.0.0.1", 0)
    try:
        with browser.page(chromium, *size) as (page, complaints):
            page.goto(f"http://127.0.0.1:{server.port}/")
            for language in ("fr", "en"):
                for kind, screen in OFFERS.items():
                    _painted(page, screens.show_screen(replace(screen, language=language)))
                    seen = page.evaluate(MEASURE)
                    case = f"{kind} in {language} at {size}"
                    assert not seen["scrolls"], case
                    assert not seen["out"], case
                    assert seen["clipped"] == [], case
                    for number, box in enumerate(seen["boxes"]):
                        assert min(box["width"], box["height"]) >= THUMB, case
                        for other in seen["boxes"][number + 1 :]:
                            assert _apart(box, other) >= GAP - 0.5, case
                    if language == "fr":
                        assert _faults(page) == [], case
            assert complaints == []
    finally:
        server.stop()


def test_a_finger_on_the_code_keeps_it_up_and_on_the_tablet_allows_it(chromium: Browser) -> None:
    screens = FakeScreens(lab())
    server = serve(create_app(screens, address=lambda: "http://192.168.1.20:8080"), "127.0.0.1", 0)
    try:
        with browser.page(chromium, 800, 480) as (page, _):
            page.goto(f"http://127.0.0.1:{server.port}/")
            _painted(page, screens.show_screen(OFFERS["code and tablets"]))
            for name, touch in (
                ("Envoyer un fichier", (Touch.LANGUAGE, "fr")),
                ("Autoriser la tablette 42", (Touch.TABLET, "42")),
            ):
                # A tap too soon after a change was meant for the screen before: again.
                until(lambda name=name, touch=touch: touch in tapped(page, screens, name), name)
    finally:
        server.stop()
