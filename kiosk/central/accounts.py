"""Who may log in at the central: administrators by a password, animators by their code.

There is no account until `fablab account add` makes one. Passwords are kept as
werkzeug's scrypt hashes; codes are those of the roster (`fablab roster pin`).
"""

from __future__ import annotations

import sqlite3
import unicodedata
from dataclasses import dataclass
from enum import IntEnum

from kiosk.central import audit
from kiosk.central.audit import Act

SCHEMA = (
    "CREATE TABLE IF NOT EXISTS account("
    "name TEXT PRIMARY KEY, hash TEXT NOT NULL, created_us INTEGER NOT NULL) STRICT"
)

#: Some 60 ms and 32 MB: whoever reads the file tries no more than that often.
METHOD = "scrypt:32768:8:1"
SHORTEST = 12
LONGEST = 200
#: Compared where nobody of that name is known, so that the answer takes as long.
NOBODYS = "scrypt:32768:8:1$PZ7bYV3mA0xQe1Uw$" + "0" * 128
ACCOUNT = "account:"


class AccountError(ValueError):
    """A sentence for the operator."""


class Role(IntEnum):
    """Whoever has the greater one has the lesser one too."""

    ANIMATOR = 1
    ADMIN = 2


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody who may log in. `by` is what the audit calls them; `proof` a hash to compare."""

    by: str
    name: str
    role: Role
    proof: str
    language: str = ""


def add(connection: sqlite3.Connection, name: str, proof: str, act: Act) -> None:
    """A new administrator. Raises AccountError."""
    name = name.strip()
    if not 1 <= len(name) <= 60 or not name.isprintable():
        raise AccountError("expected a name of 1 to 60 letters")
    if any(_plain(name) == _plain(one) for one in names(connection)):
        raise AccountError(f"{name} is known already: `fablab account password` changes the word")
    connection.execute("INSERT INTO account VALUES(?, ?, ?)", (name, proof, act.now_us))
    audit.note(connection, act, "account added", detail=name)


def change(connection: sqlite3.Connection, name: str, proof: str, act: Act) -> None:
    """Another password; whoever is logged in by the old one no longer is. Raises AccountError."""
    _must_know(connection, name)
    connection.execute("UPDATE account SET hash = ? WHERE name = ?", (proof, name))
    audit.note(connection, act, "password changed", detail=name)


def remove(connection: sqlite3.Connection, name: str, act: Act) -> None:
    """Raises AccountError."""
    _must_know(connection, name)
    connection.execute("DELETE FROM account WHERE name = ?", (name,))
    audit.note(connection, act, "account removed", detail=name)


def names(connection: sqlite3.Connection) -> list[str]:
    return [name for (name,) in connection.execute("SELECT name FROM account ORDER BY name")]


def weak(password: str) -> str:
    """What is wrong with a new password, as a sentence; "": nothing."""
    if len(password) < SHORTEST:
        return f"expected at least {SHORTEST} characters"
    if len(password) > LONGEST:
        return f"expected at most {LONGEST} characters"
    if len(set(password)) < 5:
        return "expected more than four different characters"
    return ""


def named(connection: sqlite3.Connection, name: str) -> Known | None:
    """Whom a typed name means: an account, else an animator by first name, full name or id.

    A name that two animators have is nobody's: they type the whole of it, or their id.
    """
    plain = _plain(name)
    for known, proof in connection.execute("SELECT name, hash FROM account"):
        if _plain(known) == plain:
            return Known(ACCOUNT + known, known, Role.ADMIN, proof)
    found = [one for one, said in _animators(connection) if plain in said]
    return found[0] if len(found) == 1 else None


def known(connection: sqlite3.Connection, by: str) -> Known | None:
    """Who that is now, by what the audit calls them; None where they may log in no more."""
    if by.startswith(ACCOUNT):
        name = by.removeprefix(ACCOUNT)
        row = connection.execute("SELECT hash FROM account WHERE name = ?", (name,)).fetchone()
        return Known(by, name, Role.ADMIN, row[0]) if row else None
    return next((one for one, _ in _animators(connection, by)), None)


def _animators(
    connection: sqlite3.Connection, member: str | None = None
) -> list[tuple[Known, set[str]]]:
    """Each with the names by which they are known."""
    rows = connection.execute(
        "SELECT id, first_name, last_name, language, hash FROM member JOIN pin ON member = id"
        " WHERE animator AND left_on IS NULL AND (?1 IS NULL OR id = ?1)",
        (member,),
    )
    found = []
    for id_, first, last, language, proof in rows:
        short = f"{first} {last[:1]}." if last else first
        said = {_plain(told) for told in (id_, first, short, f"{first} {last}", f"{last} {first}")}
        found.append((Known(id_, short, Role.ANIMATOR, proof, language), said))
    return found


def _must_know(connection: sqlite3.Connection, name: str) -> None:
    if name not in (all_names := names(connection)):
        raise AccountError(f"{name} is not known; known: {', '.join(all_names) or 'nobody'}")


def _plain(name: str) -> str:
    """Without accents, case, dots and double spaces: as people type their names."""
    bare = unicodedata.normalize("NFKD", name).casefold().replace(".", " ")
    return " ".join("".join(c for c in bare if not unicodedata.combining(c)).split())
