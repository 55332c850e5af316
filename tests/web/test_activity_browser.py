"""What a lab makes and holds, in a real Chromium over a whole floor."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from kiosk.floor.view import Touch
from kiosk.web.app import create_app
from kiosk.web.server import Server
from machines.journal import Entry
from machines.made_entries import Produced
from tests import browser
from tests.lab import Lab, machines

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser.chromium() as running:
        yield running


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    made = {"press": ("mug",), "vinyl": ("t-shirt", "sweat", "apron")}
    lab = Lab(tmp_path, tuple(replace(m, makes=made.get(m.slug, ())) for m in machines()))
    yield lab
    lab.close()


@pytest.fixture
def server(lab: Lab) -> Iterator[Server]:
    server = Server(create_app(lab.screens), "127.0.0.1", 0)
    server.start()
    yield server
    server.stop()


def until(lab: Lab, seen: Callable[[], bool]) -> None:
    """The floor takes what came from the page, until `seen`; ten seconds at most."""
    deadline = time.monotonic() + 10
    while not seen():
        assert time.monotonic() < deadline
        lab.settle()


def test_mugs_are_counted_by_a_thumb_when_the_session_ends(
    chromium: Browser, lab: Lab, server: Server
) -> None:
    lab.tap("ines", "press")
    lab.advance(minutes=20)
    lab.tap("ines")
    with browser.page(chromium, 800, 480) as (page, complaints):
        page.goto(f"http://127.0.0.1:{server.port}/")
        page.get_by_role("button", name="Terminer").click()
        until(lab, lambda: bool(lab.screen.counters))
        more = page.get_by_role("button", name="Un de plus : Mug")
        number = page.locator(".number")
        expect(number).to_have_text("0")
        page.wait_for_timeout(450)  # a tap sooner was meant for the screen before
        for count in (1, 2, 3):
            more.click()
            until(lab, lambda count=count: lab.screen.counters[0].count == count)
            expect(number).to_have_text(str(count))
        page.get_by_role("button", name="Un de moins : Mug").click()
        until(lab, lambda: lab.screen.counters[0].count == 2)
        page.get_by_role("button", name="C’est tout").click()
        until(lab, lambda: not lab.screen.counters)
        expect(page.get_by_role("heading", name="Présentez votre badge")).to_be_visible()
        assert complaints == []

    def of(entry: Entry) -> tuple[str, int] | None:
        return (entry.body.item, entry.body.count) if isinstance(entry.body, Produced) else None

    assert [of(e) for e in lab.entries() if of(e)] == [("mug", 2)]


def test_the_next_persons_badge_takes_the_screen_and_loses_no_shirt(
    chromium: Browser, lab: Lab, server: Server
) -> None:
    lab.tap("ines", "vinyl")
    lab.tap("ines")
    lab.touch(Touch.END)
    with browser.page(chromium, 800, 480) as (page, complaints):
        page.goto(f"http://127.0.0.1:{server.port}/")
        page.wait_for_timeout(450)
        page.get_by_role("button", name="Un de plus : Tablier").click()
        until(lab, lambda: lab.screen.counters[2].count == 1)
        lab.tap("karim")
        expect(page.get_by_role("heading", name="Bonjour Karim")).to_be_visible()
        assert complaints == []
    assert [b.item for b in lab.bodies(Produced) if isinstance(b, Produced)] == ["apron"]
