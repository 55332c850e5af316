"""Things made, workshops, memberships and open days of a month as cells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kiosk.central import held
from kiosk.central.book import Book
from kiosk.central.held_sheets import thousandths
from kiosk.central.report.cells import NOT_KNOWN, Cell, category_key


def of_book(book: Book) -> Iterator[Cell]:
    """By the counts of `held`. The detail of a thing is its slug, of the rest the public."""
    period = str(book.month)
    for made in book.held.made:
        where = (period, made.lab, made.machine, category_key(made.category), made.item)
        yield from _cells(where, held.sums([made], ()).items())
    for shop in book.held.workshops:
        where = (period, shop.lab, "", "", shop.public)
        yield from _cells(where, held.sums((), [shop]).items())
    for one in book.held.memberships:
        where = (period, "", "", one.category or NOT_KNOWN, one.public)
        yield from _cells(where, held.joined([one]).items())
    for row in book.held.openings:
        hours = thousandths(row.openings.lasting_us)
        sums = {"jours_ouverts": row.openings.days, "ouverture_h": hours}
        yield from _cells((period, row.lab, "", "", ""), sums.items())


def _cells(where: tuple[str, ...], sums: Iterable[tuple[str, int]]) -> Iterator[Cell]:
    for figure, value in sums:
        if value:
            yield Cell._make((*where, figure, value))
