"""OctoPrints that are not there: the REST interface of 1.11.8 over `fake_printer`.

It has no push stream, as an OctoPrint behind a proxy that lets none through:
the link polls. Prints run on a `Pace`, in field seconds.

    with FakeOctoPrint(pace) as house:
        prusa = house.add("prusa")
        link = OctoPrintLink("prusa", Options(house.url("prusa"), "key"), house.key, tell, pace)
        prusa.print("cube.gcode", seconds=3600)
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar, Self

from drivers import Pace
from drivers.octoprint.fake_answers import NO_ANSWER, NOT_ALLOWED, NOT_FOUND, Answer
from drivers.octoprint.fake_files import receive
from drivers.octoprint.fake_printer import FakePrinter, Troubles

#: A command without a valid key is taken for a browser's that misses its token.
NO_TOKEN: Answer = (400, {"error": "CSRF validation failed"})
FORBIDDEN: Answer = (403, {"error": NOT_ALLOWED})


class FakeOctoPrint:
    """Any number of printers behind one address, each under a path of its own.

    `wall` gives the UTC seconds that their files are dated by.
    """

    def __init__(
        self,
        pace: Pace,
        key: str = "f" * 32,
        port: int = 0,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self.key = key
        self.printers: dict[str, FakePrinter] = {}
        self.left = threading.Event()
        self._pace = pace
        self._wall = wall
        self._server = _Server(("127.0.0.1", port), _Requests)
        self._server.house = self
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="fake OctoPrint", daemon=True
        )

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self.left.set()
        if self._thread.is_alive():
            self._server.shutdown()
        self._server.server_close()

    def add(self, name: str) -> FakePrinter:
        self.printers[name] = FakePrinter(self._pace, self._wall)
        return self.printers[name]

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/{name}"

    def asked(self, path: str) -> tuple[FakePrinter | None, str]:
        """The printer that a path begins with, and the rest of it."""
        _, _, rest = path.partition("?")[0].partition("/")
        name, _, asked = rest.partition("/")
        return self.printers.get(name), asked

    def answer(self, method: str, path: str, body: dict[str, Any]) -> Answer:
        """One request, `path` beginning with the printer's name."""
        printer, asked = self.asked(path)
        if printer is None:
            return NOT_FOUND
        url = self.url(path.split("/")[1])
        match method, asked.split("/"):
            case "GET", ["api", "version"]:
                return 200, {"api": "0.1", "server": "1.11.8", "text": "OctoPrint 1.11.8"}
            case "GET", ["api", "job"]:
                return printer.job()
            case "GET", ["api", "printer"]:
                return printer.printer()
            case "GET", ["api", "connection"]:
                return printer.connection()
            case "POST", ["api", "login"]:
                return 200, {"name": "admin", "session": "0" * 32}
            case "POST", ["api", "job"]:
                return _job_command(printer, body)
            case "POST", ["api", "connection"]:
                return _connection_command(printer, body)
            case "POST", ["api", "files", "local", *parts] if body.get("command") == "select":
                return printer.select("/".join(parts), start=body.get("print") is True)
            case "GET", ["api", "files"] | ["api", "files", "local"]:
                return printer.files(url)
            case "GET", ["api", "files", "local", *parts]:
                return printer.file("/".join(parts), url)
            case "DELETE", ["api", "files", "local", *parts]:
                return printer.remove("/".join(parts))
        return NOT_FOUND


def _job_command(printer: FakePrinter, body: dict[str, Any]) -> Answer:
    match body.get("command"), body.get("action", "toggle"):
        case "start", _:
            return printer.start()
        case "cancel", _:
            return printer.cancel()
        case "pause", "pause":
            return printer.pause()
        case "pause", "resume":
            return printer.resume()
        case "pause", "toggle":
            return printer.toggle()
    return 400, {"error": "command is invalid"}


def _connection_command(printer: FakePrinter, body: dict[str, Any]) -> Answer:
    match body.get("command"):
        case "connect":
            printer.connect()
        case "disconnect":
            printer.drop(error="")
        case _:
            return 400, {"error": "command is invalid"}
    return NO_ANSWER


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    house: FakeOctoPrint


class _Requests(BaseHTTPRequestHandler):
    """HTTP in and out; what is answered is said above."""

    protocol_version = "HTTP/1.1"
    server: _Server
    MOST: ClassVar[int] = 64 * 1024

    def do_GET(self) -> None:
        self._serve(lambda: self._answer({}))

    def do_DELETE(self) -> None:
        self._serve(lambda: self._answer({}))

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        kind = self.headers.get("Content-Type", "")
        if not length.isdecimal():
            self.close_connection = True
            self._send(411, None)
        elif kind.startswith("multipart/form-data"):
            self._take(int(length), kind)
        elif int(length) > self.MOST:
            self.close_connection = True
            self._send(413, {"error": "too large"})
        else:
            self._read(self.rfile.read(int(length)))

    def _take(self, length: int, kind: str) -> None:
        printer, _ = self.server.house.asked(self.path)

        def wait(size: int) -> None:
            if printer and (speed := printer.troubles.bytes_a_second):
                self.server.house.left.wait(size / speed)

        try:
            file = receive(self.rfile, length, kind, wait)
        except ConnectionError:
            self.close_connection = True
            return

        def answer() -> Answer:
            if printer is None:
                return NOT_FOUND
            if file is None:
                return 400, {"error": "No file to upload and no folder to create"}
            return printer.keep(file)

        self._serve(answer)

    def _read(self, raw: bytes) -> None:
        try:
            body = json.loads(raw or b"{}")
        except (ValueError, RecursionError):
            body = None
        if isinstance(body, dict):
            self._serve(lambda: self._answer(body))
        else:
            self._send(400, {"error": "Malformed JSON body in request"})

    def _answer(self, body: dict[str, Any]) -> Answer:
        return self.server.house.answer(self.command, self.path, body)

    def _serve(self, answer: Callable[[], Answer]) -> None:
        """With whatever goes wrong at that printer."""
        printer, _ = self.server.house.asked(self.path)
        troubles = printer.troubles if printer else Troubles()
        commanded = self.command != "GET"
        if commanded:
            self.server.house.left.wait(troubles.delay_s)
        while troubles.silent and not self.server.house.left.wait(0.02):
            pass
        if troubles.stopped or troubles.silent:
            self.close_connection = True
            return
        told = self._without_right(troubles.rights) or answer()
        if commanded and troubles.lost_answers:
            troubles.lost_answers -= 1
            self.close_connection = True
            return
        self._send(*told)

    def _without_right(self, rights: str) -> Answer | None:
        if self.headers.get("X-Api-Key") != self.server.house.key or rights == "none":
            return FORBIDDEN if self.command == "GET" else NO_TOKEN
        commanded = self.command != "GET" and not self.path.endswith("/api/login")
        return FORBIDDEN if commanded and rights == "read" else None

    def _send(self, status: int, body: Any) -> None:
        raw = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        if raw:
            self.send_header("Content-Type", "application/json")
        if status != 204:
            self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: a fake that is polled twenty times a second has nothing to say."""
