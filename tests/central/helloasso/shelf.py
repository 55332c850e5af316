"""A central's file with a roster, into which files are taken."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from config.site import Memberships
from kiosk.central import schema
from kiosk.central.audit import Act
from kiosk.central.helloasso import taking, undoing
from kiosk.central.helloasso.lines import Brought
from kiosk.central.helloasso.matching import Proposal
from kiosk.central.helloasso.reading import read
from kiosk.central.people import book
from kiosk.store.disk import transaction
from machines.members import Category
from tests.central.helloasso.test_reading import file

#: 2026-03-20 12:00 in Paris.
NOW_US = 1_774_004_400_000_000


@dataclass
class Desk:
    """The administrator's desk. Every verb is one transaction."""

    connection: sqlite3.Connection
    now_us: int = NOW_US

    def act(self) -> Act:
        return Act("account:claire", self.now_us)

    def shown(self, brought: Brought) -> tuple[Proposal, ...]:
        return taking.dry_run(self.connection, brought)

    def take(
        self,
        brought: Brought | str | bytes,
        choices: Mapping[int, str] | None = None,
        shown: tuple[Proposal, ...] | None = None,
        rule: Memberships = Memberships(),  # noqa: B008 -- frozen
        badges: Mapping[str, str] | None = None,
    ) -> str:
        if isinstance(brought, str):
            brought = file(brought)
        elif isinstance(brought, bytes):
            brought = read(brought)
        shown = self.shown(brought) if shown is None else shown
        told = taking.File("00", "adhesions.csv", brought.kind)
        with transaction(self.connection):
            return taking.take_in(
                self.connection, self.act(), told, shown, brought.refused, choices or {}, rule,
                badges or {},
            )  # fmt: skip

    def undo(self, imported: str) -> dict[str, int]:
        with transaction(self.connection):
            return {
                k.value: n
                for k, n in undoing.undo(self.connection, self.act(), imported).items()
                if n
            }

    def join(self, first: str, last: str, email: str = "", **more: object) -> str:
        with transaction(self.connection):
            digest = book.email_digest(self.connection, email)
            one = book.Person(first, last, email=digest, **more)
            return book.join(self.connection, self.act(), one)

    def people(self) -> dict[str, str]:
        """Everybody's name, and the last day of the membership that counts."""
        rows = self.connection.execute(
            "SELECT trim(first_name || ' ' || last_name), coalesce(max(until), '')"
            " FROM member LEFT JOIN membership s ON s.member = member.id AND cancelled_on IS NULL"
            " GROUP BY member.id ORDER BY 1"
        )
        return dict(rows.fetchall())

    def memberships(self) -> list[tuple[object, ...]]:
        """Every membership with whose it is, in an order of its own."""
        rows = self.connection.execute(
            "SELECT first_name, last_name, category, coalesce(email, '') <> '', taken_on,"
            " reference, cancelled_on IS NULL FROM member JOIN membership s"
            " ON s.member = member.id ORDER BY 1, 2, 3, 4, 5, 6, 7"
        )
        return rows.fetchall()

    def lines(self, imported: str, column: str = "done") -> dict[int, str]:
        rows = self.connection.execute(
            f"SELECT line, {column} FROM import_line WHERE import = ? ORDER BY line", (imported,)
        )
        return dict(rows.fetchall())

    def everything(self) -> str:
        """Every row of every table about people, as one text: what a file keeps of anybody."""
        return "\n".join(
            line for line in self.connection.iterdump() if not line.startswith("CREATE")
        )


def desk(path: Path) -> Desk:
    return Desk(schema.open_writer(path))


def day(text: str) -> date:
    return date.fromisoformat(text)


__all__ = ["Category", "Desk", "day", "desk", "file"]
