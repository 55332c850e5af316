"""Enrolling a badge and granting a clearance in a real Chromium, over a real floor and journal."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.security import generate_password_hash

from kiosk.floor.people_desk import PeopleDesk
from kiosk.web.app import create_app
from kiosk.web.authority import Authority
from kiosk.web.pairing import Forgetful, Pairing
from kiosk.web.server import Server, serve
from machines.facts import BadgeRead
from machines.people_entries import BadgeEnrolled, ClearanceGranted
from tests import browser
from tests.lab import BADGES, Lab

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AXE = Path(__file__).parents[1] / "vendor/axe-4.14.1.min.js"
NEW = "000000FF"
PIN = "246810"


@dataclass
class House:
    """A lab whose floor takes its turns by itself, and its pages."""

    lab: Lab
    server: Server

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server.port}{path}"

    def hold(self, number: str) -> None:
        for _ in range(2):
            self.lab.floor.tell(BadgeRead("desk", number))

    def bodies(self, kind: type[Any]) -> list[Any]:
        return [entry for entry in self.lab.entries() if isinstance(entry.body, kind)]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser.chromium() as running:
        yield running


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    lab = Lab(tmp_path)
    pin = generate_password_hash(PIN, "scrypt:1024:8:1")
    members = tuple(replace(m, pin=pin if m.animator else "") for m in lab.people.members)
    lab.floor.people.take(replace(lab.people, members=members))
    lab.floor.start()
    people = lab.floor.people
    authority = Authority(Pairing(Forgetful(), time.monotonic), lambda: people.animators)
    app = create_app(
        lab.screens,
        desk=lab.floor.desk,
        authority=authority,
        people=PeopleDesk(people, lab.floor.identity.acts.grantable, lab.clock),
        clock=lab.clock,
    )
    server = serve(app, "127.0.0.1", 0)
    yield House(lab, server)
    server.stop()
    lab.floor.stop()
    lab.store.close()


def say_who(page: Page) -> None:
    """The dialog that opens where nobody said who acts."""
    dialog = page.locator("#who")
    dialog.get_by_label("Noé A.").check()
    dialog.locator("input[name=pin]").fill(PIN)
    dialog.locator("form").first.get_by_role("button").last.click()


def press(page: Page, button: str, title: str) -> None:
    """A finger, again where the first came too soon after the screen had changed."""
    for _ in range(20):
        if page.locator("#title").inner_text() == title:
            return
        page.get_by_role("button", name=button).click()
        page.wait_for_timeout(150)
    raise AssertionError(f"no « {title} » after « {button} »")


def faults(page: Page) -> list[str]:
    page.evaluate(AXE.read_text())
    result: dict[str, Any] = page.evaluate("() => axe.run()")
    return [f"{v['id']}: {node['html'][:90]}" for v in result["violations"] for node in v["nodes"]]


def test_an_unknown_badge_is_attached_at_the_tablet_and_greeted_at_the_screen(
    chromium: Browser, house: House
) -> None:
    with (
        browser.page(chromium, 800, 480) as (touch, _),
        browser.page(chromium, 1280, 800) as (tablet, complaints),
    ):
        touch.goto(house.url("/"))
        tablet.goto(house.url("/tablet/members"))
        house.hold(NEW)
        shown = touch.locator("#stage .machine")
        expect(shown).to_contain_text("Code")
        code = shown.inner_text().removeprefix("Code ")
        row = tablet.locator("#unknown li", has_text=code)
        expect(row).to_be_visible()
        assert faults(tablet) == []
        row.get_by_role("button", name="Attacher à").click()
        sheet = tablet.locator("#sheet")
        expect(sheet.get_by_role("heading")).to_contain_text(code)
        assert faults(tablet) == []
        sheet.get_by_label("Rechercher").fill("karim")
        sheet.get_by_label("Karim D.").check()
        sheet.get_by_role("button", name="Attacher").click()
        say_who(tablet)
        expect(touch.locator("#title")).to_have_text("Bonjour Karim")
        expect(tablet.locator("#unknown")).to_contain_text("Aucun")
        (entry,) = house.bodies(BadgeEnrolled)
        assert entry.personal.member == "m-karim"
        assert entry.personal.by == "m-noe"
        assert [one for one in complaints if "403" not in one] == []


def test_a_clearance_is_granted_at_the_screen_by_two_badges_and_seen_at_the_tablet(
    chromium: Browser, house: House
) -> None:
    with (
        browser.page(chromium, 800, 480) as (touch, complaints),
        browser.page(chromium, 1280, 800) as (tablet, _),
    ):
        touch.goto(house.url("/"))
        house.hold(BADGES["noe"])
        press(touch, "Habiliter quelqu’un", "Habiliter quelqu’un")
        press(touch, "Découpe laser", "Présentez le badge de la personne à habiliter")
        house.hold(BADGES["karim"])
        expect(touch.locator("#title")).to_have_text("Karim\u00a0: habilitation donnée")
        (entry,) = house.bodies(ClearanceGranted)
        assert (entry.body.of, entry.personal.member) == ("laser", "m-karim")

        tablet.goto(house.url("/tablet/members"))
        tablet.locator("select[name=of]").select_option("laser")
        tablet.get_by_role("button", name="Afficher").click()
        expect(tablet.locator("#able")).to_contain_text("Karim D.")
        assert "m-karim" not in tablet.url
        tablet.locator("#able").get_by_role("link", name="Karim D.").click()
        expect(tablet.locator("#person")).to_contain_text("Découpe laser")
        assert faults(tablet) == []
        assert complaints == []


def test_a_clearance_is_granted_and_taken_away_at_the_tablet(
    chromium: Browser, house: House
) -> None:
    with browser.page(chromium, 1280, 800) as (tablet, _):
        tablet.goto(house.url("/tablet/members"))
        tablet.get_by_label("Prénom").fill("kar")
        tablet.locator("#found").get_by_role("link", name="Karim D.").click()
        tablet.get_by_role("button", name="Donner une habilitation…").click()
        sheet = tablet.locator("#sheet")
        sheet.get_by_label("Scie à ruban").check()
        sheet.get_by_role("button", name="Donner").click()
        say_who(tablet)
        row = tablet.locator("#person li", has_text="Scie à ruban")
        expect(row).to_be_visible()
        row.get_by_role("button", name="Retirer").click()
        sheet.get_by_label("Pourquoi").fill("Lunettes oubliées")
        assert faults(tablet) == []
        sheet.get_by_role("button", name="Retirer").click()
        expect(row).to_be_hidden()
        tablet.go_back()
        assert "kar" not in tablet.url


def test_the_members_page_suits_a_phone_too(chromium: Browser, house: House) -> None:
    with browser.page(chromium, 390, 844) as (tablet, _):
        house.hold(NEW)
        tablet.goto(house.url("/tablet/members"))
        expect(tablet.locator("#unknown li")).to_be_visible()
        wide = tablet.evaluate(
            "() => [...document.querySelectorAll('body *')].filter((e) => e.checkVisibility()"
            " && e.getBoundingClientRect().right > innerWidth + 1)"
            ".map((e) => e.outerHTML.slice(0, 80))"
        )
        assert wide == []
        assert faults(tablet) == []
