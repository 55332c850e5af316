"""What a tile says of a machine: never « Libre » of one that nobody can use."""

from __future__ import annotations

import pytest

from drivers.relay.wire import Why
from kiosk.floor.view import TileState, Touch
from kiosk.keeper.protocol import LineReport
from machines.facts import Back, BadgeRead, JobSeen, PrinterSeen, Silence
from machines.meter import Work
from tests.lab import BADGES, Lab

CUBE = JobSeen("cube.gcode", "cube.gcode", progress=0.5)


def _disconnected(machine: str, state: str = "Offline after error") -> PrinterSeen:
    return PrinterSeen(machine, Work.UNKNOWN, state)


@pytest.mark.parametrize("state", ["Offline", "Offline after error", "Error: heater", "Connecting"])
def test_a_printer_that_octoprint_has_lost_is_not_free(lab: Lab, state: str) -> None:
    lab.tell(_disconnected("ender", state))
    assert lab.machine("ender").state is TileState.OFFLINE


def test_a_printer_found_again_is_free(lab: Lab) -> None:
    lab.tell(_disconnected("ender"), PrinterSeen("ender", Work.RESTING, "Operational"))
    assert lab.machine("ender").state is TileState.FREE


def test_a_printer_that_its_relay_keeps_off_waits_for_a_badge(lab: Lab) -> None:
    lab.tell(_disconnected("prusa"))
    assert lab.machine("prusa").state is TileState.FREE


def test_an_octoprint_that_does_not_answer_is_no_matter_of_relays(lab: Lab) -> None:
    lab.tell(Silence("prusa", "no answer"))
    assert lab.machine("prusa").state is TileState.OFFLINE


def test_what_a_printer_said_before_it_fell_silent_is_not_said_again(lab: Lab) -> None:
    lab.tell(PrinterSeen("ender", Work.RESTING, "Operational", nozzle_c=190.0))
    lab.tell(Silence("ender", "no answer"))
    shown = lab.machine("ender")
    assert (shown.printer_state, shown.nozzle_c) == ("", None)


def test_a_print_of_which_nothing_is_known_keeps_its_machine_from_being_free(lab: Lab) -> None:
    lab.tell(PrinterSeen("ender", Work.WORKING, "Printing", CUBE))
    lab.tell(PrinterSeen("ender", Work.UNKNOWN, "Printing", CUBE))
    assert lab.machine("ender").print.state == "unknown"
    assert lab.machine("ender").state is TileState.BUSY


def test_a_short_pause_is_nobodys_business_and_a_long_one_is(lab: Lab) -> None:
    lab.tell(PrinterSeen("ender", Work.WORKING, "Printing", CUBE))
    lab.tell(PrinterSeen("ender", Work.PAUSED, "Paused", CUBE))
    assert lab.machine("ender").state is TileState.BUSY
    for _ in range(201):
        lab.advance(3)
        lab.tell(PrinterSeen("ender", Work.PAUSED, "Paused", CUBE))
    assert lab.machine("ender").state is TileState.ATTENTION
    lab.tell(PrinterSeen("ender", Work.WORKING, "Printing", CUBE))
    assert lab.machine("ender").state is TileState.BUSY


def test_a_suspended_session_says_what_resumes_it(lab: Lab) -> None:
    lab.tap("ines", "saw")
    lab.report_lines(LineReport("saw", False, Why.SILENCE, 20))
    shown = lab.machine("saw")
    assert (shown.state, shown.note) == (TileState.ATTENTION, "suspended")


def test_a_reader_is_not_said_to_answer_before_its_port_is_open(lab: Lab) -> None:
    assert not lab.view.readers_ok
    lab.tell(Back("desk"), Back("saw-reader"))
    assert not lab.view.readers_ok, "the saw's own is listened to: a badge may lie on it"
    lab.advance(1)
    assert lab.view.readers_ok
    lab.tell(Silence("desk", "the cable is out"))
    assert not lab.view.readers_ok


def test_a_badge_does_not_have_the_queue_drawn_anew(lab: Lab) -> None:
    lab.submit()
    drawn = lab.view.queue
    lab.tell(BadgeRead("desk", BADGES["ines"]))
    lab.touch(Touch.MACHINE, "press")
    assert lab.machine("press").member is not None
    assert lab.view.queue is drawn
    lab.submit("karim", "vase.gcode")
    assert len(lab.view.queue.jobs) == 2
