"""What a laser says beside its work, as the tablet shows it."""

from __future__ import annotations

from kiosk.floor.view import TileState
from machines.facts import LaserMessage, WorkSeen
from machines.meter import Work
from tests.lab import Lab


def test_an_alarm_is_shown_until_the_laser_is_unlocked(lab: Lab) -> None:
    lab.tell(LaserMessage("laser", "alarm", "ALARM:1"))
    assert lab.machine("laser").note == "alarm"
    lab.tell(LaserMessage("laser", "alarm-over"))
    assert lab.machine("laser").note == ""


def test_a_beam_left_on_is_shown_until_it_is_out(lab: Lab) -> None:
    lab.tell(WorkSeen("laser", "beam", Work.WORKING), LaserMessage("laser", "beam-left-on"))
    assert lab.machine("laser").note == "beam-left-on"
    assert lab.machine("laser").state is not TileState.FREE
    lab.tell(WorkSeen("laser", "beam", Work.RESTING))
    assert lab.machine("laser").note == ""


def test_a_computer_may_connect_to_the_laser_while_its_member_is_badged_in(lab: Lab) -> None:
    assert not lab.taps.allowed.get("laser")
    lab.tap("ines", "laser")
    assert lab.taps.allowed["laser"]
