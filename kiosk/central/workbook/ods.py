"""A workbook as ODS: the same pages, the same bytes, written as what it is, a zip of XML.

By hand, since what there is would not serve: odfpy had its last release in 2022, odfdo wants
lxml, which has no wheel for a 32-bit Pi, and both write the time into the file. Source: OASIS
OpenDocument 1.3, part 3 (schema) and part 4 (formulas); LibreOffice reads it back in a test.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr

from kiosk.central.workbook import ods_chart, ods_frame
from kiosk.central.workbook.model import Cell, Page, Place, Style, places, text, width

_MIME = "application/vnd.oasis.opendocument.spreadsheet"
#: A zip knows no date before it.
_EPOCH = (1980, 1, 1, 0, 0, 0)
#: Names of the styles in `ods_frame`.
_STYLE = {
    Style.TEXT: "text",
    Style.WRAPPED: "wrapped",
    Style.COUNT: "count",
    Style.HOURS: "hours",
    Style.DURATION: "duration",
    Style.THOUSANDTHS: "thousandths",
    Style.SHARE: "share",
    Style.WHEN: "when",
    Style.DAY: "day",
}


def write(pages: Sequence[Page], title: str, created: datetime) -> bytes:
    """`created` stands in the file: something of its content, never the present."""
    stamp = created.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    charts = ods_chart.objects(pages)
    parts = {
        "meta.xml": ods_frame.meta(title, stamp),
        "settings.xml": ods_frame.settings(pages),
        "styles.xml": ods_frame.STYLES,
        "content.xml": "".join(_content(pages)),
        **{f"{name}/content.xml": content for name, content in charts.items()},
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        _put(packed, "mimetype", _MIME, zipfile.ZIP_STORED)  # first, and as it is: 3.3 of part 2
        _put(packed, "META-INF/manifest.xml", ods_frame.manifest(_MIME, list(parts), list(charts)))
        for name, content in parts.items():
            _put(packed, name, content)
    return file.getvalue()


def _put(packed: zipfile.ZipFile, name: str, content: str, how: int = zipfile.ZIP_DEFLATED) -> None:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.compress_type = how
    entry.create_system = 3
    packed.writestr(entry, content.encode())


def _content(pages: Sequence[Page]) -> Iterator[str]:
    yield ods_frame.HEAD
    yield "<office:automatic-styles>"
    yield from ods_frame.widths(pages)
    yield "</office:automatic-styles><office:body><office:spreadsheet>"
    for page in pages:
        yield from _page(page)
    yield "<table:database-ranges>"
    for number, page in enumerate(pages):
        yield _filter(page, number)
    yield "</table:database-ranges></office:spreadsheet></office:body></office:document-content>"


def _page(page: Page) -> Iterator[str]:
    laid = places(page)
    columns = max((len(place.table.heads) for place in laid), default=1)
    look = "whole" if page.charts else "page"
    paper = ods_chart.paper(page, laid, columns)
    yield f'<table:table table:name={quoteattr(page.name)} table:style-name="{look}"{paper}>'
    yield from ods_chart.frames(page, laid, columns)
    for column in range(columns):
        yield f'<table:table-column table:style-name="w{width(page, column)}"/>'
    row = 0
    for number, cells in _lines(page, laid):
        for _ in range(number - row):
            yield "<table:table-row><table:table-cell/></table:table-row>"
        again = len(laid) == 1 and number == laid[0].heads
        line = f'<table:table-row table:style-name="line">{cells}</table:table-row>'
        yield f"<table:table-header-rows>{line}</table:table-header-rows>" if again else line
        row = number + 1
    yield "</table:table>"


def _lines(page: Page, laid: Sequence[Place]) -> Iterator[tuple[int, str]]:
    """Each row that has something in it, with its number."""
    yield 0, _text(page.name, "title")
    for number, note in enumerate(page.notes, start=1):
        yield number, _text(note, "note")
    for place in laid:
        yield from _table(place)


def _table(place: Place) -> Iterator[tuple[int, str]]:
    table = place.table
    if table.title:
        yield place.title, _text(table.title, "part")
    yield place.heads, "".join(_text(head.name, "head") for head in table.heads)
    if not table.rows:
        yield place.first, _text(table.empty, "note")
    for number, row in enumerate(table.rows, start=place.first):
        yield number, "".join(_cell(cell, _STYLE[cell.style]) for cell in row)
    if place.total is not None and table.totals is not None:
        cells = [_text("TOTAL", "text-total")]
        for column, (head, value) in enumerate(zip(table.heads, table.totals, strict=True)):
            if column:
                formula = _sum(place, column) if head.summed and table.rows else ""
                cells.append(_cell(Cell(head.style, value), f"{_STYLE[head.style]}-total", formula))
        yield place.total, "".join(cells)


def _sum(place: Place, column: int) -> str:
    name = letters(column)
    return f"of:=SUBTOTAL(109;[.{name}{place.first + 1}:.{name}{place.last + 1}])"


def _cell(cell: Cell, style: str, formula: str = "") -> str:
    told = f'<table:table-cell table:style-name="{style}"'
    if formula:
        told += f" table:formula={quoteattr(formula)}"
    if cell.value is None or cell.value == "":
        return f"{told}/>"
    if (when := cell.when) is not None:
        return f'{told} office:value-type="date" office:date-value="{when.isoformat()}"/>'
    if isinstance(cell.value, str):
        return _text(cell.value, style)
    if cell.style is Style.DURATION:
        return f'{told} office:value-type="time" office:time-value="{_lasting(cell.value)}"/>'
    kind = "percentage" if cell.style is Style.SHARE else "float"
    return f'{told} office:value-type="{kind}" office:value="{cell.number!r}"/>'


def _text(told: str, style: str) -> str:
    return (
        f'<table:table-cell table:style-name="{style}" office:value-type="string">'
        f"<text:p>{escape(text(told))}</text:p></table:table-cell>"
    )


def _lasting(thousandths: int) -> str:
    """Of an hour: a duration as XML Schema has it, to the tenth of a second.

    >>> _lasting(26_501)
    'PT26H30M03.6S'
    """
    tenths = abs(thousandths) * 36
    minutes, tenths = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    sign = "-" if thousandths < 0 else ""
    return f"{sign}PT{hours}H{minutes:02d}M{tenths // 10:02d}.{tenths % 10}S"


def _filter(page: Page, number: int) -> str:
    """The buttons of a filter over the first table of a page."""
    laid = places(page)
    if not laid or not laid[0].table.rows:
        return ""
    first = laid[0]
    last = letters(len(first.table.heads) - 1)
    name = page.name.replace("'", "''")
    area = f"'{name}'.A{first.heads + 1}:'{name}'.{last}{first.last + 1}"
    return (
        f'<table:database-range table:name="filter{number}" table:display-filter-buttons="true"'
        f" table:target-range-address={quoteattr(area)}/>"
    )


def letters(column: int) -> str:
    """What a spreadsheet calls a column, counted from 0.

    >>> letters(0), letters(25), letters(26)
    ('A', 'Z', 'AA')
    """
    before, last = divmod(column, 26)
    return (letters(before - 1) if before else "") + chr(ord("A") + last)
