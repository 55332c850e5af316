"""A year, as the ledger stands or as it was closed: twelve months added up, and who came.

What adds up is the sum of what the months' exports print, so that months and
year cannot disagree. People are counted from the pseudonyms of the year, by
each definition of `users`, per lab and together.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from kiosk.central import book as books
from kiosk.central.report import cells as grain
from kiosk.central.report import made
from kiosk.central.report.cells import Cell, Figures
from kiosk.central.report.crowd import Crowd
from kiosk.central.report.users import Definition
from kiosk.central.standing import LabStanding, Position
from machines.instants import Month
from machines.made import ITEMS


@dataclass(frozen=True, slots=True)
class Names:
    """What labs, machines and things made are called.

    Machines by (lab, slug), with their family; things by slug, in French and English.
    """

    labs: dict[str, str]
    machines: dict[tuple[str, str], tuple[str, str]]
    items: dict[str, tuple[str, str]]

    def family(self, lab: str, machine: str) -> str:
        """ "" where the lab never told it."""
        return self.machines.get((lab, machine), ("", ""))[1]

    def machine(self, lab: str, machine: str) -> str:
        return self.machines.get((lab, machine), (machine, ""))[0]


@dataclass(frozen=True, slots=True)
class Year:
    """One year of one lab, or of all. `sealed` is the hash of its manifest once it is closed."""

    year: int
    lab: str | None
    figures: Figures
    names: Names
    labs: tuple[LabStanding, ...]
    positions: tuple[Position, ...]
    arrived: int
    sealed: str = ""

    @property
    def months(self) -> tuple[Month, ...]:
        return months_of(self.year)

    @property
    def scope(self) -> str:
        return self.lab or ""

    def users(self, definition: Definition, lab: str | None = None) -> dict[str, int]:
        """The lines of `users.count`, of the report's own scope or of one of its labs."""
        scope = self.scope if lab is None else lab
        return self.figures.by(
            "usagers", "category", period=str(self.year), lab=scope, of=definition.value
        )

    def by_family(self, figure: str) -> dict[str, int]:
        """What adds up, per family of machines."""
        found: dict[str, int] = {}
        for cell in self.figures.cells:
            if cell.figure == figure and cell.machine:
                family = self.names.family(cell.lab, cell.machine)
                found[family] = found.get(family, 0) + cell.value
        return found


def months_of(year: int) -> tuple[Month, ...]:
    return tuple(Month(year, number) for number in range(1, 13))


def open_year(connection: sqlite3.Connection, year: int, lab: str | None = None) -> Year:
    """Reads a year as the ledger stands, in one read transaction. Raises NotReady."""
    connection.execute("BEGIN")
    try:
        return read(connection, year, lab)
    finally:
        connection.execute("ROLLBACK")


def read(connection: sqlite3.Connection, year: int, lab: str | None = None) -> Year:
    """As `open_year`, within the caller's transaction. Raises NotReady."""
    crowd = Crowd(year, lab)
    found: list[Cell] = []
    for month in months_of(year):
        book = books.read(connection, month, lab)
        found += month_cells(book)
        crowd.add_rows(book.rows)
    crowd.add_people(connection)
    found += crowd.cells()
    return Year(
        year,
        lab,
        Figures(tuple(grain.added(found))),
        names(connection, lab),
        book.labs,
        book.positions,
        book.arrived,
    )


def month_cells(book: books.Book) -> list[Cell]:
    """All that a month is frozen as, and a year is the sum of."""
    rows = grain.of_rows(book.month, book.rows)
    return grain.added([*rows, *made.of_book(book)])


def names(connection: sqlite3.Connection, lab: str | None = None) -> Names:
    labs = dict(connection.execute("SELECT DISTINCT lab, lab FROM store"))
    labs.update(dict(connection.execute("SELECT lab, name FROM usage_lab")))
    machines = connection.execute("SELECT lab, slug, name, family FROM usage_machine").fetchall()
    items = {item.slug: (item.name, item.english) for item in ITEMS}
    for slug, french, english in connection.execute(
        "SELECT slug, name, english FROM figure_item ORDER BY told_us, lab"
    ):
        items[slug] = (french, english)
    return Names(
        {slug: name for slug, name in sorted(labs.items()) if lab in (None, slug)},
        {(of, slug): (name, fam) for of, slug, name, fam in machines if lab in (None, of)},
        items,
    )
