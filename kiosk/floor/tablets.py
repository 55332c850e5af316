"""Tablets that ask for an animator's badge: two digits on the tablet, the same at the reader.

The pages ask and the floor allows, each on its own thread. Seconds are real ones.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass

#: A tablet waits this long for the badge, from the last time that its page asked.
WAITS_S = 60.0
#: Tablets that wait at once: more are in no lab, and the first gives way.
MOST = 20


@dataclass(slots=True)
class _Asking:
    code: str
    until_s: float
    by: str | None = None


class AskingTablets:
    """`seat` is a tablet's browser, as the pages know it."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._asking: dict[str, _Asking] = {}

    def ask(self, seat: str) -> str:
        """Two digits that no other tablet has now. The same ones while the tablet waits."""
        with self._lock:
            self._forget()
            asking = self._asking.get(seat)
            if asking is None or asking.by:
                if len(self._asking) >= MOST:
                    del self._asking[next(iter(self._asking))]
                asking = self._asking[seat] = _Asking(self._free(), 0.0)
            asking.until_s = self._seconds() + WAITS_S
            return asking.code

    def allowed(self, seat: str) -> str | None:
        """The roster id of who allowed this tablet, told once."""
        with self._lock:
            self._forget()
            asking = self._asking.get(seat)
            if asking is None or asking.by is None:
                return None
            del self._asking[seat]
            return asking.by

    def codes(self) -> tuple[str, ...]:
        """Of the tablets that wait now, first come first."""
        with self._lock:
            self._forget()
            return tuple(a.code for a in self._asking.values() if a.by is None)

    def allow(self, code: str, by: str) -> bool:
        """False: no tablet waits under that code any more."""
        with self._lock:
            self._forget()
            for asking in self._asking.values():
                if asking.code == code and asking.by is None:
                    asking.by = by
                    return True
            return False

    def _forget(self) -> None:
        now_s = self._seconds()
        self._asking = {s: a for s, a in self._asking.items() if now_s < a.until_s}

    def _free(self) -> str:
        taken = {asking.code for asking in self._asking.values()}
        return secrets.choice([f"{n}" for n in range(10, 100) if f"{n}" not in taken])
