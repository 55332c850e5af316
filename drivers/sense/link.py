"""The input line of a machine, through gpiozero: edges are taken as they come, and settle here.

A settled state is told when it changes, and again and again while it lasts: an
hour that nobody spoke of would count as unseen.
"""

from __future__ import annotations

import logging
import os
import tempfile
import threading
from typing import Any

import gpiozero
from gpiozero.pins.mock import MockFactory

from drivers import Pace, Tell
from drivers.sense import Options
from drivers.sense.wire import Settling
from machines.facts import Back, Silence, WorkSeen
from machines.instants import SECOND
from machines.meter import Work

log = logging.getLogger("sense")

#: Field seconds between two looks: a bounce settles at the next one.
LOOK_S = 0.25
#: Field seconds after which a state that lasts is told again.
TELL_AGAIN_S = 2.0
#: Field seconds between two attempts to claim the line.
RETRY_S = 5.0


def mock_pins() -> MockFactory:
    """Pins of a Pi that is not there, for the demo and the tests."""
    return MockFactory()


class SenseLink:
    """Follows one input and tells `WorkSeen(machine, "run", …)`. `pins`: gpiozero's, or a mock."""

    def __init__(
        self, machine: str, options: Options, tell: Tell, pace: Pace, pins: Any = None
    ) -> None:
        self._machine = machine
        self._options = options
        self._tell = tell
        self._pace = pace
        self._pins = pins
        self._lock = threading.Lock()  # edges come in gpiozero's thread, looks in ours
        self._settling = Settling(options.settle_ms * 1000)
        self._told_s = 0.0
        self._silent = False
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"sense {machine}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(2)

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                with self._claim() as line:
                    self._back()
                    self._follow(line)
            except Exception as wrong:  # lgpio's errors have no common class of ours
                self._lost(f"input line {self._options.line}: {wrong}")
            if not self._wait(RETRY_S):
                return

    def _claim(self) -> gpiozero.DigitalInputDevice:
        # lgpio makes a notification file in the working directory, which a service cannot write.
        os.environ.setdefault("LG_WD", tempfile.gettempdir())
        if self._pins is None:
            gpiozero.Device.ensure_pin_factory()
        pins = self._pins or gpiozero.Device.pin_factory
        # A busy line fails here, before gpiozero reserves it for a device that never comes to be.
        pins.pin(self._options.line)
        return gpiozero.DigitalInputDevice(
            self._options.line,
            pull_up=None,
            active_state=self._options.active == "high",
            pin_factory=pins,
        )

    def _follow(self, line: gpiozero.DigitalInputDevice) -> None:
        line.when_activated = lambda: self._edge(True)
        line.when_deactivated = lambda: self._edge(False)
        while self._wait(LOOK_S):
            self._edge(bool(line.is_active))
            self._tell_again()

    def _edge(self, level: bool) -> None:
        with self._lock:
            at_us = round(self._pace.now() * SECOND)
            self._settling, news = self._settling.seen(level, at_us)
            for runs in news:
                self._say(runs)

    def _tell_again(self) -> None:
        with self._lock:
            runs = self._settling.runs
            if runs is not None and self._pace.now() - self._told_s >= TELL_AGAIN_S:
                self._say(runs)

    def _say(self, runs: bool) -> None:
        self._told_s = self._pace.now()
        self._tell(WorkSeen(self._machine, "run", Work.WORKING if runs else Work.RESTING))

    def _lost(self, why: str) -> None:
        self._settling = Settling(self._options.settle_ms * 1000)
        if not self._silent:
            log.warning("%s: %s", self._machine, why)
            self._tell(WorkSeen(self._machine, "run", Work.UNKNOWN))
            self._tell(Silence(self._machine, why))
        self._silent = True

    def _back(self) -> None:
        if self._silent:
            self._tell(Back(self._machine))
        self._silent = False

    def _wait(self, seconds: float) -> bool:
        """Whether to go on. In looks, so that `stop` need not wait for a long pause."""
        until = self._pace.now() + seconds
        while not self._stopped.is_set() and self._pace.now() < until:
            if not self._pace.wait(min(LOOK_S, seconds)):
                return False
        return not self._stopped.is_set()
