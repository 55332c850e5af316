"""One lab's month out of years of a thousand labs: it must not grow with the years.

The rows are laid straight into the figures' tables: what is measured is the
reading. Beside it stands the bare query of the same rows in the same run. Then the
whole workbook of a month, of two labs and of a hundred, in both formats.
"""

from __future__ import annotations

import random
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from kiosk.central import ledger, projection
from kiosk.central.book import open_book
from kiosk.central.export import files
from kiosk.central.month import month_rows
from kiosk.central.workbook import making, ods, xlsx
from kiosk.central.workbook.compared import compare
from machines.instants import Month

LABS = 1000
YEARS = (1, 10)
#: Uses of one lab in a month, every other one a print of the queue. Real labs have more; the
#: number of months is what is tried.
USES = 10
LAB, MONTH = "lab-000", Month(2026, 6)
#: Labs of a workbook, with the uses of each in a month.
BOOKS = ((2, 400), (100, 40))
WEEK = "[" + ",".join(['[["09:00","12:00"],["14:00","18:00"]]'] * 7) + "]"


def fill(connection: sqlite3.Connection, years: int, labs: int = LABS, each: int = USES) -> None:
    for part in (ledger, projection):
        part.create(connection)
    connection.execute("BEGIN")
    connection.execute("INSERT INTO store VALUES(1, x'00', ?, 'n', 1, x'00', NULL, 0, 0)", (LAB,))
    marks = ", ".join("?" * 30)
    connection.executemany(f"INSERT INTO usage VALUES({marks})", uses(years, labs, each))
    connection.execute(
        "INSERT INTO usage_job SELECT job, lab, began_us, person, 'individual', 12.5 FROM usage"
        " WHERE job IS NOT NULL"
    )
    connection.execute("COMMIT")


def uses(years: int, labs: int, each: int) -> Iterator[tuple[object, ...]]:
    """In the order of the table, so that filling it is quick."""
    chance = random.Random(7)
    for year in range(2027 - years, 2027):
        for number in range(1, 13):
            begins = Month(year, number).starts_us
            for lab in range(labs):
                for use in range(each):
                    began = begins + use * (2_000_000_000_000 // each)
                    used = chance.randrange(7_200_000_000)
                    subject = f"{lab:032x}-{year * 100 + number}-{use:016x}"
                    kind, job = ("print", f"{subject}-job") if use % 2 else ("session", None)
                    who, row = f"p{use % (each // 10 + 5)}", (began, began + used, 1, used, 0, 0)
                    yield (
                        year * 100 + number, f"lab-{lab:03d}", kind, f"m{use % 5}", subject,
                        "print" if job else "badge", None, None if job else "individual",
                        who, "", 0, "badge", *row, used, "badge", "done" if job else "badge", 0,
                        None, None, job, 12.5, "PLA", "", 0, "",
                    )  # fmt: skip


def best(read: Callable[[], object], times: int = 50) -> float:
    """Milliseconds of the best of so many."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        read()
        taken.append(time.perf_counter() - began)
    return min(taken) * 1000


def measure(years: int) -> tuple[float, float, float]:
    with tempfile.TemporaryDirectory() as folder:
        connection = sqlite3.connect(Path(folder) / "central.db", isolation_level=None)
        fill(connection, years)
        bare = "SELECT * FROM usage WHERE month = 202606 AND lab = ?"
        figures = (
            best(lambda: connection.execute(bare, (LAB,)).fetchall()),
            best(lambda: month_rows(connection, MONTH, LAB)),
            best(lambda: files(open_book(connection, MONTH, LAB))),
        )
        connection.close()
    return figures


def workbook(labs: int, each: int, years: int) -> tuple[float, float, float, float]:
    """Milliseconds of the reading (three months), and of both formats; megabytes of the XLSX."""
    with tempfile.TemporaryDirectory() as folder:
        connection = sqlite3.connect(Path(folder) / "central.db", isolation_level=None)
        fill(connection, years, labs, each)
        compared = compare(connection, MONTH)
        pages = making.pages(compared)
        title, at = making.title(compared.now), making.created(compared.now)
        figures = (
            best(lambda: compare(connection, MONTH), 3),
            best(lambda: xlsx.write(making.pages(compared), title, at), 2),
            best(lambda: ods.write(making.pages(compared), title, at), 2),
            len(xlsx.write(pages, title, at)) / 1e6,
        )
        connection.close()
    return figures


def main() -> None:
    print(f"one lab's month of {USES} uses, {LABS} labs beside it (ms, best of 50)")
    print(f"{'years':>6} {'rows':>10} {'bare query':>11} {'rows read':>10} {'whole export':>13}")
    for years in YEARS:
        bare, rows, whole = measure(years)
        count = years * 12 * LABS * USES
        print(f"{years:>6} {count:>10,} {bare:>11.3f} {rows:>10.3f} {whole:>13.2f}")
    print("the workbook of a month, all labs in it (ms)")
    print(f"{'labs':>6} {'years':>6} {'uses':>8} {'read':>9} {'XLSX':>9} {'ODS':>9} {'MB':>6}")
    for labs, each in BOOKS:
        for years in YEARS:
            read, as_xlsx, as_ods, size = workbook(labs, each, years)
            print(
                f"{labs:>6} {years:>6} {labs * each:>8,} {read:>9.1f} {as_xlsx:>9.0f}"
                f" {as_ods:>9.0f} {size:>6.1f}"
            )


if __name__ == "__main__":
    main()
