"""Figures at their finest grain: one number each, which any group of them adds up to.

A cell is what is frozen when a month is closed, and what a year is the sum of.
Nothing in it is of a person.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from kiosk.central.month import UseRow
from kiosk.central.totals import Tally, grouped
from machines.instants import Month

#: Distinct people do not add up, neither over months nor over labs: each sum has its own cell.
ALONE = frozenset({"personnes", "usagers"})
NO_SESSION, NOT_KNOWN = "no_session", "not_known"


class Cell(NamedTuple):
    """`period` is a month, or a year for what is only counted over one. `lab` is "" for what
    belongs to none, and for what is counted over all of them together. `of` tells figures of
    one name apart: a thing made, a public, a definition. `value` is a number, or thousandths.
    """

    period: str
    lab: str
    machine: str
    category: str
    of: str
    figure: str
    value: int

    @property
    def key(self) -> tuple[str, ...]:
        return self[:-1]


def of_rows(month: Month, rows: Iterable[UseRow]) -> list[Cell]:
    """The cells of a month's rows, without zeros; distinct people per lab and together."""
    period = str(month)
    people = Tally()
    people_of: dict[str, set[str]] = {}
    cells = []

    def by(row: UseRow) -> tuple[str, str, str]:
        return row.lab, row.machine, category_key(row.category)

    for (lab, machine, category), counted in grouped(rows, by):
        people.people |= counted.people
        people_of.setdefault(lab, set()).update(counted.people)
        cells += [
            Cell(period, lab, machine, category, "", figure, value)
            for figure, value in sorted(counted.sums.items())
            if value
        ]
    people_of[""] = people.people
    cells += [
        Cell(period, lab, "", "", "", "personnes", len(found))
        for lab, found in sorted(people_of.items())
        if found
    ]
    return cells


def category_key(category: str | None) -> str:
    """Work that is nobody's, and in no session, has none."""
    return NO_SESSION if category is None else category or NOT_KNOWN


def added(cells: Iterable[Cell]) -> list[Cell]:
    """One cell per key, in order, without zeros."""
    sums: Counter[tuple[str, ...]] = Counter()
    for cell in cells:
        sums[cell.key] += cell.value
    return [Cell._make((*key, value)) for key, value in sorted(sums.items()) if value]


class Figures:
    """Cells, looked up. A figure that is not there is 0."""

    def __init__(self, cells: Iterable[Cell]) -> None:
        self.cells = tuple(cells)
        self._by_figure: dict[str, list[Cell]] = {}
        self._by_lab: dict[tuple[str, str], list[Cell]] = {}
        for cell in self.cells:
            self._by_figure.setdefault(cell.figure, []).append(cell)
            self._by_lab.setdefault((cell.figure, cell.lab), []).append(cell)

    def sum(self, figure: str, **where: str) -> int:
        """Of a figure that adds up: over the cells whose fields are as in `where`."""
        return sum(cell.value for cell in self._of(figure, where))

    def by(self, figure: str, name: str, **where: str) -> dict[str, int]:
        """The same, for each value of the field `name`, in order."""
        sums: Counter[str] = Counter()
        for cell in self._of(figure, where):
            sums[getattr(cell, name)] += cell.value
        return dict(sorted(sums.items()))

    def _of(self, figure: str, where: Mapping[str, str]) -> Iterator[Cell]:
        """A hundred labs have a table with a line each: those of a lab are found at once."""
        wanted = dict(where)
        lab = wanted.pop("lab", None)
        found = self._by_figure.get(figure) if lab is None else self._by_lab.get((figure, lab))
        for cell in found or ():
            if all(getattr(cell, name) == value for name, value in wanted.items()):
                yield cell
