"""A clearance granted while the central is away: good at once, and still when it came back."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.journeys.town import Town, until

pytestmark = pytest.mark.slow

LASER = """
[machines.laser]
name = "Découpe laser"
family = "laser"
sort = "bare"
clearance = true
"""


def clearances_in_roster(town: Town, member: str) -> list[str]:
    """As the lab got it from the central, whole."""
    with closing(sqlite3.connect(f"file:{town.lab}/lab.db?mode=ro", uri=True)) as lab:
        [(body,)] = lab.execute("SELECT body FROM roster")
    people = {one["id"]: one for one in json.loads(body)["members"]}
    return [one["of"] for one in people[member].get("clearances", [])]


def begin_at_the_laser(town: Town, who: str) -> str:
    town.tap(who)
    town.wait_for_screen("choose")
    town.touch("machine", "laser")
    until(lambda: town.screen() in ("started", "refused"), "the laser answers")
    return town.screen()


def test_who_was_cleared_by_two_badges_while_the_central_was_away_is_cleared_everywhere_after(
    tmp_path: Path,
) -> None:
    with Town(tmp_path, LASER) as town:
        assert begin_at_the_laser(town, "karim") == "refused"
        town.touch("back")
        town.central.end()

        town.tap("ines")
        town.wait_for_screen("choose")
        town.touch("teach")
        town.wait_for_screen("teach")
        town.touch("grant", "laser")
        town.wait_for_screen("learn")
        town.tap("karim")
        town.wait_for_screen("granted")
        town.touch("back")
        assert begin_at_the_laser(town, "karim") == "started"
        assert clearances_in_roster(town, "m-2") == []

        town.kiosk.end()
        town.start_kiosk()
        town.central.start()
        town.sync()
        until(lambda: clearances_in_roster(town, "m-2") == ["laser"], "the roster has it")
        town.tap("karim")
        town.wait_for_screen("stop")
        town.touch("end")
        town.wait_for_screen("stopped")
        town.wait_for_screen("idle")
        [granted] = town.entries("clearance.granted")
        assert granted["data"]["of"] == "laser"
        assert begin_at_the_laser(town, "karim") == "started"
