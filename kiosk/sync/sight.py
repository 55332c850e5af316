"""The central's clock, seen across the wire: an anchor for a Pi that has none of its own."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.clock import Clock
from kiosk.sync.engine import Wire
from kiosk.sync.protocol import Answer, Batch, State
from machines.anchors import EVERY_US
from machines.instants import Instant, WallQuality
from machines.journal import ClockAnchored


@dataclass(frozen=True, slots=True)
class Sight:
    """At `at`, the central's clock said `utc_us`, give or take half the way there and back."""

    at: Instant
    utc_us: int
    error_us: int

    def anchor(self) -> ClockAnchored:
        return ClockAnchored("central", self.utc_us, self.error_us)


class SightedWire:
    """A wire that also keeps the narrowest sight of the central's clock since it was asked."""

    def __init__(self, wire: Wire, clock: Clock) -> None:
        self._wire = wire
        self._clock = clock
        self._sight: Sight | None = None

    def state(self, store: bytes, at: int) -> State:
        before = self._clock.now()
        state = self._wire.state(store, at)
        after = self._clock.now()
        if state.utc_us is not None:
            self._look(before, after.boot_us - before.boot_us, state.utc_us)
        return state

    def push(self, batch: Batch) -> Answer:
        return self._wire.push(batch)

    def take_sight(self) -> Sight | None:
        """The sight since the last call."""
        sight, self._sight = self._sight, None
        return sight

    def _look(self, before: Instant, both_ways_us: int, utc_us: int) -> None:
        half = both_ways_us // 2
        at = Instant(before.boot_no, before.boot_us + half, before.wall_us + half, before.quality)
        if self._sight is None or half < self._sight.error_us:
            self._sight = Sight(at, utc_us, half)


def worth_an_anchor(last: Sight | None, sight: Sight) -> bool:
    """Whether the journal should keep `sight`; `last` is what it kept before.

    A clock set by a time server or an RTC needs none. Else one per boot, one now
    and then (the crystal drifts), and one that is much narrower.
    """
    if sight.at.quality >= WallQuality.NTP:
        return False
    if last is None or last.at.boot_no != sight.at.boot_no:
        return True
    return sight.at.since(last.at) >= EVERY_US or 4 * sight.error_us < last.error_us
