"""A machine's contact that is not there: it drives the mock pin that the link reads."""

from __future__ import annotations

from typing import Any

from drivers.sense import Options


class FakeContact:
    """The contact on one input line of `pins` (`link.mock_pins()`). It rests at first."""

    def __init__(self, pins: Any, options: Options) -> None:
        self._pin = pins.pin(options.line)
        self._high = options.active == "high"
        self.rest()

    def run(self) -> None:
        self._drive(self._high)

    def rest(self) -> None:
        self._drive(not self._high)

    def bounce(self, times: int = 5) -> None:
        """Opens and closes `times` times at once, and is where it was."""
        was = self._pin.state
        for _ in range(times):
            self._drive(not was)
            self._drive(was)

    def _drive(self, high: bool) -> None:
        if high:
            self._pin.drive_high()
        else:
            self._pin.drive_low()
