"""Ids of the roster: given once, never again, and followed to whom they mean now."""

from __future__ import annotations

import secrets
import sqlite3

#: Without what looks alike on paper.
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_id(connection: sqlite3.Connection, prefix: str = "M") -> str:
    """Six letters that nobody has or ever had."""
    while True:
        made = prefix + "".join(secrets.choice(LETTERS) for _ in range(6))
        if not any(
            connection.execute(f"SELECT 1 FROM {table} WHERE id = ?", (made,)).fetchone()
            for table in ("member", "alias", "erased", "organisation")
        ):
            return made


def resolved(connection: sqlite3.Connection, member: str) -> str:
    """Whom an id means: of somebody who was merged, the one they turned out to be."""
    row = connection.execute("SELECT member FROM alias WHERE id = ?", (member,)).fetchone()
    return str(row[0]) if row else member


def is_erased(connection: sqlite3.Connection, member: str) -> bool:
    return bool(connection.execute("SELECT 1 FROM erased WHERE id = ?", (member,)).fetchone())


def is_known(connection: sqlite3.Connection, member: str) -> bool:
    return bool(connection.execute("SELECT 1 FROM member WHERE id = ?", (member,)).fetchone())
