"""A month as it is exported, out of ten years of two labs, and of a hundred: how it grows.

The rows are those of the year's report (`tests.bench.report`), laid straight into the
figures' tables. Beside the month, as CSV and as workbooks, stands the bare query of its rows.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from kiosk.central import export
from kiosk.central.book import open_book
from kiosk.central.schema import open_writer
from kiosk.central.workbook.compared import compare
from kiosk.central.workbook.folder import month_files
from machines.instants import Month
from tests.bench.report import fill, seconds

MONTH = Month(2026, 6)
BARE = "SELECT * FROM usage WHERE month = 202606"
#: Labs, and years of them.
HELD = ((2, 1), (2, 10), (100, 1), (100, 2))


def measure(labs: int, years: int) -> tuple[int, int, float, float, float, float]:
    """In seconds: the best of three, and the workbooks once."""
    with tempfile.TemporaryDirectory() as folder:
        connection = open_writer(Path(folder) / "central.db")
        fill(connection, labs, years)
        (held,) = connection.execute("SELECT count(*) FROM usage").fetchone()
        (rows,) = connection.execute("SELECT count(*) FROM usage WHERE month = 202606").fetchone()
        whole = seconds(lambda: month_files(compare(connection, MONTH)))
        ways: tuple[Callable[[], object], ...] = (
            lambda: connection.execute(BARE).fetchall(),
            lambda: open_book(connection, MONTH),
            lambda: export.files(open_book(connection, MONTH)),
        )
        bare, book, csv = (min(seconds(way) for _ in range(3)) for way in ways)
        connection.close()
    return held, rows, bare, book, csv, whole


def main() -> None:
    print("a month (s, best of 3): its rows read bare, as a book, as CSV, as CSV and workbooks")
    print(
        f"{'labs':>5} {'years':>5} {'held':>9} {'rows':>7}"
        f" {'bare':>7} {'book':>7} {'csv':>7} {'whole':>7}"
    )
    for labs, years in HELD:
        held, rows, *taken = measure(labs, years)
        figures = " ".join(f"{one:>7.3f}" for one in taken)
        print(f"{labs:>5} {years:>5} {held:>9,} {rows:>7,} {figures}", flush=True)


if __name__ == "__main__":
    main()
