"""A report read: the year and the year before, closed where they are closed."""

from __future__ import annotations

import sqlite3

from kiosk.central.report import closings, year
from kiosk.central.report.shown import Report, report
from kiosk.central.report.users import Definition
from kiosk.central.report.year import Year
from machines.instants import Month


def read_report(
    connection: sqlite3.Connection,
    number: int,
    now: Month,
    lab: str | None = None,
    definition: Definition = Definition.REPORT,
    language: str = "fr",
) -> Report:
    """In one read transaction. Raises NotReady, and ValueError for a year that is to come."""
    if number > now.year:
        raise ValueError(f"{number} is in the future: expected {now.year} at the latest")
    connection.execute("BEGIN")
    try:
        asked = _year(connection, number, lab)
        before = _year(connection, number - 1, lab)
        late = [c for c in closings.later(connection, number) if lab in (None, c.lab)]
    finally:
        connection.execute("ROLLBACK")
    shown = before if before.figures.cells else None
    return report(asked, shown, now, definition, language, late)


def _year(connection: sqlite3.Connection, number: int, lab: str | None) -> Year:
    """As it was closed, with what came later; as the ledger stands where it is not closed."""
    return closings.year(connection, number, lab) or year.read(connection, number, lab)
