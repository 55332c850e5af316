"""Lines that are not there: what was done to mock pins, and a stand-in for lgpio itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any


@dataclass(frozen=True, slots=True)
class Change:
    """One change of level, out of a trace. `at_us` is CLOCK_MONOTONIC."""

    at_us: int
    machine: str
    line: int
    level: int
    on: bool


def read_trace(path: Path) -> tuple[Change, ...]:
    """All changes written so far; a line that is being written counts when it is whole."""
    if not path.exists():
        return ()
    whole = path.read_text().split("\n")[:-1]
    return tuple(Change(**json.loads(line)) for line in whole)


def lines_on(path: Path) -> set[str]:
    """The machines whose line is on, by its last change."""
    last = {change.machine: change.on for change in read_trace(path)}
    return {machine for machine, on in last.items() if on}


class RecordedLgpio(ModuleType):
    """A module that stands in for lgpio, and writes down what is done to each line.

    Its lines behave as the kernel's: they keep what they were driven to, and a
    line that another process has (`busy`) cannot be claimed. `calls` has the
    name and the arguments of each call, without the handle of the chip.
    """

    error = RuntimeError
    SET_PULL_NONE, SET_PULL_UP, SET_PULL_DOWN = 128, 32, 64
    RISING_EDGE, FALLING_EDGE, BOTH_EDGES = 1, 2, 3
    _IS_OUT = 2

    def __init__(self, levels: Mapping[int, int] | None = None) -> None:
        super().__init__("lgpio")
        self.levels = dict(levels or {})
        self.outputs: set[int] = set()
        self.busy: set[int] = set()
        self.calls: list[tuple[Any, ...]] = []

    def gpiochip_open(self, chip: int) -> int:
        return chip

    def gpiochip_close(self, handle: int) -> None:
        self.outputs.clear()

    def gpio_claim_input(self, handle: int, line: int, flags: int = 0) -> int:
        self._claim(line, "gpio_claim_input", line)
        self.outputs.discard(line)
        return 0

    def gpio_claim_output(self, handle: int, line: int, level: int = 0, flags: int = 0) -> int:
        self._claim(line, "gpio_claim_output", line, level)
        self.outputs.add(line)
        self.levels[line] = level
        return 0

    def gpio_write(self, handle: int, line: int, level: int) -> int:
        self.calls.append(("gpio_write", line, int(level)))
        self.levels[line] = int(level)
        return 0

    def gpio_free(self, handle: int, line: int) -> int:
        self.calls.append(("gpio_free", line))
        self.outputs.discard(line)
        return 0

    def gpio_read(self, handle: int, line: int) -> int:
        return self.levels.get(line, 0)

    def gpio_get_mode(self, handle: int, line: int) -> int:
        return self._IS_OUT if line in self.outputs else 0

    def _claim(self, line: int, *call: Any) -> None:
        self.calls.append(call)
        if line in self.busy:
            raise self.error("'GPIO busy'")
