"""Whether a printer's plate is empty: what somebody said of it, and what spoils that.

Every transition is in `see`. Nothing of this outlives the kiosk's process: a plate
of which nobody has spoken since is not clear. Times are field microseconds.
"""

from __future__ import annotations

from dataclasses import dataclass

from machines.instants import SECOND, Instant
from machines.journal import Result

#: How long somebody's word holds: 30 minutes, after which a plate is looked at again.
GOOD_FOR_US = 1800 * SECOND


@dataclass(frozen=True, slots=True)
class Gate:
    """What the site file says. `asks` False: no plate is ever asked about.

    `clears_itself`: the printer takes its parts off, unless a print went wrong.
    """

    asks: bool = True
    clears_itself: bool = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody has said so since the start, a disconnection, or a start that it was used for."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A print stands on it, or did when last heard of."""


@dataclass(frozen=True, slots=True)
class Clear:
    """Somebody said so at `at`; None: the printer did it by itself, and that does not age."""

    at: Instant | None


Plate = Unknown | Taken | Clear


@dataclass(frozen=True, slots=True)
class Cleared:
    """Somebody held the button."""

    at: Instant


@dataclass(frozen=True, slots=True)
class Used:
    """A start was sent on the strength of it: it is good for no second one."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A print began there, ours or not."""


@dataclass(frozen=True, slots=True)
class Ended:
    result: Result


@dataclass(frozen=True, slots=True)
class Lost:
    """The printer was silent or disconnected: who knows what was done there."""


Event = Cleared | Used | Begun | Ended | Lost


def see(gate: Gate, plate: Plate, event: Event) -> Plate:
    """The plate after `event`."""
    match event, plate:
        case Begun(), _:
            return Taken()
        case Ended(Result.DONE), Taken() if gate.clears_itself:
            return Clear(None)
        case Ended(), _:
            return Taken()
        case Cleared(at), _:
            return Clear(at)
        case ((Used() | Lost()), Clear()):
            return Unknown()
    return plate


def is_clear(gate: Gate, plate: Plate, at: Instant) -> bool:
    """Whether a print may start on it. Unknown is not clear."""
    return not gate.asks or (isinstance(plate, Clear) and left_us(plate, at) != 0)


def left_us(plate: Clear, at: Instant) -> int | None:
    """How long that still holds; None: as long as nothing happens."""
    return None if plate.at is None else max(0, GOOD_FOR_US - at.since(plate.at))
