"""A month or a year is closed: read as it stands, frozen, and written down once for all.

What may be closed, and in which order, is decided here. Reading takes long and
is done on a connection that reads; what is frozen is then written in one
transaction of the central's, which looks again whether nothing was closed
meanwhile. A closing cannot be undone: what was wrong in it is adjusted by the
next one.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import date, timedelta

from kiosk.central import book as books
from kiosk.central.book import Book
from kiosk.central.export import sheets as export_sheets
from kiosk.central.report import adjusting, closings, periods, sealed
from kiosk.central.report import year as years
from kiosk.central.report.cells import Cell
from kiosk.central.report.closings import MANIFEST, Closing
from kiosk.central.report.frozen import sha
from kiosk.central.report.words import say
from kiosk.central.sheets import EXCEL, OPEN, write
from kiosk.central.workbook import making, ods, xlsx
from kiosk.central.workbook.compared import Compared, previous
from machines.instants import Month, paris

#: The sheets of a month's export that say who used what when: never sealed.
SESSIONS = ("sessions", "impressions-et-marches")
#: Pages of a workbook with titles that people typed, which may name somebody: nothing that is
#: sealed can be erased.
TYPED = ("Ateliers",)


class NotClosable(ValueError):
    """This period cannot be closed now: why, and what to do, in either language (`said`)."""

    def __init__(self, key: str, **values: object) -> None:
        self._key, self._values = key, values
        super().__init__(self.said("en"))

    def said(self, language: str) -> str:
        return say(self._key, language, **self._values)


@dataclass(frozen=True, slots=True)
class Draft:
    """A closing that is not written yet. `sessions` are the files that expire."""

    closing: Closing
    files: dict[str, bytes]
    sessions: dict[str, bytes]
    adjusted: tuple[Cell, ...]
    late: tuple[str, ...]  #: labs of which less has arrived than the period's end


def draft(
    connection: sqlite3.Connection,
    text: str,
    by: str,
    now_us: int,
    sessions_days: int,
    incomplete: bool = False,
) -> Draft:
    """In one read transaction. Raises NotClosable, NotReady, ValueError."""
    period = periods.parse(text)
    connection.execute("BEGIN")
    try:
        done = closings.all_of(connection)
        _refuse(connection, period, {one.period for one in done}, now_us)
        return _drafted(connection, period, done, by, now_us, sessions_days, incomplete)
    finally:
        connection.execute("ROLLBACK")


def seal(connection: sqlite3.Connection, made: Draft) -> None:
    """Writes a draft, within the caller's transaction. Raises NotClosable."""
    done = closings.all_of(connection)
    if made.closing.no != len(done) + 1:
        raise NotClosable("not_meanwhile")
    closings.keep(connection, made.closing, made.files)


def _refuse(
    connection: sqlite3.Connection, period: Month | int, done: set[str], now_us: int
) -> None:
    """Only what is over is closed, each month after those before it, a year after its months."""
    if str(period) in done:
        raise NotClosable("not_again", period=period)
    if not periods.is_over(period, Month.of(now_us)):
        raise NotClosable("not_over", period=period)
    first = first_month(connection)
    if first is None:
        raise NotClosable("not_anything")
    last = period if isinstance(period, Month) else Month(period, 12)
    if last < first:
        raise NotClosable("not_before", period=period, first=first)
    month = first
    while month < last or (month == last and isinstance(period, int)):
        if str(month) not in done:
            raise NotClosable("not_first", period=period, month=month)
        month = month.next


def first_month(connection: sqlite3.Connection) -> Month | None:
    """The first that has a row of use."""
    (number,) = connection.execute("SELECT min(month) FROM usage WHERE month > 0").fetchone()
    return Month(number // 100, number % 100) if number else None


def _drafted(
    connection: sqlite3.Connection,
    period: Month | int,
    done: list[Closing],
    by: str,
    now_us: int,
    sessions_days: int,
    incomplete: bool,
) -> Draft:
    last = period if isinstance(period, Month) else Month(period, 12)
    book = books.read(connection, last)
    late = tuple(one.name for one in book.labs if one.last_us < last.ends_us)
    if late and not incomplete:
        raise NotClosable("not_heard", labs=", ".join(late), period=period)
    adjusted = adjusting.pending(connection)
    cells = (
        years.month_cells(book)
        if isinstance(period, Month)
        else list(years.read(connection, period).figures.cells)
    )
    made = sealed.files(str(period), cells, adjusted, years.names(connection))
    if isinstance(period, Month):
        made |= _workbooks(connection, book)
    before = (done[-1].period, done[-1].manifest) if done else ("", "")
    told = sealed.manifest(str(period), made, book.arrived, book.positions, now_us, before)
    until = _sessions_until(period, now_us, sessions_days)
    closing = Closing(len(done) + 1, str(period), now_us, by, book.arrived, sha(told), until)
    return Draft(
        closing,
        {**made, MANIFEST: told},
        _sessions(book) if until else {},
        tuple(adjusted),
        late,
    )


def _workbooks(connection: sqlite3.Connection, book: Book) -> dict[str, bytes]:
    """The month's workbooks, without the pages that list single sessions or what was typed."""
    then = (previous(book.month), Month(book.month.year - 1, book.month.number))
    compared = Compared(book, *(books.read(connection, month) for month in then))
    pages = [page for page in making.pages(compared, lists=False) if page.name not in TYPED]
    title, created = making.title(book), making.created(book)
    return {
        f"{book.name}.xlsx": xlsx.write(pages, title, created),
        f"{book.name}.ods": ods.write(pages, title, created),
    }


def _sessions_until(period: Month | int, now_us: int, days: int) -> str:
    """The last day of a month's sessions: that of its first one. "" where it is over already,
    and for a year, whose months have theirs. `days` 0: until somebody deletes them."""
    if isinstance(period, int):
        return ""
    if not days:
        return "9999-12-31"
    until = date(period.year, period.number, 1) + timedelta(days=days)
    today = paris(now_us).date()
    return until.isoformat() if until > today else ""


def _sessions(book: Book) -> dict[str, bytes]:
    return {
        f"{flavour.folder}/{sheet.name}.csv": write(sheet, flavour)
        for sheet in export_sheets(book)
        if sheet.name in SESSIONS
        for flavour in (EXCEL, OPEN)
    }
