"""What falls in a lab: the kiosk killed among taps, hung, updated; what the relays do then."""

from __future__ import annotations

import random
import signal
import time
from pathlib import Path

import pytest

from tests.journeys.town import Town, month_now, table, until

pytestmark = pytest.mark.slow

LIVES = 12
#: Within so many seconds after its badge a kiosk dies: before, in and after the write.
DIES_WITHIN_S = 0.06
HELD = """
[machines.mk]
name = "MK4"
family = "3d-printer"
sort = "interlocked"
relay = { line = 22, when_lost = "hold" }
"""
#: Of the saw, in the town's site file; and what a keeper that shares a core may be late.
DROP_S, LATE_S = 2.0, 2.0


def test_whatever_a_killed_kiosk_acknowledged_is_in_the_export_once(tmp_path: Path) -> None:
    dies = random.Random(2026)
    with Town(tmp_path) as town:
        for _ in range(LIVES):
            town.tap("karim", town.saw)
            death = time.monotonic() + dies.uniform(0, DIES_WITHIN_S)
            until(lambda: time.monotonic() > death, "the kiosk dies")  # noqa: B023
            town.kiosk.end(signal.SIGKILL)
            town.start_kiosk()
        while town.open_sessions():
            town.tap("karim", town.saw)
            until(lambda: town.entries()[-1]["kind"].startswith("session."), "the badge is heard")
            town.kiosk.end()
            town.start_kiosk()
        opened = town.entries("session.opened")
        told = town.entries("session.opened", "session.resumed")
        energised = sum(change.on for change in town.changes("saw"))
        town.sync()
        month = town.export(month_now())
        said = town.ask("journal", "check", "--site", str(town.site))
    assert 0 < energised <= len(told), "power was given that the journal does not know of"
    sessions = [row["session"] for row in table(month, "sessions")]
    assert sorted(sessions) == sorted(entry["birth"] for entry in opened)
    assert "whole" in said


def start_both(town: Town) -> None:
    town.tap("karim", town.saw)
    town.tap("ines")
    town.wait_for_screen("choose")
    town.touch("machine", "mk")
    until(lambda: town.on() == {"saw", "mk"}, "saw and printer have power")


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_a_kiosk_that_falls_silent_drops_the_saw_and_holds_the_print(
    how: signal.Signals, tmp_path: Path
) -> None:
    with Town(tmp_path, HELD) as town:
        start_both(town)
        silent_us = time.monotonic_ns() // 1000
        town.kiosk.send(how)
        until(lambda: town.on() == {"mk"}, "the saw has fallen")
        fell_s = (town.changes("saw")[-1].at_us - silent_us) / 1e6
        before = len(town.changes("mk"))
        if how is signal.SIGSTOP:
            town.kiosk.send(signal.SIGCONT)
        else:
            town.kiosk.end(signal.SIGKILL)
            town.start_kiosk()
        until(lambda: town.entries("session.suspended"), "the saw's session is suspended")
        assert fell_s < DROP_S + LATE_S
        assert town.on() == {"mk"}, "nothing is energised without a badge"
        assert len(town.changes("mk")) == before
        town.tap("karim", town.saw)
        until(lambda: town.on() == {"saw", "mk"}, "its holder's badge gives it power again")
        assert town.entries("session.resumed")
        assert len(town.entries("session.opened")) == 2


def test_an_update_of_the_kiosk_costs_neither_the_saw_nor_the_print_anything(
    tmp_path: Path,
) -> None:
    with Town(tmp_path, HELD) as town:
        start_both(town)
        before = len(town.changes("saw")) + len(town.changes("mk"))
        town.kiosk.end(signal.SIGTERM)
        town.start_kiosk()
        town.tap("ines")
        town.wait_for_screen("stop")
        town.touch("end")
        until(lambda: town.on() == {"saw"}, "her print is over, his saw runs on")
        assert len(town.changes("saw")) + len(town.changes("mk")) == before + 1
        assert town.entries("session.suspended") == []


def test_two_kiosks_on_one_journal_are_one_kiosk_and_a_sentence(tmp_path: Path) -> None:
    with Town(tmp_path) as town:
        second = town.try_kiosk()
        assert second.returncode == 2
        assert "lab.db" in second.stderr
        assert "Traceback" not in second.stderr
        town.tap("karim", town.saw)
        until(lambda: "saw" in town.on(), "the first one goes on")


def test_a_journal_of_a_newer_kiosk_is_left_alone(tmp_path: Path) -> None:
    with Town(tmp_path) as town:
        town.kiosk.end()
        before = town.from_the_future()
        second = town.try_kiosk()
        assert second.returncode == 2
        assert "newer" in second.stderr
        assert (town.lab / "lab.db").read_bytes() == before


@pytest.mark.parametrize(
    ("month", "says"),
    [("2026-13", "2026-13"), ("novembre", "novembre"), ("2199-01", "in the future")],
)
def test_an_export_of_no_month_is_refused_in_a_sentence(
    month: str, says: str, tmp_path: Path
) -> None:
    with Town(tmp_path) as town:
        refused = town.try_export(month)
        assert refused.returncode == 2
        assert says in refused.stderr
        assert "Traceback" not in refused.stderr
        assert not list((town.hall).rglob("*.csv"))[1:], "the members' file is the only one"
