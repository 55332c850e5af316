"""A sheet as CSV, in two flavours of the same rows.

`EXCEL`: what a French Excel or LibreOffice opens by a double click (`;`, a
byte order mark, decimal comma, 24/11/2026 09:00). `OPEN`: RFC 4180 with a
header, no byte order mark, ISO 8601 with the offset. Same rows, same bytes.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kiosk.central.columns import Column, Kind
from machines.instants import paris

#: What a spreadsheet takes for the beginning of a formula (OWASP, "CSV Injection"), in full
#: width as well: the names of machines are typed by people, and come from any lab.
_FORMULA = tuple("=+-@＝＋－＠")
#: Control characters, and what turns the direction of a text or of all that follows it:
#: a line that breaks in a cell, or reads backwards, is nobody's name.
_UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)

TOTAL = "TOTAL"


Cell = str | int | None
Row = Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Sheet:
    """`name` is the file's, without `.csv`. Without `total`, the summed columns are added up."""

    name: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    total: Row | None = None

    def totals(self) -> Row:
        if self.total is not None:
            return self.total
        return {
            column.key: sum(int(row.get(column.key) or 0) for row in self.rows)
            for column in self.columns
            if column.summed
        }


@dataclass(frozen=True, slots=True)
class Flavour:
    """How a spreadsheet of one sort wants its cells."""

    folder: str
    delimiter: str
    mark: str
    comma: str
    when: str  #: strftime; "" for ISO 8601
    plain_heads: bool


EXCEL = Flavour("excel", ";", "\ufeff", ",", "%d/%m/%Y %H:%M", plain_heads=False)
OPEN = Flavour("donnees-ouvertes", ",", "", ".", "", plain_heads=True)


def write(sheet: Sheet, flavour: Flavour) -> bytes:
    """The file, its totals line last."""
    text = io.StringIO()
    out = csv.writer(text, delimiter=flavour.delimiter, lineterminator="\r\n")
    out.writerow([c.key if flavour.plain_heads else c.french for c in sheet.columns])
    for row in sheet.rows:
        out.writerow([_cell(row.get(c.key), c.kind, flavour) for c in sheet.columns])
    totals = sheet.totals()
    line = [_cell(totals.get(c.key), c.kind, flavour) for c in sheet.columns]
    out.writerow([TOTAL, *line[1:]])
    return (flavour.mark + text.getvalue()).encode()


def _cell(value: Cell, kind: Kind, flavour: Flavour) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        if kind is Kind.DAY and flavour.when:
            return date.fromisoformat(value).strftime("%d/%m/%Y")
        return guarded(value)
    if kind is Kind.THOUSANDTHS:
        sign = "-" if value < 0 else ""
        return f"{sign}{abs(value) // 1000}{flavour.comma}{abs(value) % 1000:03d}"
    if kind is Kind.WHEN:
        when = paris(value)
        return when.strftime(flavour.when) if flavour.when else when.isoformat()
    return str(value)


def guarded(text: str) -> str:
    """Text on one line that no spreadsheet runs.

    >>> guarded("=1+1"), guarded("a=1"), guarded("two\\nlines")
    ("'=1+1", 'a=1', 'two lines')
    """
    clean = plain(text)
    return "'" + clean if clean.lstrip().startswith(_FORMULA) else clean


def plain(text: str) -> str:
    """Text on one line, of what can be printed, and stands in an XML file as well."""
    return _UNPRINTABLE.sub(" ", text)
