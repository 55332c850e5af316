"""The hands: one folder per kind of device, all alike.

`__init__` is the card (what the device is, its options), `wire` turns bytes into
facts and is pure, `link` is the only input and output, `fake` is a device that
is not there: the demo and the tests run on it. A link tells facts by a callable
given to its constructor, and never raises out of its own thread.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from machines.facts import Fact

#: Where a link tells what it saw. Returns at once; may be called from any thread.
Tell = Callable[[Fact], None]


class Pace(Protocol):
    """How a link waits: the demo's field goes faster, a test's stands still.

    `wait(seconds)` waits that many *field* seconds, or until `stop()`; it
    returns False once stopped. `now()` is field seconds that only grow.
    """

    def wait(self, seconds: float) -> bool: ...

    def now(self) -> float: ...


class Link(Protocol):
    """A device, followed. `start` returns at once and opens nothing by itself in the caller's
    thread; `stop` ends the thread and closes the device, however the device behaves."""

    def start(self) -> None: ...

    def stop(self) -> None: ...
