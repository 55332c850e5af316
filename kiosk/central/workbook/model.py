"""What stands in a workbook, before any format: pages of tables, whose cells are typed values.

A cell's value is what the figures are kept in (thousandths of an hour, UTC microseconds), so
that both formats are made of the same numbers. Text is text wherever it comes from: no
format makes a formula of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import Enum
from textwrap import wrap

from kiosk.central.sheets import plain
from machines.instants import paris

Value = str | int | None


class Style(Enum):
    """What a value is. Its number format is in the words of en-US, as both formats want it."""

    TEXT = "@"
    WRAPPED = "wrapped"  #: a sentence, on as many lines as it takes
    COUNT = "#,##0"
    HOURS = "#,##0.00"  #: thousandths of an hour, as decimal hours
    #: The same as a duration: sums go on beyond 24 hours. With its seconds, since a spreadsheet
    #: cuts them off: 4.4994 h is shown as 4.50, and would be 4:29 beside it.
    DURATION = "[h]:mm:ss"
    THOUSANDTHS = "#,##0.000"  #: of a metre or a gram
    SHARE = "0.0%"  #: thousandths of the whole
    WHEN = "dd/mm/yyyy hh:mm"  #: UTC microseconds
    DAY = "dd/mm/yyyy"  #: 2026-11-24


@dataclass(frozen=True, slots=True)
class Cell:
    style: Style
    value: Value

    @property
    def number(self) -> float | None:
        """As a spreadsheet has it: hours, days, shares; None for text, dates and nothing."""
        if self.value is None or isinstance(self.value, str) or self.style is Style.WHEN:
            return None
        match self.style:
            case Style.HOURS | Style.THOUSANDTHS | Style.SHARE:
                return self.value / 1000
            case Style.DURATION:
                return self.value / 24_000
            case _:
                return self.value

    @property
    def when(self) -> datetime | date | None:
        """The Paris time of a date, without its offset, as spreadsheets know no other."""
        if self.style is Style.WHEN and isinstance(self.value, int):
            return paris(self.value).replace(tzinfo=None)
        if self.style is Style.DAY and isinstance(self.value, str) and self.value:
            return date.fromisoformat(self.value)
        return None


@dataclass(frozen=True, slots=True)
class Head:
    """A column. `summed`: the last line has a formula of its sum, over the lines that a filter
    leaves; a total that is no sum (distinct people) stands there as a number.
    """

    name: str
    style: Style = Style.TEXT
    summed: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """`totals` has one value a head, None for an empty cell; None for a table without."""

    title: str
    heads: Sequence[Head]
    rows: Sequence[Sequence[Cell]]
    totals: Sequence[Value] | None = None
    empty: str = "Rien dans cette période."


class Shape(Enum):
    COLUMNS = "column"
    BARS = "bar"
    PIE = "pie"


@dataclass(frozen=True, slots=True)
class Chart:
    """Of a table of its page: the texts of its first column, and the values of some others."""

    shape: Shape
    title: str
    alt: str  #: what it shows, for who does not see it
    table: int  #: which table of the page
    values: Sequence[int]  #: the columns

    @property
    def numbered(self) -> bool:
        """Numbers beside the bars: those of several would lie on each other."""
        return len(self.values) == 1


@dataclass(frozen=True, slots=True)
class Page:
    """`notes`: sentences above the tables."""

    name: str
    notes: Sequence[str]
    tables: Sequence[Table]
    charts: Sequence[Chart] = field(default=())


@dataclass(frozen=True, slots=True)
class Place:
    """Where a table stands in its page: rows counted from 0."""

    title: int
    heads: int
    first: int
    last: int  #: of the lines; before `first` where there are none
    total: int | None
    table: Table


def places(page: Page) -> list[Place]:
    """Both formats lay a page out alike: title, notes, then table under table."""
    row = 1 + len(page.notes) + 1
    found = []
    for table in page.tables:
        heads = row + bool(table.title)
        lines = max(1, len(table.rows))
        last = heads + len(table.rows)
        total = heads + lines + 1 if table.totals is not None else None
        found.append(Place(row, heads, heads + 1, last, total, table))
        row = heads + lines + 1 + (total is not None) + 1
    return found


def text(told: str) -> str:
    """Text as both formats keep it: on one line, without blanks that a reader cannot see."""
    return " ".join(plain(told).split())


def twice(heads: Sequence[Head], rows: Sequence[Sequence[Cell]], totals: Sequence[Value]) -> Table:
    """Every column of hours stands twice: as a decimal number, and as a duration."""

    def doubled(cells: Sequence[Cell]) -> list[Cell]:
        return [
            copy
            for cell, head in zip(cells, heads, strict=True)
            for copy in ([cell, replace(cell, style=Style.DURATION)] if _hours(head) else [cell])
        ]

    return Table(
        "",
        [
            copy
            for head in heads
            for copy in ([head, _as_duration(head)] if _hours(head) else [head])
        ],
        [doubled(row) for row in rows],
        [
            value
            for total, head in zip(totals, heads, strict=True)
            for value in ([total, total] if _hours(head) else [total])
        ],
    )


def _hours(head: Head) -> bool:
    return head.style is Style.HOURS


def _as_duration(head: Head) -> Head:
    return replace(head, name=f"{head.name.replace(' (h)', '')} (h:min:s)", style=Style.DURATION)


def width(page: Page, column: int) -> int:
    """Letters that a column should be wide: its longest value, within what can be printed."""
    longest = 9
    for table in page.tables:
        if column >= len(table.heads):
            continue
        head = table.heads[column]
        words = max((len(word) for word in head.name.split()), default=0)
        longest = max(longest, words + 4)
        for row in table.rows:
            longest = max(longest, _letters(row[column]))
    return min(longest + 1, 64)


def lines_of(page: Page, texts: Sequence[str]) -> int:
    """Lines that the longest of these texts takes in its column, one text a column."""
    return max(
        (len(wrap(told, width(page, column) - 2)) or 1 for column, told in enumerate(texts)),
        default=1,
    )


def _letters(cell: Cell) -> int:
    match cell.style:
        case Style.WRAPPED:
            return 60
        case Style.TEXT:
            return min(44, len(str(cell.value or "")))
        case Style.WHEN:
            return 16
        case Style.DAY:
            return 11
        case _:
            return 10
