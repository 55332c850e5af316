"""Who looked at whose data, and changed it: lines that are only ever added, in a chain.

A line names people by their roster ids and says which field changed, never what stood in
it: it outlives an erasure, until its own time is over. The chain shows a line that was
changed or taken out; whoever can write the file could make it anew, so that its head is
worth writing down elsewhere. All functions work within the caller's transaction.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from dataclasses import dataclass

#: Whatever was pruned stands before `audit_base`: no line after it can be taken out.
SCHEMA = """
CREATE TABLE IF NOT EXISTS audit(
    no INTEGER PRIMARY KEY, at_us INTEGER NOT NULL, by TEXT NOT NULL, verb TEXT NOT NULL,
    subject TEXT NOT NULL, detail TEXT NOT NULL, link BLOB NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS audit_subject ON audit(subject);
CREATE TABLE IF NOT EXISTS audit_base(
    id INTEGER PRIMARY KEY CHECK (id = 1), no INTEGER NOT NULL, link BLOB NOT NULL) STRICT;
INSERT OR IGNORE INTO audit_base VALUES(1, 0, zeroblob(32));
CREATE TRIGGER IF NOT EXISTS audit_is_never_changed BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'a line of the audit is never changed'); END;
CREATE TRIGGER IF NOT EXISTS audit_is_only_pruned BEFORE DELETE ON audit
    WHEN old.no > (SELECT no FROM audit_base)
    BEGIN SELECT RAISE(ABORT, 'a line of the audit is never taken out'); END;
"""


#: Who does what the command line asks, and what the program does by itself.
PROGRAM = "fablab"


@dataclass(slots=True)
class Act:
    """Somebody does something to people's data, in one transaction.

    `by`: `account:NAME`, the roster id of an animator, or `PROGRAM`.
    """

    by: str
    now_us: int
    raised: bool = False  #: whether the roster has its new version already


@dataclass(frozen=True, slots=True)
class Line:
    """`verb` and `detail` are words of the program: the page that shows them says them."""

    no: int
    at_us: int
    by: str
    verb: str
    subject: str
    detail: str


def note(
    connection: sqlite3.Connection, act: Act, verb: str, subject: str = "", detail: str = ""
) -> None:
    """One more line. `subject` is a roster id, or ""; `detail` names nobody."""
    no, before = _head(connection)
    line = Line(no + 1, act.now_us, act.by, verb, subject, detail)
    connection.execute(
        "INSERT INTO audit VALUES(?, ?, ?, ?, ?, ?, ?)",
        (line.no, line.at_us, line.by, verb, subject, detail, _link(before, line)),
    )


def prune(connection: sqlite3.Connection, before_us: int, now_us: int = 2**62) -> int:
    """Takes out the lines of before, and keeps the link that the next one hangs on; how many.

    What a lab did bears the lab's clock. Lines that one of them dated after `now_us` keep
    nothing: what stands before a line that is to stay goes, and so do they.
    """
    row = connection.execute(
        "SELECT no, link FROM audit WHERE no < coalesce("
        "(SELECT min(no) FROM audit WHERE at_us BETWEEN ?1 AND ?2),"
        " (SELECT max(no) + 1 FROM audit WHERE at_us < ?1)) ORDER BY no DESC LIMIT 1",
        (before_us, now_us),
    ).fetchone()
    if row is None:
        return 0
    connection.execute("UPDATE audit_base SET no = ?, link = ?", row)
    return connection.execute("DELETE FROM audit WHERE no <= ?", (row[0],)).rowcount


def broken(connection: sqlite3.Connection) -> int | None:
    """The number of the first line that does not hang on the one before; None: the chain holds."""
    no, link = connection.execute("SELECT no, link FROM audit_base").fetchone()
    rows = connection.execute(
        "SELECT no, at_us, by, verb, subject, detail, link FROM audit ORDER BY no"
    )
    for *told, kept in rows:
        line = Line(*told)
        no, link = int(no) + 1, _link(link, line)
        if line.no != no or kept != link:
            return no
    return None


def lines(
    connection: sqlite3.Connection, subject: str = "", at_most: int = 200, before: int = 2**62
) -> list[Line]:
    """The latest ones first, of one person or of all, those older than number `before`."""
    values: list[object] = [subject] if subject else []
    where = "subject = ? AND " if subject else ""
    rows = connection.execute(
        f"SELECT no, at_us, by, verb, subject, detail FROM audit WHERE {where}no < ?"
        " ORDER BY no DESC LIMIT ?",
        (*values, before, at_most),
    )
    return [Line(*row) for row in rows]


def _head(connection: sqlite3.Connection) -> tuple[int, bytes]:
    last = connection.execute("SELECT no, link FROM audit ORDER BY no DESC LIMIT 1").fetchone()
    no, link = last or connection.execute("SELECT no, link FROM audit_base").fetchone()
    return no, link


def _link(before: bytes, line: Line) -> bytes:
    told = [line.no, line.at_us, line.by, line.verb, line.subject, line.detail]
    return hashlib.sha256(before + json.dumps(told).encode()).digest()
