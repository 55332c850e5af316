"""A month's rows of use, read and added up.

Hours are cut into thousandths (3.6 s) once, at the finest grain: the running
sum of each lab's rows is rounded, and a row gets what the sum grew by. Every
total is then a sum of what is printed, to the last digit, however it is
grouped, and no lab's total is off by more than half a thousandth a figure.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from machines.figures import BEAM, working_meter
from machines.instants import Month

#: Microseconds in a thousandth of an hour.
THOUSANDTH = 3_600_000
UNPLACED = 0  #: the month of what could not be placed


@dataclass(frozen=True, slots=True)
class UseRow:
    """What one use comes to in one month. Instants and durations in microseconds.

    `used`, `paused` and `unseen` are the same durations in thousandths of an
    hour, as printed; `counts` says whether its work is in the totals.
    """

    lab: str
    lab_name: str
    kind: str
    machine: str
    machine_name: str
    family: str
    subject: str
    meter: str
    session: str | None
    category: str | None
    person: str | None
    public: str
    party: int
    source: str
    began_us: int | None
    ended_us: int | None
    first: bool
    used_us: int
    paused_us: int
    unseen_us: int
    whole_us: int | None
    provenance: str
    outcome: str
    corrected: bool
    filament_mm: float | None
    printer_s: float | None
    used: int = 0
    paused: int = 0
    unseen: int = 0
    counts: bool = True


_SELECT = """
SELECT u.lab, coalesce(l.name, u.lab), u.kind, u.machine, coalesce(m.name, u.machine),
    coalesce(m.family, ''), u.subject, u.meter, u.session,
    CASE u.kind WHEN 'session' THEN u.category ELSE
        (SELECT s.category FROM usage s WHERE s.subject = u.session LIMIT 1) END,
    u.person, u.public, u.party, u.source, u.began_us, u.ended_us, u.first,
    u.used_us, u.paused_us, u.unseen_us, u.whole_us, u.provenance, u.outcome,
    u.corrected, u.filament_mm, u.printer_s
FROM usage u LEFT JOIN usage_machine m ON m.lab = u.lab AND m.slug = u.machine
    LEFT JOIN usage_lab l ON l.lab = u.lab
WHERE u.month = :month
"""


def month_rows(
    connection: sqlite3.Connection, month: Month | None, lab: str | None = None
) -> list[UseRow]:
    """The rows of a month (None: of what has none), oldest first within each lab."""
    number = month.year * 100 + month.number if month else UNPLACED
    found = connection.execute(
        _SELECT + " AND u.lab = :lab" * bool(lab), {"month": number, "lab": lab}
    )
    rows = [UseRow(*row) for row in found]
    rows.sort(key=lambda row: (row.lab, row.began_us or 0, row.kind, row.machine, row.subject))
    return _in_thousandths(_working_only(rows))


def _working_only(rows: Sequence[UseRow]) -> list[UseRow]:
    """Marks the work that another meter of the same machine tells more finely."""
    meters: dict[tuple[str, str], set[str]] = {}
    for row in rows:
        meters.setdefault((row.lab, row.machine), set()).add(row.meter)
    working = {machine: working_meter(found) for machine, found in meters.items()}
    return [
        replace(row, counts=row.kind == "session" or row.meter == working[row.lab, row.machine])
        for row in rows
    ]


def _in_thousandths(rows: Iterable[UseRow]) -> list[UseRow]:
    running: Counter[Hashable] = Counter()

    def grown(row: UseRow, what: str, us: int) -> int:
        key = (row.lab, row.meter, row.provenance, row.counts, what)
        before = running[key]
        running[key] += us
        return _rounded(running[key]) - _rounded(before)

    return [
        replace(
            row,
            used=grown(row, "used", row.used_us),
            paused=grown(row, "paused", row.paused_us),
            unseen=grown(row, "unseen", row.unseen_us),
        )
        for row in rows
    ]


def _rounded(us: int) -> int:
    return (2 * us + THOUSANDTH) // (2 * THOUSANDTH)


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
            self.sums["passages"] += row.party or 1

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
            self.sums["reussies"] += row.outcome == "done"
            self.sums["filament_m"] += round(row.filament_mm or 0)


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
