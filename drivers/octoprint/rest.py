"""OctoPrint's REST interface: an answer, or why there is none.

Questions go over one kept connection. A command has a connection of its own: a kept
one that the other side has closed would look like a command that was not answered.

The key goes into one header, to the address of the site file, and nowhere else;
no reason that is given here holds an address or a header.
"""

from __future__ import annotations

import http.client
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import requests
from urllib3.connection import HTTPConnection
from urllib3.exceptions import NewConnectionError

from drivers.octoprint import wire

#: Real seconds for a whole answer, however it drips.
ANSWER_S = 6.0
#: Bytes of an answer; the longest real one is 20 kB.
LONGEST_BODY = 256 * 1024
#: Bytes of a file that may be on their way; left to itself, Linux holds 4 MB, which is a
#: minute of a bad Wi-Fi after the last byte has left.
SEND_BUFFER = 256 * 1024


@dataclass(frozen=True, slots=True)
class Patience:
    """What an answer may take, in real seconds, and how long it may be, in bytes."""

    connect_s: float = 2.0  #: and for every 16 kB that are sent
    piece_s: float = 3.0  #: until the answer begins, and between two pieces of it
    answer_s: float = ANSWER_S
    longest: int = LONGEST_BODY


POLL = Patience()


class NotHeard(Exception):
    """OctoPrint gave no usable answer. The text is for the operator."""


class NotSent(NotHeard):
    """Not a byte of the command left: there was no connection."""


class Body(Protocol):
    """What is sent without being held in memory. What `read` raises ends the sending, and is
    raised to whoever sends."""

    content_type: str

    def __len__(self) -> int: ...

    def read(self, size: int = ..., /) -> bytes: ...


class Client:
    """REST. For one thread, but `send` for any."""

    def __init__(self, url: str, key: str) -> None:
        self._url = url
        self._key = key
        self._http = _session(key)

    def get(self, path: str, patience: Patience = POLL) -> tuple[int, bytes]:
        """Status and body. Raises NotHeard."""
        try:
            return _ask(self._http, "GET", self._url + path, patience)
        except requests.ConnectionError as broken:
            if not _was_closed(broken):
                raise NotHeard(_why(broken)) from broken
        except requests.RequestException as broken:
            raise NotHeard(_why(broken)) from broken
        # A kept connection that the other side had closed in the meantime is no silence.
        return self._once("GET", path, patience=patience)

    def send(
        self,
        method: str,
        path: str,
        patience: Patience,
        json: object = None,
        body: Body | None = None,
    ) -> tuple[int, bytes]:
        """Status and body of a command, sent once. Raises NotSent, NotHeard."""
        try:
            with _session(self._key) as http:
                for scheme in ("http://", "https://"):
                    http.mount(scheme, _Sender())
                return _ask(http, method, self._url + path, patience, json, body)
        except requests.RequestException as broken:
            kind = NotSent if _was_not_sent(broken) else NotHeard
            raise kind(_why(broken)) from broken

    def log_in(self) -> tuple[str, str] | None:
        """Name and session for the push stream; None where OctoPrint gives none."""
        try:
            status, body = self._once("POST", "/api/login", {"passive": True})
        except NotHeard:
            return None
        return wire.credentials(wire.decode(body)) if status == 200 else None

    def close(self) -> None:
        self._http.close()

    def _once(
        self, method: str, path: str, json: object = None, patience: Patience = POLL
    ) -> tuple[int, bytes]:
        try:
            return _ask(self._http, method, self._url + path, patience, json)
        except requests.RequestException as broken:
            raise NotHeard(_why(broken)) from broken


def _session(key: str) -> requests.Session:
    http = requests.Session()
    http.trust_env = False  # no proxy and no .netrc of whoever runs the kiosk
    http.headers["X-Api-Key"] = key
    return http


class _Sender(requests.adapters.HTTPAdapter):
    """Holds little back in the kernel, so that what is said to be sent has nearly arrived."""

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        little = (socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        options["socket_options"] = [*HTTPConnection.default_socket_options, little]
        super().init_poolmanager(*args, **options)


def _ask(
    http: requests.Session,
    method: str,
    url: str,
    patience: Patience,
    json: object = None,
    body: Body | None = None,
) -> tuple[int, bytes]:
    with http.request(
        method,
        url,
        json=json,
        data=body,
        headers={"Content-Type": body.content_type} if body else None,
        timeout=(patience.connect_s, patience.piece_s),
        allow_redirects=False,  # the key goes to the address in the site file only
        stream=True,
    ) as answer:
        return answer.status_code, _body(answer, patience)


def _body(answer: requests.Response, patience: Patience) -> bytes:
    """Raises NotHeard where it is too long, or too long in coming."""
    until, body = time.monotonic() + patience.answer_s, bytearray()
    try:
        while piece := answer.raw.read1(LONGEST_BODY, decode_content=True):
            body += piece
            if len(body) > patience.longest:
                raise NotHeard(
                    f"an answer of more than {patience.longest // 1024} kB: no OctoPrint"
                )
            if time.monotonic() > until:
                raise NotHeard(f"an answer that takes more than {patience.answer_s:g} s")
    except NotHeard:
        raise
    except Exception as broken:  # urllib3's own, http.client's, OSError, zlib's
        raise NotHeard(_why(broken)) from broken
    return bytes(body)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The errors that a requests error is wrapped around: most stand in its arguments."""
    yield error
    for inner in (*error.args, error.__cause__, getattr(error, "reason", None)):
        if isinstance(inner, BaseException):
            yield from _causes(inner)


def _was_closed(error: BaseException) -> bool:
    return any(isinstance(cause, ConnectionResetError) for cause in _causes(error))


def _was_not_sent(error: BaseException) -> bool:
    """Whether there was no connection: refused, not found, not answered, or no TLS."""
    if isinstance(error, requests.ConnectTimeout | requests.exceptions.SSLError):
        return True
    return any(isinstance(cause, NewConnectionError) for cause in _causes(error))


def _why(error: BaseException) -> str:
    """A sentence without an address or a header: an error's own text may hold both."""
    causes = tuple(_causes(error))
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return "refuses the connection: OctoPrint is stopped, or starting"
    if any(isinstance(cause, ConnectionResetError) for cause in causes):
        return "closed the connection: OctoPrint is stopping, or starting"
    if any(isinstance(cause, http.client.BadStatusLine) for cause in causes):
        return "starting: it answers something that is not HTTP"
    if any(isinstance(cause, requests.Timeout | TimeoutError) for cause in causes):
        return "does not answer in time"
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return "its name is not known in this network"
    return f"cannot be reached ({type(causes[-1]).__name__})"
