"""The demo's laser at its fastest: what is engraved is what the meters say."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers.grbl import Options
from drivers.grbl.fake import FakeLaser
from drivers.grbl.link import GrblLink
from kiosk.clock import ClockPace, FastClock
from kiosk.demo.engraver import Engraver
from machines.facts import Fact, LaserMessage, WorkSeen
from machines.instants import SECOND
from machines.meter import Meter
from machines.running import GAP_US
from tests.drivers.hearing import DEADLINE_S, Heard
from tests.drivers.laser_bench import is_message

pytestmark = pytest.mark.slow

#: Its four squares have 4 x 4 sides of 80, 70, 60 and 50 mm at 600 mm/min.
BEAM_S = 4 * (80 + 70 + 60 + 50) / 600 * 60


@pytest.mark.parametrize("speed", [60.0, 20.0])
def test_an_engraving_is_seen_at_any_speed_of_the_demo(speed: float, tmp_path: Path) -> None:
    clock, heard, beam = FastClock(1_790_000_000 * SECOND, speed), Heard(), Meter(GAP_US)

    def tell(fact: Fact) -> None:
        nonlocal beam
        if isinstance(fact, WorkSeen) and fact.meter == "beam":
            beam = beam.observe(clock.boot_us(), fact.work)
        heard(fact)

    with FakeLaser(tmp_path / "laser", speed) as laser:
        options = Options(str(laser.path), tap_port=0, tap_listen="127.0.0.1")
        link = GrblLink("laser", options, tell, ClockPace(clock))
        link.allow(True)
        link.start()
        address = link.address(DEADLINE_S)
        assert address
        Engraver(address, speed).engrave()
        heard.wait_for(
            lambda facts: any(is_message(fact, "client-gone") for fact in facts),
            BEAM_S / speed + 20,
        )
        link.stop()
    assert LaserMessage("laser", "beam-put-out", "nobody was connected any more") not in heard.facts
    assert beam.used_us / SECOND == pytest.approx(BEAM_S, rel=0.3)
