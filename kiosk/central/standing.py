"""How each lab stands in the ledger: when it was heard, what it brought, what is wrong."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LabStanding:
    """What is known of a lab beside its hours. Instants in UTC microseconds, 0 for never.

    `heard_us` is when it last brought something, `last_us` when its last entry
    was written, as far as a clock says.
    """

    lab: str
    name: str
    heard_us: int
    last_us: int
    entries: int
    waiting: int  #: arrived, and in no figure yet
    missing: int  #: entries that the lab declared lost
    forks: int  #: stores that grew out of another: cards put back or cloned
    quarantined: int  #: entries that this version cannot take for facts


@dataclass(frozen=True, slots=True)
class Position:
    """How far the ledger has come in one store (32 hex digits) of a lab."""

    lab: str
    store: str
    upto: int


def standings(connection: sqlite3.Connection) -> list[LabStanding]:
    """Every lab that ever brought an entry, by its slug."""
    known = connection.execute(
        "SELECT lab, max(last_heard_us), sum(hw), count(grown_from) FROM store GROUP BY lab"
        " ORDER BY lab"
    ).fetchall()
    told = {
        lab: rest for lab, *rest in connection.execute("SELECT lab, name, last_us FROM usage_lab")
    }
    missing = dict(connection.execute("SELECT lab, sum(last - first + 1) FROM gap GROUP BY lab"))
    waiting = _counts(
        connection,
        "SELECT lab, count(*) FROM fact"
        " WHERE arrived > (SELECT arrived FROM usage_cursor) GROUP BY lab",
    )
    quarantined = _counts(
        connection,
        "SELECT lab, count(*) FROM quarantine JOIN store ON no = quarantine.store GROUP BY lab",
    )
    return [
        LabStanding(
            lab=lab,
            name=told.get(lab, (lab, 0))[0],
            heard_us=heard_us,
            last_us=told.get(lab, (lab, 0))[1],
            entries=entries,
            waiting=waiting.get(lab, 0),
            missing=missing.get(lab, 0),
            forks=forks,
            quarantined=quarantined.get(lab, 0),
        )
        for lab, heard_us, entries, forks in known
    ]


def positions(connection: sqlite3.Connection) -> list[Position]:
    rows = connection.execute("SELECT lab, hex(id), hw FROM store ORDER BY lab, id")
    return [Position(lab, store.lower(), upto) for lab, store, upto in rows]


def _counts(connection: sqlite3.Connection, query: str) -> dict[str, int]:
    return dict(connection.execute(query).fetchall())
