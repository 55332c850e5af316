"""A network between a kiosk and an OctoPrint that loses what a test says.

with Proxy(peer.url) as network:
    network.lose_answers("select")  # commands arrive, and their answers do not
"""

from __future__ import annotations

import contextlib
import threading
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import requests


class Proxy:
    """No push stream passes. `commands` counts what was asked, by path and command."""

    def __init__(self, to: str) -> None:
        self.to = to
        self.commands: Counter[str] = Counter()
        self.answerless: set[str] = set()  #: words of commands whose answers get lost
        self.lost: set[str] = set()  #: words of commands that get lost themselves
        self.before: dict[str, Callable[[], None]] = {}  #: what happens before such a command
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Passing)
        self._server.daemon_threads = True
        self._server.network = self  # type: ignore[attr-defined]
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Passing(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._pass()

    do_POST = do_DELETE = do_GET

    def _pass(self) -> None:
        network: Proxy = self.server.network  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        asked = f"{self.command} {self.path} {body[:200].decode('latin-1')}"
        if self.command != "GET":
            network.commands[asked if len(body) < 200 else f"{self.command} {self.path}"] += 1
        for word, happens in network.before.items():
            if word in asked:
                happens()
        if "/sockjs/" in self.path:
            self._answer(404, b"")
        elif any(word in asked for word in network.lost):
            self.close_connection = True
        else:
            kept = {k: v for k, v in self.headers.items() if k in ("X-Api-Key", "Content-Type")}
            url = network.to + self.path
            try:
                told = requests.request(self.command, url, data=body, headers=kept, timeout=10)
            except requests.RequestException:
                self.close_connection = True
                return
            if any(word in asked for word in network.answerless):
                self.close_connection = True
            else:
                self._answer(told.status_code, told.content)

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        with contextlib.suppress(OSError):  # who asked has given up
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass
