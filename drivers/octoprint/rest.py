"""OctoPrint's REST interface over one kept connection: an answer, or why there is none.

The key goes into one header, to the address of the site file, and nowhere else;
no reason that is given here holds an address or a header.
"""

from __future__ import annotations

import http.client
import socket
import time
from collections.abc import Iterator

import requests

from drivers.octoprint import wire

#: Real seconds to connect, and between two pieces of an answer.
TIMEOUTS = (2.0, 3.0)
#: Real seconds for a whole answer, however it drips.
ANSWER_S = 6.0
#: Bytes of an answer; the longest real one is 20 kB.
LONGEST_BODY = 256 * 1024


class NotHeard(Exception):
    """OctoPrint gave no usable answer. The text is for the operator."""


class Client:
    """REST, by one kept connection."""

    def __init__(self, url: str, key: str) -> None:
        self._url = url
        self._http = requests.Session()
        self._http.trust_env = False  # no proxy and no .netrc of whoever runs the kiosk
        self._http.headers["X-Api-Key"] = key

    def get(self, path: str) -> tuple[int, bytes]:
        """Status and body. Raises NotHeard."""
        try:
            return self._ask("GET", path, None)
        except requests.ConnectionError as broken:
            if not _was_closed(broken):
                raise NotHeard(_why(broken)) from broken
        except requests.RequestException as broken:
            raise NotHeard(_why(broken)) from broken
        # A kept connection that the other side had closed in the meantime is no silence.
        return self._once("GET", path)

    def log_in(self) -> tuple[str, str] | None:
        """Name and session for the push stream; None where OctoPrint gives none."""
        try:
            status, body = self._once("POST", "/api/login", {"passive": True})
        except NotHeard:
            return None
        return wire.credentials(wire.decode(body)) if status == 200 else None

    def close(self) -> None:
        self._http.close()

    def _once(self, method: str, path: str, json: object = None) -> tuple[int, bytes]:
        try:
            return self._ask(method, path, json)
        except requests.RequestException as broken:
            raise NotHeard(_why(broken)) from broken

    def _ask(self, method: str, path: str, json: object) -> tuple[int, bytes]:
        with self._http.request(
            method,
            self._url + path,
            json=json,
            timeout=TIMEOUTS,
            allow_redirects=False,  # the key goes to the address in the site file only
            stream=True,
        ) as answer:
            return answer.status_code, _body(answer)


def _body(answer: requests.Response) -> bytes:
    """Raises NotHeard where it is too long, or too long in coming."""
    until, body = time.monotonic() + ANSWER_S, b""
    try:
        while piece := answer.raw.read1(LONGEST_BODY, decode_content=True):
            body += piece
            if len(body) > LONGEST_BODY:
                raise NotHeard(f"an answer of more than {LONGEST_BODY // 1024} kB: no OctoPrint")
            if time.monotonic() > until:
                raise NotHeard(f"an answer that takes more than {ANSWER_S:g} s")
    except NotHeard:
        raise
    except Exception as broken:  # urllib3's own, http.client's, OSError, zlib's
        raise NotHeard(_why(broken)) from broken
    return body


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The errors that a requests error is wrapped around: most stand in its arguments."""
    yield error
    for inner in (*error.args, error.__cause__, getattr(error, "reason", None)):
        if isinstance(inner, BaseException):
            yield from _causes(inner)


def _was_closed(error: BaseException) -> bool:
    return any(isinstance(cause, ConnectionResetError) for cause in _causes(error))


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
