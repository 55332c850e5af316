"""The days on which labs were closed, as people write them down."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from kiosk.central import audit
from kiosk.central.audit import Act
from machines.openings import holidays

#: Days that one closure may last: a year of works.
LONGEST_DAYS = 366
#: Letters of a reason.
LONGEST_WHY = 80


@dataclass(frozen=True, slots=True)
class Closed:
    """From its first day to its last. `lab` "": every lab. `id` 0: not written yet."""

    lab: str
    first: date
    last: date
    why: str
    id: int = 0


def closures(connection: sqlite3.Connection, year: int) -> list[Closed]:
    """Those that touch a year, in order."""
    rows = connection.execute(
        "SELECT lab, first, last, why, id FROM closure WHERE first <= ? AND last >= ?"
        " ORDER BY first, last, lab, id",
        (f"{year}-12-31", f"{year}-01-01"),
    ).fetchall()
    return [
        Closed(lab, date.fromisoformat(first), date.fromisoformat(last), why, id_)
        for lab, first, last, why, id_ in rows
    ]


def add(connection: sqlite3.Connection, act: Act, *closed: Closed) -> int:
    """What is there already is not written twice; how many are new."""
    new = 0
    for one in closed:
        row = (one.lab, one.first.isoformat(), one.last.isoformat(), one.why)
        known = connection.execute(
            "SELECT 1 FROM closure WHERE lab = ? AND first = ? AND last = ? AND why = ?", row
        ).fetchone()
        if known is None:
            connection.execute("INSERT INTO closure VALUES(NULL, ?, ?, ?, ?)", row)
            audit.note(connection, act, "closure added", detail=_told(one))
            new += 1
    return new


def change(connection: sqlite3.Connection, act: Act, one: Closed) -> bool:
    """Whether there is such a closure."""
    changed = connection.execute(
        "UPDATE closure SET lab = ?, first = ?, last = ?, why = ? WHERE id = ?",
        (one.lab, one.first.isoformat(), one.last.isoformat(), one.why, one.id),
    ).rowcount
    if changed:
        audit.note(connection, act, "closure changed", detail=_told(one))
    return bool(changed)


def remove(connection: sqlite3.Connection, act: Act, id_: int) -> Closed | None:
    """What it was; None where there is none of that number."""
    row = connection.execute(
        "DELETE FROM closure WHERE id = ? RETURNING lab, first, last, why", (id_,)
    ).fetchone()
    if row is None:
        return None
    gone = Closed(row[0], date.fromisoformat(row[1]), date.fromisoformat(row[2]), row[3], id_)
    audit.note(connection, act, "closure removed", detail=_told(gone))
    return gone


def proposed(year: int, known: list[Closed]) -> Iterator[tuple[date, str]]:
    """The public holidays of France on which not every lab is closed yet."""
    for day, name in holidays(year).items():
        if not any(one.lab == "" and one.first <= day <= one.last for one in known):
            yield day, name


def _told(one: Closed) -> str:
    return f"{one.lab or '*'} {one.first} {one.last}"
