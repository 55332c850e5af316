"""Who may act at a tablet, and for how long: wrong codes counted, locks, five minutes at a time.

Codes are not seen here: whoever compared one tells whether it was right. Times
are seconds that only grow, of one run of the kiosk: a restart forgets locks and
ends whoever was acting.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

#: A person acts this long after the last act.
ACTING_S = 300.0
#: Wrong codes that lock a person, and the device they were typed at.
TRIES = 5
LOCK_S = 900.0
#: Wrong codes this old are forgotten.
FORGOTTEN_S = 900.0

#: A code that pairs a tablet is good for this long, and dead after so many wrong ones.
PAIRING_S = 300.0
PAIRING_TRIES = 5


@dataclass(frozen=True, slots=True)
class Tries:
    """Wrong codes of one person, or at one device, one after the other."""

    wrong: int = 0
    last_s: float = 0.0
    locked_until_s: float = 0.0

    def locked_s(self, now_s: float) -> float:
        """Seconds until another code is looked at; 0.0: now."""
        return max(0.0, self.locked_until_s - now_s)

    def left(self, now_s: float) -> int:
        """How many more wrong codes until the lock."""
        return TRIES - self._counted(now_s)

    def failed(self, now_s: float) -> Tries:
        wrong = self._counted(now_s) + 1
        if wrong < TRIES:
            return Tries(wrong, now_s)
        return Tries(0, now_s, now_s + LOCK_S)

    def _counted(self, now_s: float) -> int:
        return 0 if now_s - self.last_s >= FORGOTTEN_S else self.wrong


@dataclass(frozen=True, slots=True)
class Acting:
    """Somebody may act at a device: `by` is a roster id."""

    by: str
    device: str
    until_s: float

    def lasts(self, device: str, now_s: float) -> bool:
        return device == self.device and now_s < self.until_s

    def extended(self, now_s: float) -> Acting:
        return replace(self, until_s=now_s + ACTING_S)


def began(by: str, device: str, now_s: float) -> Acting:
    return Acting(by, device, now_s + ACTING_S)


@dataclass(frozen=True, slots=True)
class PairingCode:
    """The code that the command line shows, until it is used, too old, or guessed at."""

    name: str
    code: str
    until_s: float
    wrong: int = 0

    def lives(self, now_s: float) -> bool:
        return now_s < self.until_s and self.wrong < PAIRING_TRIES

    def guessed(self) -> PairingCode:
        return replace(self, wrong=self.wrong + 1)


def too_easy(pin: str) -> bool:
    """Whether six digits are among the first that somebody tries: 111111, 123456, 987654.

    >>> [too_easy(pin) for pin in ("777777", "345678", "654321", "271828")]
    [True, True, True, False]
    """
    steps = {int(b) - int(a) for a, b in pairwise(pin)}
    return steps in ({0}, {1}, {-1})
