"""A file's bytes as lines: each read, or refused with what was expected.

The e-mail of an order is its payer's, who may have paid for others. A line's
own address, where a campaign asked for one, comes before it. Nothing here is
kept: no address and no payer's name goes further than the comparison.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import TypeVar

from kiosk.central.csv_file import CsvError, Flaw, rows, text_of
from kiosk.central.helloasso import cells
from kiosk.central.helloasso.columns import NEEDED, kind_of, told
from kiosk.central.helloasso.guessing import band, category_of, minor_in, public_in
from kiosk.central.helloasso.lines import Brought, Field, Kind, Line, Refused, Status, Wanted
from machines.members import AgeBand

T = TypeVar("T")

#: Columns that are read, and of which nothing is kept or shown.
_LOOKED_AT = (Field.PAYER_NAME, Field.CARD)


def read(raw: bytes, mapping: Mapping[str, Field] | None = None) -> Brought:
    """`mapping` says what the columns of a list of one's own are, by their names.

    Raises CsvError for what is no such file.
    """
    found = rows(text_of(raw))
    _, header = next(found, (0, []))
    kind = kind_of(header)
    fields = told(header, kind) if mapping is None else _mapped(header, mapping)
    _needed(header, kind, fields)
    lines: list[Line] = []
    refused: list[Refused] = []
    for number, row in found:
        try:
            lines.append(_line(number, _Row(fields, header, row), kind))
        except _Refusal as wrong:
            refused.append(Refused(number, wrong.field, wrong.found, wrong.wanted))
    used = {place for place, field in fields.items() if field not in _LOOKED_AT}
    left = tuple(name for place, name in enumerate(header) if place not in used and name)
    columns = {field: header[place] for place, field in fields.items()}
    return Brought(kind, tuple(lines), tuple(refused), columns, left)


def beginning(raw: bytes, at_most: int = 5) -> tuple[list[str], list[list[str]]]:
    """The names of the columns, and the first lines under them. Raises CsvError."""
    found = rows(text_of(raw))
    _, header = next(found, (0, []))
    shown = [row for _, row in islice(found, at_most)]
    return header, [(row + [""] * len(header))[: len(header)] for row in shown]


def _mapped(header: Sequence[str], mapping: Mapping[str, Field]) -> dict[int, Field]:
    fields: dict[int, Field] = {}
    for place, name in enumerate(header):
        if field := mapping.get(name):
            if field in fields.values():
                raise CsvError(Flaw.COLUMN_TWICE, f"two columns are {field}", 1, field)
            fields[place] = field
    return fields


def _needed(header: Sequence[str], kind: Kind, fields: Mapping[int, Field]) -> None:
    needed = (Field.FIRST_NAME,) if kind is Kind.OWN else NEEDED
    for field in needed:
        if field not in fields.values():
            shown = ", ".join(header)[:80]
            raise CsvError(Flaw.COLUMN_MISSING, f'"{shown}": no column {field}', 1, field)


class _Refusal(Exception):
    def __init__(self, field: Field | None, found: str, wanted: Wanted) -> None:
        self.field, self.found, self.wanted = field, found, wanted


class _Row:
    """The cells of one line, by what they are. Cells that a spreadsheet left out are empty."""

    def __init__(
        self, fields: Mapping[int, Field], header: Sequence[str], cells_: list[str]
    ) -> None:
        if any(cells_[len(header) :]):
            raise _Refusal(None, f"{len(cells_)} ≠ {len(header)}", Wanted.FEWER_CELLS)
        self._cells = {
            field: cells_[place] for place, field in fields.items() if place < len(cells_)
        }

    def text(self, field: Field) -> str:
        return self._cells.get(field, "")

    def read(self, field: Field, read_: Callable[[str], T]) -> T:
        try:
            return read_(self.text(field))
        except cells.Unread as wrong:
            raise _Refusal(field, wrong.found, wrong.wanted) from None


def _line(number: int, row: _Row, kind: Kind) -> Line:
    """Raises _Refusal."""
    rate, organisation = row.text(Field.RATE)[:120], row.read(Field.ORGANISATION, cells.name)
    first, last = row.read(Field.FIRST_NAME, cells.name), row.read(Field.LAST_NAME, cells.name)
    if not first and not last and not organisation:
        raise _Refusal(Field.FIRST_NAME, "", Wanted.NAME)
    day = row.read(Field.DAY, cells.day)
    status = Status.VALID
    if kind is not Kind.OWN:
        status = row.read(Field.STATUS, cells.status)
        if not row.text(Field.ORDER):
            raise _Refusal(Field.ORDER, "", Wanted.ORDER)
        if day is None:
            raise _Refusal(Field.DAY, "", Wanted.DAY)
    addresses = (row.read(field, cells.email) for field in (Field.EMAIL, Field.PAYER_EMAIL))
    category = row.read(Field.CATEGORY, cells.category)
    return Line(
        number=number,
        first_name=first or last or organisation,
        last_name=last if first else "",
        status=status,
        order=row.text(Field.ORDER)[:64] if kind is not Kind.OWN else "",
        day=day,
        until=row.read(Field.UNTIL, cells.day),
        emails=tuple(dict.fromkeys(one for one in addresses if one)),
        organisation=organisation,
        category=category or category_of(organisation, rate),
        public=row.read(Field.PUBLIC, cells.public) or public_in(rate),
        age=_age(row, day, rate),
        rate=rate,
        amount_cents=row.read(Field.AMOUNT, cells.cents),
        ticket=row.text(Field.TICKET)[:120],
        ticket_number=row.text(Field.TICKET_NUMBER)[:64],
        badge=row.read(Field.BADGE, cells.badge),
    )


def _age(row: _Row, day: date | None, rate: str) -> AgeBand | None:
    """Of a birth date, which goes no further; else of a word that says minor. Which one of
    the two bands is not known then: the one that asks for more care."""
    birth = row.read(Field.BIRTH, _birth)
    if birth and day and birth < day:
        return band(birth, day)
    minor = row.read(Field.MINOR, cells.yes) or minor_in(rate)
    return AgeBand.CHILD if minor else None


def _birth(cell: str) -> date | None:
    """A free answer: what is no date says nothing."""
    try:
        return cells.day(cell)
    except cells.Unread:
        return None
