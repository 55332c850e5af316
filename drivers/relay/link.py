"""The output lines, through gpiozero: claimed at their resting level, and left there.

On a Pi this is lgpio. gpiozero's own pin first claims a line as an input, then
as an output at 0, then writes: an active-low relay is on for a moment at every
start (gpiozero 2.0.1, pins/lgpio.py, `_set_function`). `RestingPin` claims once,
with the level.
"""

from __future__ import annotations

import importlib
import json
import os
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import gpiozero
from gpiozero.pins.local import LocalPiPin
from gpiozero.pins.mock import MockFactory, MockPin

from drivers.relay import Options


class BoardError(RuntimeError):
    """The lines cannot be had: a sentence for the operator."""


class Board:
    """All output lines of one lab. Making it claims them at rest; nothing is energised by it.

    `pins` is a factory of gpiozero's. Raises BoardError.
    """

    def __init__(self, lines: Iterable[Options], pins: Any) -> None:
        self._relays: dict[str, gpiozero.OutputDevice] = {}
        for line in lines:
            try:
                self._relays[line.machine] = gpiozero.OutputDevice(
                    line.line, active_high=line.active == "high", pin_factory=pins
                )
            except Exception as wrong:  # lgpio's errors and gpiozero's have no common class
                self.close()
                raise BoardError(
                    f"{line.machine}: line {line.line}: {wrong}: expected a free GPIO line"
                ) from wrong

    def energise(self, machine: str) -> None:
        self._relays[machine].on()

    def release(self, machine: str) -> None:
        self._relays[machine].off()

    def close(self) -> None:
        """Everything at rest, and the lines given back, each whatever befalls the others."""
        wrong: list[str] = []
        for machine, relay in self._relays.items():
            try:
                relay.off()
                relay.close()
            except Exception as error:
                wrong.append(f"{machine}: {error}")
        self._relays.clear()
        if wrong:
            raise BoardError("not put at rest: " + "; ".join(wrong))


def real_pins() -> Any:
    """lgpio's pins of this Pi, or what GPIOZERO_PIN_FACTORY names. Raises BoardError."""
    named = os.environ.get("GPIOZERO_PIN_FACTORY", "lgpio")
    try:
        return _resting_factory() if named == "lgpio" else _named_factory()
    except ImportError as wrong:
        raise BoardError(
            f"{named} is not installed: expected on a Pi (apt install python3-lgpio, or the extra"
            " fablab-kiosk[pi]); without a Pi, use --mock"
        ) from wrong
    except Exception as wrong:  # of gpiozero, of lgpio, or of the kernel
        raise BoardError(f"no GPIO here: {wrong}; without a Pi, use --mock") from wrong


def _named_factory() -> Any:
    gpiozero.Device.ensure_pin_factory()
    return gpiozero.Device.pin_factory


def _resting_factory() -> Any:
    """Made when asked for: gpiozero's module of that name cannot be loaded where lgpio is not."""
    # lgpio makes a notification file in the working directory, which a service cannot write.
    os.environ.setdefault("LG_WD", tempfile.gettempdir())
    lgpio = importlib.import_module("lgpio")
    stock = importlib.import_module("gpiozero.pins.lgpio")

    class RestingPin(stock.LGPIOPin):  # type: ignore[name-defined, misc]
        def __init__(self, factory: Any, info: Any) -> None:
            LocalPiPin.__init__(self, factory, info)  # not the stock pin's: it claims an input
            self._pwm = self._bounce = self._callback = None
            self._edges = lgpio.BOTH_EDGES
            self._rest: bool | None = None

        def output_with_state(self, state: bool) -> None:
            lgpio.gpio_claim_output(self.factory._handle, self._number, int(state))
            self._rest = state

        def close(self) -> None:
            """Given back at rest: as an input it would float, and some relays hold then."""
            if self._rest is not None and self.factory._handle is not None:
                lgpio.gpio_write(self.factory._handle, self._number, int(self._rest))
                lgpio.gpio_free(self.factory._handle, self._number)
                self._rest = None

    factory = stock.LGPIOFactory()
    factory.pin_class = RestingPin
    return factory


def mock_pins(lines: Iterable[Options], trace: Path | None = None) -> MockFactory:
    """Pins of a Pi that is not there. `trace`: where each change of level is written, as JSON.

    One object a line: `at_us` (CLOCK_MONOTONIC), `machine`, `line`, `level`, `on`.
    Raises BoardError.
    """
    by_line = {line.line: line for line in lines}
    if trace:
        _try_to_write(trace)

    class TracedPin(MockPin):  # type: ignore[misc]
        def output_with_state(self, state: bool) -> None:
            self._function, self._state = "output", not state
            self._change_state(state)

        def _change_state(self, value: bool) -> bool:
            changed: bool = super()._change_state(value)
            if changed and trace and self._function == "output":
                said = _traced(by_line[self._number], value)  # stamped before a file is opened
                with trace.open("a") as out:
                    out.write(said + "\n")
            return changed

    return MockFactory(pin_class=TracedPin)


def _try_to_write(trace: Path) -> None:
    try:
        trace.open("a").close()
    except OSError as wrong:
        raise BoardError(f"{trace}: {wrong.strerror}: expected a file to write") from wrong


def _traced(line: Options, level: bool) -> str:
    return json.dumps(
        {
            "at_us": time.monotonic_ns() // 1000,
            "machine": line.machine,
            "line": line.line,
            "level": int(level),
            "on": level == (line.active == "high"),
        }
    )
