"""The tables of imports and of workshops: what became of each line, who came.

Of an import no name, no address and no payer is kept. A line is known again by the keyed
digest of its order and name, also once its person is erased: else the same file
would bring them back.
"""

from __future__ import annotations

import sqlite3

from kiosk.central.figures_tables import key_of

IMPORTS = (
    """CREATE TABLE import(
    id TEXT PRIMARY KEY, sha256 TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL,
    by TEXT NOT NULL, at_us INTEGER NOT NULL, workshop TEXT, undone_us INTEGER,
    undone_by TEXT) STRICT""",
    "CREATE INDEX import_sha256 ON import(sha256)",
    """CREATE TABLE import_line(
    import TEXT NOT NULL REFERENCES import(id), line INTEGER NOT NULL, key TEXT NOT NULL,
    outcome TEXT NOT NULL, why TEXT NOT NULL, done TEXT NOT NULL, member TEXT NOT NULL,
    membership INTEGER, badge TEXT NOT NULL DEFAULT '', made TEXT NOT NULL DEFAULT '',
    organisation TEXT NOT NULL DEFAULT '', before TEXT NOT NULL DEFAULT '',
    undone TEXT NOT NULL DEFAULT '',
    PRIMARY KEY(import, line)) STRICT, WITHOUT ROWID""",
    "CREATE INDEX import_line_key ON import_line(key)",
    "CREATE INDEX import_line_member ON import_line(member)",
    # What the columns of a list of one's own are: by the digest of its first line.
    """CREATE TABLE csv_mapping(
    header TEXT PRIMARY KEY, fields TEXT NOT NULL, used_us INTEGER NOT NULL) STRICT""",
)

#: `participants` and `minors` are those that were counted, besides who is named. `present` is
#: null until somebody says. A name is "" once it was kept long enough; the figure stays.
WORKSHOPS = (
    """CREATE TABLE workshop(
    id TEXT PRIMARY KEY, title TEXT NOT NULL, day TEXT NOT NULL, minutes INTEGER NOT NULL,
    lab TEXT NOT NULL, public TEXT NOT NULL, participants INTEGER NOT NULL,
    minors INTEGER NOT NULL, cancelled INTEGER NOT NULL DEFAULT 0,
    forgotten INTEGER NOT NULL DEFAULT 0, import TEXT) STRICT""",
    "CREATE INDEX workshop_day ON workshop(day)",
    """CREATE TABLE workshop_participant(
    workshop TEXT NOT NULL REFERENCES workshop(id) ON DELETE CASCADE, no INTEGER NOT NULL,
    key TEXT NOT NULL, name TEXT NOT NULL, email TEXT NOT NULL, member TEXT NOT NULL,
    minor INTEGER NOT NULL, present INTEGER, cancelled INTEGER NOT NULL DEFAULT 0, import TEXT,
    PRIMARY KEY(workshop, no)) STRICT, WITHOUT ROWID""",
    "CREATE INDEX workshop_participant_key ON workshop_participant(key)",
    "CREATE INDEX workshop_participant_member ON workshop_participant(member)",
)


def add(connection: sqlite3.Connection) -> None:
    """The keys of the digests are made here: whoever compares a file can only read."""
    for statement in (*IMPORTS, *WORKSHOPS):
        connection.execute(statement)
    for name in ("email", "import"):
        key_of(connection, name)


def forget_member(connection: sqlite3.Connection, member: str) -> None:
    """No line says any more what was made of `member`, and no workshop that they came; that a
    line was taken in stays."""
    connection.execute(
        "UPDATE import_line SET member = '', membership = NULL, badge = '', made = '', before = ''"
        " WHERE member = ?",
        (member,),
    )
    connection.execute(
        "UPDATE workshop_participant SET member = '', name = '', email = '' WHERE member = ?",
        (member,),
    )
