"""Facts become rows of use: the figures' table, kept up as facts arrive.

`advance` goes on from where it was, on the writing connection and within the
caller's transaction. Any order of arrival, any size of step and any number of
restarts give the same rows, because a subject (a session, a run, a print) is
folded anew from all of its facts whenever one of them arrives, or when an
anchor arrives that places one of them better.

The rows hold no roster id: a person is a digest with a key of the year, so
that people stay countable after their facts have lost their personal part.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from kiosk.central.places import boots_near, learn_of_boots, unset_instants
from kiosk.store.codec import decode
from machines.folding import fold_one, subject
from machines.instants import paris
from machines.journal import Entry, SiteDescribed
from machines.monthly import Part, parts
from machines.placing import anchor_of
from machines.usage import Print, Run, Session, Use

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

EXPORT_KEY = "export"

MARKS = ", ".join("?" * 24)


def create(connection: sqlite3.Connection) -> None:
    """The tables and the key of the exports, where they are not there yet."""
    for statement in SCHEMA.split(";"):
        connection.execute(statement)
    connection.execute("INSERT OR IGNORE INTO usage_cursor VALUES(1, 0)")
    _key(connection, EXPORT_KEY)


def advance(connection: sqlite3.Connection, at_most: int = 1000) -> int:
    """Takes in up to `at_most` facts, in the caller's transaction; how many there were.

    Raises CodecError or OverflowError for a fact of which no row can be made:
    the caller rolls back, sets that one aside, and goes on.
    """
    (cursor,) = connection.execute("SELECT arrived FROM usage_cursor").fetchone()
    rows = connection.execute(
        "SELECT arrived, lab, body, personal FROM fact WHERE arrived > ? ORDER BY arrived LIMIT ?",
        (cursor, at_most),
    ).fetchall()
    dirty: set[str] = set()
    for arrived, lab, body, personal in rows:
        dirty |= _learn(connection, arrived, lab, decode(body, personal))
    for name in sorted(dirty):
        _fold(connection, name)
    if rows:
        connection.execute("UPDATE usage_cursor SET arrived = ?", (rows[-1][0],))
    return len(rows)


def pending(connection: sqlite3.Connection) -> int:
    """How many facts have no row yet."""
    (count,) = connection.execute(
        "SELECT count(*) FROM fact WHERE arrived > (SELECT arrived FROM usage_cursor)"
    ).fetchone()
    return int(count)


def _learn(connection: sqlite3.Connection, arrived: int, lab: str, entry: Entry) -> set[str]:
    """Keeps what a fact says beside its subject; the subjects to fold anew."""
    _hear(connection, lab, entry)
    dirty = learn_of_boots(connection, entry)
    if name := subject(entry):
        connection.execute("INSERT OR IGNORE INTO usage_fact VALUES(?, ?)", (name, arrived))
        connection.executemany(
            "INSERT OR IGNORE INTO usage_unset VALUES(?, ?, ?, ?)",
            [(entry.birth.store, at.boot_no, at.boot_us, name) for at in unset_instants(entry)],
        )
        dirty.add(name)
    return dirty


def _hear(connection: sqlite3.Connection, lab: str, entry: Entry) -> None:
    """When a lab last told something, as far as a clock says; its name and its machines.

    What describes a site is ordered by the wall clock, set or not: even one
    restored from a file only moves forward, and nothing is counted by it.
    """
    anchor = anchor_of(entry)
    connection.execute(
        "INSERT INTO usage_lab VALUES(?, ?, 0, ?)"
        " ON CONFLICT(lab) DO UPDATE SET last_us = max(last_us, excluded.last_us)",
        (lab, lab, anchor.utc_us if anchor else 0),
    )
    if not isinstance(entry.body, SiteDescribed):
        return
    told_us = entry.at.wall_us
    changed = connection.execute(
        "UPDATE usage_lab SET name = ?, told_us = ? WHERE lab = ? AND told_us <= ?",
        (entry.body.name, told_us, lab, told_us),
    )
    if changed.rowcount:
        connection.execute("UPDATE usage_machine SET retired = 1 WHERE lab = ?", (lab,))
    connection.executemany(
        "INSERT INTO usage_machine VALUES(?, ?, ?, ?, ?, ?, ?) ON CONFLICT(lab, slug) DO UPDATE"
        " SET name = excluded.name, family = excluded.family, sort = excluded.sort,"
        " told_us = excluded.told_us, retired = excluded.retired WHERE told_us <= excluded.told_us",
        [
            (lab, m.slug, m.name, m.family, m.sort, told_us, not changed.rowcount)
            for m in entry.body.machines
        ],
    )


def _fold(connection: sqlite3.Connection, name: str) -> None:
    """The rows of one subject, made anew from its facts."""
    facts = connection.execute(
        "SELECT lab, body, personal FROM usage_fact JOIN fact USING (arrived)"
        " WHERE subject = ? ORDER BY birth_store, birth_seq, nonce",
        (name,),
    ).fetchall()
    lab = facts[0][0]
    entries = [decode(body, personal) for _, body, personal in facts]
    known = connection.execute(
        "SELECT person FROM usage WHERE subject = ? AND person IS NOT NULL LIMIT 1", (name,)
    ).fetchone()
    use = fold_one(entries, boots_near(connection, entries))
    rows = []
    if use is not None:
        person = _person(connection, use) or (known[0] if known else None)
        rows = [_row(lab, use, part, person) for part in parts(use)]
    connection.execute("DELETE FROM usage WHERE subject = ?", (name,))
    connection.executemany(f"INSERT INTO usage VALUES({MARKS})", rows)


def _row(lab: str, use: Use, part: Part, person: str | None) -> Sequence[object]:
    month = part.month.year * 100 + part.month.number if part.month else 0
    about = _about(use)
    return (
        month, lab, about.kind, use.machine, use.subject, about.meter, about.session,
        about.category, person, about.public, about.party, about.source,
        use.began_us, use.ended_us, part.first, part.used_us, part.paused_us, part.unseen_us,
        use.used_us, use.provenance, about.outcome, about.corrected, about.filament_mm,
        about.printer_s,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _About:
    """What differs between the three kinds of use, in the words of the table."""

    kind: str
    meter: str
    outcome: str
    session: str | None = None
    category: str | None = None
    public: str = ""
    party: int = 0
    source: str = ""
    corrected: bool = False
    filament_mm: float | None = None
    printer_s: float | None = None


def _about(use: Use) -> _About:
    match use:
        case Session():
            return _About(
                "session",
                "badge",
                use.reason or "",
                category=use.category,
                public=use.public,
                party=use.party,
                source=use.source,
                corrected=use.corrected,
            )
        case Run():
            return _About("run", use.meter, "", session=use.session)
        case Print():
            return _About(
                "print",
                use.meter,
                use.result or "",
                session=use.session,
                filament_mm=use.filament_mm,
                printer_s=use.printer_s,
            )


# ---- people, without saying who


def _person(connection: sqlite3.Connection, use: Use) -> str | None:
    """The pseudonym of the year for the member of a session that is placed; else None."""
    if not isinstance(use, Session) or use.member is None or use.began_us is None:
        return None
    key = _key(connection, f"year-{paris(use.began_us).year}")
    return hmac.new(key, use.member.encode(), hashlib.sha256).hexdigest()[:24]


def _key(connection: sqlite3.Connection, name: str) -> bytes:
    """The key of that name, made at its first use."""
    found = connection.execute("SELECT key FROM secret WHERE name = ?", (name,)).fetchone()
    if found:
        return bytes(found[0])
    made = secrets.token_bytes(32)
    connection.execute("INSERT INTO secret VALUES(?, ?)", (name, made))
    return made
