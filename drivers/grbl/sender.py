"""A sender that is not there: streams a job over the tap as LightBurn or LaserGRBL do.

Character counting: never more bytes under way than the controller's window
holds, one `ok` or `error` for each line; `?` five times a second meanwhile.
"""

from __future__ import annotations

import socket
import time
from collections import deque
from collections.abc import Iterable

from drivers.grbl.firmware import WINDOW
from drivers.grbl.wire import ASK, Answered, Decoder, Heard, Report


class Sender:
    """One connection. Times are real seconds. Raises OSError, TimeoutError among them."""

    def __init__(self, address: tuple[str, int], poll_s: float | None = 0.2) -> None:
        self._socket = socket.create_connection(address, timeout=5)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._decoder = Decoder()
        self._poll_s = poll_s
        self._asked = 0.0
        self._under_way: deque[int] = deque()
        self.answers: list[Answered] = []
        self.reports: list[Report] = []

    def run(self, lines: Iterable[str], within_s: float = 30.0) -> None:
        """Send all lines, and return when each has been answered."""
        until = time.monotonic() + within_s
        for line in lines:
            data = line.encode() + b"\n"
            while sum(self._under_way) + len(data) > WINDOW:
                self._listen(until)
            self.send(data)
            self._under_way.append(len(data))
        while self._under_way:
            self._listen(until)

    def finish(self, within_s: float = 30.0) -> None:
        """Return once a report says that the laser is idle."""
        until = time.monotonic() + within_s
        seen = len(self.reports)
        while not any(report.state == "Idle" for report in self.reports[seen:]):
            self._listen(until)

    def send(self, data: bytes) -> None:
        self._socket.sendall(data)

    def close(self) -> None:
        self._socket.close()

    def __enter__(self) -> Sender:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _listen(self, until: float) -> None:
        """For one piece of what the controller says, or until it is time to ask."""
        now = time.monotonic()
        if now >= until:
            raise TimeoutError("the laser did not answer every line")
        if self._poll_s is not None and now - self._asked >= self._poll_s:
            self._asked = now
            self.send(ASK)
        self._socket.settimeout(self._poll_s or 1.0)
        try:
            data = self._socket.recv(4096)
        except TimeoutError:
            return
        if not data:
            raise ConnectionResetError("the tap has hung up")
        for heard in self._decoder.feed(data):
            self._take(heard)

    def _take(self, heard: Heard) -> None:
        if isinstance(heard, Report):
            self.reports.append(heard)
        elif isinstance(heard, Answered) and self._under_way:
            self._under_way.popleft()
            self.answers.append(heard)
