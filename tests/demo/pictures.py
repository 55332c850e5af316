"""The pictures of README.md, taken from a running demo: python -m tests.demo.pictures"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from kiosk.demo.places import Places
from tests.browser import chromium, page
from tests.demo.test_training import Demo, started, until

PICTURES = Path(__file__).parents[2] / ".pictures"
#: Device by its row on the bench of CCDV: what is printing when the picture is taken.
PRINTING = (0, 2, 4, 6)
#: Who is at which machine, on the touch screen.
BUSY = (("M0002", "mk4-1"), ("M0008", "mk3-1"), ("M0007", "mini"), ("M0006", "solder-1"))
#: Real seconds, at 20 times the speed, for prints to get on and a pause to be seen.
LATER_S = 40.0


def take(demo: Demo) -> None:
    PICTURES.mkdir(exist_ok=True)
    _fill(demo)
    with chromium() as browser:
        for name, path, width, height in (
            ("touch", "", 800, 480),
            ("tablet", "tablet", 1280, 800),
        ):
            with page(browser, width, height) as (opened, _):
                opened.goto(demo.places.url("ccdv") + path)
                if name == "touch":
                    demo.present("M0001")
                    until(lambda: demo.screen() == "choose", "the screen does not ask")
                opened.wait_for_timeout(1500)  # the first live card
                opened.screenshot(path=PICTURES / f"{name}.png")


def _fill(demo: Demo) -> None:
    """Members at machines, prints under way, one printer whose cable is pulled."""
    for person, machine in BUSY:
        demo.present(person)
        until(lambda: demo.screen() == "choose", "the screen does not ask")
        demo.touch("machine", machine)
        until(lambda: demo.screen() in ("started", "refused"), "nothing came of it")
        demo.touch("back")
        until(lambda: demo.screen() == "idle", "the screen does not rest")
    for device in PRINTING:
        demo.pull(device, 0)
    until(lambda: "%" in demo.page("ccdv", "tablet"), "no print is seen")
    time.sleep(LATER_S)
    demo.pull(2, 1)  # somebody pauses a print
    demo.pull(5, 3)
    until(lambda: "Hors ligne" in demo.page("ccdv", "tablet"), "nobody misses the printer")


def main() -> int:
    with (
        tempfile.TemporaryDirectory() as folder,
        started(Places(Path(folder), 28000), "--speed", "20") as demo,
    ):
        take(demo)
    return 0


if __name__ == "__main__":
    sys.exit(main())
