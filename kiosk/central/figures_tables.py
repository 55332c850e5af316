"""The tables of the figures: rows of use, jobs, and what is known of the labs' clocks and machines.

Each migration that they have seen is a function here: `create`, then `add_prints`.
"""

from __future__ import annotations

import secrets
import sqlite3

#: `usage` is clustered by month and lab: one lab's month is one stretch of pages,
#: however many years and labs stand around it. Month 0: not placed.
SCHEMA = """
CREATE TABLE IF NOT EXISTS usage(
    month INTEGER NOT NULL, lab TEXT NOT NULL, kind TEXT NOT NULL, machine TEXT NOT NULL,
    subject TEXT NOT NULL, meter TEXT NOT NULL, session TEXT, category TEXT, person TEXT,
    public TEXT NOT NULL, party INTEGER NOT NULL, source TEXT NOT NULL,
    began_us INTEGER, ended_us INTEGER, first INTEGER NOT NULL,
    used_us INTEGER NOT NULL, paused_us INTEGER NOT NULL, unseen_us INTEGER NOT NULL,
    whole_us INTEGER, provenance TEXT NOT NULL, outcome TEXT NOT NULL,
    corrected INTEGER NOT NULL, filament_mm REAL, printer_s REAL,
    PRIMARY KEY(month, lab, kind, machine, subject)) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS usage_of_subject ON usage(subject, category, person);
CREATE TABLE IF NOT EXISTS usage_fact(
    subject TEXT NOT NULL, arrived INTEGER NOT NULL,
    PRIMARY KEY(subject, arrived)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS usage_anchor(
    store TEXT NOT NULL, boot_no INTEGER NOT NULL, boot_us INTEGER NOT NULL,
    error_us INTEGER NOT NULL, utc_us INTEGER NOT NULL, spoken INTEGER NOT NULL,
    PRIMARY KEY(store, boot_no, boot_us, error_us, utc_us, spoken)) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS usage_anchor_unspoken
    ON usage_anchor(store, boot_no) WHERE spoken = 0;
CREATE TABLE IF NOT EXISTS usage_boot(
    store TEXT NOT NULL, boot_no INTEGER NOT NULL, boot_id TEXT NOT NULL,
    PRIMARY KEY(store, boot_no, boot_id)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS usage_unset(
    store TEXT NOT NULL, boot_no INTEGER NOT NULL, boot_us INTEGER NOT NULL,
    subject TEXT NOT NULL,
    PRIMARY KEY(store, boot_no, boot_us, subject)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS usage_lab(
    lab TEXT PRIMARY KEY, name TEXT NOT NULL, told_us INTEGER NOT NULL,
    last_us INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS usage_machine(
    lab TEXT NOT NULL, slug TEXT NOT NULL, name TEXT NOT NULL, family TEXT NOT NULL,
    sort TEXT NOT NULL, told_us INTEGER NOT NULL, retired INTEGER NOT NULL,
    PRIMARY KEY(lab, slug)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS usage_cursor(
    id INTEGER PRIMARY KEY CHECK (id = 1), arrived INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS secret(name TEXT PRIMARY KEY, key BLOB NOT NULL) STRICT;
"""


#: Whose a print is, once its job is known, is read from `usage_job`: in any order of arrival.
PRINTS = """
ALTER TABLE usage ADD COLUMN job TEXT;
ALTER TABLE usage ADD COLUMN filament_g REAL;
ALTER TABLE usage ADD COLUMN material TEXT NOT NULL DEFAULT '';
ALTER TABLE usage ADD COLUMN why TEXT NOT NULL DEFAULT '';
ALTER TABLE usage ADD COLUMN reconciled INTEGER NOT NULL DEFAULT 0;
CREATE INDEX usage_of_job ON usage(job) WHERE job IS NOT NULL;
CREATE TABLE usage_job(
    subject TEXT PRIMARY KEY, lab TEXT NOT NULL, brought_us INTEGER, person TEXT, category TEXT,
    filament_g REAL) STRICT, WITHOUT ROWID;
"""

EXPORT_KEY = "export"


def create(connection: sqlite3.Connection) -> None:
    """The first tables and the key of the exports, where they are not there yet."""
    _run(connection, SCHEMA)
    connection.execute("INSERT OR IGNORE INTO usage_cursor VALUES(1, 0)")
    key_of(connection, EXPORT_KEY)


def add_prints(connection: sqlite3.Connection) -> None:
    """What prints are told with since printers have a queue."""
    _run(connection, PRINTS)


def _run(connection: sqlite3.Connection, statements: str) -> None:
    for statement in statements.split(";"):
        connection.execute(statement)


def key_of(connection: sqlite3.Connection, name: str) -> bytes:
    """The key of that name, made at its first use."""
    found = connection.execute("SELECT key FROM secret WHERE name = ?", (name,)).fetchone()
    if found:
        return bytes(found[0])
    made = secrets.token_bytes(32)
    connection.execute("INSERT INTO secret VALUES(?, ?)", (name, made))
    return made
