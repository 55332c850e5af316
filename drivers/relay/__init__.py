"""An output line whose relay lets a machine run: a permit beside its interlocks, never the safety.

Only the relay keeper (`fablab relays`) opens these lines; what each does when
the kiosk falls silent is `wire`'s table.
"""

from __future__ import annotations

from dataclasses import dataclass

NAME = "relay"

#: Where a site file speaks of it: `[machines.NAME.relay]`.
TABLE = "relay"


@dataclass(frozen=True, slots=True)
class Options:
    """One output. `line` is a BCM number, `active` the level (high, low) that energises."""

    machine: str
    line: int
    active: str = "high"
