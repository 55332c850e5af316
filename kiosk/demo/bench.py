"""The demo's bench: a page where a newcomer presents a badge, starts a print, pulls a cable.

It is a stage for devices that are not there, no part of a kiosk: on this
computer alone, it does what hands would do.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import resources
from typing import ClassVar
from urllib.parse import parse_qs

import jinja2

from kiosk.central.wording import FAMILY
from kiosk.demo.people import Person

log = logging.getLogger("bench")

#: As French writes it: it never begins a line.
COLON = "\N{NO-BREAK SPACE}:"
#: A form of this page is some 60 bytes.
LONGEST_FORM = 4096
NO_CODE = "L’écran tactile ne montre pas de code : présentez d’abord un badge à l’accueil."
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    # Not no-referrer: a form of ours would then be sent with `Origin: null`.
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True, slots=True)
class Lever:
    """Something a hand can do to a device. `do` returns at once: what kept it from being done."""

    label: str
    do: Callable[[], str | None]


@dataclass(frozen=True, slots=True)
class Device:
    """A device of a lab on the bench, with its levers."""

    name: str
    levers: tuple[Lever, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """One lab on the bench. `present(reader, badge)` passes a badge over a reader."""

    lab: str
    name: str
    screen: str  #: address of the touch screen
    readers: tuple[tuple[str, str], ...]  #: slug, and where it stands
    people: tuple[Person, ...]
    present: Callable[[str, str], object]
    devices: tuple[Device, ...]
    code: Callable[[], str]  #: the address that the touch screen shows as a code now, or ""


class Bench:
    """The page, served from `start` to `stop`. Raises OSError where the port is taken."""

    def __init__(self, stages: Sequence[Stage], port: int, central: str) -> None:
        self._stages = {stage.lab: stage for stage in stages}
        self._central = central
        pages = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
        pages.filters["french"] = lambda family: FAMILY.get(family, family)
        self._page = pages.from_string(_file("bench.html"))
        self._server = _Server(("127.0.0.1", port), _Requests)
        self._server.bench = self
        self.port = self._server.server_port
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.1,), name="bench", daemon=True
        )

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        if self._thread.is_alive():
            self._server.shutdown()
        self._server.server_close()

    def page(self, said: str = "", chosen: tuple[str, str] = ("", "")) -> str:
        """`chosen`: the lab and the person whose badge was presented last."""
        stages = list(self._stages.values())
        return self._page.render(stages=stages, central=self._central, said=said, chosen=chosen)

    def pull(self, form: dict[str, str]) -> str:
        """Does what a form asks, and says it in French. Raises KeyError, IndexError, ValueError."""
        stage = self._stages[form["lab"]]
        if "badge" in form:
            person = next(p for p in (*stage.people, NOBODY) if p.id == form["badge"])
            stage.present(form["reader"], person.badge)
            return f"{stage.name}{COLON} badge de {person.name} présenté."
        device = stage.devices[int(form["device"])]
        lever = device.levers[int(form["lever"])]
        kept = lever.do()
        why = f" ({kept})" if kept else ""
        return f"{stage.name}, {device.name}{COLON} {lever.label.lower()}{why}."

    def phone(self, lab: str) -> str:
        """Where a phone goes that reads the code of the touch screen. Raises KeyError."""
        return self._stages[lab].code()


#: A badge that no roster knows.
NOBODY = Person("nobody", "personne (badge inconnu)", "00C0FFEE", (), ())


def _file(name: str) -> str:
    return (resources.files("kiosk.demo") / name).read_text("utf-8")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    bench: Bench


class _Requests(BaseHTTPRequestHandler):
    """HTTP in and out. Only a page of this address may pull a lever."""

    server: _Server
    STYLE: ClassVar[str] = _file("bench.css")

    def do_GET(self) -> None:
        if not self._is_ours():
            self._send(403, "text/plain", "This page is for this computer alone.\n")
        elif self.path == "/":
            self._send(200, "text/html", self.server.bench.page())
        elif self.path == "/bench.css":
            self._send(200, "text/css", self.STYLE)
        elif self.path.startswith("/phone/"):
            self._read_code(self.path.removeprefix("/phone/"))
        else:
            self._send(404, "text/plain", "Not here. The bench is at /\n")

    def _read_code(self, lab: str) -> None:
        try:
            link = self.server.bench.phone(lab)
        except KeyError:
            self._send(404, "text/plain", "No such lab. The bench is at /\n")
            return
        if not link:
            self._send(200, "text/html", self.server.bench.page(NO_CODE))
            return
        self.send_response(303)
        self.send_header("Location", link)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_POST(self) -> None:
        own = f"http://{self.headers.get('Host', '')}"
        if not self._is_ours() or self.headers.get("Origin", own) != own:
            self._send(403, "text/plain", "Only a page of this address may do that.\n")
            return
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > LONGEST_FORM:
            self.close_connection = True
            self._send(413, "text/plain", f"Expected a form of at most {LONGEST_FORM} bytes.\n")
            return
        fields = parse_qs(self.rfile.read(int(length)).decode("utf-8", "replace"))
        form = {key: values[0] for key, values in fields.items()}
        try:
            said = self.server.bench.pull(form)
        except (LookupError, ValueError, StopIteration):
            self._send(400, "text/plain", "No such badge or lever here: go back to /\n")
            return
        chosen = form["lab"], form.get("badge", "")
        self._send(200, "text/html", self.server.bench.page(said, chosen))

    def _is_ours(self) -> bool:
        port = self.server.bench.port
        return self.headers.get("Host") in (f"127.0.0.1:{port}", f"localhost:{port}")

    def _send(self, status: int, kind: str, text: str) -> None:
        raw = text.encode()
        self.send_response(status)
        for name, value in HEADERS.items():
            self.send_header(name, value)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, format: str, *args: object) -> None:
        log.debug(format, *args)
