"""Labs, a central and what lies between them, without a disk, a network or a clock.

The journals, the engine, the forks and the ledger are the product's own, over
SQLite files in memory, which can be copied as a card can be. What is made here
is only what breaks: the wire, the cards, the backups.
"""

from __future__ import annotations

import random
import sqlite3
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import TypeVar

from sqlite_utils import Database

from kiosk.central import intake, ledger
from kiosk.central import schema as central_schema
from kiosk.central.nodes import Node
from kiosk.clock import StillClock
from kiosk.store import schema as lab_schema
from kiosk.store.codec import decode
from kiosk.store.disk import transaction
from kiosk.store.fork import fork
from kiosk.store.journal import Journal
from kiosk.sync.engine import Engine, Progress, SyncError
from kiosk.sync.protocol import Answer, Batch, State, encode_batch
from machines.chain import ZERO, link
from machines.journal import TapRefused

START_US = 1_795_000_000_000_000
NODE = Node("ccdv-1", "ccdv")
#: How often something else happens before a batch arrives.
MEANWHILE = 0.1
T = TypeVar("T")
#: An entry's birth: store, seq, nonce.
Birth = tuple[str, int, int]


def opened(image: bytes) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.deserialize(image)
    return connection


@cache
def blank_card() -> bytes:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    lab_schema.migrate(connection)
    return connection.serialize()


@cache
def blank_ledger() -> bytes:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    central_schema.migrations.apply(Database(connection))
    return connection.serialize()


class Central:
    """The ledger, asked as the HTTP interface asks it. `image` is a backup."""

    def __init__(self, image: bytes | None = None) -> None:
        self.connection = opened(image or blank_ledger())

    def image(self) -> bytes:
        return self.connection.serialize()

    def state(self, store: bytes, at: int) -> State:
        return ledger.state(self.connection, NODE, store, at)

    def ingest(self, raw: bytes) -> Answer:
        arrival = intake.read(raw)
        with transaction(self.connection):
            return ledger.take_in(self.connection, NODE, arrival, START_US)

    def births(self) -> Counter[Birth]:
        """What is counted, by what the bodies say of themselves."""
        bodies = self.connection.execute("SELECT body FROM fact")
        return Counter(birth_of(body) for (body,) in bodies)

    def beginnings(self) -> Counter[bytes]:
        """The first link of each store that did not begin empty-handed."""
        rows = self.connection.execute("SELECT chain FROM entry WHERE seq = 1")
        return Counter(chain for (chain,) in rows)

    def check(self) -> None:
        """Every store is gapless, its links hold, and nothing is in quarantine or declared lost."""
        for no, hw in self.connection.execute("SELECT no, hw FROM store").fetchall():
            rows = self.connection.execute(
                "SELECT seq, chain, body FROM entry LEFT JOIN fact ON arrived = fact"
                " WHERE store = ? ORDER BY seq",
                (no,),
            ).fetchall()
            assert [seq for seq, _, _ in rows] == list(range(1, hw + 1))
            before = ZERO
            for _, chain, body in rows:
                assert chain == (before := link(before, body))
        for table in ("quarantine", "gap"):
            assert self.connection.execute(f"SELECT * FROM {table}").fetchall() == []


def birth_of(body: bytes) -> Birth:
    birth = decode(body).birth
    return birth.store, birth.seq, birth.nonce


class Lab:
    """A Pi with a card. `shown`: the births of all that was acknowledged and is on the card."""

    def __init__(self, rng: random.Random, image: bytes | None = None) -> None:
        self._rng = rng
        self.clock = StillClock(START_US)
        self.shown: set[Birth] = set()
        self.journal = Journal(opened(image or blank_card()), self.clock, rng.randbytes)
        if image is None:
            self.journal.put_meta("store", rng.randbytes(16))
            self.journal.put_meta("clean", 1)
        self.boot()

    def boot(self) -> None:
        """The Pi starts: what began a boot is on the card as well."""
        self.clock.reboot()
        tip = self.journal.tip()[0]
        self.journal.begin_boot("sim")
        self.shown |= {birth_of(row.body) for row in self.journal.rows(tip, 10)}

    def tap(self) -> None:
        self.clock.advance(seconds=7)
        entry = self.journal.append(TapRefused("laser", "unknown-badge"))
        self.shown.add((entry.birth.store, entry.birth.seq, entry.birth.nonce))

    def image(self) -> tuple[bytes, set[Birth]]:
        return self.journal.connection.serialize(), set(self.shown)

    def insert(self, card: tuple[bytes, set[Birth]]) -> None:
        """Another card, or an older copy of this one, and power on."""
        image, shown = card
        self.journal = Journal(opened(image), self.clock, self._rng.randbytes)
        self.shown = set(shown)
        self.boot()

    def check(self) -> None:
        """The card holds all that it acknowledged, gapless and chained, in whichever stores."""
        found = []
        for store in (*self.journal.closed(), None):
            before = ZERO
            for seq, row in enumerate(self.journal.rows(0, -1, store), 1):
                assert row.seq == seq
                assert row.chain == (before := link(before, row.body))
                found.append(birth_of(row.body))
        assert len(found) == len(set(found)), "one entry stands twice on a card"
        assert self.shown <= set(found)


#: Called between what a lab was told and what it sends.
Meanwhile = Callable[[], None]


def nothing() -> None: ...


@dataclass(slots=True)
class Weather:
    """What a wire does to requests: the share lost each way, and what was overheard of them."""

    lost: float = 0.0
    overheard: list[bytes] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)


class FakeWire:
    """`kiosk.sync.engine.Wire` to `central`, which may be another at each call. It loses
    requests, loses answers, delivers twice, and goes down after `pushes` batches."""

    def __init__(
        self,
        central: Callable[[], Central],
        rng: random.Random,
        weather: Weather,
        pushes: int = 1_000_000,
        meanwhile: Meanwhile = nothing,
    ) -> None:
        self._central = central
        self._rng = rng
        self._weather = weather
        self._pushes = pushes
        self._meanwhile = meanwhile

    def state(self, store: bytes, at: int) -> State:
        return self._deliver(lambda: self._central().state(store, at))

    def push(self, batch: Batch) -> Answer:
        self._pushes -= 1
        if self._pushes < 0:
            raise SyncError("the network went down")
        raw = encode_batch(batch)
        if self._rng.random() < self._weather.lost:
            self._weather.overheard.append(raw)
        if self._rng.random() < MEANWHILE:
            self._meanwhile()
        return self._deliver(lambda: self._central().ingest(raw))

    def _deliver(self, ask: Callable[[], T]) -> T:
        lost, seen = self._weather.lost, self._weather.seen
        if self._rng.random() < lost:
            seen["request lost"] += 1
            raise SyncError("the request was lost")
        answer = ask()
        if self._rng.random() < lost / 2:
            seen["delivered twice"] += 1
            answer = ask()
        if self._rng.random() < lost:
            seen["answer lost"] += 1
            raise SyncError("the answer was lost")
        return answer


def round_of(lab: Lab, wire: FakeWire, kind: type[Engine] = Engine) -> None:
    """One round of the sync, three entries a batch. Raises SyncError."""
    journal = lab.journal

    def forked(store: bytes | None, common: int) -> None:
        fork(journal, common, store)

    kind(journal, forked, wire, Progress(), batch_entries=3).round()
