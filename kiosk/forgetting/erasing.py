"""Members whom this lab is erasing: from the word of the roster until no entry names them.

What must be known of them to find their traces (their ids, the digests of their badges)
stands in the lab's file until that is done, and not longer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import msgspec

from kiosk.store.disk import Connection
from machines.members import Roster

#: The key of the file's small facts under which they stand; and of whom it is done.
ERASING, DONE = "erasing", "erased"


class Erasing(msgspec.Struct, frozen=True):
    ids: frozenset[str] = frozenset()
    badges: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.ids)


def note(connection: Connection, erased: Iterable[str], had: Roster | None) -> bool:
    """Begins with those who are new, within the caller's transaction; whether there are any.

    `had`: the roster as it was kept, which alone may know their badges.
    """
    known = load(connection)
    new = frozenset(erased) - done(connection) - known.ids
    if not new:
        return False
    members = had.members if had else ()
    badges = {badge for member in members if member.id in new for badge in member.badges}
    _put(connection, ERASING, Erasing(known.ids | new, known.badges | badges))
    return True


def load(connection: Connection) -> Erasing:
    found = _get(connection, ERASING)
    return msgspec.json.decode(found, type=Erasing) if found else Erasing()


def done(connection: Connection) -> frozenset[str]:
    found = _get(connection, DONE)
    return frozenset(msgspec.json.decode(found, type=list[str])) if found else frozenset()


def finish(connection: Connection, ids: frozenset[str]) -> None:
    """Nothing names them any more, and their badges are forgotten too. In a transaction."""
    left = load(connection).ids - ids
    _put(connection, DONE, sorted(done(connection) | ids))
    if not left:
        connection.execute("DELETE FROM meta WHERE key = ?", (ERASING,))


def without(roster: Roster, ids: frozenset[str]) -> Roster:
    return replace(roster, members=tuple(m for m in roster.members if m.id not in ids))


def _get(connection: Connection, key: str) -> str | None:
    found = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return found[0] if found else None


def _put(connection: Connection, key: str, value: object) -> None:
    connection.execute(
        "INSERT INTO meta VALUES(?, ?) ON CONFLICT(key) DO UPDATE SET value = excluded.value",
        (key, msgspec.json.encode(value, order="sorted").decode()),
    )
