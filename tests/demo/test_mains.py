"""A demo printer behind a relay: without its relay it is off, whatever it was doing."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from drivers.octoprint.fake_printer import FakePrinter
from drivers.relay.fake import Change
from kiosk.clock import ClockPace, StillClock
from kiosk.demo.mains import Mains


def _switch(trace: Path, machine: str, on: bool) -> None:
    with trace.open("a") as lines:
        lines.write(json.dumps(asdict(Change(0, machine, 12, int(on), on))) + "\n")


def test_a_printer_is_on_while_its_relay_is(tmp_path: Path) -> None:
    trace, printer = tmp_path / "trace", FakePrinter(ClockPace(StillClock(0)))
    mains = Mains(trace, {"mk4": printer})
    mains.start()
    mains.stop()
    assert printer.print("cube.gcode", 60)[0] == 409
    _switch(trace, "mk4", True)
    mains.look()
    assert printer.print("cube.gcode", 60)[0] == 204
    _switch(trace, "mk4", False)
    mains.look()
    assert printer.state == "Offline after error"
    printer.connect()
    assert printer.state == "Offline after error"


def test_another_machine_s_relay_changes_nothing(tmp_path: Path) -> None:
    trace, printer = tmp_path / "trace", FakePrinter(ClockPace(StillClock(0)))
    mains = Mains(trace, {"mk4": printer})
    _switch(trace, "mk4", True)
    mains.look()
    printer.print("cube.gcode", 60)
    _switch(trace, "laser", True)
    _switch(trace, "laser", False)
    mains.look()
    assert printer.state == "Printing"
