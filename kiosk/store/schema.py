"""The tables of a lab's file, as named migrations.

The statements stand apart from the migrations that apply them, so that the
power-cut tests make the same tables beneath another SQLite.
"""

from __future__ import annotations

import sqlite3

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

#: The first step. A store is named with its file, so that no entry is ever without one.
#: Without AUTOINCREMENT, and with the personal part in the same row: a tap then
#: writes one page. A second table doubles the bytes of a tap (measured 2026-11).
STATEMENTS = (
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value ANY NOT NULL) STRICT",
    "CREATE TABLE entry(seq INTEGER PRIMARY KEY, body BLOB NOT NULL, chain BLOB NOT NULL,"
    " personal BLOB) STRICT",
    "CREATE TABLE closed_store(store BLOB PRIMARY KEY, parent BLOB, ord INTEGER NOT NULL) STRICT",
    "CREATE TABLE closed_entry(store BLOB NOT NULL REFERENCES closed_store, seq INTEGER NOT NULL,"
    " body BLOB NOT NULL, chain BLOB NOT NULL, personal BLOB,"
    " PRIMARY KEY(store, seq)) STRICT, WITHOUT ROWID",
    "CREATE TABLE boot(boot_no INTEGER PRIMARY KEY, boot_id TEXT NOT NULL UNIQUE,"
    " began_seq INTEGER NOT NULL) STRICT",
    "CREATE TABLE checkpoint(machine TEXT NOT NULL, meter TEXT NOT NULL, row BLOB NOT NULL,"
    " PRIMARY KEY(machine, meter)) STRICT",
    "CREATE TABLE roster(id INTEGER PRIMARY KEY CHECK (id = 1), epoch TEXT NOT NULL,"
    " version INTEGER NOT NULL, etag TEXT NOT NULL, body BLOB NOT NULL) STRICT",
    "INSERT INTO meta VALUES('store', randomblob(16)), ('clean', 1)",
)

#: Tablets that may look (`kiosk.store.tablets`). A number is never given again, since
#: entries name a tablet by it.
TABLETS = (
    "CREATE TABLE tablet(number INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL,"
    " digest BLOB NOT NULL UNIQUE, paired TEXT NOT NULL) STRICT"
)

migrations = Migrations("lab")


@migrations(name="001_journal")
def _journal(db: Database) -> None:
    for statement in STATEMENTS:
        db.conn.execute(statement)


@migrations(name="002_tablets")
def _tablets(db: Database) -> None:
    db.conn.execute(TABLETS)


def known() -> frozenset[str]:
    """The names of the migrations that this version has."""
    blank = Database(memory=True)
    try:
        return frozenset(migration.name for migration in migrations.pending(blank))
    finally:
        blank.close()


def applied(connection: sqlite3.Connection) -> frozenset[str]:
    """The names of the migrations that a file has had, whoever applied them."""
    return frozenset(done.name for done in migrations.applied(Database(connection)))


def migrate(connection: sqlite3.Connection) -> None:
    """Brings a file to this version, each step in its own transaction."""
    migrations.apply(Database(connection))
