"""The figures of a month counted anew from the entries, as far as they had come when it closed.

In a ledger of its own in memory, by the same fold, from the facts alone: whoever
changed a row of figures, or a body, is found out. What is written at the central
itself (memberships, closed days, its own workshops) is no entry, and who did what
is gone from entries once retention took it: neither is looked at here.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing as closed

from kiosk.central import book as books
from kiosk.central import projection, schema
from kiosk.central.report import adjusting, closings
from kiosk.central.report import year as years
from kiosk.central.report.cells import ALONE, Cell, added
from kiosk.central.report.closings import Closing
from machines import figures
from machines.instants import Month

_OF_CENTRAL = frozenset(figure.key for figure in (*figures.HELD, *figures.JOINED, *figures.OPEN))
#: Facts copied, and folded, at a time.
STEP = 5000


def differences(connection: sqlite3.Connection, closing: Closing) -> list[Cell]:
    """What the entries give beyond what was frozen of this month; nothing where they agree."""
    month = Month.parse(closing.period)
    frozen = closings.frozen(connection, closing.period).cells
    anew = _counted(connection, closing.arrived, month)
    return added([*_of_entries(anew), *(c._replace(value=-c.value) for c in _of_entries(frozen))])


def _of_entries(cells: Iterable[Cell]) -> list[Cell]:
    kept = [c for c in cells if c.figure not in ALONE and c.figure not in _OF_CENTRAL]
    return adjusting.coarse(kept)


def _counted(connection: sqlite3.Connection, arrived: int, month: Month) -> list[Cell]:
    with closed(schema.open_blank()) as blank:
        blank.execute("BEGIN")
        for table, where in (("store", "true"), ("fact", f"arrived <= {int(arrived)}")):
            rows = connection.execute(f"SELECT * FROM {table} WHERE {where}")
            marks = ", ".join("?" * len(rows.description))
            while some := rows.fetchmany(STEP):
                blank.executemany(f"INSERT INTO {table} VALUES({marks})", some)
        while projection.advance(blank, STEP):
            pass
        return years.month_cells(books.read(blank, month))
