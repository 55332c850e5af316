"""An import put back, line by line, where nobody has changed since what it made.

Whoever it made is taken out again, unless something else hangs on them by now:
then only its membership is cancelled, and the line says so.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from kiosk.central import audit, figure_people
from kiosk.central.audit import Act
from kiosk.central.figure_people import Pseudonyms
from kiosk.central.helloasso.booking import undo_bookings
from kiosk.central.helloasso.known import digests
from kiosk.central.helloasso.matching import Digests
from kiosk.central.helloasso.taking import Done, fingerprint
from kiosk.central.people import book
from kiosk.central.people.ids import is_known, resolved
from machines.instants import paris
from machines.people_entries import BadgeOver


class Undone(StrEnum):
    """What became of a line when its import was undone. Written to disk."""

    REMOVED = "removed"  #: whoever it made is no member any more
    PUT_BACK = "put-back"  #: the membership it took is cancelled, the one it cancelled taken again
    KEPT = "kept"  #: its membership is cancelled, but the person was changed since, and stays
    CHANGED = "changed"  #: its membership was changed since, and is left as it is


class NoImport(ValueError):
    """No such import, or one that is undone already."""


class _Line(NamedTuple):
    line: int
    done: str
    member: str
    membership: int | None
    badge: str
    made: str
    before: str


def undo(connection: sqlite3.Connection, act: Act, imported: str) -> dict[Undone, int]:
    """How many lines became what, within the caller's transaction. Raises NoImport."""
    row = connection.execute(
        "UPDATE import SET undone_us = ?, undone_by = ? WHERE id = ? AND undone_us IS NULL"
        " RETURNING workshop",
        (act.now_us, act.by, imported),
    ).fetchone()
    if row is None:
        raise NoImport(imported)
    audit.note(connection, act, "import undone", "", imported)
    if row[0] is not None:
        return dict.fromkeys(Undone, 0) | {Undone.PUT_BACK: undo_bookings(connection, imported)}
    rows = connection.execute(
        "SELECT line, done, member, membership, badge, made, before FROM import_line"
        " WHERE import = ? AND member <> '' AND done IN (?, ?, ?) ORDER BY line",
        (imported, Done.CREATED, Done.JOINED, Done.CANCELLED),
    )
    lines = [_Line(*one) for one in rows]
    undoing = _Undoing(connection, act, imported, digests(connection))
    counts = dict.fromkeys(Undone, 0)
    for one in sorted(lines, key=lambda one: one.done == Done.CREATED):  # the joined first
        undone = undoing.line(one)
        connection.execute(
            "UPDATE import_line SET undone = ? WHERE import = ? AND line = ?",
            (undone, imported, one.line),
        )
        counts[undone] += 1
    undoing.leave_organisations()
    return counts


