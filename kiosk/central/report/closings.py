"""What was closed: its figures as they were frozen, and what was adjusted since."""

from __future__ import annotations

import json
import sqlite3
import zlib
from dataclasses import dataclass, replace

from kiosk.central.report.cells import Cell, Figures, added
from kiosk.central.report.frozen import FIGURES, NAMES, read_figures, read_names
from kiosk.central.report.year import Names, Year
from kiosk.central.standing import Position, standings

#: Files are kept beside the folder they are written to, so that a folder that was lost or
#: changed can be written again, byte for byte.
SCHEMA = """
CREATE TABLE IF NOT EXISTS closing(
    no INTEGER PRIMARY KEY, period TEXT NOT NULL UNIQUE, at_us INTEGER NOT NULL,
    by TEXT NOT NULL, arrived INTEGER NOT NULL, manifest TEXT NOT NULL,
    sessions_until TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS closing_file(
    period TEXT NOT NULL, name TEXT NOT NULL, content BLOB NOT NULL,
    PRIMARY KEY(period, name)) STRICT, WITHOUT ROWID;
"""
MANIFEST = "manifest.json"
ADJUSTED = "regularisations.csv"


@dataclass(frozen=True, slots=True)
class Closing:
    """One closed month or year. `manifest` is the hash of its manifest; `sessions_until` the
    last day of the folder with its sessions, "" where there is none."""

    no: int
    period: str
    at_us: int
    by: str
    arrived: int
    manifest: str
    sessions_until: str


def create(connection: sqlite3.Connection) -> None:
    for statement in SCHEMA.split(";"):
        connection.execute(statement)


def all_of(connection: sqlite3.Connection) -> list[Closing]:
    """In the order in which they were closed."""
    return [Closing(*row) for row in connection.execute("SELECT * FROM closing ORDER BY no")]


def of(connection: sqlite3.Connection, period: str) -> Closing | None:
    row = connection.execute("SELECT * FROM closing WHERE period = ?", (period,)).fetchone()
    return Closing(*row) if row else None


def keep(connection: sqlite3.Connection, closing: Closing, made: dict[str, bytes]) -> None:
    """Within the caller's transaction."""
    connection.execute(
        "INSERT INTO closing VALUES(?, ?, ?, ?, ?, ?, ?)",
        (
            closing.no,
            closing.period,
            closing.at_us,
            closing.by,
            closing.arrived,
            closing.manifest,
            closing.sessions_until,
        ),
    )
    connection.executemany(
        "INSERT INTO closing_file VALUES(?, ?, ?)",
        [(closing.period, name, zlib.compress(raw, 9)) for name, raw in sorted(made.items())],
    )


def files(connection: sqlite3.Connection, period: str) -> dict[str, bytes]:
    """Every sealed file, its manifest among them."""
    rows = connection.execute("SELECT name, content FROM closing_file WHERE period = ?", (period,))
    return {name: zlib.decompress(content) for name, content in rows}


def file(connection: sqlite3.Connection, period: str, name: str) -> bytes:
    """Raises KeyError."""
    row = connection.execute(
        "SELECT content FROM closing_file WHERE period = ? AND name = ?", (period, name)
    ).fetchone()
    if row is None:
        raise KeyError(f"{period}/{name}")
    return zlib.decompress(row[0])


def frozen(connection: sqlite3.Connection, period: str) -> Figures:
    return read_figures(file(connection, period, FIGURES))


def adjustments(connection: sqlite3.Connection, after: int = 0) -> list[Cell]:
    """Of all closings, or of those after number `after`: what each told of earlier ones."""
    found: list[Cell] = []
    for closing in all_of(connection):
        if closing.no > after:
            found += read_figures(file(connection, closing.period, ADJUSTED)).cells
    return added(found)


def year(connection: sqlite3.Connection, number: int, lab: str | None = None) -> Year | None:
    """A closed year with what was adjusted since; None where it is not closed."""
    closing = of(connection, str(number))
    if closing is None:
        return None
    cells = added((*frozen(connection, closing.period).cells, *later(connection, number)))
    told = json.loads(file(connection, closing.period, MANIFEST))
    names = read_names(file(connection, closing.period, NAMES))
    whole = Year(
        number,
        None,
        Figures(tuple(cells)),
        names,
        tuple(standings(connection)),
        tuple(Position(*at) for at in told["as_of"]["stores"]),
        closing.arrived,
        closing.manifest,
    )
    return _of_lab(whole, lab) if lab else whole


def later(connection: sqlite3.Connection, number: int) -> list[Cell]:
    """What closings after that of the year told of it; nothing where it is not closed."""
    closing = of(connection, str(number))
    if closing is None:
        return []
    found = adjustments(connection, closing.no)
    return [cell for cell in found if cell.period[:4] == str(number)]


def _of_lab(whole: Year, lab: str) -> Year:
    return replace(
        whole,
        lab=lab,
        figures=Figures(tuple(cell for cell in whole.figures.cells if cell.lab == lab)),
        names=Names(
            {slug: name for slug, name in whole.names.labs.items() if slug == lab},
            {key: told for key, told in whole.names.machines.items() if key[0] == lab},
            whole.names.items,
        ),
        labs=tuple(one for one in whole.labs if one.lab == lab),
        positions=tuple(one for one in whole.positions if one.lab == lab),
    )
