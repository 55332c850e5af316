"""Codes of animators, compared: slowly on purpose, one at a time, and locked after five wrong ones.

A wrong code counts against the person whose code it was to be, and against the
device that it was typed at.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from werkzeug.security import check_password_hash

from machines.authority import Tries


@dataclass(frozen=True, slots=True)
class Verdict:
    """`left`: wrong codes until the lock. `locked_s`: how long no code is looked at."""

    right: bool
    left: int = 0
    locked_s: float = 0.0
    wrong: bool = False  #: a code was looked at, and was not the one


class Pins:
    """For any thread. The hash is scrypt's, some 60 ms and 32 MB: never two at once."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._tries: dict[tuple[str, str], Tries] = {}

    def check(self, person: str, device: str, pin_hash: str, pin: str) -> Verdict:
        """Whether `pin` is the one of the hash; a hash that is "" is nobody's."""
        keys = (("person", person), ("device", device))
        with self._lock:
            now_s = self._seconds()
            tries = [self._tries.get(key, Tries()) for key in keys]
            if locked_s := max(one.locked_s(now_s) for one in tries):
                return Verdict(False, locked_s=locked_s)
            if check_password_hash(pin_hash, pin):
                for key in keys:
                    self._tries.pop(key, None)
                return Verdict(True)
            for key, one in zip(keys, tries, strict=True):
                self._tries[key] = one.failed(now_s)
            after = [self._tries[key] for key in keys]
            locked_s = max(one.locked_s(now_s) for one in after)
            return Verdict(False, min(one.left(now_s) for one in after), locked_s, wrong=True)
