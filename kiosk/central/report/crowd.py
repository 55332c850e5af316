"""Who was seen in a year, per lab: sets of pseudonyms, told apart by how they came."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable

from kiosk.central.month import UseRow
from kiosk.central.report.cells import NOT_KNOWN, Cell
from kiosk.central.report.users import Definition, How, Seen, count

_HOW = {"session": How.SESSION, "print": How.PRINT}
_PARTICIPANTS = """
SELECT w.lab, w.participants, count(p.person), group_concat(p.person, ' ')
FROM figure_workshop w LEFT JOIN figure_participant p ON p.workshop = w.subject
WHERE w.month BETWEEN :first AND :last AND (:lab IS NULL OR w.lab = :lab)
GROUP BY w.month, w.lab, w.subject
"""


class Crowd:
    """Filled with the rows of twelve months, and then with what `year` says of people."""

    def __init__(self, year: int, lab: str | None) -> None:
        self._year, self._lab = year, lab
        self._seen: dict[str, set[Seen]] = {}
        self._unnamed: Counter[str] = Counter()
        self._organisations: dict[str, str] = {}

    def add_rows(self, rows: Iterable[UseRow]) -> None:
        """A use counts in the year in which it began, whose pseudonym its rows carry."""
        for row in rows:
            if row.person and row.first and row.kind in _HOW:
                self._see(row.lab, Seen(row.person, _HOW[row.kind], row.category or NOT_KNOWN))

    def add_people(self, connection: sqlite3.Connection) -> None:
        """Members by their memberships, participants of workshops, organisations."""
        between = {"first": self._year * 100, "last": self._year * 100 + 99, "lab": self._lab}
        if self._lab is None:
            for person, category in connection.execute(
                "SELECT person, category FROM figure_membership"
                " WHERE month BETWEEN :first AND :last AND person IS NOT NULL",
                between,
            ):
                self._see("", Seen(person, How.MEMBERSHIP, category or NOT_KNOWN))
        for lab, places, named, persons in connection.execute(_PARTICIPANTS, between):
            for person in (persons or "").split():
                self._see(lab, Seen(person, How.WORKSHOP))
            self._unnamed[lab] += max(0, places - named)
        self._organisations = dict(
            connection.execute(
                "SELECT person, organisation FROM figure_person"
                " WHERE year = ? AND organisation IS NOT NULL",
                (self._year,),
            )
        )

    def cells(self) -> list[Cell]:
        scopes = {*self._seen, *self._unnamed, "" if self._lab is None else self._lab}
        return [
            Cell(str(self._year), scope, "", line, definition.value, "usagers", number)
            for scope in sorted(scopes)
            for definition in Definition
            for line, number in self._count(scope, definition).items()
        ]

    def _count(self, scope: str, definition: Definition) -> dict[str, int]:
        if scope:
            seen, unnamed = self._seen.get(scope, set()), self._unnamed[scope]
        else:
            seen, unnamed = set().union(*self._seen.values()), self._unnamed.total()
        known = (one._replace(organisation=self._organisation(one)) for one in seen)
        return count(known, unnamed, definition)

    def _organisation(self, one: Seen) -> str:
        return self._organisations.get(one.person, "")

    def _see(self, lab: str, seen: Seen) -> None:
        self._seen.setdefault(lab, set()).add(seen)
