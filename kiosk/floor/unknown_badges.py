"""Badges that nobody has yet: each with a short code, while somebody may say whose it is.

In memory, for some minutes. A badge is fit to be somebody's once it was read twice
alike; one whose number may be made up anew each time is fit for nobody.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from machines.badges import may_be_random

#: Letters and figures that nobody takes for another, read aloud or from afar.
LETTERS = "ACDEFHJKLMNPRTUVWXY34679"
LENGTH = 4
#: A code is good for this long after its badge was last read.
GOOD_S = 600.0
#: More than are held to a reader in that time; the oldest gives way.
MOST = 40


@dataclass(slots=True)
class Unknown:
    """A badge of nobody's: `number` is canonical, and stands nowhere else."""

    number: str
    code: str
    met_s: float
    read: int = 1

    @property
    def twice(self) -> bool:
        return self.read > 1

    @property
    def random(self) -> bool:
        return may_be_random(self.number)


class UnknownBadges:
    """For the floor's thread alone. `seconds` are real ones."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._met: dict[str, Unknown] = {}

    def met(self, number: str) -> str:
        """It was held to a reader: its code, the same while that is good."""
        self._forget()
        one = self._met.pop(number, None)
        if one is None:
            while len(self._met) >= MOST:
                del self._met[next(iter(self._met))]
            one = Unknown(number, self._free(), 0.0, 0)
        one.met_s, one.read = self._seconds(), one.read + 1
        self._met[number] = one
        return one.code

    def again(self, number: str) -> None:
        """It still lies there, and reads as before."""
        if one := self._met.get(number):
            one.met_s, one.read = self._seconds(), one.read + 1

    def find(self, code: str) -> Unknown | None:
        self._forget()
        return next((one for one in self._met.values() if one.code == code), None)

    def forget(self, number: str) -> None:
        """It is somebody's now."""
        self._met.pop(number, None)

    def all(self) -> tuple[tuple[Unknown, float], ...]:
        """Each and its age in seconds, the last one first."""
        self._forget()
        now_s = self._seconds()
        return tuple((one, now_s - one.met_s) for one in reversed(self._met.values()))

    def _forget(self) -> None:
        now_s = self._seconds()
        self._met = {n: one for n, one in self._met.items() if now_s < one.met_s + GOOD_S}

    def _free(self) -> str:
        taken = {one.code for one in self._met.values()}
        while (code := "".join(secrets.choice(LETTERS) for _ in range(LENGTH))) in taken:
            pass
        return code
