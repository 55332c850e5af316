"""How what the labs wrote comes to a central: by the product's own sync, in any order."""

from __future__ import annotations

import contextlib
import random
import sqlite3

from kiosk.central import folding, intake, ledger
from kiosk.central.nodes import Node
from kiosk.store.disk import transaction
from kiosk.sync.engine import SyncError
from kiosk.sync.protocol import Answer, State
from tests.sync.world import START_US, FakeWire, Weather, blank_ledger, opened
from tests.truth.pi import Pi
from tests.truth.year import TROUBLES, Year

#: What a central has beside facts and what they are folded into: its own people, for one.
COPIED = (
    "store", "entry", "gap", "secret", "organisation", "member", "membership",
    "figure_membership", "figure_person", "closure",
)  # fmt: skip


class Central:
    """The ledger, asked as the HTTP interface asks it, and folded in steps of chance."""

    def __init__(self) -> None:
        self.connection = opened(blank_ledger())
        self.exports: dict[object, dict[str, bytes]] = {}

    def fold(self) -> None:
        while folding.fold(self.connection, START_US):
            pass

    def facts(self) -> list[tuple[object, ...]]:
        return self.connection.execute(
            "SELECT birth_store, birth_seq, nonce, lab, kind, body, personal FROM fact"
        ).fetchall()


class _Door:
    """What one lab sees of it."""

    def __init__(self, connection: sqlite3.Connection, node: Node) -> None:
        self._connection = connection
        self._node = node

    def state(self, store: bytes, at: int) -> State:
        return ledger.state(self._connection, self._node, store, at)

    def ingest(self, raw: bytes) -> Answer:
        arrival = intake.read(raw)
        with transaction(self._connection):
            return ledger.take_in(self._connection, self._node, arrival, START_US)


def bring(pi: Pi, central: Central, chance: random.Random, batch: int = 500) -> None:
    """Until it is all there, over a wire that loses a request or an answer in twenty."""
    door = _Door(central.connection, Node(f"{pi.lab}-1", pi.lab))
    wire = FakeWire(lambda: door, chance, Weather(lost=0.05))  # type: ignore[arg-type, return-value]
    for _ in range(1000):
        with contextlib.suppress(SyncError):
            return pi.bring(wire, batch)
    raise AssertionError("never brought")


def live(year: Year, central: Central, seed: int = 1) -> None:
    """Day by day: each lab syncs at night, where it is not offline, and before a card is lost."""
    chance = random.Random(seed)
    for number, morning_us in year.mornings():
        for lab, life in year.lives.items():
            life.go_on_until(morning_us - 1)
            if not _is_offline(lab, number):
                bring(life.pi, central, chance)
                folding.fold(central.connection, START_US)
    for life in year.lives.values():
        life.go_on_until(life.pi.true_us)
        bring(life.pi, central, chance)
    central.fold()


def again(year: Year, seed: int) -> Central:
    """A central that lost everything is brought it all anew: small batches, one lab first."""
    chance, central = random.Random(seed), Central()
    pis = [life.pi for life in year.lives.values()]
    for pi in chance.sample(pis, len(pis)):
        bring(pi, central, chance, batch=chance.randint(3, 400))
        if chance.random() < 0.5:
            folding.fold(central.connection, START_US)
    central.fold()
    return central


def shuffled(central: Central, seed: int) -> Central:
    """The same facts, as if each had come by itself in any order at all."""
    chance, other = random.Random(seed), Central()
    facts = central.facts()
    chance.shuffle(facts)
    with transaction(other.connection):
        for table in COPIED:
            _copy(central.connection, other.connection, table)
        other.connection.executemany(
            "INSERT INTO fact(birth_store, birth_seq, nonce, lab, kind, body, personal)"
            " VALUES(?, ?, ?, ?, ?, ?, ?)",
            facts,
        )
    other.fold()
    return other


def _copy(old: sqlite3.Connection, new: sqlite3.Connection, table: str) -> None:
    new.execute(f"DELETE FROM {table}")
    rows = old.execute(f"SELECT * FROM {table}").fetchall()
    if rows:
        new.executemany(f"INSERT INTO {table} VALUES({', '.join('?' * len(rows[0]))})", rows)


def _is_offline(lab: str, number: int) -> bool:
    return any(first <= number < last for first, last in TROUBLES[lab].offline)
