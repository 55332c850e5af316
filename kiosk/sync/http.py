"""The wire to the central: HTTP with a bearer token, every answer measured before it is read.

A Pi without a clock cannot judge the dates of a certificate. Where the site
names its own CA and the clock was never set, dates alone are left out of the
check; the chain and the name are always verified.
"""

from __future__ import annotations

import gzip
import ssl
from collections.abc import Callable
from typing import Any

import msgspec
import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase

import kiosk
from kiosk.sync.engine import SyncError
from kiosk.sync.protocol import ROSTER_BYTES, Answer, Batch, State, encode_batch

#: Seconds to be connected, and between two pieces of an answer.
TIMEOUTS = (5.0, 30.0)
#: Seconds that a central may ask to stay away; longer is taken as this.
LONGEST_WAIT_S = 3600.0
#: An answer other than the roster is under 200 bytes.
ANSWER_BYTES = 65536
#: Level 1 takes half the time of 6 for a tenth more bytes (500 entries: 33 KB, 2026-11-24).
GZIP_LEVEL = 1
#: X509_V_FLAG_NO_CHECK_TIME of OpenSSL's x509_vfy.h; Python has no name for it.
NO_CHECK_TIME = 0x200000


class HttpWire:
    """`kiosk.sync.engine.Wire`, and the roster. For one thread.

    `clock_set` says whether the wall clock can be believed; it is asked before
    each connection.
    """

    def __init__(
        self, url: str, token: str, ca_file: str = "", clock_set: Callable[[], bool] = lambda: True
    ) -> None:
        self._url = url.rstrip("/")
        self._verify: str | bool = ca_file or True
        self._session = requests.Session()
        self._session.auth = _Bearer(token)
        self._session.headers["User-Agent"] = f"fablab-kiosk/{kiosk.__version__}"
        if ca_file:
            self._session.mount("https://", _PinnedCA(ca_file, clock_set))

    def state(self, store: bytes, at: int) -> State:
        params = {"store": store.hex(), "at": str(at)}
        state: State = self._ask(State, "GET", "/v1/state", params=params)
        return state

    def push(self, batch: Batch) -> Answer:
        body = gzip.compress(encode_batch(batch), GZIP_LEVEL, mtime=0)
        headers = {"Content-Type": "application/msgpack", "Content-Encoding": "gzip"}
        answer: Answer = self._ask(Answer, "POST", "/v1/ingest", data=body, headers=headers)
        return answer

    def roster(self, etag: str | None) -> bytes | None:
        """The central's roster, as it came; None where it is the one named by `etag`."""
        headers = {"If-None-Match": f'"{etag}"'} if etag else {}
        status, body = self._send("GET", "/v1/roster", ROSTER_BYTES, headers=headers)
        return None if status == 304 else body

    def close(self) -> None:
        self._session.close()

    def _ask(self, shape: Any, method: str, path: str, **how: Any) -> Any:
        _, body = self._send(method, path, ANSWER_BYTES, **how)
        try:
            return msgspec.json.decode(body, type=shape)
        except msgspec.MsgspecError as wrong:
            raise SyncError(f"{self._url}{path}: not an answer of a central: {wrong}") from None

    def _send(self, method: str, path: str, at_most: int, **how: Any) -> tuple[int, bytes]:
        try:
            with self._session.request(
                method,
                self._url + path,
                timeout=TIMEOUTS,
                allow_redirects=False,
                stream=True,
                verify=self._verify,
                **how,
            ) as answer:
                self._refuse(path, answer)
                return answer.status_code, _read(answer, at_most)
        except (requests.RequestException, OSError) as wrong:
            raise SyncError(f"{self._url}: not reached ({type(wrong).__name__})") from wrong

    def _refuse(self, path: str, answer: requests.Response) -> None:
        """409 is an answer (need, forked); what else is not good is none."""
        if answer.status_code in (200, 304, 409):
            return
        what = {
            401: "the central does not know this kiosk's token",
            403: "this journal or token belongs to another lab",
        }.get(answer.status_code, f"the central answered {answer.status_code}")
        raise SyncError(f"{self._url}{path}: {what}", _retry_after(answer))


class _Bearer(AuthBase):
    """As `auth` and not as a header, or requests would put a .netrc in its place."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class _PinnedCA(HTTPAdapter):
    """Verifies by one CA. New connections follow what the clock is worth by then."""

    def __init__(self, ca_file: str, clock_set: Callable[[], bool]) -> None:
        self._clock_set = clock_set
        self._context = ssl.create_default_context(cafile=ca_file)
        super().__init__()

    def init_poolmanager(self, *args: Any, **how: Any) -> None:
        super().init_poolmanager(*args, ssl_context=self._context, **how)

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Before each request. The context alone verifies."""
        flags = ssl.VerifyFlags(self._context.verify_flags & ~NO_CHECK_TIME)
        self._context.verify_flags = (
            flags if self._clock_set() else ssl.VerifyFlags(flags | NO_CHECK_TIME)
        )


def _read(answer: requests.Response, at_most: int) -> bytes:
    got = bytearray()
    for piece in answer.iter_content(65536):
        got += piece
        if len(got) > at_most:
            raise SyncError(f"the central's answer is longer than {at_most} bytes")
    return bytes(got)


def _retry_after(answer: requests.Response) -> float:
    """In seconds; a date (RFC 9110 allows one) would need a clock, and is not used."""
    text = answer.headers.get("Retry-After", "")
    return min(float(text), LONGEST_WAIT_S) if text.isascii() and text.isdigit() else 0.0
