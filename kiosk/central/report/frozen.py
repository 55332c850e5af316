"""Cells and names as the bytes that are sealed, and read back from them.

One flavour, RFC 4180, whole numbers: thousandths stay thousandths, so that
nothing is lost by writing a figure down and reading it again.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Sequence

from kiosk.central.report.cells import Cell, Figures
from kiosk.central.report.year import Names
from kiosk.central.sheets import guarded

FIGURES = "chiffres.csv"
NAMES = "noms.csv"
_CELL_HEADS = ("periode", "lieu", "machine", "categorie", "detail", "chiffre", "valeur")
_NAME_HEADS = ("sorte", "lieu", "identifiant", "nom", "famille", "anglais")


def figures_csv(cells: Iterable[Cell]) -> bytes:
    return _written(_CELL_HEADS, ((*map(guarded, cell.key), cell.value) for cell in cells))


def read_figures(raw: bytes) -> Figures:
    """Raises ValueError for what `figures_csv` did not write."""
    return Figures(tuple(Cell._make((*row[:-1], int(row[-1]))) for row in _read(_CELL_HEADS, raw)))


def names_csv(names: Names) -> bytes:
    labs = [("lieu", "", lab, guarded(name), "", "") for lab, name in sorted(names.labs.items())]
    machines = [
        ("machine", lab, machine, guarded(name), guarded(family), "")
        for (lab, machine), (name, family) in sorted(names.machines.items())
    ]
    items = [
        ("objet", "", item, guarded(french), "", guarded(english))
        for item, (french, english) in sorted(names.items.items())
    ]
    return _written(_NAME_HEADS, labs + machines + items)


def read_names(raw: bytes) -> Names:
    names = Names({}, {}, {})
    for sort, lab, slug, name, family, english in _read(_NAME_HEADS, raw):
        match sort:
            case "lieu":
                names.labs[slug] = name
            case "machine":
                names.machines[lab, slug] = (name, family)
            case _:
                names.items[slug] = (name, english)
    return names


def sha(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def _written(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\r\n")
    out.writerow(heads)
    out.writerows(rows)
    return text.getvalue().encode()


def _read(heads: Sequence[str], raw: bytes) -> list[list[str]]:
    rows = list(csv.reader(io.StringIO(raw.decode(), newline="")))
    if not rows or tuple(rows[0]) != tuple(heads) or any(len(r) != len(heads) for r in rows):
        raise ValueError(f"expected the columns {', '.join(heads)}")
    return rows[1:]
