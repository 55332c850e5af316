"""The web server itself: who may hold its connections, and whom a proxy asks for."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest
import requests
from flask import Flask, Response, request
from waitress.buffers import OverflowableBuffer

from kiosk.web.guard import from_here
from kiosk.web.server import EACH_ADDRESS, LAID_DOWN, Server, serve

#: Addresses of this machine by which no browser of its own comes.
ONE, OTHER = "127.0.0.2", "127.0.0.3"


@pytest.fixture
def there(app: Flask) -> Iterator[Server]:
    @app.get("/whom")
    def whom() -> str:
        return f"{request.remote_addr} {from_here()} {request.is_secure}"

    server = serve(app, "127.0.0.1", 0)
    yield server
    server.stop()


def _opened(server: Server, address: str) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), 5, (address, 0))


def _answers(connection: socket.socket) -> bool:
    connection.settimeout(5)
    try:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        return connection.recv(100).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def test_one_device_that_opens_all_it_can_keeps_nobody_else_out(there: Server) -> None:
    held = [_opened(there, ONE) for _ in range(EACH_ADDRESS)]
    for one in held:
        one.sendall(b"GET / HTTP/1.1\r\nX-Slow: ")  # and never the rest
    try:
        with _opened(there, ONE) as more, _opened(there, OTHER) as other:
            assert not _answers(more)
            assert _answers(other)
        with _opened(there, "127.0.0.1") as touch_screen:
            assert _answers(touch_screen)
    finally:
        for one in held:
            one.close()


def _whom(server: Server, address: str = "127.0.0.1", **headers: str) -> str:
    with requests.Session() as session:
        adapter = requests.adapters.HTTPAdapter()
        adapter.init_poolmanager(1, 1, source_address=(address, 0))
        session.mount("http://", adapter)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return session.get(f"http://127.0.0.1:{server.port}/whom", headers=named, timeout=5).text


def test_a_proxy_on_this_machine_is_believed_for_whom_it_asks(there: Server) -> None:
    assert _whom(there) == "127.0.0.1 True False"
    told = {"X_Forwarded_For": "10.9.9.9, 192.168.1.40", "X_Forwarded_Proto": "https"}
    assert _whom(there, **told) == "192.168.1.40 False True"
    assert _whom(there, X_Forwarded_For="what?") == "what? False False"


def test_nobody_else_is_believed(there: Server) -> None:
    told = {"X_Forwarded_For": "127.0.0.1", "X_Forwarded_Proto": "https"}
    assert _whom(there, ONE, **told) == "127.0.0.2 True False"


def test_what_a_stream_has_sent_is_not_kept(app: Flask) -> None:
    sent, over = 0, threading.Event()

    @app.get("/endless")
    def endless() -> Response:
        def frames() -> Iterator[bytes]:
            for _ in range(200):
                yield bytes(32 * 1024)
            over.wait(20)

        return Response(frames())

    server = serve(app, "127.0.0.1", 0)
    try:
        url = f"http://127.0.0.1:{server.port}/endless"
        with requests.get(url, stream=True, timeout=10) as answer:
            for piece in answer.iter_content(32 * 1024):
                sent += len(piece)
                if sent == 200 * 32 * 1024:
                    break
            [channel] = server._server.active_channels.values()
            assert sum(_held(buffer) for buffer in channel.outbufs) <= 2 * LAID_DOWN
    finally:
        over.set()
        server.stop()


def _held(buffer: OverflowableBuffer) -> int:
    """Bytes of memory, also of what was sent already."""
    return len(buffer.buf.file.getbuffer()) if buffer.buf else len(buffer.strbuf)
