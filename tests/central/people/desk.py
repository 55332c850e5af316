"""A shelf of the central with people on it, and the verbs of their book."""

from __future__ import annotations

from datetime import date
from typing import Any

from kiosk.central import roster
from kiosk.central.audit import Act
from kiosk.central.people import book
from kiosk.central.people.book import Person
from machines.members import Member
from tests.central.shelf import Shelf
from tests.field import paris_us

NOW = "2026-11-25 10:00"


class Desk(Shelf):
    """Everything is done by Claire, at 10 in the morning unless told otherwise."""

    def do(self, verb: Any, *told: Any, now: str = NOW, **more: Any) -> Any:
        return verb(self.connection, Act("account:Claire", paris_us(now)), *told, **more)

    def join(self, member: str, first: str = "Inès", last: str = "Duval", **more: Any) -> str:
        joined: str = self.do(book.join, Person(first, last, **more), member)
        return joined

    def seen(self, member: str, lab: str = "ccdv") -> Member:
        """As a lab gets them."""
        members = {one.id: one for one in roster.snapshot(self.connection, lab).members}
        return members[member]

    @property
    def version(self) -> int:
        return roster.snapshot(self.connection, "ccdv").version

    def figures(self) -> list[tuple[Any, ...]]:
        return self.connection.execute(
            "SELECT month, renewed, cancelled FROM figure_membership ORDER BY month, renewed"
        ).fetchall()


AUTUMN = date(2027, 8, 31)
