"""How often one address may try: a bucket of tries that fills up again with time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from flask import abort, request

from kiosk.web.language import _

#: Addresses remembered. A lab's network has fewer; the one that tried longest ago is forgotten.
REMEMBERED = 1000


class Tries:
    """`burst` tries at once, then one every `every_s` seconds."""

    def __init__(
        self, burst: int, every_s: float, seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self._burst = burst
        self._every_s = every_s
        self._seconds = seconds
        self._lock = threading.Lock()
        self._full_at: dict[str, float] = {}  #: when each address has all its tries again

    def take(self, address: str) -> bool:
        """Whether there was a try left, which is now taken."""
        with self._lock:
            now = self._seconds()
            full_at = max(now, self._full_at.pop(address, now)) + self._every_s
            if full_at > now + self._burst * self._every_s:
                self._full_at[address] = full_at - self._every_s
                return False
            self._full_at[address] = full_at
            if len(self._full_at) > REMEMBERED:
                del self._full_at[next(iter(self._full_at))]
            return True

    def check(self) -> None:
        """429 for a request whose address has no try left."""
        if not self.take(request.remote_addr or ""):
            abort(429, _("Too many tries. Wait a moment."))
