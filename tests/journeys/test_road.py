"""The main job through real processes: badge in, machine on, hours counted, synced, exported."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.town import Town, month_now, table, until
from tests.octoprint_peer import OctoPrintPeer, gcode, need

VERSION = "1.11.8"
POLL_S = 1.0
CUBE = "cube.gcode"
PAUSE_S = 3

PRINTER = """
[machines.mk]
name = "MK4"
family = "3d-printer"
sort = "interlocked"
clearance = true
outlives = true
relay = {{ line = 22, when_lost = "hold" }}
driver = {{ kind = "octoprint", url = "{url}", key_file = "octoprint", poll_s = {poll_s}, \
push = {push} }}
"""

pytestmark = [pytest.mark.octoprint, pytest.mark.slow]


@pytest.fixture(scope="module")
def octoprint() -> Iterator[OctoPrintPeer]:
    need(VERSION)
    with OctoPrintPeer(VERSION) as peer:
        peer.connect()
        peer.upload(CUBE, gcode(seconds=8))
        yield peer


@pytest.mark.parametrize(
    ("poll_s", "push"), [(POLL_S, "true"), (POLL_S, "false")], ids=["push", "polling"]
)
def test_a_print_is_in_the_months_export_once_with_its_hours_and_without_its_pause(
    octoprint: OctoPrintPeer, tmp_path: Path, poll_s: float, push: str
) -> None:
    machine = PRINTER.format(url=octoprint.url, poll_s=poll_s, push=push)
    with Town(tmp_path, machine, {"octoprint": octoprint.key}) as town:
        until(lambda: "Prêt" in town.card("MK4"), "the printer is seen")
        town.tap("ines")
        town.wait_for_screen("choose")
        town.touch("machine", "mk")
        town.wait_for_screen("started")
        until(lambda: "mk" in town.on(), "the printer has power")
        [opened] = town.entries("session.opened")
        assert opened["data"]["machine"] == "mk"

        octoprint.print(CUBE)
        until(lambda: CUBE in town.card("MK4"), "the tablet says that it prints")
        octoprint.pause()
        until(lambda: "En pause" in town.card("MK4"), "the tablet says that it is paused")
        paused = time.monotonic() + PAUSE_S
        until(lambda: time.monotonic() > paused, "the pause has lasted")
        octoprint.resume()
        octoprint.wait_for("Operational")
        printer_s = octoprint.get(f"files/local/{CUBE}")["prints"]["last"]["printTime"]
        [ended] = until(lambda: town.entries("print.ended"), "the print has ended")

        town.tap("ines")
        town.wait_for_screen("stop")
        town.touch("end")
        until(lambda: "mk" not in town.on(), "the printer is off again")

        town.sync()
        month = town.export(month_now())

    assert ended["data"]["used_us"] / 1e6 == pytest.approx(printer_s, abs=2 * POLL_S)
    assert ended["data"]["paused_us"] / 1e6 >= PAUSE_S - POLL_S
    assert ended["data"]["unseen_us"] == 0
    [session] = table(month, "sessions")
    assert session["machine"] == "mk"
    assert session["categorie"] == "particulier"
    [run] = table(month, "impressions-et-marches")
    assert run["resultat"] == "réussie"
    assert run["session"] == session["session"]
    assert float(run["marche_h"]) == pytest.approx(ended["data"]["used_us"] / 3.6e9, abs=0.0005)
    assert float(run["pause_h"]) == pytest.approx(ended["data"]["paused_us"] / 3.6e9, abs=0.0005)
