"""The central's side of the wire: what a request may be, and what it is answered.

    GET  /v1/time                        the clock, for anybody
    GET  /v1/state?store=<hex>&at=<n>    up to where the ledger has a store
    POST /v1/ingest                      a batch (kiosk.sync.protocol), 409 for need and forked
    GET  /v1/roster                      the roster of the node's lab, by ETag

A request without a known token learns nothing. What is malformed is 400 with
the place, what is not called MessagePack 415, too large 413, somebody else's
store 403; a node with too many requests at once 429, a central with too much to
write 503, both with Retry-After.
"""

from __future__ import annotations

import logging
import re
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import TimeoutError as TooSlow
from contextlib import contextmanager

import msgspec
from flask import Blueprint, Response, abort, request
from werkzeug.exceptions import HTTPException

from kiosk.central import intake, ledger
from kiosk.central.distribution import Distribution
from kiosk.central.nodes import Node
from kiosk.central.store import Busy, Central
from kiosk.sync.protocol import LIMIT_BYTES, Taken

log = logging.getLogger("central")

#: Requests of one node at once. A kiosk has one under way; a second is one that it gave up.
AT_ONCE = 2
#: Real seconds that a batch may take to be written before its lab is told to come back.
WRITTEN_S = 20.0
#: Seconds after which to come back.
RETRY_S = 5


class Turnstile:
    """Lets so many requests of each node through at once, so that one lab cannot take every
    thread of the server."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._at_once = at_once
        self._inside: Counter[str] = Counter()
        self._lock = threading.Lock()

    @contextmanager
    def passing(self, node: Node) -> Iterator[bool]:
        """Whether this request may pass."""
        with self._lock:
            passes = self._inside[node.name] < self._at_once
            self._inside[node.name] += passes
        try:
            yield passes
        finally:
            with self._lock:
                self._inside[node.name] -= passes


def create_api(central: Central) -> Blueprint:
    """The routes, over a central that the caller closes."""
    api = Blueprint("api", __name__, url_prefix="/v1")
    turnstile = Turnstile()
    distribution = Distribution()

    @api.get("/time")
    def time() -> Response:
        return _json({"utc_us": central.utc_us()})

    @api.get("/state")
    def state() -> Response:
        with _node(central, turnstile) as node:
            store, at = _store(), _at()
            with central.reader() as connection:
                found = ledger.state(connection, node, store, at)
        central.heard(store)
        return _json(msgspec.structs.replace(found, utc_us=central.utc_us()))

    @api.post("/ingest")
    def ingest() -> Response:
        with _node(central, turnstile) as node:
            arrival = intake.read(intake.unpack(_body(), _gzipped()))
            now_us = central.now_us()
            written = central.submit(lambda c: ledger.take_in(c, node, arrival, now_us))
            answer = written.result(WRITTEN_S)
        return _json(answer, 200 if isinstance(answer, Taken) else 409)

    @api.get("/roster")
    def roster() -> Response:
        with _node(central, turnstile) as node, central.reader() as connection:
            parcel = distribution.parcel(connection, node.lab)
        answer = Response(parcel.gzipped, mimetype="application/json")
        answer.headers["Content-Encoding"] = "gzip"
        answer.headers["Cache-Control"] = "private, no-cache"
        answer.set_etag(parcel.etag)
        answer.make_conditional(request)
        return answer

    api.register_error_handler(intake.Malformed, lambda wrong: _wrong(400, str(wrong)))
    api.register_error_handler(intake.TooLarge, lambda wrong: _wrong(413, str(wrong)))
    api.register_error_handler(ledger.Foreign, lambda wrong: _wrong(403, str(wrong)))
    api.register_error_handler(HTTPException, lambda wrong: _wrong(wrong.code or 400))
    api.register_error_handler(Busy, lambda wrong: _come_back(503))
    api.register_error_handler(TooSlow, lambda wrong: _come_back(503))
    api.register_error_handler(TooMany, lambda wrong: _come_back(429))
    return api


class TooMany(RuntimeError):
    """The node has as many requests under way as it may."""


@contextmanager
def _node(central: Central, turnstile: Turnstile) -> Iterator[Node]:
    """Who asks. Raises TooMany; aborts with 401 for nobody known."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    node = central.who(token.strip()) if scheme.lower() == "bearer" else None
    if node is None:
        abort(401)
    with turnstile.passing(node) as passes:
        if not passes:
            raise TooMany(node.name)
        yield node


def _store() -> bytes:
    text = request.args.get("store", "")
    if not re.fullmatch("[0-9a-f]{32}", text):
        raise intake.Malformed("store: expected 32 hex digits")
    return bytes.fromhex(text)


def _at() -> int:
    text = request.args.get("at", "")
    if not re.fullmatch("[0-9]{1,18}", text):
        raise intake.Malformed("at: expected the number of an entry")
    return int(text)


def _body() -> bytes:
    if request.mimetype != "application/msgpack":
        abort(415)
    request.max_content_length = LIMIT_BYTES
    return request.get_data(cache=False)


def _gzipped() -> bool:
    encoding = request.headers.get("Content-Encoding", "identity").lower()
    if encoding not in ("identity", "gzip"):
        raise intake.Malformed(f"Content-Encoding {encoding[:20]!r}: expected gzip or none")
    return encoding == "gzip"


def _json(answer: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(answer), status, mimetype="application/json")


def _wrong(status: int, why: str = "") -> Response:
    answer = _json({"error": why}, status) if why else Response(status=status)
    if status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def _come_back(status: int) -> Response:
    answer = Response(status=status)
    answer.headers["Retry-After"] = str(RETRY_S)
    return answer
