"""Things made, workshops and memberships of a month as cells, from the figures' own tables."""

from __future__ import annotations

import sqlite3

from kiosk.central.report.cells import NO_SESSION, NOT_KNOWN, Cell
from machines.instants import Month

#: Each gives lab, machine, category, detail, and a column per figure.
_MADE = """
SELECT lab, machine, CASE WHEN category IS NULL THEN :nobody ELSE category END, item,
    sum(count) AS objets
FROM figure_made WHERE month = :month AND {lab} GROUP BY 1, 2, 3, 4
"""
_WORKSHOPS = """
SELECT lab, '', '', public, count(*) AS ateliers, sum(participants) AS participants,
    sum(minors) AS mineurs,
    sum((minutes * participants * 1000 + 30) / 60) AS participants_h
FROM figure_workshop WHERE month = :month AND {lab} GROUP BY 1, 4
"""
_MEMBERSHIPS = """
SELECT '', '', category, public, sum(NOT renewed) AS adhesions_nouvelles,
    sum(renewed) AS adhesions_renouvelees
FROM figure_membership WHERE month = :month GROUP BY 3, 4
"""
_CANCELLED = """
SELECT '', '', category, public, count(*) AS adhesions_annulees
FROM figure_membership WHERE cancelled = :month GROUP BY 3, 4
"""


def of_month(connection: sqlite3.Connection, month: Month, lab: str | None) -> list[Cell]:
    """Memberships are of no lab, and in no cell where one lab is asked for."""
    which = "true" if lab is None else "lab = :lab"
    tables = (_MADE, _WORKSHOPS) if lab else (_MADE, _WORKSHOPS, _MEMBERSHIPS, _CANCELLED)
    values = {"month": month.year * 100 + month.number, "lab": lab, "nobody": NO_SESSION}
    found = []
    for sql in tables:
        asked = connection.execute(sql.format(lab=which), values)
        figures = [column[0] for column in asked.description[4:]]
        for of, machine, category, detail, *numbers in asked:
            kind = category or (NOT_KNOWN if sql is not _WORKSHOPS else "")
            found += [
                Cell(str(month), of, machine, kind, detail, figure, number)
                for figure, number in zip(figures, numbers, strict=True)
                if number
            ]
    return found
