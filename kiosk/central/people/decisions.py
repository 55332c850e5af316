"""Who has which badge and which clearance: the fold of everything decided, here and in labs.

For each member and badge, for each member and clearance, the latest decision counts; at
the same instant a revocation does. A badge that two members were given is the later one's,
and is shown to be looked at (`checks.py`). Any order of arrival gives the same rows.

All functions work within the caller's transaction.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, replace

from machines.instants import paris
from machines.people_entries import (
    BadgeEnrolled,
    BadgeRevoked,
    ClearanceGranted,
    ClearanceRevoked,
)

ENROLLED, LET_GO = BadgeEnrolled.kind, BadgeRevoked.kind
GRANTED, REVOKED = ClearanceGranted.kind, ClearanceRevoked.kind
OF_BADGES = (ENROLLED, LET_GO)
#: When a decision is taken to have been made whose instant nobody can tell yet: before all
#: others where it gives, after them where it takes away.
BEFORE, AFTER = -1, 2**62


@dataclass(frozen=True, slots=True)
class Decision:
    """One of a badge (`subject` is its digest) or of a clearance (what it is `of`).

    Its fields are the table's columns, in their order.
    """

    birth: str  #: of the lab's entry, else `central-…` or `before-…`
    lab: str  #: "": made at the central
    at_us: int | None
    kind: str
    member: str
    subject: str
    until: str | None = None
    trains: bool = False
    reason: str = ""
    by: str = ""

    @property
    def takes(self) -> bool:
        return self.kind in (LET_GO, REVOKED)

    @property
    def order(self) -> tuple[int, bool, str]:
        at_us = self.at_us if self.at_us is not None else (AFTER if self.takes else BEFORE)
        return at_us, self.takes, self.birth

    @property
    def day(self) -> str | None:
        """Of Paris; None for what was carried over from before, or has no instant yet."""
        return paris(self.at_us).date().isoformat() if self.at_us else None


COLUMNS = "birth, lab, at_us, kind, member, subject, until, trains, reason, by"


def decide(connection: sqlite3.Connection, one: Decision, now_us: int) -> None:
    """A decision of the central, which is later than all that it knows of."""
    connection.execute(
        "UPDATE decision SET at_us = ? WHERE member = ? AND subject = ? AND at_us IS NULL",
        (now_us, one.member, one.subject),
    )
    (last_us,) = connection.execute(
        "SELECT max(at_us) FROM decision WHERE member = ? AND subject = ?",
        (one.member, one.subject),
    ).fetchone()
    at_us = max(now_us, (last_us or 0) + 1)
    birth = f"central-{secrets.token_hex(12)}"
    keep(connection, [replace(one, birth=birth, at_us=at_us)])
    fold(connection, [(one.member, one.subject, one.kind)])


def keep(connection: sqlite3.Connection, decisions: Iterable[Decision]) -> None:
    """Writes them down, each once by its birth."""
    connection.executemany(
        f"INSERT INTO decision({COLUMNS}) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT(birth) DO NOTHING",
        [astuple(one) for one in decisions],
    )


def fold(connection: sqlite3.Connection, touched: Iterable[tuple[str, str, str]]) -> bool:
    """What (member, subject, kind) come to now; whether a row is another than before."""
    changed = False
    for member, subject, badge in sorted({(m, s, k in OF_BADGES) for m, s, k in touched}):
        changed |= _badge(connection, subject) if badge else _clearance(connection, member, subject)
    return changed


def fold_of(connection: sqlite3.Connection, member: str) -> bool:
    """Everything that was decided about a member, folded anew."""
    rows = connection.execute(
        "SELECT DISTINCT member, subject, kind FROM decision WHERE member = ?", (member,)
    )
    return fold(connection, rows.fetchall())


def owners(connection: sqlite3.Connection, digest: str) -> list[Decision]:
    """By whom a badge is held now, the one that counts last; more than one is a contradiction."""
    told: dict[str, list[Decision]] = {}
    for one in of_subject(connection, digest):
        told.setdefault(one.member, []).append(one)
    held = [last for mine in told.values() if not (last := mine[-1]).takes]
    return sorted(held, key=lambda one: one.order)


def of_subject(connection: sqlite3.Connection, digest: str) -> list[Decision]:
    """What was decided about a badge, in its order; of members who are known."""
    rows = connection.execute(
        f"SELECT {COLUMNS} FROM decision WHERE subject = ? AND kind IN (?, ?)"
        " AND member IN (SELECT id FROM member)",
        (digest, *OF_BADGES),
    )
    return sorted(map(_decision, rows), key=lambda one: one.order)


def of_member(connection: sqlite3.Connection, member: str) -> list[Decision]:
    """Everything that was decided about somebody, in its order."""
    rows = connection.execute(f"SELECT {COLUMNS} FROM decision WHERE member = ?", (member,))
    return sorted(map(_decision, rows), key=lambda one: one.order)


def _decision(row: Sequence[object]) -> Decision:
    return Decision(*row)  # type: ignore[arg-type]


def _badge(connection: sqlite3.Connection, digest: str) -> bool:
    held = owners(connection, digest)
    wanted = (held[-1].member, held[-1].day) if held else None
    had = connection.execute(
        "SELECT member, since FROM badge WHERE digest = ?", (digest,)
    ).fetchone()
    if had == wanted:
        return False
    connection.execute("DELETE FROM badge WHERE digest = ?", (digest,))
    if wanted:
        connection.execute(
            "INSERT INTO badge(digest, member, since) VALUES(?, ?, ?)", (digest, *wanted)
        )
        connection.execute("DELETE FROM unknown_badge WHERE digest = ?", (digest,))
    return True


def _clearance(connection: sqlite3.Connection, member: str, of: str) -> bool:
    rows = connection.execute(
        f"SELECT {COLUMNS} FROM decision WHERE member = ? AND subject = ? AND kind IN (?, ?)"
        " AND member IN (SELECT id FROM member)",
        (member, of, GRANTED, REVOKED),
    )
    last = max(map(_decision, rows), key=lambda one: one.order, default=None)
    wanted = None
    if last and not last.takes:
        wanted = (last.by, last.day, last.until, int(last.trains))
    had = connection.execute(
        "SELECT granted_by, since, until, trains FROM clearance WHERE member = ? AND of = ?",
        (member, of),
    ).fetchone()
    if had == wanted:
        return False
    connection.execute("DELETE FROM clearance WHERE member = ? AND of = ?", (member, of))
    if wanted is None:  # nothing asks any more when they last used it
        connection.execute("DELETE FROM used WHERE member = ? AND of = ?", (member, of))
    else:
        connection.execute(
            "INSERT INTO clearance(member, of, granted_by, since, until, trains)"
            " VALUES(?, ?, ?, ?, ?, ?)",
            (member, of, *wanted),
        )
    return True
