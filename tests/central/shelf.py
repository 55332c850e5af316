"""A central's file with facts laid in by hand, in whatever order a test wants them to arrive."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

from kiosk.central import ledger, projection, roster
from kiosk.central.book import Book, open_book
from kiosk.store.codec import encode
from kiosk.store.disk import transaction
from machines.instants import Month
from machines.journal import Entry, MachineDescribed, SiteDescribed
from tests.field import Field

MACHINES = (
    MachineDescribed("laser", "Découpeuse laser", "laser", "watched"),
    MachineDescribed("prusa", "=Prusa MK4", "3d-printer", "watched"),
)


class Shelf:
    """The facts and their projection. Every verb is one transaction, as at the central."""

    def __init__(self) -> None:
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        for part in (ledger, projection, roster):
            part.create(self.connection)

    @classmethod
    def over(cls, connection: sqlite3.Connection) -> Shelf:
        """The shelf of a central's file that is there already."""
        shelf = cls.__new__(cls)
        shelf.connection = connection
        return shelf

    def know_keys(self) -> None:
        """The keys of pseudonyms are no secret any more: the same people, the same words."""
        for name in ("export", "year-2026"):
            self.connection.execute(
                "INSERT OR REPLACE INTO secret VALUES(?, zeroblob(32))", (name,)
            )

    def lay(self, entries: Iterable[Entry], lab: str = "ccdv") -> None:
        for entry in entries:
            body, personal = encode(entry)
            birth = (bytes.fromhex(entry.birth.store), entry.birth.seq, entry.birth.nonce)
            self.connection.execute(
                "INSERT OR IGNORE INTO fact(birth_store, birth_seq, nonce, lab, kind, body,"
                " personal) VALUES(?, ?, ?, ?, ?, ?, ?)",
                (*birth, lab, entry.body.kind, body, personal),
            )
            self.connection.execute(
                "INSERT INTO store(id, lab, node, hw, chain, first_heard_us, last_heard_us)"
                " VALUES(?, ?, ?, ?, x'00', 0, ?) ON CONFLICT(id) DO UPDATE"
                " SET hw = max(hw, excluded.hw), last_heard_us = excluded.last_heard_us",
                (birth[0], lab, f"{lab}-1", birth[1], entry.at.wall_us),
            )

    def fold(self, step: int = 1000) -> None:
        while self._advance(step):
            pass

    def _advance(self, step: int) -> int:
        with transaction(self.connection):
            return projection.advance(self.connection, step)

    def rows(self, columns: str = "*") -> list[Sequence[object]]:
        return self.connection.execute(
            f"SELECT {columns} FROM usage ORDER BY month, lab, kind, machine, subject"
        ).fetchall()

    def book(self, month: str, lab: str | None = None) -> Book:
        return open_book(self.connection, Month.parse(month), lab)


def described(lab: Field, name: str = "CCDV") -> Field:
    lab.write(SiteDescribed("ccdv", name, MACHINES, ((),) * 7))
    return lab
