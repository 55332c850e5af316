"""Where a test's link tells what it saw; the test waits for it, never for a time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from machines.facts import Fact

#: Long enough for a loaded machine; a test that waits so long has failed.
DEADLINE_S = 10.0


class Heard:
    """All facts in the order they were told."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []
        self._more = threading.Condition()

    def __call__(self, fact: Fact) -> None:
        with self._more:
            self.facts.append(fact)
            self._more.notify_all()

    def wait_for(
        self, wanted: Callable[[list[Fact]], bool], within_s: float = DEADLINE_S
    ) -> list[Fact]:
        """The facts, as soon as they are as wanted."""
        until = time.monotonic() + within_s
        with self._more:
            while not wanted(self.facts):
                left = until - time.monotonic()
                assert left > 0, f"not told within {within_s} s; heard {self.facts}"
                self._more.wait(left)
            return list(self.facts)

    def wait_for_kind(self, kind: type, count: int = 1, within_s: float = DEADLINE_S) -> list[Fact]:
        def enough(facts: list[Fact]) -> bool:
            return sum(isinstance(fact, kind) for fact in facts) >= count

        return self.wait_for(enough, within_s)
