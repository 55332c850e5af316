"""What a lab makes and holds, in a real Chromium over a whole floor."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from kiosk.floor.view import Touch
from kiosk.web.server import Server
from machines.journal import Entry
from machines.made_entries import Produced
from tests import browser
from tests.lab import Lab, machines
from tests.web.test_activity import PIN, Tablet, sessions, visit
from tests.web.test_browser import AXE

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
    app = Tablet(lab).app
    server = Server(app, "127.0.0.1", 0)
    server.start()
    yield server
    server.stop()


def until(lab: Lab, seen: Callable[[], bool]) -> None:
    """The floor takes what came from the page, until `seen`; ten seconds at most."""
    deadline = time.monotonic() + 10
    while not seen():
        assert time.monotonic() < deadline
        lab.settle()


def eventually(seen: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not seen():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@contextmanager
def at_work(lab: Lab) -> Iterator[None]:
    """The floor takes its turns by itself."""
    over = threading.Event()

    def work() -> None:
        while not over.wait(0.005):
            lab.floor.drain()

    working = threading.Thread(target=work)
    working.start()
    yield
    over.set()
    working.join()


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


def _faults(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA and its best practices."""
    page.evaluate(AXE.read_text())
    found = page.evaluate("() => axe.run()")
    return [f"{v['id']}: {n['html'][:90]}" for v in found["violations"] for n in v["nodes"]]


def say_who(page: Page) -> None:
    """In the dialog that opens where an act waits for it."""
    dialog = page.locator("#who")
    dialog.get_by_label("Noé A.").check()
    dialog.get_by_label("Votre code à six chiffres").fill(PIN)
    dialog.get_by_role("button", name="Continuer").click()


def test_an_animator_puts_the_end_of_a_session_right(
    chromium: Browser, lab: Lab, server: Server
) -> None:
    visit(lab, machine="ender", minutes=90)
    with at_work(lab), browser.page(chromium, 1280, 800) as (page, complaints):
        page.goto(f"http://127.0.0.1:{server.port}/tablet/activity")
        page.locator("#sessions").get_by_role("button", name="Corriger…").click()
        sheet = page.locator("#sheet")
        expect(sheet.get_by_role("heading")).to_contain_text("Corriger une session")
        assert _faults(page) == []
        sheet.get_by_label("Fin", exact=True).fill("10:30")
        sheet.get_by_label("Badge oublié").check()
        sheet.get_by_role("button", name="Corriger", exact=True).click()
        say_who(page)
        eventually(lambda: sessions(lab)[0].corrected)
        expect(sheet).to_be_hidden()
        expect(page.locator("#sessions")).to_contain_text("10 h 30")
        expect(page.locator("#sessions")).to_contain_text("Corrigé par Noé A. (fin)")
        assert [c for c in complaints if "403" not in c] == []
    (after,) = sessions(lab)
    assert round((after.used_us or 0) / 60e6) == 30


def test_a_class_is_opened_counts_its_badges_and_is_ended(
    chromium: Browser, lab: Lab, server: Server
) -> None:
    with at_work(lab), browser.page(chromium, 1280, 800) as (page, complaints):
        page.goto(f"http://127.0.0.1:{server.port}/tablet/activity")
        assert _faults(page) == []
        page.get_by_role("button", name="Ouvrir une séance collective…").click()
        sheet = page.locator("#sheet")
        sheet.get_by_label("Combien de personnes").fill("24")
        sheet.get_by_label("Presse à mugs").check()
        sheet.get_by_label("Établissement scolaire").check()
        assert _faults(page) == []
        sheet.get_by_role("button", name="Ouvrir", exact=True).click()
        say_who(page)
        eventually(lambda: bool(lab.view.parties))
        expect(page.locator("#parties")).to_contain_text("24 personnes")
        group = lab.view.parties[0].group
        page.get_by_label("Pour qui").select_option(f"party {group}")
        for _ in range(3):
            page.get_by_role("button", name="Un de plus : Badge").click()
        eventually(lambda: len(lab.bodies(Produced)) == 3)
        expect(page.locator("#made li")).to_have_count(3)
        assert page.get_by_label("Pour qui").input_value() == f"party {group}"
        page.locator("#parties").get_by_role("button", name="Terminer…").click()
        sheet.get_by_role("button", name="Terminer partout").click()
        eventually(lambda: not lab.view.parties)
        expect(page.locator("#parties")).to_contain_text("Aucune séance collective")
        assert [c for c in complaints if "403" not in c] == []
    assert {b.group for b in lab.bodies(Produced) if isinstance(b, Produced)} == {group}
