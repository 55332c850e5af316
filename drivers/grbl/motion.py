"""What moves and burns under the simulated firmware: its planner, its brake, its beam.

Pure: time is passed to it. Without acceleration: a block has its feed from its
first millimetre to its last.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from math import dist

#: Blocks that GRBL plans ahead.
PLANNER = 15
#: Seconds from a hold to the standstill.
BRAKE_S = 0.1

Point = tuple[float, float]


@dataclass(slots=True)
class Block:
    """A stretch of motion, or a dwell, which has no length. `fades`: M4, dark at its end."""

    start: Point
    end: Point
    feed: float
    power: float
    lasts_s: float
    left_s: float
    fades: bool = False
    jog: bool = False
    dwell: bool = False


class Motion:
    """`power` is S as it is now: what the laser's PWM follows. Feeds in mm/min."""

    def __init__(self) -> None:
        self.position: Point = (0.0, 0.0)
        self.power = 0.0
        self._blocks: deque[Block] = deque()
        self._halt = ""
        self._braking_s = 0.0

    @property
    def planned(self) -> int:
        return len(self._blocks)

    @property
    def now(self) -> Block | None:
        return self._blocks[0] if self._blocks else None

    @property
    def target(self) -> Point:
        """Where it will be once all that is planned is done."""
        return self._blocks[-1].end if self._blocks else self.position

    @property
    def dwells(self) -> bool:
        return any(block.dwell for block in self._blocks)

    @property
    def moves(self) -> bool:
        """Neither at rest nor at a standstill: a reset now loses the position."""
        return bool(self._blocks) and (not self._halt or self._braking_s > 0)

    @property
    def halted(self) -> str:
        """`Hold`, `Door` or `Sleep`; empty where it goes on."""
        return self._halt

    @property
    def halted_as(self) -> str:
        """As a report says it: `Hold:1` brakes, `Hold:0` stands."""
        if self._halt == "Sleep":
            return self._halt
        braking = {"Hold": 1, "Door": 2}[self._halt]
        return f"{self._halt}:{braking if self._braking_s > 0 else 0}"

    def drop(self) -> None:
        """Everything planned is forgotten, and the beam is off."""
        self._blocks.clear()
        self._halt, self._braking_s, self.power = "", 0.0, 0.0

    def cancel_jog(self) -> None:
        if self._blocks and self._blocks[0].jog:
            self._blocks.clear()

    def hold(self, kind: str) -> None:
        braking = bool(self._blocks) and not self._halt
        self._halt = kind
        self._braking_s = BRAKE_S if braking else 0.0
        if not braking:
            self.power = 0.0

    def sleep(self) -> None:
        self._halt, self.power = "Sleep", 0.0

    def resume(self, power: float) -> None:
        self._halt, self.power = "", power

    def dwell(self, seconds: float) -> None:
        here = self.target
        self._blocks.append(Block(here, here, 0.0, 0.0, seconds, seconds, dwell=True))

    def go(
        self, to: Point, feed: float, power: float, *, fades: bool = False, jog: bool = False
    ) -> None:
        start = self.target
        seconds = dist(start, to) / feed * 60
        self._blocks.append(Block(start, to, feed, power, seconds, seconds, fades, jog))

    def step(self, most_s: float) -> float:
        """Up to the next change of anything. Returns the seconds that passed."""
        if self._halt:
            return self._brake(most_s)
        if not self._blocks:
            return most_s
        block = self._blocks[0]
        if not block.dwell:
            self.power = block.power
        step = min(most_s, block.left_s)
        block.left_s -= step
        self.position = _place(block)
        if block.left_s <= 1e-9:
            self._blocks.popleft()
            if not self._blocks and block.fades:
                self.power = 0.0
        return step

    def _brake(self, most_s: float) -> float:
        step = min(most_s, self._braking_s) if self._braking_s > 0 else most_s
        self._braking_s = max(0.0, self._braking_s - step)
        if self._braking_s == 0:
            self.power = 0.0
        return step


def _place(block: Block) -> Point:
    part = 1 - block.left_s / block.lasts_s if block.lasts_s else 1.0
    (x0, y0), (x1, y1) = block.start, block.end
    return x0 + part * (x1 - x0), y0 + part * (y1 - y0)
