"""What is read on each screen, as a person reads it: held by files that a reviewer can read.

After a wanted change: `GOLDEN=write pytest tests/web/test_golden.py`, then read the difference.
"""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.clock import StillClock
from kiosk.floor.view import PrintView, ScreenKind, ScreenView, TileState
from kiosk.web.app import create_app
from kiosk.web.uploads import Uploads
from machines.members import Refusal
from tests.web.conftest import AFTERNOON_US
from tests.web.fake_desk import FakeDesk
from tests.web.fake_screens import SCREENS, FakeScreens, busy_lab, lab, printer
from tests.web.reading import read
from tests.web.test_member import FakeBringing

#: The tablet's pages and sheets, as a full lab shows them.
TABLET = {
    "/tablet": "tablet",
    "/tablet/queue": "tablet-queue",
    "/tablet/machine/prusa-1": "tablet-printing",
    "/tablet/machine/prusa-2": "tablet-foreign",
    "/tablet/machine/prusa-3": "tablet-lost",
    "/tablet/machine/prusa-6": "tablet-to-clear",
    "/tablet/machine/prusa-7": "tablet-to-start",
    "/tablet/machine/laser": "tablet-laser",
    "/tablet/sheet/cancel?machine=prusa-1": "sheet-cancel",
    "/tablet/sheet/own?machine=prusa-2": "sheet-own",
    "/tablet/sheet/filament?machine=prusa-1": "sheet-filament",
    "/tablet/sheet/open-session?machine=prusa-6": "sheet-open-session",
    "/tablet/sheet/close-session?machine=prusa-1": "sheet-close-session",
    "/tablet/sheet/condition?machine=prusa-1": "sheet-condition",
    "/tablet/sheet/job?job=j-4": "sheet-job",
    "/tablet/sheet/withdraw?job=j-4": "sheet-withdraw",
    "/tablet/sheet/requeue?job=j-8": "sheet-requeue",
    "/tablet/sheet/bring": "sheet-bring",
    "/tablet/activity": "tablet-activity",
    "/tablet/activity/sheet/open-party": "sheet-open-party",
    "/tablet/activity/sheet/end-party?group=g-1": "sheet-end-party",
    "/tablet/activity/sheet/make": "sheet-make",
    "/tablet/activity/sheet/workshop": "sheet-workshop",
}

GOLDEN = Path(__file__).parent / "golden"


def nowhere() -> FakeBringing:
    """Files may be brought, and none is."""
    return FakeBringing(Uploads(GOLDEN / "nowhere", 1_000_000))


@pytest.mark.slow
def test_every_icon_that_is_shown_is_drawn_and_every_one_drawn_is_shown() -> None:
    shown, drawn = set(), set()
    strips = ({"online": False}, {"journal_ok": False}, {})
    for screen in SCREENS.values():
        for changes in strips:
            app = create_app(FakeScreens(lab(screen=screen, **changes)))
            for path in ("/", "/tablet"):
                html = app.test_client().get(path).text
                shown |= set(re.findall(r'href="#icon-([a-z-]+)"', html))
                drawn |= set(re.findall(r'id="icon-([a-z-]+)"', html))
    paused = printer(1, state=TileState.BUSY, print=PrintView("mug.gcode", "paused"))
    of_tablet = [(lab(paused), "/tablet"), *((busy_lab(), path) for path in TABLET)]
    for view, path in of_tablet:
        html = create_app(FakeScreens(view), bringing=nowhere()).test_client().get(path).text
        shown |= set(re.findall(r'href="#icon-([a-z-]+)"', html))
    assert shown == drawn


def _page(path: str, language: str, screen: ScreenView) -> str:
    screens = FakeScreens(lab(screen=replace(screen, language=language)))
    app = create_app(screens, language=language, clock=StillClock(AFTERNOON_US))
    html = app.test_client().get(path).text
    return "\n".join(read(html)) + "\n"


def _hold(name: str, text: str) -> None:
    file = GOLDEN / name
    if os.environ.get("GOLDEN") == "write":
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    assert text == file.read_text()


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("kind", SCREENS)
def test_the_screen_reads_as_agreed(kind: str, language: str) -> None:
    _hold(f"{language}/{kind}.txt", _page("/", language, SCREENS[kind]))


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("name", TABLET.values())
def test_the_tablet_reads_as_agreed(name: str, language: str) -> None:
    path = next(path for path, named in TABLET.items() if named == name)
    app = create_app(
        FakeScreens(busy_lab()),
        desk=FakeDesk(),
        bringing=nowhere(),
        language=language,
        clock=StillClock(AFTERNOON_US),
    )
    _hold(f"{language}/{name}.txt", "\n".join(read(app.test_client().get(path).text)) + "\n")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_refusals_read_as_agreed(language: str) -> None:
    app = create_app(screens := FakeScreens(lab()))
    said = []
    for refusal in Refusal:
        screens.show_screen(
            ScreenView(ScreenKind.REFUSED, refusal=refusal.value, language=language)
        )
        answer = app.test_client().get("/screen.json").get_json()
        said.append(f"{refusal.value}: {answer['said']}")
    _hold(f"{language}/refusals.txt", "\n".join(said) + "\n")
