"""Months that are older than kept: who used a machine in a month stays, which session was whose
does not.

A row of figures holds a pseudonym of the year, so that people stay countable; with the
year's key it says whose each session was. Among the sessions that no figure tells apart (of
one month, lab, machine, category and public), the pseudonyms are therefore dealt out anew:
the same people, as often as before, and nobody knows who had which. Where one person alone
used a machine in a month, that much stays told until the key is gone.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Sequence
from secrets import SystemRandom

from machines.instants import Month, paris
from machines.retention import DAY_US

#: (what is alike, subject, pseudonym). A session of a party, over a month's end, or by which a
#: print has its owner is left: its figures hang together.
SESSIONS = """
SELECT u.lab, u.machine, u.category, u.public, u.subject, u.person FROM usage u
WHERE u.month = :month AND u.lab = :lab AND u.kind = 'session' AND u.first
    AND u.party = 0 AND u.grp = '' AND u.person IS NOT NULL
    AND (SELECT count(*) FROM usage o WHERE o.subject = u.subject) = 1
    AND u.subject NOT IN (SELECT p.session FROM usage p
        WHERE p.month IN (:month, :next) AND p.lab = :lab AND p.kind = 'print'
            AND p.session IS NOT NULL)
ORDER BY 1, 2, 3, 4, 5
"""
#: Jobs that were printed once, begun and ended in that month.
JOBS = """
SELECT u.lab, u.machine, j.category, u.outcome, j.subject, j.person FROM usage u
JOIN usage_job j ON j.subject = u.job AND j.lab = u.lab
WHERE u.month = :month AND u.lab = :lab AND u.kind = 'print' AND u.first AND j.person IS NOT NULL
    AND (SELECT count(*) FROM usage o WHERE o.job = u.job) = 1
ORDER BY 1, 2, 3, 4, 5
"""


#: To be done in a transaction of its own, on the thread that writes.
Step = Callable[[sqlite3.Connection], None]


def due(connection: sqlite3.Connection, days: int, now_us: int) -> list[int]:
    """The months that are over for so many days, and were not dealt out yet. Each is once: what
    comes later of such a month is told apart until the key is gone."""
    if not days:
        return []
    rows = connection.execute(
        "SELECT DISTINCT month FROM usage WHERE month > 0"
        " AND month NOT IN (SELECT month FROM mixed) ORDER BY month"
    ).fetchall()
    return [month for (month,) in rows if _month(month).ends_us + days * DAY_US <= now_us]


def steps(
    connection: sqlite3.Connection, month: int, now_us: int, chance: random.Random | None = None
) -> list[Step]:
    """One for each lab, and the last one notes that it was done: ten years of a hundred labs
    are minutes, in which nothing else would be written. Begun anew, nothing is lost."""
    labs = connection.execute("SELECT DISTINCT lab FROM usage WHERE month = ?", (month,)).fetchall()
    day = paris(now_us).date().isoformat()

    def note(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT OR IGNORE INTO mixed VALUES(?, ?)", (month, day))

    return [*(_mixing(month, lab, chance or SystemRandom()) for (lab,) in labs), note]


def _mixing(month: int, lab: str, chance: random.Random) -> Step:
    return lambda connection: _mix(connection, month, lab, chance)


def _mix(connection: sqlite3.Connection, month: int, lab: str, chance: random.Random) -> None:
    after = _month(month).next
    given = {"month": month, "next": after.year * 100 + after.number, "lab": lab}
    for sql, table in ((SESSIONS, "usage"), (JOBS, "usage_job")):
        found = connection.execute(sql, given).fetchall()
        for group in _alike(found):
            persons = [person for *_, person in group]
            chance.shuffle(persons)
            connection.executemany(
                f"UPDATE {table} SET person = ? WHERE subject = ?",
                [(person, row[-2]) for person, row in zip(persons, group, strict=True)],
            )


def _alike(rows: Sequence[tuple[str, ...]]) -> list[list[tuple[str, ...]]]:
    """Rows that begin alike, together; alone, there is nothing to deal out."""
    groups: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for row in rows:
        groups.setdefault(row[:-2], []).append(row)
    return [group for group in groups.values() if len(group) > 1]


def _month(number: int) -> Month:
    return Month(number // 100, number % 100)
