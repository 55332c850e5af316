"""Who is known, as the lines of a file are compared with them."""

from __future__ import annotations

import hmac
import sqlite3
from collections import defaultdict
from datetime import date
from functools import cache

from kiosk.central.figures_tables import key_of
from kiosk.central.helloasso.lines import name_key
from kiosk.central.helloasso.matching import Digests, Known, Person, Taken
from kiosk.central.people.book import email_digest
from machines.members import Category

#: Lines that made or found somebody, and cancelled nothing.
_TOOK_IN = ("created", "joined")


def digests(connection: sqlite3.Connection) -> Digests:
    """Both with keys of the central's own."""
    key = key_of(connection, "import")

    def line(identity: str) -> str:
        return hmac.digest(key, identity.encode(), "sha256").hex()[:24]

    @cache
    def email(address: str) -> str:
        return email_digest(connection, address) or ""

    return Digests(email=email, line=line)


def known(connection: sqlite3.Connection) -> Known:
    """Everybody, and every line that was taken in and not undone."""
    memberships: dict[str, set[tuple[str, date | None]]] = defaultdict(set)
    for member, reference, until in connection.execute(
        "SELECT member, reference, until FROM membership WHERE cancelled_on IS NULL"
    ):
        memberships[member].add((reference, date.fromisoformat(until)))
    rows = connection.execute(
        "SELECT id, first_name, last_name, category, coalesce(email, '') FROM member ORDER BY id"
    )
    people = tuple(
        Person(id_, name_key(first, last), Category(category), email, frozenset(memberships[id_]))
        for id_, first, last, category, email in rows
    )
    return Known(people, _taken(connection))


def _taken(connection: sqlite3.Connection) -> dict[str, Taken]:
    """The latest import of a line tells. Who is nobody any more was erased."""
    rows = connection.execute(
        "SELECT key, coalesce(m.id, a.member, ''),"
        " membership IS NULL OR s.id IS NOT NULL AND s.cancelled_on IS NULL"
        " FROM import_line l JOIN import i ON i.id = l.import"
        " LEFT JOIN member m ON m.id = l.member LEFT JOIN alias a ON a.id = l.member"
        " LEFT JOIN membership s ON s.id = l.membership"
        " WHERE i.undone_us IS NULL AND i.workshop IS NULL AND l.done IN (?, ?) ORDER BY i.at_us",
        _TOOK_IN,
    )
    return {key: Taken(member, bool(stands)) for key, member, stands in rows}
