"""What the floor keeps in checkpoint rows, as JSON: the last sign of life, what is carried."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import msgspec

from machines.carried import Carried, LeftSession, OpenPrint, OpenSession
from machines.condition import Condition
from machines.instants import Instant
from machines.journal import Entry

ALIVE = ("", "alive")
CARRIED = ("", "carried")
#: The meter of a printer; every other is a run's.
PRINT = "print"


class CarriedRow(msgspec.Struct, frozen=True):
    """`Carried` at entry `seq` of `store`: a fork numbers the entries anew in another store."""

    store: str
    seq: int
    sessions: dict[str, OpenSession]
    conditions: dict[str, Condition]
    prints: dict[str, OpenPrint] = {}
    left: dict[str, LeftSession] = {}


def encode_instant(at: Instant) -> bytes:
    return msgspec.json.encode(at)


def decode_instant(row: bytes | None) -> Instant | None:
    return None if row is None else msgspec.json.decode(row, type=Instant)


def encode_carried(carried: Carried, store: str) -> bytes:
    row = CarriedRow(
        store,
        carried.seq,
        dict(carried.sessions),
        dict(carried.conditions),
        dict(carried.prints),
        dict(carried.left),
    )
    return msgspec.json.encode(row)


def decode_carried(row: bytes | None, store: str) -> Carried | None:
    """What was carried in this store; None where that must be folded from the first entry."""
    if row is None:
        return None
    kept = msgspec.json.decode(row, type=CarriedRow)
    if kept.store != store:
        return None
    return Carried(kept.seq, kept.sessions, kept.conditions, kept.prints, kept.left)


def fold_all(stores: Iterable[Iterable[tuple[int, Entry]]]) -> Carried:
    """Everything, store after store, when no row can be trusted."""
    carried = Carried()
    for entries in stores:
        carried = replace(carried, seq=0).fold(entries)
    return carried
