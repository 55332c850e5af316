"""A laser behind its tap, through real processes: no badge, no connection; beam and job counted."""

from __future__ import annotations

import socket
from collections import Counter
from pathlib import Path

import pytest

from drivers.grbl.fake import FakeLaser
from drivers.grbl.sender import Sender
from tests.journeys.town import Town, free_port, month_now, table, until

pytestmark = pytest.mark.slow

LASER = """
[machines.laser]
name = "Découpe laser"
family = "laser"
sort = "interlocked"
clearance = true
relay = {{ line = 23, when_lost = "drop", drop_after_s = 2 }}
driver = {{ kind = "grbl", port = "{port}", tap_port = {tap}, tap_listen = "127.0.0.1" }}
"""
#: Two seconds of beam at 600 mm/min, and two without.
JOB = ("G21 G90", "M3 S500", "G1 X20 F600", "M5", "G1 X40 F600", "M2")
SECONDS_S = 2.0
#: GRBL reports are half a second apart where nobody asks more often.
NEAR_S = 0.7


def is_hung_up(where: tuple[str, int]) -> bool:
    """Whether a sender that connects is sent away."""
    with socket.create_connection(where, timeout=5) as sender:
        sender.settimeout(1)
        try:
            return sender.recv(1) == b""
        except TimeoutError:
            return False


def metered(town: Town) -> Counter[str]:
    """Seconds by meter, as the journal has them so far."""
    seconds: Counter[str] = Counter()
    for entry in town.entries("run.measured"):
        seconds[entry["data"]["meter"]] += entry["data"]["used_us"] / 1e6
    return seconds


def test_an_engraving_is_counted_from_badge_to_export(tmp_path: Path) -> None:
    where = "127.0.0.1", free_port()
    with (
        FakeLaser(tmp_path / "laser-tty") as laser,
        Town(tmp_path, LASER.format(port=laser.path, tap=where[1])) as town,
    ):
        until(lambda: is_hung_up(where), "no badge, no connection")
        town.tap("ines")
        town.wait_for_screen("choose")
        town.touch("machine", "laser")
        until(lambda: "laser" in town.on(), "the laser has power")
        with Sender(where) as sender:
            sender.run(JOB)
            sender.finish()
            assert not laser.beam_on
        until(lambda: set(metered(town)) == {"beam", "job"}, "beam and job are told")
        beam_s, job_s = metered(town)["beam"], metered(town)["job"]

        with Sender(where) as sender:
            sender.run(JOB[:2])
            sender.send(b"G1 X-500 F600\n")
            until(lambda: "Faisceau allumé" in town.card("Découpe laser"), "the beam is seen")
            assert laser.beam_on
        until(lambda: not laser.beam_on, "a sender that vanished has its beam put out")

        town.tap("ines")
        town.wait_for_screen("stop")
        town.touch("end")
        until(lambda: "laser" not in town.on(), "the laser is off")
        until(lambda: is_hung_up(where), "and connects nobody")
        until(lambda: metered(town)["job"] > job_s, "the broken job is told as well")
        whole = metered(town)
        town.sync()
        month = town.export(month_now())
    assert beam_s == pytest.approx(SECONDS_S, abs=NEAR_S)
    assert job_s == pytest.approx(2 * SECONDS_S, abs=NEAR_S)
    [session] = table(month, "sessions")
    runs = table(month, "impressions-et-marches")
    assert {run["machine"] for run in runs} == {"laser"}
    assert {run["session"] for run in runs} == {session["session"]}
    for column, meter in (("faisceau_h", "beam"), ("marche_h", "job")):
        hours = sum(float(run[column] or 0) for run in runs)
        assert hours == pytest.approx(whole[meter] / 3600, abs=0.001)
