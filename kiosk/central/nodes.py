"""The nodes: which kiosk may speak for which lab, by a token of its own.

A token is `fab1_<node>_<64 hex digits>`: 256 random bits, shown once, kept as
SHA-256 (a slow digest protects guessable secrets; these are not). Two may be
alive, so that a kiosk's token can be changed without a minute of silence.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import sqlite3
from dataclasses import dataclass
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS node(
    name TEXT PRIMARY KEY, lab TEXT NOT NULL, created_us INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS token(
    sha256 BLOB PRIMARY KEY, node TEXT NOT NULL REFERENCES node(name) ON DELETE CASCADE,
    created_us INTEGER NOT NULL) STRICT;
"""

PREFIX = "fab1"
#: Tokens of one node that work at the same time: the one in use, and the one to come.
ALIVE = 2
_SLUG = re.compile(r"[a-z0-9](-?[a-z0-9]){0,39}")


class NodeError(ValueError):
    """A sentence for the operator."""


@dataclass(frozen=True, slots=True)
class Node:
    """Who speaks, and for which lab."""

    name: str
    lab: str


class Gate:
    """Who a token is. A picture of the tables, taken anew after each change."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._nodes: dict[str, tuple[Node, tuple[bytes, ...]]] = {}
        for name, lab in connection.execute("SELECT name, lab FROM node"):
            tokens = connection.execute("SELECT sha256 FROM token WHERE node = ?", (name,))
            self._nodes[name] = Node(name, lab), tuple(sha256 for (sha256,) in tokens)

    def who(self, token: str) -> Node | None:
        prefix, _, rest = token.partition("_")
        name, _, _ = rest.partition("_")
        if prefix != PREFIX or name not in self._nodes:
            return None
        node, tokens = self._nodes[name]
        presented = _digest(token)
        matches = [hmac.compare_digest(presented, known) for known in tokens]
        return node if any(matches) else None


def create(connection: sqlite3.Connection) -> None:
    """The tables, where they are not there yet."""
    for statement in SCHEMA.split(";"):
        connection.execute(statement)


def add(connection: sqlite3.Connection, name: str, lab: str, now_us: int) -> str:
    """A new node's token. Raises NodeError."""
    for what, slug in (("node", name), ("lab", lab)):
        if not _SLUG.fullmatch(slug):
            raise NodeError(
                f"{what} {slug!r}: expected lower-case letters, digits and hyphens, such as ccdv-1"
            )
    if _known(connection, name):
        raise NodeError(f"node {name} is known already: rotate gives it a new token")
    connection.execute("INSERT INTO node VALUES(?, ?, ?)", (name, lab, now_us))
    return _new_token(connection, name, now_us)


def rotate(connection: sqlite3.Connection, name: str, now_us: int) -> str:
    """One more token; of those before, the newest stays good. Raises NodeError."""
    _must_know(connection, name)
    connection.execute(
        "DELETE FROM token WHERE node = ?1 AND sha256 NOT IN (SELECT sha256 FROM token"
        " WHERE node = ?1 ORDER BY created_us DESC, rowid DESC LIMIT ?2)",
        (name, ALIVE - 1),
    )
    return _new_token(connection, name, now_us)


def revoke(connection: sqlite3.Connection, name: str) -> None:
    """The node and its tokens are gone; what it brought stays. Raises NodeError."""
    _must_know(connection, name)
    connection.execute("DELETE FROM token WHERE node = ?", (name,))
    connection.execute("DELETE FROM node WHERE name = ?", (name,))


def listing(connection: sqlite3.Connection) -> list[dict[str, Any]]:
    rows = connection.execute(
        "SELECT name, lab, node.created_us, count(sha256) FROM node"
        " LEFT JOIN token ON node = name GROUP BY name ORDER BY lab, name"
    )
    return [
        {"name": name, "lab": lab, "created_us": created, "tokens": tokens}
        for name, lab, created, tokens in rows
    ]


def _known(connection: sqlite3.Connection, name: str) -> bool:
    return connection.execute("SELECT 1 FROM node WHERE name = ?", (name,)).fetchone() is not None


def _must_know(connection: sqlite3.Connection, name: str) -> None:
    if not _known(connection, name):
        known = ", ".join(row["name"] for row in listing(connection)) or "none"
        raise NodeError(f"node {name} is not known; known: {known}")


def _new_token(connection: sqlite3.Connection, name: str, now_us: int) -> str:
    token = f"{PREFIX}_{name}_{secrets.token_hex(32)}"
    connection.execute("INSERT INTO token VALUES(?, ?, ?)", (_digest(token), name, now_us))
    return token


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode(errors="replace")).digest()
