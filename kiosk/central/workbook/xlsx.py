"""A workbook as XLSX, by XlsxWriter: the same pages, the same bytes.

Totals are formulas with their value beside them, so that a reader who does not compute
(a preview, an archive) shows them as well. Nothing that anybody typed becomes a formula
or an address.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_range

from kiosk.central.workbook.model import (
    Cell,
    Chart,
    Page,
    Place,
    Shape,
    Style,
    lines_of,
    places,
    text,
    width,
)

#: What Excel takes in one cell.
LONGEST = 32_000
#: Charts stand beside the tables, one under the other: rows of 20 pixels.
_CHART_ROWS = 16
#: Height of a line, and what a head has around it, in points.
_LINE, _AROUND = 13.5, 6


def write(pages: Sequence[Page], title: str, created: datetime) -> bytes:
    """`created` stands in the file: something of its content, never the present."""
    file = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(file, options)
    book.set_properties({"title": title, "created": created.astimezone(UTC).replace(tzinfo=None)})
    formats = _Formats(book)
    for page in pages:
        _page(book, formats, page)
    book.close()
    return file.getvalue()


class _Formats:
    """One format for each style, plain or of a total."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._made: dict[tuple[Style, bool], Any] = {}
        self.title = book.add_format({"bold": True, "font_size": 16})
        self.part = book.add_format({"bold": True, "font_size": 12})
        self.note = book.add_format({"font_color": "#4B5563"})
        self.head = book.add_format(
            {
                "bold": True,
                "text_wrap": True,
                "valign": "vcenter",
                "bg_color": "#1F2937",
                "font_color": "#FFFFFF",
                "border": 1,
                "border_color": "#9CA3AF",
            }
        )

    def of(self, style: Style, total: bool = False) -> Any:
        if (style, total) not in self._made:
            told: dict[str, Any] = {"valign": "top"}
            if style is Style.WRAPPED:
                told["text_wrap"] = True
            else:
                told["num_format"] = style.value
            if total:
                told |= {"bold": True, "top": 1, "bg_color": "#E5E7EB"}
            self._made[style, total] = self._book.add_format(told)
        return self._made[style, total]


def _page(book: xlsxwriter.Workbook, formats: _Formats, page: Page) -> None:
    sheet = book.add_worksheet(page.name)
    sheet.write_string(0, 0, page.name, formats.title)
    for number, note in enumerate(page.notes, start=1):
        sheet.write_string(number, 0, text(note)[:LONGEST], formats.note)
    laid = places(page)
    columns = max((len(place.table.heads) for place in laid), default=1)
    for column in range(columns):
        sheet.set_column(column, column, width(page, column))
    for place in laid:
        _table(sheet, formats, page, place)
    for number, chart in enumerate(page.charts):
        _chart(book, sheet, page.name, chart, laid[chart.table], 1 + number * _CHART_ROWS, columns)
    _print(sheet, page, laid)


def _table(sheet: Any, formats: _Formats, page: Page, place: Place) -> None:
    table = place.table
    if table.title:
        sheet.write_string(place.title, 0, table.title, formats.part)
    lines = lines_of(page, [head.name for head in table.heads])
    sheet.set_row(place.heads, lines * _LINE + _AROUND)
    for column, head in enumerate(table.heads):
        sheet.write_string(place.heads, column, head.name, formats.head)
    if not table.rows:
        sheet.write_string(place.first, 0, table.empty, formats.note)
    for number, row in enumerate(table.rows, start=place.first):
        wrapped = [str(cell.value or "") if cell.style is Style.WRAPPED else "" for cell in row]
        if any(wrapped):
            sheet.set_row(number, lines_of(page, wrapped) * _LINE)
        for column, cell in enumerate(row):
            _cell(sheet, number, column, cell, formats.of(cell.style))
    if place.total is not None and table.totals is not None:
        for column, (head, value) in enumerate(zip(table.heads, table.totals, strict=True)):
            cell, look = Cell(head.style, value), formats.of(head.style, total=True)
            if column == 0:
                sheet.write_string(place.total, 0, "TOTAL", formats.of(Style.TEXT, total=True))
            elif head.summed and table.rows and cell.number is not None:
                over = xl_range(place.first, column, place.last, column)
                sheet.write_formula(
                    place.total, column, f"=SUBTOTAL(109,{over})", look, cell.number
                )
            else:
                _cell(sheet, place.total, column, cell, look)


def _cell(sheet: Any, row: int, column: int, cell: Cell, look: Any) -> None:
    if cell.value is None or cell.value == "":
        sheet.write_blank(row, column, None, look)
    elif (when := cell.when) is not None:
        sheet.write_datetime(row, column, when, look)
    elif isinstance(cell.value, str):
        sheet.write_string(row, column, text(cell.value)[:LONGEST], look)
    else:
        sheet.write_number(row, column, cell.number, look)


def _chart(
    book: xlsxwriter.Workbook,
    sheet: Any,
    name: str,
    chart: Chart,
    place: Place,
    row: int,
    column: int,
) -> None:
    if place.last < place.first:
        return
    drawn = book.add_chart({"type": chart.shape.value})
    for value in chart.values:
        drawn.add_series(
            {
                "name": [name, place.heads, value],
                "categories": [name, place.first, 0, place.last, 0],
                "values": [name, place.first, value, place.last, value],
                "data_labels": {"value": True} if chart.numbered else None,
            }
        )
    drawn.set_title({"name": chart.title, "name_font": {"size": 12}})
    if chart.numbered and chart.shape is not Shape.PIE:
        drawn.set_legend({"none": True})
    if chart.shape is Shape.BARS:
        drawn.set_y_axis({"reverse": True})
    drawn.set_size({"width": 560, "height": 300})
    sheet.insert_chart(row, column + 1, drawn, {"description": chart.alt})


def _print(sheet: Any, page: Page, laid: Sequence[Place]) -> None:
    """On paper: across a page, its heads again on each; on the screen: heads that stay."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 1 if page.charts else 0)
    sheet.set_footer("&L&A&R&P / &N")
    if laid:
        first = laid[0]
        sheet.freeze_panes(first.first, 1)
        if len(laid) == 1:
            sheet.repeat_rows(first.heads)
        if first.table.rows:
            sheet.autofilter(first.heads, 0, first.last, len(first.table.heads) - 1)
