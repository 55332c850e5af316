"""The list behind a figure: the export's own sheets, months one after another, and who came.

The same rows, columns and pseudonyms as in the exports of these months, so that
a figure is followed down to lines that another reader has as well. Whom a
pseudonym stands for is nowhere.
"""

from __future__ import annotations

import hmac
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from kiosk.central import book as books
from kiosk.central import columns, wording
from kiosk.central.book import Book
from kiosk.central.columns import Column, Kind
from kiosk.central.export import sheets as export_sheets
from kiosk.central.month import UseRow
from kiosk.central.report import cells
from kiosk.central.report.year import months_of
from kiosk.central.sheets import Row, Sheet
from kiosk.central.workbook.folder import listed
from machines.instants import Month

#: Each list and the sheet of the export that it is made of.
SHEETS = {
    "sessions": "sessions",
    "prints": "impressions-et-marches",
    "objects": "objets",
    "workshops": "ateliers",
    "memberships": "adhesions",
    "openings": "ouvertures",
}
USERS = "users"
NAMES = (*SHEETS, USERS)
#: Lists of who used what when: as long as sessions are kept, and no longer.
DETAILED = ("sessions", "prints", "objects")


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Of which rows a list is; None: of all."""

    month: Month | None = None
    lab: str | None = None
    family: str | None = None
    category: str | None = None

    def has(self, row: UseRow) -> bool:
        return (self.family is None or row.family == self.family) and (
            self.category is None or cells.category_key(row.category) == self.category
        )


def months(
    year: int, name: str, narrowed: Narrowed, kept_days: int, now_us: int
) -> tuple[list[Month], list[Month]]:
    """Those that the list has, and those that retention lets nobody list any more."""
    asked = [narrowed.month] if narrowed.month else list(months_of(year))
    begun = [month for month in asked if month.starts_us <= now_us]
    if name not in DETAILED:
        return begun, []
    kept = [month for month in begun if listed(month, kept_days, now_us)]
    return kept, [month for month in begun if month not in kept]


def sheet(
    connection: sqlite3.Connection,
    year: int,
    name: str,
    narrowed: Narrowed,
    kept: Sequence[Month],
) -> Sheet:
    """One list of these months, in one read transaction. Raises KeyError for no list, NotReady."""
    connection.execute("BEGIN")
    try:
        asked = kept or months_of(year)[:1]  # an empty list has its heads
        read = (books.read(connection, month, narrowed.lab) for month in asked)
        if name == USERS:
            return _users(year, read, narrowed)
        made = _joined(SHEETS[name], read, narrowed)
        return made if kept else replace(made, rows=[])
    finally:
        connection.execute("ROLLBACK")


def _joined(name: str, read: Iterable[Book], narrowed: Narrowed) -> Sheet:
    """The sheets of that name of the months, as one."""
    rows: list[Row] = []
    heads: Sequence[Column] = ()
    for book in read:
        kept = replace(book, rows=[row for row in book.rows if narrowed.has(row)])
        for made in export_sheets(kept):
            if made.name == name:
                heads = made.columns
                rows += [row for row in made.rows if _is_of(row, narrowed)]
    return Sheet(name, heads, rows)


def _is_of(row: Mapping[str, object], narrowed: Narrowed) -> bool:
    """Rows of use are chosen before; of the others, what says its category."""
    if narrowed.category is None or "debut" in row or "categorie" not in row:
        return True
    return row["categorie"] == wording.CATEGORY.get(narrowed.category, "non renseignée")


_USERS = (
    Column("usager", "Usager (pseudonyme de l'année)", "pseudonyme.", "pseudonym."),
    columns.CATEGORY,
    Column("sessions", "Sessions", "commencées.", "begun.", Kind.COUNT, summed=True),
    Column("impressions", "Impressions", "commencées.", "begun.", Kind.COUNT, summed=True),
    Column("session_h", "Heures de session", "en heures.", "hours.", Kind.THOUSANDTHS, summed=True),
)


def _users(year: int, read: Iterable[Book], narrowed: Narrowed) -> Sheet:
    """Everybody who began a session or a print, per category in which they did."""
    found: dict[tuple[str, str], dict[str, int]] = {}
    for book in read:
        for row in book.rows:
            if row.person and row.first and row.kind in ("session", "print"):
                if not narrowed.has(row):
                    continue
                category = wording.CATEGORY.get(row.category or "", "non renseignée")
                line = found.setdefault(
                    (_word(book, year, row.person), category),
                    {"sessions": 0, "impressions": 0, "session_h": 0},
                )
                line["sessions" if row.kind == "session" else "impressions"] += 1
                line["session_h"] += row.used if row.kind == "session" else 0
    rows: list[Row] = [
        {"usager": person, "categorie": category, **sums}
        for (person, category), sums in sorted(found.items(), key=lambda one: one[0])
    ]
    return Sheet("usagers", _USERS, rows)


def _word(book: Book, year: int, person: str) -> str:
    told = hmac.digest(book.key, f"{year}|{person}".encode(), "sha256")
    return f"U-{told.hex()[:10]}"
