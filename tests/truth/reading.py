"""The figures of an export, read back from its own files."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from typing import Any

from kiosk.central.book import open_book
from kiosk.central.export import files
from machines.figures import FIGURES
from machines.instants import Month
from tests.truth.brought import Central

KEYS = [figure.key for figure in FIGURES]
OPEN = "donnees-ouvertes"


def export(central: Central, month: tuple[int, int], lab: str | None = None) -> dict[str, bytes]:
    """Made once: nothing comes to this central any more."""
    if (month, lab) not in central.exports:
        central.exports[month, lab] = anew(central, month, lab)
    return central.exports[month, lab]


def anew(central: Central, month: tuple[int, int], lab: str | None = None) -> dict[str, bytes]:
    return files(open_book(central.connection, Month(*month), lab))


def lines(made: dict[str, bytes], sheet: str) -> list[dict[str, str]]:
    raw = made[f"{OPEN}/{sheet}.csv"].decode()
    return list(csv.DictReader(io.StringIO(raw, newline="")))


def figures(row: dict[str, str]) -> Counter[str]:
    """As whole numbers: of people and things, of thousandths of hours, metres and grams."""
    return +Counter({key: int(row[key].replace(".", "")) for key in KEYS if key in row})


def totals(made: dict[str, bytes], sheet: str) -> Iterator[tuple[dict[str, Any], Counter[str]]]:
    """Each line with its heads, the line of the totals last."""
    for row in lines(made, sheet):
        yield row, figures(row)
