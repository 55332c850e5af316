"""An input line that says whether a machine runs: an auxiliary contact, an optocoupler, a lever."""

from __future__ import annotations

from dataclasses import dataclass

NAME = "sense"

#: Where a site file speaks of it: `[machines.NAME.sense]`.
TABLE = "sense"


@dataclass(frozen=True, slots=True)
class Options:
    """One input. `line` is a BCM number, `active` the level (high, low) that says it runs."""

    line: int
    active: str = "high"
    settle_ms: int = 50  #: shorter changes are bounces
