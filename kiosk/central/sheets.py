"""A sheet as CSV, in two flavours of the same rows.

`EXCEL`: what a French Excel or LibreOffice opens by a double click (`;`, a
byte order mark, decimal comma, 24/11/2026 09:00). `OPEN`: RFC 4180 with a
header, no byte order mark, ISO 8601 with the offset. Same rows, same bytes.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from machines.instants import paris

#: What a spreadsheet takes for a formula (OWASP, "CSV Injection"): machine names
#: and notes are typed by people, and file names come from anywhere.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

TOTAL = "TOTAL"


class Kind(Enum):
    """What stands in a column."""

    TEXT = "text"
    COUNT = "count"
    THOUSANDTHS = "thousandths"  #: whole thousandths of an hour, or of a metre
    WHEN = "when"  #: UTC microseconds


@dataclass(frozen=True, slots=True)
class Column:
    """`key` heads it in the open data, `french` in Excel. `summed`: the totals line has its sum."""

    key: str
    french: str
    kind: Kind = Kind.TEXT
    summed: bool = False


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
        return guarded(value)
    if kind is Kind.THOUSANDTHS:
        return f"{value // 1000}{flavour.comma}{value % 1000:03d}"
    if kind is Kind.WHEN:
        when = paris(value)
        return when.strftime(flavour.when) if flavour.when else when.isoformat()
    return str(value)


def guarded(text: str) -> str:
    """Text that no spreadsheet runs.

    >>> guarded("=1+1"), guarded("a=1")
    ("'=1+1", 'a=1')
    """
    return "'" + text if text.startswith(_FORMULA) else text
