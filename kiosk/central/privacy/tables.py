"""The tables of forgetting: what had arrived by when, how far the purge has come, who is being
erased.

`erasing` holds what is needed to find somebody's traces, until none is left; `erased` of the
people's tables is the tombstone, and stays.
"""

from __future__ import annotations

import sqlite3

SCHEMA = (
    "CREATE TABLE arrived_by(at_us INTEGER PRIMARY KEY, arrived INTEGER NOT NULL) STRICT",
    """CREATE TABLE purge(
    id INTEGER PRIMARY KEY CHECK (id = 1), clean INTEGER NOT NULL, purged_us INTEGER,
    told TEXT NOT NULL) STRICT""",
    "INSERT INTO purge VALUES(1, 0, NULL, '{}')",
    "CREATE TABLE mixed(month INTEGER PRIMARY KEY, day TEXT NOT NULL) STRICT",
    "CREATE TABLE erasing(id TEXT PRIMARY KEY, badges TEXT NOT NULL) STRICT",
)


def create(connection: sqlite3.Connection) -> None:
    for statement in SCHEMA:
        connection.execute(statement)
