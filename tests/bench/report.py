"""A year's report out of ten years: of two labs, and of a hundred; and what closing costs.

The rows are laid straight into the figures' tables: what is measured is reading them. A
report reads its year and the year before; closing looks again at every month that is closed.
"""

from __future__ import annotations

import random
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from kiosk.central.report import adjusting, closing
from kiosk.central.report.asking import read_report
from kiosk.central.report.files import files
from kiosk.central.report.year import open_year
from kiosk.central.schema import open_writer
from kiosk.store.disk import transaction
from machines.instants import Month

#: Uses of one lab in a month: some ten a day, every other one a print.
USES = 250
HOUR = 3_600_000_000
MACHINES = (
    ("laser", "Découpeuse laser", "laser"),
    ("prusa", "Prusa MK4", "3d-printer"),
    ("presse", "Presse à mugs", "press"),
    ("vinyle", "Découpe vinyle", "vinyl-cutter"),
    ("couture", "Machine à coudre", "sewing"),
)
CATEGORIES = ("individual",) * 12 + ("company", "association", "school", "local-authority")
ITEMS = ("mug", "badge", "magnet", "t-shirt", "sweat", "apron", "visor")


def fill(connection: sqlite3.Connection, labs: int, years: int, last: int = 2026) -> None:
    """Labs that all opened `years` years ago. In the order of the tables: filling is quick."""
    columns = [row[1] for row in connection.execute("PRAGMA table_info(usage)")]
    marks = ", ".join(f":{name}" for name in columns)
    end = Month(last + 1, 1).starts_us
    with transaction(connection):
        for lab in range(labs):
            name = f"lab-{lab:03d}"
            connection.execute(
                "INSERT INTO store(no, id, lab, node, hw, chain, first_heard_us, last_heard_us)"
                " VALUES(?, ?, ?, 'n', 1, x'00', 0, ?)",
                (lab + 1, lab.to_bytes(16, "big"), name, end),
            )
            connection.execute(
                "INSERT INTO usage_lab VALUES(?, ?, 0, ?)", (name, f"FabLab {lab + 1}", end + HOUR)
            )
            connection.executemany(
                "INSERT INTO usage_machine VALUES(?, ?, ?, ?, 'watched', 0, 0)",
                [(name, *machine) for machine in MACHINES],
            )
            connection.execute(
                "INSERT INTO figure_hours VALUES(?, ?, ?)",
                (name, Month(last - years, 1).starts_us, WEEK),
            )
        connection.executemany(
            f"INSERT INTO usage({', '.join(columns)}) VALUES({marks})",
            ({**dict.fromkeys(columns), **use} for use in uses(labs, years, last)),
        )
        _made(connection, labs, years, last)


WEEK = '[[],[["14:00","18:00"]],[["10:00","18:00"]],[["14:00","18:00"]],[["10:00","18:00"]],[],[]]'


def uses(labs: int, years: int, last: int) -> Iterator[dict[str, object]]:
    chance = random.Random(7)
    for year in range(last + 1 - years, last + 1):
        for number in range(1, 13):
            begins = Month(year, number).starts_us
            busy = USES if number not in (7, 8) else USES // 2
            for lab in range(labs):
                for use in range(busy):
                    who = chance.randrange(150)
                    machine = MACHINES[min(chance.randrange(7), 4)][0]
                    used = chance.randrange(2 * HOUR)
                    began = begins + use * 2 * HOUR
                    print_ = machine == "prusa" and use % 2
                    yield {
                        "month": year * 100 + number,
                        "lab": f"lab-{lab:03d}",
                        "kind": "print" if print_ else "session",
                        "machine": machine,
                        "subject": f"{lab:032x}-{year * 100 + number}-{use:016x}",
                        "meter": "print" if print_ else "badge",
                        "category": CATEGORIES[who % len(CATEGORIES)],
                        "person": f"p{lab % 7}-{who}",
                        "public": "",
                        "party": 12 if use % 40 == 0 else 0,
                        "source": "badge",
                        "began_us": began,
                        "ended_us": began + used,
                        "first": 1,
                        "used_us": used,
                        "paused_us": 0,
                        "unseen_us": 0,
                        "whole_us": used,
                        "provenance": "measured" if print_ else "badge",
                        "outcome": "done" if print_ else "badge",
                        "corrected": 0,
                        "material": "",
                        "why": "",
                        "reconciled": 0,
                        "grp": "",
                    }