class _Undoing:
    def __init__(
        self, connection: sqlite3.Connection, act: Act, imported: str, digests: Digests
    ) -> None:
        self._connection, self._act = connection, act
        self._imported, self._digests = imported, digests
        self._names = Pseudonyms(connection)
        self._year = book.today(act).year
        self._counted = self._who_was_here()

    def _who_was_here(self) -> set[tuple[int, str | None]]:
        """(year, pseudonym) of whoever used or made anything since the import."""
        (since_us,) = self._connection.execute(
            "SELECT at_us FROM import WHERE id = ?", (self._imported,)
        ).fetchone()
        self._since = paris(since_us).year
        first = self._since * 100
        rows = self._connection.execute(
            "SELECT DISTINCT month / 100, person FROM usage WHERE month >= ?1 UNION"
            " SELECT month / 100, person FROM figure_made WHERE month >= ?1",
            (first,),
        )
        return set(rows.fetchall())

    def line(self, one: _Line) -> Undone:
        member = resolved(self._connection, one.member)
        if not is_known(self._connection, member):
            return Undone.CHANGED
        if one.done == Done.CANCELLED:
            return self._take_again(one)
        if not self._cancel(one):
            return Undone.CHANGED
        self._let_go(one, member)
        if one.done == Done.CREATED:
            if member != one.member or not self._untouched(one):
                return Undone.KEPT
            self._remove(member)
            return Undone.REMOVED
        return Undone.PUT_BACK if self._restore(one, member) else Undone.KEPT

    def _remove(self, member: str) -> None:
        """As if they had never been: the figures know what they were no more either."""
        for year in range(self._since, self._year + 1):
            self._connection.execute(
                "DELETE FROM figure_person WHERE year = ? AND person = ?",
                (year, self._names.of(member, year)),
            )
        book.forget(self._connection, self._act, member)

    def _cancel(self, one: _Line) -> bool:
        if one.membership is None:
            return True
        try:
            book.cancel_membership(self._connection, self._act, one.membership, "import-undone")
        except book.Unknown:
            return False
        figure_people.membership_never_was(self._connection, str(one.membership))
        return True

    def _take_again(self, one: _Line) -> Undone:
        """What the import cancelled counts again, under another number."""
        row = self._connection.execute(
            "SELECT member, until, since, taken_on, source, reference, rate, import"
            " FROM membership WHERE id = ? AND cancelled_on IS NOT NULL",
            (one.membership,),
        ).fetchone()
        if row is None:
            return Undone.CHANGED
        member, until, since, taken_on, source, reference, rate, from_import = row
        again = book.take_membership(
            self._connection,
            self._act,
            member,
            date.fromisoformat(until),
            since=date.fromisoformat(since),
            taken_on=date.fromisoformat(taken_on),
            source=source,
            reference=reference,
            rate=rate,
            from_import=from_import,
        )
        self._connection.execute(
            "UPDATE import_line SET membership = ? WHERE membership = ? AND import <> ?",
            (again, one.membership, self._imported),
        )
        figure_people.membership_never_was(self._connection, str(one.membership))
        return Undone.PUT_BACK

    def _let_go(self, one: _Line, member: str) -> None:
        held = self._connection.execute(
            "SELECT 1 FROM badge WHERE digest = ? AND member = ?", (one.badge, member)
        ).fetchone()
        if held:
            book.revoke_badge(self._connection, self._act, member, one.badge, BadgeOver.MISTAKE)

    def _untouched(self, one: _Line) -> bool:
        """Whether the record is as it was made, and nothing else hangs on it."""
        if fingerprint(self._digests, book.person(self._connection, one.member)) != one.made:
            return False
        years = range(self._since, self._year + 1)
        if any((year, self._names.of(one.member, year)) in self._counted for year in years):
            return False
        others = (
            ("membership", "import IS NOT ?", self._imported),
            ("decision", "subject <> ?", one.badge),
            ("used", "of <> ?", ""),
            ("alias", "id <> ?", ""),
            ("workshop_participant", "workshop <> ?", ""),
        )
        return not any(
            self._connection.execute(
                f"SELECT 1 FROM {table} WHERE member = ? AND {what}", (one.member, value)
            ).fetchone()
            for table, what, value in others
        )

    def _restore(self, one: _Line, member: str) -> bool:
        """What the import added to a record is taken out again, where it is still that."""
        before = json.loads(one.before) if one.before else {}
        left = before.pop("left", None)
        now = book.person(self._connection, member)
        back = {name: was for name, (was, made) in before.items() if getattr(now, name) == made}
        book.change(self._connection, self._act, member, replace(now, **back))
        if left:
            book.deactivate(self._connection, self._act, member)
        return len(back) == len(before)

    def leave_organisations(self) -> None:
        """Those that this import made, and nobody is in any more."""
        self._connection.execute(
            "DELETE FROM organisation WHERE id IN"
            " (SELECT organisation FROM import_line WHERE import = ?) AND id NOT IN"
            " (SELECT organisation FROM member WHERE organisation IS NOT NULL)",
            (self._imported,),
        )
