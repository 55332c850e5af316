"""A central that really listens on 127.0.0.1: the shipped process, without its main thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import requests

from config.site import CentralSite
from kiosk.central import nodes
from kiosk.central.process import Process
from kiosk.central.store import Central
from kiosk.clock import StillClock
from kiosk.store.journal import Journal
from kiosk.sync.protocol import Batch, Line, encode_batch

#: Seconds after which what has not happened will not.
DEADLINE_S = 20.0
PAUSE = threading.Event()  #: never set
START_US = 1_795_507_200_000_000
#: A question that any node may ask.
STATE = f"/v1/state?store={'5f' * 16}&at=0"


class Served:
    """The central at `url`. `stop` and `start` again on the same port and file."""

    def __init__(self, folder: Path) -> None:
        self.clock = StillClock(START_US)
        self._site = CentralSite("Central", port=0, database=folder / "central.db", runtime=folder)
        self.start()

    @property
    def central(self) -> Central:
        return self._process.central

    @property
    def port(self) -> int:
        return self._process.port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def database(self) -> Path:
        return self._site.database

    def start(self) -> None:
        self._process = Process(self._site, self.clock)
        self._site = replace(self._site, port=self._process.port)

    def stop(self) -> None:
        self._process.close()

    def token(self, node: str = "ccdv-1", lab: str = "ccdv") -> str:
        """A new node's."""
        return self.central.change_nodes(lambda c: nodes.add(c, node, lab, self.clock.wall_us))

    def rows(self, sql: str, *given: Any) -> list[Sequence[Any]]:
        with self.central.reader() as connection:
            return connection.execute(sql, given).fetchall()

    def hw(self) -> dict[bytes, int]:
        return dict(self.rows("SELECT id, hw FROM store"))

    def facts(self) -> int:
        return self.rows("SELECT count(*) FROM fact")[0][0]

    # ---- requests, as anybody can make them

    def get(self, path: str, token: str = "", **headers: str) -> requests.Response:
        return requests.get(self.url + path, headers=_with(token, headers), timeout=DEADLINE_S)

    def post(self, token: str, body: Any, **headers: str) -> requests.Response:
        """`body` as it is, to /v1/ingest; a header `Content_Type=…` in place of the usual one."""
        told = {"Content-Type": "application/msgpack"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        return requests.post(
            f"{self.url}/v1/ingest", body, headers=_with(token, told), timeout=DEADLINE_S
        )

    def push(self, token: str, batch: Batch) -> requests.Response:
        return self.post(token, encode_batch(batch))


def _with(token: str, headers: dict[str, str]) -> dict[str, str]:
    return headers | ({"Authorization": f"Bearer {token}"} if token else {})


def batch_of(journal: Journal, first: int = 1, last: int = 500) -> Batch:
    """The entries of the live store from one number to another."""
    rows = journal.rows(first - 1, last - first + 1)
    prev = journal.chain_at(first - 1)
    return Batch(journal.store, first, prev, tuple(Line(row.body, row.personal) for row in rows))


def until(seen: Callable[[], Any]) -> Any:
    """Asks until there is something to see, or the deadline has passed."""
    end = time.monotonic() + DEADLINE_S
    while time.monotonic() < end:
        if found := seen():
            return found
        PAUSE.wait(0.01)
    raise AssertionError(f"not seen within {DEADLINE_S} s")


@contextmanager
def served(folder: Path) -> Iterator[Served]:
    central = Served(folder)
    try:
        yield central
    finally:
        central.stop()
