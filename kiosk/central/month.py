"""A month's rows of use as they are printed: read, marked, cut into thousandths of an hour.

Hours are cut into thousandths (3.6 s) once, at the finest grain: the running
sum of each lab's rows is rounded, and a row gets what the sum grew by. Every
total is then a sum of what is printed, to the last digit, however it is
grouped, and no lab's total is off by more than half a thousandth a figure.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Any, NamedTuple

from machines.figures import working_meter
from machines.instants import Month

#: Microseconds in a thousandth of an hour.
THOUSANDTH = 3_600_000
UNPLACED = 0  #: the month of what could not be placed


class UseRow(NamedTuple):
    """What one use comes to in one month. Instants and durations in microseconds.

    `used`, `paused` and `unseen` are the same durations in thousandths of an
    hour, as printed; `counts` says whether its work is in the totals. A tuple,
    since a month of a thousand labs has a million of them.
    """

    used: int
    paused: int
    unseen: int
    counts: bool
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
    whole_us: int | None
    provenance: str
    outcome: str
    corrected: bool
    filament_mm: float | None
    printer_s: float | None
    filament_g: float | None
    weighed_by: str  #: whose figure `filament_g` is: print, file; "" where there is none
    material: str
    why: str
    reconciled: bool
    job: str | None
    brought_us: int | None
    attempt: int  #: which print of its job it is, from 1; 0: of none
    group: str  #: the party that it is part of
    present: int  #: people who are counted here; a party at several machines counts at one of them


#: What `_printed` needs comes first; then the fields of `UseRow` from `lab` on.
#: Whose a print is, its job says; else who gave it an owner afterwards; else its session.
#: A print that went to its end and told no grams has those of its file.
_SELECT = """
SELECT u.lab, u.kind, u.machine, u.meter, u.provenance, u.used_us, u.paused_us, u.unseen_us,
    u.lab, coalesce(l.name, u.lab), u.kind, u.machine, coalesce(m.name, u.machine),
    coalesce(m.family, ''), u.subject, u.meter, u.session,
    CASE WHEN j.subject IS NOT NULL THEN j.category WHEN u.category IS NOT NULL THEN u.category
        ELSE (SELECT s.category FROM usage s WHERE s.subject = u.session LIMIT 1) END,
    CASE WHEN j.subject IS NOT NULL THEN j.person WHEN u.category IS NOT NULL THEN u.person
        ELSE coalesce((SELECT s.person FROM usage s WHERE s.subject = u.session
            AND s.month / 100 = u.month / 100 LIMIT 1),
            (SELECT s.person FROM usage s WHERE s.subject = u.session LIMIT 1)) END,
    u.public, u.party, u.source, u.began_us, u.ended_us, u.first, u.whole_us,
    u.provenance, u.outcome, u.corrected, u.filament_mm, u.printer_s,
    coalesce(u.filament_g, CASE u.outcome WHEN 'done' THEN j.filament_g END),
    CASE WHEN u.filament_g IS NOT NULL THEN 'print'
        WHEN u.outcome = 'done' AND j.filament_g IS NOT NULL THEN 'file' ELSE '' END,
    u.material, u.why, u.reconciled, u.job, j.brought_us,
    CASE WHEN u.job IS NULL THEN 0 ELSE
        (SELECT count(*) FROM usage o WHERE o.job = u.job AND o.lab = u.lab AND o.first
            AND (coalesce(o.began_us, 0), o.subject) <= (coalesce(u.began_us, 0), u.subject)) END,
    u.grp,
    CASE WHEN u.kind <> 'session' OR NOT u.first THEN 0
        WHEN u.grp <> '' AND u.subject <> (SELECT o.subject FROM usage o
            WHERE o.grp = u.grp AND o.grp <> '' AND o.lab = u.lab AND o.first
            ORDER BY o.began_us IS NULL, o.began_us, o.subject LIMIT 1) THEN 0
        ELSE max(u.party, 1) END
FROM usage u LEFT JOIN usage_machine m ON m.lab = u.lab AND m.slug = u.machine
    LEFT JOIN usage_lab l ON l.lab = u.lab
    LEFT JOIN usage_job j ON j.subject = u.job AND j.lab = u.lab
WHERE u.month = :month AND {which}
ORDER BY u.lab, coalesce(u.began_us, 0), u.kind, u.machine, u.subject
"""


def month_rows(
    connection: sqlite3.Connection, month: Month | None, lab: str | None = None
) -> list[UseRow]:
    """The rows of a month (None: of what has none), oldest first within each lab."""
    number = number_of(month) if month else UNPLACED
    query = _SELECT.format(which="u.lab = :lab" if lab else "true")
    return _printed(connection.execute(query, {"month": number, "lab": lab}).fetchall())


def number_of(month: Month) -> int:
    """202611: how the tables of the figures tell a month."""
    return month.year * 100 + month.number


def _printed(found: list[tuple[Any, ...]]) -> list[UseRow]:
    counting = _counting((lab, machine, meter) for lab, _, machine, meter, *_ in found)
    grown = _Grown()
    rows = []
    for lab, kind, machine, meter, provenance, used, paused, unseen, *rest in found:
        counts = kind == "session" or (lab, machine, meter) in counting
        which = (lab, meter, provenance, counts)
        hours = (
            grown.by(used, (*which, "used")),
            grown.by(paused, (*which, "paused")),
            grown.by(unseen, (*which, "unseen")),
        )
        rows.append(UseRow(*hours, counts, *rest))
    return rows


def _counting(told: Iterable[tuple[str, str, str]]) -> set[tuple[str, str, str]]:
    """Of each (lab, machine), the one meter by which its work is counted."""
    meters: dict[tuple[str, str], set[str]] = {}
    for lab, machine, meter in told:
        meters.setdefault((lab, machine), set()).add(meter)
    chosen = ((*machine, working_meter(found)) for machine, found in meters.items())
    return {(lab, machine, meter) for lab, machine, meter in chosen if meter}


class _Grown:
    """Running sums, and what their rounded value grew by."""

    def __init__(self) -> None:
        self._sums: dict[tuple[object, ...], int] = {}

    def by(self, us: int, key: tuple[object, ...]) -> int:
        before = self._sums.get(key, 0)
        self._sums[key] = before + us
        return _rounded(before + us) - _rounded(before)


def _rounded(us: int) -> int:
    return (2 * us + THOUSANDTH) // (2 * THOUSANDTH)