def _made(connection: sqlite3.Connection, labs: int, years: int, last: int) -> None:
    """Things, workshops and memberships of every month."""
    chance = random.Random(8)
    months = [y * 100 + m for y in range(last + 1 - years, last + 1) for m in range(1, 13)]
    for month in months:
        day = f"{month // 100}-{month % 100:02d}-15"
        for lab in range(labs):
            name = f"lab-{lab:03d}"
            connection.executemany(
                "INSERT INTO figure_made VALUES(?, ?, ?, ?, ?, 'member', 'presse', '', '', NULL,"
                " 'individual', ?, NULL, 0)",
                [
                    (month, name, f"m{month}-{lab}-{n}", ITEMS[min(n % 9, 6)], 1 + n % 3, day)
                    for n in range(30)
                ],
            )
            for n in range(3):
                subject = f"w{month}-{lab}-{n}"
                connection.execute(
                    "INSERT INTO figure_workshop VALUES(?, ?, ?, 'Découverte', ?, 120, 8, 3, ?, '',"
                    " 'lab', 0)",
                    (month, name, subject, day, ("pupil", "", "retired")[n]),
                )
                connection.executemany(
                    "INSERT INTO figure_participant VALUES(?, ?, ?)",
                    [(subject, i, f"q{chance.randrange(60)}") for i in range(5)],
                )
        connection.executemany(
            "INSERT INTO figure_membership VALUES(?, ?, ?, ?, '', ?, NULL)",
            [
                (
                    month,
                    f"a{month}-{n}",
                    f"p0-{chance.randrange(150)}",
                    CATEGORIES[n % 16],
                    n % 3 > 0,
                )
                for n in range(14)
            ],
        )


def seconds(do: Callable[[], object]) -> float:
    began = time.perf_counter()
    do()
    return time.perf_counter() - began


def measure(labs: int, years: int) -> tuple[int, float, float, float, float]:
    with tempfile.TemporaryDirectory() as folder:
        connection = open_writer(Path(folder) / "central.db")
        fill(connection, labs, years)
        (rows,) = connection.execute("SELECT count(*) FROM usage WHERE month > 202600").fetchone()
        bare = seconds(
            lambda: connection.execute("SELECT * FROM usage WHERE month > 202600").fetchall()
        )
        year = seconds(lambda: open_year(connection, 2026))
        now = Month(2027, 2)
        whole = seconds(lambda: files(read_report(connection, 2026, now), with_pdf=False))
        for number in range(1, 4):
            month = str(Month(2027 - years, number))
            made = closing.draft(connection, month, "bench", now.starts_us, 90)
            with transaction(connection):
                closing.seal(connection, made)
        again = seconds(lambda: _pending(connection)) / 3
        connection.close()
    return rows, bare, year, whole, again


def _pending(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN")
    adjusting.pending(connection)
    connection.execute("ROLLBACK")


def main() -> None:
    print("the report of a year (s; `again`: a closed month looked at again, by each closing)")
    print(
        f"{'labs':>5} {'years':>5} {'rows':>9} {'bare':>6} {'year':>6} {'report':>7} {'again':>6}"
    )
    for labs, years in ((2, 1), (2, 10), (100, 2)):
        rows, bare, year, whole, again = measure(labs, years)
        print(
            f"{labs:>5} {years:>5} {rows:>9,} {bare:>6.2f} {year:>6.2f} {whole:>7.2f} {again:>6.2f}"
        )


if __name__ == "__main__":
    main()
