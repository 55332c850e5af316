"""What the floor asks of those who switch: the relay keeper, the lasers' taps."""

from __future__ import annotations

from typing import Protocol


class RelayOrders(Protocol):
    """What the floor asks of the relay keeper. Neither ever blocks."""

    @property
    def connected(self) -> bool: ...

    def set_soon(self, machine: str, on: bool) -> None: ...


class Lasers(Protocol):
    """Who may connect to a laser's tap."""

    def allow(self, machine: str, allowed: bool) -> None: ...
