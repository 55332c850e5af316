"""The roster as it travels, and as a lab keeps it: one JSON object, whole.

A lab keeps the bytes that came, in one row; it works on them for weeks without
a network, and takes the next only if that is not older.
"""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import dataclass

import msgspec

from kiosk.forgetting import erasing
from kiosk.store.disk import Connection, transaction
from machines.members import Roster

_encoder = msgspec.json.Encoder(order="deterministic")
_decoder = msgspec.json.Decoder(Roster)


class RosterError(ValueError):
    """What came is no roster that this lab can take; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The roster of a lab's file, and the name of its bytes."""

    roster: Roster
    etag: str


def encode(roster: Roster) -> bytes:
    return _encoder.encode(roster)


def decode(body: bytes) -> Roster:
    """Raises RosterError."""
    try:
        return _decoder.decode(body)
    except msgspec.MsgspecError as wrong:
        raise RosterError(f"not a roster that this version can read: {wrong}") from None
    except RecursionError:
        raise RosterError("not a roster: nested too deeply") from None


def etag(body: bytes) -> str:
    """The name of these bytes: 32 hex digits."""
    return hashlib.sha256(body).hexdigest()[:32]


def load(connection: sqlite3.Connection | Connection) -> Kept | None:
    """The roster that the lab has; None before the first, or where a newer version wrote it."""
    row = connection.execute("SELECT body, etag FROM roster").fetchone()
    if row is None:
        return None
    try:
        return Kept(decode(row[0]), row[1])
    except RosterError:
        return None


def keep(connection: Connection, body: bytes) -> Roster:
    """Puts the roster in the place of the one before. Raises RosterError for an older one.

    Whom it says is erased, the one before may still know by their badges: that is noted.
    """
    roster = decode(body)
    with transaction(connection):
        had = connection.execute("SELECT epoch, version FROM roster").fetchone()
        if had and had[0] == roster.epoch and roster.version < had[1]:
            raise RosterError(
                f"the central's roster is version {roster.version}, this lab has {had[1]}:"
                " the central was put back from a backup; import the members there again"
            )
        before = load(connection)
        erasing.note(connection, roster.erased, before.roster if before else None)
        connection.execute(
            "INSERT OR REPLACE INTO roster(id, epoch, version, etag, body) VALUES(1, ?, ?, ?, ?)",
            (roster.epoch, roster.version, etag(body), body),
        )
    return roster


def keep_out(connection: Connection, erased: frozenset[str]) -> None:
    """Takes out of the kept roster whom a file put back from a backup still has.

    What is left has no name: the central is asked for the roster anew.
    """
    kept = load(connection)
    if kept is None:
        return
    with transaction(connection):
        if erasing.note(connection, erased, kept.roster):
            body = encode(erasing.without(kept.roster, erased))
            connection.execute("UPDATE roster SET etag = '', body = ?", (body,))
