"""Levels of an input line to whether the machine runs: what is shorter than `settle` is a bounce.

gpiozero's own `bounce_time` does nothing on its mock pins, and on a real line
drops edges instead of waiting for the level to settle.
"""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Settling:
    """A line, and the level it is settling to. `runs` is None until it has settled once.

    >>> line = Settling(settle_us=50_000)
    >>> line, told = line.seen(True, 0)
    >>> line, told = line.passed(50_000)
    >>> told
    (True,)
    """

    settle_us: int
    runs: bool | None = None
    level: bool | None = None
    since_us: int = 0

    def seen(self, level: bool, at_us: int) -> tuple[Settling, tuple[bool, ...]]:
        """The line after an edge (or a look), and what had settled before it."""
        settled, told = self.passed(at_us)
        if level == settled.level:
            return settled, told
        return replace(settled, level=level, since_us=at_us), told

    def passed(self, at_us: int) -> tuple[Settling, tuple[bool, ...]]:
        """The line at `at_us`, and what it has settled to if that is news."""
        settling = self.level is not None and self.level != self.runs
        if settling and at_us - self.since_us >= self.settle_us:
            return replace(self, runs=self.level), (bool(self.level),)
        return self, ()
