"""Rows of use added up: the figures of any group of them, by the definitions of the field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from kiosk.central.month import UseRow
from machines.figures import BEAM


@dataclass(slots=True)
class Tally:
    """The figures of some rows; the keys are those of `machines.figures`."""

    sums: Counter[str] = field(default_factory=Counter)
    people: set[str] = field(default_factory=set)

    def add(self, row: UseRow) -> None:
        match row.kind:
            case "session":
                self._add_session(row)
            case _:
                self._add_work(row)

    def figures(self) -> dict[str, int]:
        return {**self.sums, "personnes": len(self.people)}

    def _add_session(self, row: UseRow) -> None:
        self.sums[_SESSION_HOURS.get(row.provenance, "badge_h")] += row.used
        self.sums["session_h"] += row.used
        if row.person:
            self.people.add(row.person)
        if row.first:
            self.sums["sessions"] += 1
            self.sums["passages"] += row.present

    def _add_work(self, row: UseRow) -> None:
        if row.meter == BEAM:
            self.sums["faisceau_h"] += row.used
        if row.counts:
            measured = row.provenance == "measured"
            self.sums["mesure_h" if measured else "marche_autre_h"] += row.used
            self.sums["pause_h"] += row.paused
            self.sums["non_observe_h"] += row.unseen
        if row.kind == "print" and row.first:
            self.sums["impressions"] += 1
            if row.outcome in _PRINTS:
                self.sums[_PRINTS[row.outcome]] += 1
            self.sums["filament_m"] += round(row.filament_mm or 0)
            self.sums["filament_g"] += round(1000 * (row.filament_g or 0))


_PRINTS = {"done": "reussies", "cancelled": "annulees", "failed": "echouees", "lost": "perdues"}
_SESSION_HOURS = {"badge": "badge_h", "declared": "declare_h", "estimated": "estime_h"}


def tally(rows: Iterable[UseRow]) -> Tally:
    counted = Tally()
    for row in rows:
        counted.add(row)
    return counted


Key = tuple[str, ...]


def grouped(rows: Iterable[UseRow], by: Callable[[UseRow], Key]) -> Iterator[tuple[Key, Tally]]:
    """One tally per key, in the order of the keys."""
    groups: dict[Key, Tally] = {}
    for row in rows:
        groups.setdefault(by(row), Tally()).add(row)
    yield from sorted(groups.items())
