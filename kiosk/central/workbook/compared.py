"""A month beside the one before and the same month of the year before."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from kiosk.central import book as books
from kiosk.central.book import Book
from machines.instants import Month

#: Told as each of the three is read: how many of how many.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Compared:
    """Three months as one instant of the ledger has them."""

    now: Book
    before: Book
    last_year: Book


def compare(
    connection: sqlite3.Connection,
    month: Month,
    lab: str | None = None,
    progress: Progress = lambda done, total: None,
) -> Compared:
    """In one read transaction. Raises NotReady."""
    asked = (month, previous(month), Month(month.year - 1, month.number))
    connection.execute("BEGIN")
    try:
        read = []
        for number, one in enumerate(asked):
            progress(number, len(asked))
            read.append(books.read(connection, one, lab))
    finally:
        connection.execute("ROLLBACK")
    return Compared(*read)


def previous(month: Month) -> Month:
    return Month(month.year - (month.number == 1), (month.number - 2) % 12 + 1)
