"""A month as the ledger stands: everything that an export is made of, from one read transaction."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field

from kiosk.central.figures_tables import EXPORT_KEY
from kiosk.central.held import Held, held_in
from kiosk.central.month import UseRow, month_rows
from kiosk.central.projection import pending
from kiosk.central.standing import LabStanding, Position, positions, standings
from machines.instants import Month


class NotReady(RuntimeError):
    """There is nothing to export yet; the sentence says why and what to do."""


@dataclass(frozen=True, slots=True)
class Book:
    """One month, of one lab or of all; `arrived` numbers the last fact that is in it."""

    month: Month
    lab: str | None
    rows: list[UseRow]
    unplaced: list[UseRow]
    labs: tuple[LabStanding, ...]
    positions: tuple[Position, ...]
    arrived: int
    key: bytes
    held: Held = field(default_factory=Held)

    @property
    def name(self) -> str:
        return f"{self.month}-{self.lab}" if self.lab else str(self.month)


def open_book(connection: sqlite3.Connection, month: Month, lab: str | None = None) -> Book:
    """Reads a month. Raises NotReady."""
    connection.execute("BEGIN")
    try:
        return read(connection, month, lab)
    finally:
        connection.execute("ROLLBACK")


def read(connection: sqlite3.Connection, month: Month, lab: str | None = None) -> Book:
    """As `open_book`, within the caller's transaction: months of one year are of one instant."""
    labs = standings(connection)
    if not labs:
        raise NotReady("no lab has sent anything yet: there is nothing to export")
    if lab is not None and lab not in {one.lab for one in labs}:
        known = ", ".join(one.lab for one in labs)
        raise NotReady(f'lab "{lab}": no entry of it is here; expected one of {known}')
    if waiting := pending(connection):
        raise NotReady(
            f"{waiting} entries have arrived and are not in the figures yet:"
            " wait for `fablab central` to take them in, or start it"
        )
    (arrived,) = connection.execute("SELECT arrived FROM usage_cursor").fetchone()
    (key,) = connection.execute("SELECT key FROM secret WHERE name = ?", (EXPORT_KEY,)).fetchone()
    rows = month_rows(connection, month, lab)
    return Book(
        month=month,
        lab=lab,
        rows=rows,
        unplaced=month_rows(connection, None, lab),
        labs=tuple(one for one in labs if lab in (None, one.lab)),
        positions=tuple(one for one in positions(connection) if lab in (None, one.lab)),
        arrived=arrived,
        key=bytes(key),
        held=held_in(connection, month, lab, rows),
    )
