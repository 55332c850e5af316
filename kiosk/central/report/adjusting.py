"""What came in after its month was closed: today's figures less those that were frozen.

A figure that adds up is adjusted per month, lab and detail (a thing made), not
per machine: what a lab's rows are rounded to, to the thousandth of an hour, is
right in its sum and wanders between the machines when a row comes between
others. People are counted anew, as long as the key of their year is there.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from kiosk.central import book as books
from kiosk.central.report import closings, periods
from kiosk.central.report import year as years
from kiosk.central.report.cells import ALONE, Cell, added
from machines.instants import Month


def pending(connection: sqlite3.Connection) -> list[Cell]:
    """The differences that no closing has told of yet, within the caller's transaction."""
    told = closings.adjustments(connection)
    found: list[Cell] = []
    for closing in closings.all_of(connection):
        period = periods.parse(closing.period)
        own = closing.period
        then = _own(own, (*closings.frozen(connection, own).cells, *told))
        now = _own(own, today(connection, period))
        if not _countable(connection, own):
            then, now = _without_people(then), _without_people(now)
        found += [*now, *(cell._replace(value=-cell.value) for cell in then)]
    return added(found)


def today(connection: sqlite3.Connection, period: Month | int) -> list[Cell]:
    """A month's own cells; of a year, those that are of no month of it: its users."""
    if isinstance(period, Month):
        return years.month_cells(books.read(connection, period))
    return [c for c in years.read(connection, period).figures.cells if c.period == str(period)]


def coarse(cells: Iterable[Cell]) -> list[Cell]:
    """Without machines, and without categories but for who is counted in them."""
    return added(
        cell if cell.figure in ALONE else cell._replace(machine="", category="") for cell in cells
    )


def _own(period: str, cells: Iterable[Cell]) -> list[Cell]:
    return coarse(cell for cell in cells if cell.period == period)


def _without_people(cells: Iterable[Cell]) -> list[Cell]:
    return [cell for cell in cells if cell.figure not in ALONE]


def _countable(connection: sqlite3.Connection, period: str) -> bool:
    """Whether the key by which people of that year are told apart was not destroyed."""
    row = connection.execute(
        "SELECT length(key) FROM secret WHERE name = ?", (f"year-{period[:4]}",)
    ).fetchone()
    return row is None or row[0] > 0
