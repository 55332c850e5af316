"""One person erased: what would go and where; done; and done again after a restore.

The record goes in one transaction, with the tombstone; then the personal parts of facts, in
steps that no lab waits for; then the words of the WAL. Cut short, it goes on at the next
look. Figures stay as they are: the pseudonyms that this person had in them are exchanged
for others, which no key makes.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
from dataclasses import dataclass
from datetime import date

from kiosk.central.audit import Act
from kiosk.central.figure_people import YEAR, year_person
from kiosk.central.helloasso import tables as imports
from kiosk.central.people import book
from kiosk.central.people.ids import resolved
from kiosk.central.privacy import facts
from kiosk.forgetting.tombstones import Tombstones

#: Tables of figures, each with the column that says in which year a row is.
FIGURES = (
    ("usage", "month"),
    ("figure_made", "month"),
    ("figure_membership", "month"),
    ("usage_job", ""),
    ("figure_participant", ""),
)


@dataclass(frozen=True, slots=True)
class Found:
    """How much of somebody is where. Names nobody: it is a receipt as well."""

    record: int
    badges: int
    clearances: int
    memberships: int
    decisions: int
    workshops: int
    entries: int  #: whose personal part names them

    def __bool__(self) -> bool:
        return bool(self.record)


def plan(connection: sqlite3.Connection, member: str) -> Found:
    """What would go. Raises `book.Unknown`."""
    member = resolved(connection, member)
    book.person(connection, member)
    ids = ids_of(connection, member)
    mine, _ = facts.of_people(connection, ids, badges_of(connection, ids))

    def count(table: str) -> int:
        return sum(
            connection.execute(f"SELECT count(*) FROM {table} WHERE member = ?", (one,)).fetchone()[
                0
            ]
            for one in ids
        )

    return Found(
        record=1,
        badges=count("badge"),
        clearances=count("clearance"),
        memberships=count("membership"),
        decisions=count("decision"),
        workshops=count("workshop_participant"),
        entries=len(mine),
    )


def receipt(found: Found, at: date, member: str) -> str:
    """What was erased, and when, as a file that the association may keep: no name is in it."""
    lines = {
        "erased_on": at.isoformat(),
        "id": member,
        "removed": {name: getattr(found, name) for name in Found.__slots__},
        "kept": "figures, without any tie to this person",
        "labs": "each forgets at its next contact with the central",
        "backups": "go when their own time is over; a restore erases again",
    }
    return json.dumps(lines, indent=2) + "\n"


def begin(connection: sqlite3.Connection, act: Act, member: str) -> tuple[str, ...]:
    """The record goes, within the caller's transaction; the ids that meant this person.

    The labs learn of it by the roster. Raises `book.Unknown`.
    """
    member = resolved(connection, member)
    book.person(connection, member)
    before = ids_of(connection, member)
    badges = badges_of(connection, before)
    ids = book.forget(connection, act, member)
    for one in ids:
        _forget_elsewhere(connection, one, badges)
    return ids


def again(connection: sqlite3.Connection, act: Act, told: frozenset[str]) -> None:
    """In a file put back from a backup: whoever was erased since. In a transaction."""
    known = {id_ for (id_,) in connection.execute("SELECT id FROM erased")}
    for one in sorted(told - known):
        try:
            begin(connection, act, one)
        except book.Unknown:
            connection.execute("INSERT OR IGNORE INTO erased VALUES(?, ?)", (one, act.now_us))
            _forget_elsewhere(connection, one, frozenset())
            book.raise_version(connection, act)


def entomb(connection: sqlite3.Connection, tombstones: Tombstones) -> None:
    """The ids stand beside the database too. Raises OSError."""
    tombstones.add(id_ for (id_,) in connection.execute("SELECT id FROM erased"))


def under_way(connection: sqlite3.Connection) -> tuple[frozenset[str], frozenset[str]]:
    """(ids, badges) of whom some trace may be left."""
    rows = connection.execute("SELECT id, badges FROM erasing").fetchall()
    badges = frozenset(badge for _, told in rows for badge in json.loads(told))
    return frozenset(id_ for id_, _ in rows), badges


def erased(connection: sqlite3.Connection) -> frozenset[str]:
    return frozenset(id_ for (id_,) in connection.execute("SELECT id FROM erased"))


def finish(connection: sqlite3.Connection, ids: frozenset[str]) -> None:
    connection.executemany("DELETE FROM erasing WHERE id = ?", [(one,) for one in sorted(ids)])


def ids_of(connection: sqlite3.Connection, member: str) -> frozenset[str]:
    rows = connection.execute("SELECT id FROM alias WHERE member = ?", (member,))
    return frozenset({member, *(id_ for (id_,) in rows)})


def badges_of(connection: sqlite3.Connection, ids: frozenset[str]) -> frozenset[str]:
    """Every badge that these people have or had."""
    found = set()
    for one in ids:
        found |= {
            d for (d,) in connection.execute("SELECT digest FROM badge WHERE member = ?", (one,))
        }
        found |= {
            subject
            for (subject,) in connection.execute(
                "SELECT subject FROM decision WHERE member = ? AND kind LIKE 'badge.%'", (one,)
            )
        }
    return frozenset(found)


def _forget_elsewhere(connection: sqlite3.Connection, one: str, badges: frozenset[str]) -> None:
    imports.forget_member(connection, one)
    forget_digests(connection, badges)
    untie(connection, one)
    connection.execute(
        "INSERT OR REPLACE INTO erasing VALUES(?, ?)", (one, json.dumps(sorted(badges)))
    )


def forget_digests(connection: sqlite3.Connection, badges: frozenset[str]) -> None:
    """Of badges that were theirs, and that a lab had met as nobody's."""
    connection.executemany(
        "DELETE FROM unknown_badge WHERE digest = ?", [(badge,) for badge in sorted(badges)]
    )


def untie(connection: sqlite3.Connection, member: str) -> None:
    """In each year, another pseudonym in the place of theirs: as many people as before."""
    for (name,) in connection.execute(
        "SELECT name FROM secret WHERE name LIKE ? AND length(key) > 0", (f"{YEAR}%",)
    ).fetchall():
        year = int(name.removeprefix(YEAR))
        before = year_person(connection, member, year)
        now = secrets.token_hex(12)
        for table, month in FIGURES:
            within = f" AND {month} BETWEEN {year * 100} AND {year * 100 + 99}" if month else ""
            connection.execute(
                f"UPDATE {table} SET person = ? WHERE person = ?{within}", (now, before)
            )
        connection.execute(
            "UPDATE figure_person SET person = ? WHERE year = ? AND person = ?", (now, year, before)
        )
