"""What is noted of imports: read for the pages, and how the columns of a list were told."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass

from kiosk.central.helloasso.lines import Field


@dataclass(frozen=True, slots=True)
class Earlier:
    """An import, as the list shows it. `counts`: lines by what was done with them."""

    id: str
    name: str
    kind: str
    by: str
    at_us: int
    undone_us: int | None
    workshop: str | None
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Noted:
    """One line of an import. `name` is who the member is now, "" for nobody."""

    line: int
    outcome: str
    why: str
    done: str
    undone: str
    member: str
    name: str


def earlier(connection: sqlite3.Connection, sha256: str) -> Earlier | None:
    """The import of the same bytes that was not undone."""
    found = _imports(connection, "i.sha256 = ? AND i.undone_us IS NULL", sha256)
    return found[0] if found else None


def one(connection: sqlite3.Connection, imported: str) -> Earlier | None:
    found = _imports(connection, "i.id = ?", imported)
    return found[0] if found else None


def all_(connection: sqlite3.Connection) -> list[Earlier]:
    """The latest first."""
    return _imports(connection, "? = ''", "")


def noted(connection: sqlite3.Connection, imported: str) -> list[Noted]:
    rows = connection.execute(
        "SELECT line, outcome, why, done, undone, coalesce(m.id, ''),"
        " coalesce(trim(m.first_name || ' ' || m.last_name), '') FROM import_line l"
        " LEFT JOIN alias a ON a.id = l.member LEFT JOIN member m"
        " ON m.id = coalesce(a.member, l.member) WHERE import = ? ORDER BY line",
        (imported,),
    )
    return [Noted(*row) for row in rows]


def _imports(connection: sqlite3.Connection, where: str, value: str) -> list[Earlier]:
    rows = connection.execute(
        "SELECT i.id, i.name, i.kind, i.by, i.at_us, i.undone_us, i.workshop,"
        " json_group_object(done, n) FILTER (WHERE done IS NOT NULL) FROM import i LEFT JOIN"
        " (SELECT import, done, count(*) n FROM import_line GROUP BY import, done) l"
        f" ON l.import = i.id WHERE {where} GROUP BY i.id ORDER BY i.at_us DESC, i.id",
        (value,),
    )
    told = [(row[:7], json.loads(row[7])) for row in rows]
    return [
        Earlier(id_, name, kind, by, at_us, undone_us, workshop, counts)
        for (id_, name, kind, by, at_us, undone_us, workshop), counts in told
    ]


# ---- how the columns of a list were told


def remember(connection: sqlite3.Connection, header: str, fields: str, now_us: int) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO csv_mapping VALUES(?, ?, ?)", (header, fields, now_us)
    )


def remembered(connection: sqlite3.Connection, header: str) -> dict[str, Field]:
    row = connection.execute(
        "SELECT fields FROM csv_mapping WHERE header = ?", (header,)
    ).fetchone()
    return {name: Field(field) for name, field in json.loads(row[0]).items()} if row else {}
