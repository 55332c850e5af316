"""Sheets of the export as tables of a workbook: the same rows, typed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from kiosk.central import wording
from kiosk.central.columns import Column, Kind
from kiosk.central.columns_held import figure
from kiosk.central.month import UseRow
from kiosk.central.sheets import Row, Sheet
from kiosk.central.totals import Key, Tally, grouped, tally
from kiosk.central.workbook.model import Cell, Head, Style, Table, Value, twice

_STYLES = {
    Kind.TEXT: Style.TEXT,
    Kind.COUNT: Style.COUNT,
    Kind.WHEN: Style.WHEN,
    Kind.DAY: Style.DAY,
}


def style(column: Column) -> Style:
    if column.kind is Kind.THOUSANDTHS:
        return Style.HOURS if column.key.endswith("_h") else Style.THOUSANDTHS
    return _STYLES[column.kind]


def of_sheet(sheet: Sheet, without: Iterable[str] = (), title: str = "", empty: str = "") -> Table:
    """All of a sheet's columns but some, with its totals."""
    left_out = set(without)
    columns = [column for column in sheet.columns if column.key not in left_out]
    table = of_rows(columns, sheet.rows, sheet.totals())
    return replace(table, title=title, empty=empty or table.empty)


def of_rows(columns: Sequence[Column], rows: Sequence[Row], totals: Row) -> Table:
    """A total that is a sum of its lines is a formula; another one, a number."""
    heads = [
        Head(column.french, style(column), column.summed and column.kind is not Kind.TEXT)
        for column in columns
    ]
    lines = [
        [Cell(head.style, row.get(column.key)) for head, column in zip(heads, columns, strict=True)]
        for row in rows
    ]
    return twice(heads, lines, [totals.get(column.key) for column in columns])


#: Distinct people are no sum of their lines.
_ALONE = ("personnes", "usagers")


def of_use(
    rows: Sequence[UseRow],
    heads: Sequence[Column],
    by: Callable[[UseRow], Key],
    figures: Sequence[str],
    more: Sequence[tuple[Head, Callable[[Key, Tally], Value], Value]] = (),
    title: str = "",
    empty: str = "",
) -> Table:
    """Rows of use in groups, with some of their figures, and `more` columns at the end.

    `more`: a head, its value of a group, and its total.
    """
    columns = [*heads, *(figure(key, summed=key not in _ALONE) for key in figures)]
    lines: list[Row] = []
    extra: list[list[Value]] = []
    for key, counted in grouped(rows, by):
        names = dict(zip((head.key for head in heads), key, strict=False))
        zero = dict.fromkeys(figures, 0)
        lines.append({**names, **zero, **counted.figures()})
        extra.append([value(key, counted) for _, value, _ in more])
    totals = {**dict.fromkeys(figures, 0), **tally(rows).figures()}
    table = of_rows(columns, lines, {key: totals[key] for key in figures})
    return Table(
        title,
        [*table.heads, *(head for head, _, _ in more)],
        [
            [
                *row,
                *(Cell(head.style, value) for (head, _, _), value in zip(more, own, strict=True)),
            ]
            for row, own in zip(table.rows, extra, strict=True)
        ],
        [*(table.totals or ()), *(total for _, _, total in more)],
        empty or table.empty,
    )


def family(row: UseRow) -> str:
    return wording.FAMILY.get(row.family, row.family) or "non renseignée"


def share(part: int, whole: int) -> int | None:
    """In thousandths; None of nothing."""
    return round(1000 * part / whole) if whole else None
