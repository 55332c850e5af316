"""A server of a test that answers what it is told to: bytes, or an OctoPrint with odd habits."""

from __future__ import annotations

import base64
import hashlib
import json
import socketserver
import threading
from collections.abc import Callable
from typing import Self

IDLE = json.dumps({"state": "Operational", "job": {}, "progress": {}}).encode()
LOGIN = json.dumps({"name": "admin", "session": "s" * 32}).encode()
#: RFC 6455, section 1.3.
GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def http(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    lines = (f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", "")
    return "\r\n".join(lines).encode() + body


class OddServer:
    """`answer` is given the head of each request, and gives the bytes to send back.

    None hangs, until the server is left. `requests` keeps every head.
    """

    def __init__(self, answer: Callable[[str], bytes | None], port: int = 0) -> None:
        self.answer = answer
        self.requests: list[str] = []
        self.left = threading.Event()
        self._more = threading.Condition()
        odd = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                try:
                    while odd.serve(self):
                        pass
                except OSError:
                    pass  # the client is gone

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True

        self._server = Server(("127.0.0.1", port), Handler)
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def serve(self, handler: socketserver.StreamRequestHandler) -> bool:
        """One request; whether there may be another on this connection."""
        lines = []
        while line := handler.rfile.readline().decode("latin-1").strip():
            lines.append(line)
        if not lines:
            return False
        head = "\n".join(lines)
        with self._more:
            self.requests.append(head)
            self._more.notify_all()
        for line in lines:
            if line.lower().startswith("content-length:"):
                handler.rfile.read(int(line.split(":")[1]))
        answer = self.answer(head)
        if answer is None:
            self.left.wait()
            return False
        handler.wfile.write(answer)
        return answer.startswith(b"HTTP/1.1")

    def wait_for(self, text: str, count: int, within_s: float = 10) -> None:
        """Until `count` requests with this text in their head have come."""

        def enough() -> bool:
            return sum(text in head for head in self.requests) >= count

        with self._more:
            assert self._more.wait_for(enough, within_s), f"{text!r} not asked {count} times"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.left.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def with_stream(frames: bytes) -> Callable[[str], bytes]:
    """An idle OctoPrint whose push stream opens well, and then sends `frames`."""

    def answer(head: str) -> bytes:
        if "/sockjs/" in head:
            key = next(ln for ln in head.splitlines() if ln.startswith("Sec-WebSocket-Key"))
            digest = hashlib.sha1((key.split(": ")[1] + GUID).encode()).digest()
            accept = base64.b64encode(digest).decode()
            lines = (
                "HTTP/1.1 101 Switching Protocols",
                "Upgrade: websocket",
                "Connection: Upgrade",
                f"Sec-WebSocket-Accept: {accept}",
            )
            return ("\r\n".join(lines) + "\r\n\r\n").encode() + frames
        return http(LOGIN if "/api/login" in head else IDLE)

    return answer


def frame(text: str) -> bytes:
    """One unmasked text frame, as a server sends it."""
    raw = text.encode()
    assert len(raw) < 65536
    return b"\x81\x7e" + len(raw).to_bytes(2, "big") + raw
