"""The keys of the years: by them alone a row of figures is somebody's, and each has its last day.

From the day that `retention.year_closed_by` names, in the next year, nobody can tell any
more whose a row is: the pseudonyms stay and are as many, and no key makes them again. What
arrives later of that year is nobody's. A backup of before still has the key, until its own
time is over.
"""

from __future__ import annotations

import sqlite3
from datetime import date

from kiosk.central.figure_people import YEAR


def last_day(year: int, closed_by: str) -> date:
    """The day on which the key of `year` goes; `closed_by` is such as 03-31."""
    month, day = closed_by.split("-")
    return date(year + 1, int(month), int(day))


def alive(connection: sqlite3.Connection) -> list[int]:
    """The years whose key is there, in order."""
    rows = connection.execute(
        "SELECT name FROM secret WHERE name LIKE ? AND length(key) > 0 ORDER BY name", (f"{YEAR}%",)
    )
    return [int(name.removeprefix(YEAR)) for (name,) in rows]


def destroy_due(connection: sqlite3.Connection, today: date, closed_by: str) -> list[int]:
    """Destroys what is due, in the caller's transaction: the name stays, so that none is made
    again. The years."""
    gone = [year for year in alive(connection) if last_day(year, closed_by) <= today]
    connection.executemany(
        "UPDATE secret SET key = zeroblob(0) WHERE name = ?", [(f"{YEAR}{year}",) for year in gone]
    )
    return gone
