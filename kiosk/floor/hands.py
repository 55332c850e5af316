"""What the floor asks of those who switch and those who print."""

from __future__ import annotations

from typing import Protocol

from machines.job_entries import Ordered


class RelayOrders(Protocol):
    """What the floor asks of the relay keeper. Neither ever blocks."""

    @property
    def connected(self) -> bool: ...

    def set_soon(self, machine: str, on: bool) -> None: ...


class Lasers(Protocol):
    """Who may connect to a laser's tap."""

    def allow(self, machine: str, allowed: bool) -> None: ...


class Printers(Protocol):
    """Commands to printers. Each returns at once; its answer is told as a fact with its `key`
    (`machines.facts.Answered`), also where the printer is not known: always exactly one."""

    def upload(self, machine: str, key: str, file: str, path: str) -> None:
        """Send a file of ours (its SHA-256) to be kept as `path`; `Sending` is told meanwhile."""
        ...

    def start(self, machine: str, key: str, path: str) -> None: ...

    def order(self, machine: str, key: str, what: Ordered) -> None: ...

    def connect(self, machine: str, key: str) -> None:
        """Have OctoPrint open its connection to the printer."""
        ...

    def remove(self, machine: str, path: str) -> None:
        """Take our file away from OctoPrint; whether that worked does not matter."""
        ...

    def history(self, machine: str, key: str) -> None:
        """Answered by `HistoryTold`, or by `Answered` where there is none to be had."""
        ...
