"""OctoPrint's push stream: raw JSON frames on a websocket, logged in with a passive session.

It may fail in any way: it is then closed, and opened again after a growing pause.
"""

from __future__ import annotations

import logging
import random
import select
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import websocket

from drivers.octoprint import wire
from drivers.octoprint.rest import Client

log = logging.getLogger("octoprint")

#: Real seconds to open the stream: the polls wait for it.
OPENING_S = 1.0
#: Real seconds to wait for the rest of a frame; what is cut short is continued at the next go.
REST_S = 0.1
#: Bytes of a frame; the longest real one (`connected`) is 20 kB.
LONGEST_FRAME = 256 * 1024
#: Frames taken at one go, so that a flood of them does not stop the polls.
FRAMES = 200
#: Real seconds before the stream is tried again: doubled from the first to the longest.
FIRST_RETRY_S, LONGEST_RETRY_S = 1.0, 60.0


class Stream:
    """One stream, open or not. `socket` is there to be waited on."""

    def __init__(self, url: str, client: Client) -> None:
        where = urlsplit(url)
        scheme = "wss" if where.scheme == "https" else "ws"
        self._url = f"{scheme}://{where.netloc}{where.path}/sockjs/websocket"
        self._client = client
        self._ws: Any = None
        self._retry_s = FIRST_RETRY_S
        self._due = 0.0

    @property
    def is_open(self) -> bool:
        return self._ws is not None

    @property
    def socket(self) -> Any:
        return self._ws.sock

    def open_if_due(self) -> None:
        """Tries once, where it is not open and the pause is over."""
        if self._ws is not None or time.monotonic() < self._due:
            return
        self._due = time.monotonic() + self._retry_s * random.uniform(0.5, 1.5)
        self._retry_s = min(2 * self._retry_s, LONGEST_RETRY_S)
        try:
            self._ws = websocket.create_connection(
                self._url, timeout=OPENING_S, redirect_limit=0, http_no_proxy=["*"]
            )
            self._ws.settimeout(REST_S)
        except (OSError, ValueError, websocket.WebSocketException) as broken:
            log.debug("no push stream: %s", type(broken).__name__)
            return
        self.log_in()

    def log_in(self) -> None:
        """At first, and again when OctoPrint says that the session went stale."""
        who = self._client.log_in()
        if who is None:
            self.close()
            return
        try:
            for message in wire.subscribe(*who):
                self._ws.send(message)
        except (OSError, websocket.WebSocketException):
            self.close()

    def frames(self) -> Iterator[str]:
        """What has come, without waiting for more. Closes the stream where it is broken."""
        for _ in range(FRAMES):
            try:
                text = self._frame()
            except websocket.WebSocketTimeoutException:
                return
            except Exception as broken:  # whatever a stream may hold, the polls go on
                log.debug("push stream closed: %s", type(broken).__name__)
                self.close()
                return
            self._retry_s = FIRST_RETRY_S
            if text:
                yield text
            if not self._has_more():
                return

    def _frame(self) -> str:
        """One frame, measured before it is read; "" for a ping. Raises when it is no text."""
        buffer = self._ws.frame_buffer
        if buffer.needs_header():
            buffer.recv_header()
        if buffer.needs_length():
            buffer.recv_length()
        if buffer.length > LONGEST_FRAME:
            raise ValueError("a frame that is too long")
        frame = self._ws.recv_frame()
        if frame.opcode == websocket.ABNF.OPCODE_PING:
            self._ws.pong(frame.data)
            return ""
        if frame.opcode != websocket.ABNF.OPCODE_TEXT or not frame.fin:
            raise ValueError("the stream ends")  # OctoPrint never cuts a message into frames
        return bytes(frame.data).decode("utf-8", "replace")

    def _has_more(self) -> bool:
        sock = self._ws.sock
        if getattr(sock, "pending", lambda: 0)():
            return True  # decrypted already: select does not see it
        return bool(select.select([sock], (), (), 0)[0])

    def close(self) -> None:
        if self._ws is not None:
            self._ws.shutdown()
            self._ws = None
