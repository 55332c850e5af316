"""The pictures of README.md, taken from a running demo: python -m tests.demo.pictures"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from kiosk.demo.association import ADMIN, PASSWORD
from kiosk.demo.places import Places
from tests.browser import chromium, page
from tests.demo.test_training import Demo, started, until

PICTURES = Path(__file__).parents[2] / ".pictures"
#: Who is at which machine, besides those who print.
BUSY = (("M0006", "solder-1"), ("M0021", "laser"))
#: Real seconds, at 20 times the speed, for prints to get on.
LATER_S = 60.0


def take(demo: Demo) -> None:
    PICTURES.mkdir(exist_ok=True)
    _fill(demo)
    with chromium() as browser:
        for name, path, width, height in (
            ("touch", "", 800, 480),
            ("tablet", "tablet", 1280, 800),
            ("queue", "tablet/queue", 1280, 800),
        ):
            with page(browser, width, height) as (opened, _):
                opened.goto(demo.places.url("ccdv") + path)
                if name == "touch":
                    demo.present("M0001")
                    until(lambda: demo.screen() == "choose", "the screen does not ask")
                opened.wait_for_timeout(1500)  # the first live card
                opened.screenshot(path=PICTURES / f"{name}.png")


def report(places: Places) -> None:
    """The first screen of last year's report, at the central of a demo that has lived it."""
    central = places.url("central")
    with chromium() as browser, page(browser, 1280, 800) as (opened, _):
        opened.goto(f"{central}login")
        opened.get_by_role("textbox").first.fill(ADMIN)
        opened.locator("input[type=password]").fill(PASSWORD)
        opened.locator("main button").click()
        opened.goto(f"{central}report")
        opened.screenshot(path=PICTURES / "report.png")


def _fill(demo: Demo) -> None:
    """Members at machines, and the printers' scene once it is set."""
    for person, machine in BUSY:
        demo.present(person)
        until(lambda: demo.screen() == "choose", "the screen does not ask")
        demo.touch("machine", machine)
        until(lambda: demo.screen() in ("started", "refused"), "nothing came of it")
        demo.touch("back")
        until(lambda: demo.screen() == "idle", "the screen does not rest")
    until(lambda: "Buse à changer" in demo.page("ccdv", "tablet"), "the printers' scene is not set")
    time.sleep(LATER_S)


def main() -> int:
    with (
        tempfile.TemporaryDirectory() as folder,
        started(Places(Path(folder), 28000), "--speed", "20", "--days", "690") as demo,
    ):
        take(demo)
        report(demo.places)
    return 0


if __name__ == "__main__":
    sys.exit(main())
