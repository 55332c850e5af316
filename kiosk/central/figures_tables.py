"""The tables of the figures: rows of use, jobs, and what is known of the labs' clocks and machines.

Each migration that they have seen is a function here: `create`, `add_prints`, `add_made`.
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

#: What labs made and held, when they were open, and who was a member. No roster id and no name
#: is in any of them: a person is a pseudonym of the year, and null once its key is gone.
#: `figure_workshop.source`: "lab", or "central" for what was written down here; `lab` may then
#: be "". `closure.lab`: "" closes every lab. `figure_membership.subject` is a keyed digest.
MADE = """
ALTER TABLE usage ADD COLUMN grp TEXT NOT NULL DEFAULT '';
CREATE INDEX usage_of_group ON usage(grp) WHERE grp <> '';
CREATE TABLE figure_made(
    month INTEGER NOT NULL, lab TEXT NOT NULL, subject TEXT NOT NULL, item TEXT NOT NULL,
    count INTEGER NOT NULL, purpose TEXT NOT NULL, machine TEXT NOT NULL, session TEXT NOT NULL,
    grp TEXT NOT NULL, person TEXT, category TEXT, day TEXT, told_us INTEGER,
    corrected INTEGER NOT NULL, PRIMARY KEY(month, lab, subject)) STRICT, WITHOUT ROWID;
CREATE INDEX figure_made_subject ON figure_made(subject);
CREATE TABLE figure_workshop(
    month INTEGER NOT NULL, lab TEXT NOT NULL, subject TEXT NOT NULL, title TEXT NOT NULL,
    day TEXT NOT NULL, minutes INTEGER NOT NULL, participants INTEGER NOT NULL,
    minors INTEGER NOT NULL, public TEXT NOT NULL, grp TEXT NOT NULL, source TEXT NOT NULL,
    corrected INTEGER NOT NULL, PRIMARY KEY(month, lab, subject)) STRICT, WITHOUT ROWID;
CREATE INDEX figure_workshop_subject ON figure_workshop(subject);
CREATE TABLE figure_participant(
    workshop TEXT NOT NULL, no INTEGER NOT NULL, person TEXT,
    PRIMARY KEY(workshop, no)) STRICT, WITHOUT ROWID;
CREATE TABLE figure_item(
    lab TEXT NOT NULL, slug TEXT NOT NULL, name TEXT NOT NULL, english TEXT NOT NULL,
    told_us INTEGER NOT NULL, PRIMARY KEY(lab, slug)) STRICT, WITHOUT ROWID;
CREATE TABLE figure_hours(
    lab TEXT NOT NULL, from_us INTEGER NOT NULL, week TEXT NOT NULL,
    PRIMARY KEY(lab, from_us)) STRICT, WITHOUT ROWID;
CREATE TABLE closure(
    id INTEGER PRIMARY KEY, lab TEXT NOT NULL, first TEXT NOT NULL, last TEXT NOT NULL,
    why TEXT NOT NULL) STRICT;
CREATE TABLE figure_membership(
    month INTEGER NOT NULL, subject TEXT NOT NULL, person TEXT, category TEXT NOT NULL,
    public TEXT NOT NULL, renewed INTEGER NOT NULL, cancelled INTEGER,
    PRIMARY KEY(month, subject)) STRICT, WITHOUT ROWID;
CREATE INDEX figure_membership_subject ON figure_membership(subject);
CREATE INDEX figure_membership_cancelled ON figure_membership(cancelled)
    WHERE cancelled IS NOT NULL;
CREATE TABLE figure_person(
    year INTEGER NOT NULL, person TEXT NOT NULL, category TEXT NOT NULL, public TEXT NOT NULL,
    organisation TEXT, organisation_category TEXT, age_band TEXT NOT NULL,
    PRIMARY KEY(year, person)) STRICT, WITHOUT ROWID
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


def remember_prints(connection: sqlite3.Connection) -> None:
    """Prints taken in before are to be folded again, once all tables are there."""
    connection.execute("CREATE TABLE prints_again(id INTEGER PRIMARY KEY) STRICT")


def forget_prints(connection: sqlite3.Connection) -> bool:
    """Whether prints are to be folded again, which is said once."""
    told = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'prints_again'").fetchone()
    connection.execute("DROP TABLE IF EXISTS prints_again")
    return told is not None


def add_made(connection: sqlite3.Connection) -> None:
    """What labs make and hold, their openings, and who their people are."""
    _run(connection, MADE)


def _run(connection: sqlite3.Connection, statements: str) -> None:
    for statement in statements.split(";"):
        connection.execute(statement)


def key_of(connection: sqlite3.Connection, name: str) -> bytes:
    """The key of that name, made at its first use; empty once it was destroyed for good."""
    found = connection.execute("SELECT key FROM secret WHERE name = ?", (name,)).fetchone()
    if found:
        return bytes(found[0])
    made = secrets.token_bytes(32)
    connection.execute("INSERT INTO secret VALUES(?, ?)", (name, made))
    return made
