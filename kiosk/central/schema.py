"""The tables of the central's file, as named migrations: each part brings its own."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from kiosk.central import figures_tables, ledger, nodes, projection, roster
from kiosk.central.helloasso import tables as imports
from kiosk.central.people import tables
from kiosk.central.privacy import tables as privacy
from kiosk.central.report import closings
from kiosk.store import schema as lab
from kiosk.store.disk import APPLICATION_ID, NotOurs, TooNew, make_private, settle

migrations = Migrations("central")


@migrations(name="001_ledger")
def _ledger(db: Database) -> None:
    ledger.create(db.conn)


@migrations(name="001_nodes")
def _nodes(db: Database) -> None:
    nodes.create(db.conn)


@migrations(name="001_roster")
def _roster(db: Database) -> None:
    roster.create_first(db.conn)


@migrations(name="001_usage")
def _usage(db: Database) -> None:
    figures_tables.create(db.conn)


@migrations(name="002_prints")
def _prints(db: Database) -> None:
    figures_tables.add_prints(db.conn)
    figures_tables.remember_prints(db.conn)


@migrations(name="002_pins")
def _pins(db: Database) -> None:
    roster.create_pins(db.conn)


@migrations(name="003_closing")
def _closing(db: Database) -> None:
    closings.create(db.conn)


@migrations(name="003_people")
def _people(db: Database) -> None:
    tables.add(db.conn)


@migrations(name="003_figures")
def _figures(db: Database) -> None:
    figures_tables.add_made(db.conn)
    projection.hear_again(db.conn)
    if figures_tables.forget_prints(db.conn):
        projection.fold_prints_again(db.conn)


@migrations(name="003_imports")
def _imports(db: Database) -> None:
    imports.add(db.conn)


@migrations(name="003_privacy")
def _privacy(db: Database) -> None:
    privacy.create(db.conn)


def open_writer(path: Path) -> sqlite3.Connection:
    """The one writing connection of the central's file, made and brought up to date.

    Belongs to the thread that opened it. Raises NotOurs and TooNew, which say what to do.
    """
    make_private(path)
    return _ready(sqlite3.connect(path, isolation_level=None), path)


def open_blank() -> sqlite3.Connection:
    """A ledger in memory with nothing in it, of which no file is ever made."""
    return _ready(sqlite3.connect(":memory:", isolation_level=None), Path("memory"))


def _ready(connection: sqlite3.Connection, path: Path) -> sqlite3.Connection:
    try:
        _refuse(connection, path)
        settle(connection)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        migrations.apply(Database(connection))
    except BaseException:
        connection.close()
        raise
    return connection


def is_behind(connection: sqlite3.Connection) -> bool:
    """Whether an earlier fablab wrote this ledger, and none of now has opened it for writing."""
    return bool(_applied(connection)) and bool(_known() - _applied(connection))


def _refuse(connection: sqlite3.Connection, path: Path) -> None:
    try:
        (identity,) = connection.execute("PRAGMA application_id").fetchone()
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.DatabaseError as wrong:
        raise NotOurs(f"{path}: no ledger can be read there ({wrong}); put back a backup") from None
    if tables and (identity != APPLICATION_ID or lab.applied(connection)):
        other = "the journal of a lab" if identity == APPLICATION_ID else "of another program"
        raise NotOurs(f"{path}: this file is {other}; give `database` another path")
    if newer := sorted(_applied(connection) - _known()):
        raise TooNew(
            f"{path}: {', '.join(newer)} is unknown here, a newer fablab wrote this ledger;"
            " install that version again"
        )


def _applied(connection: sqlite3.Connection) -> set[str]:
    return {done.name for done in migrations.applied(Database(connection))}


def _known() -> set[str]:
    blank = Database(memory=True)
    try:
        return {migration.name for migration in migrations.pending(blank)}
    finally:
        blank.close()
