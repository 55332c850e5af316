"""Errands done one after the other, in a thread that is there only while there are any."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable

log = logging.getLogger("lane")


class Lane:
    """What an errand raises is logged, and the next one is done."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()
        self._waiting: deque[Callable[[], None]] = deque()
        self._thread: threading.Thread | None = None

    def put(self, errand: Callable[[], None]) -> None:
        """Returns at once. Raises RuntimeError where no thread can be had: it is not done."""
        with self._lock:
            if self._thread is None:
                thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                thread.start()  # it waits for the lock
                self._thread = thread
            self._waiting.append(errand)

    def join(self, timeout_s: float) -> None:
        """Until nothing is left to do, or so many real seconds."""
        with self._lock:
            thread = self._thread
        if thread:
            thread.join(timeout_s)

    def _run(self) -> None:
        while (errand := self._next()) is not None:
            try:
                errand()
            except Exception:
                log.exception("%s: goes on after", self._name)

    def _next(self) -> Callable[[], None] | None:
        with self._lock:
            if self._waiting:
                return self._waiting.popleft()
            self._thread = None
            return None
