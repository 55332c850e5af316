"""write the export of a month: a workbook as XLSX and ODS, and its sheets as CSV

Reads the central's ledger without changing it, beside a running `fablab central` or
without one, and writes one folder: the workbook (2026-11.xlsx and .ods), the sheets
twice (for a French spreadsheet, and as open data) and LISEZMOI.txt with how everything
is counted. The same month exported twice at the same position of the ledger is the same
bytes. Once the retention of sessions is over (`[retention] sessions_days`), single
sessions, prints and things are in none of it; the figures stay. Exit code 2 where the
month does not exist, is in the future, or where there is nothing to read yet.
"""

from __future__ import annotations

import argparse
from contextlib import nullcontext
from pathlib import Path

from kiosk.commands import asks_the_central


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("month", metavar="MONTH", help="year and month, such as 2026-11")
    asks_the_central(parser)
    parser.add_argument("--lab", metavar="LAB", help="one lab only, by its slug")
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="where the month's folder goes (the site's exports)"
    )


def run(args: argparse.Namespace) -> int:
    import sys

    from kiosk.central.book import NotReady
    from kiosk.sites import SiteError
    from kiosk.store.disk import StoreError

    try:
        sys.stdout.write(_export(args.month, args.site, args.lab, args.out))
    except (SiteError, StoreError, NotReady, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except OSError as error:
        where = error.filename or args.out or "the export"
        sys.stderr.write(f"{where}: {error.strerror}: expected a folder that can be written\n")
        return 2
    return 0


def _export(text: str, site_file: Path, lab: str | None, out: Path | None) -> str:
    """Writes the folder; what to tell of it."""
    from kiosk.central.export import write_folder
    from kiosk.central.reading import ledger
    from kiosk.central.workbook.compared import compare
    from kiosk.central.workbook.folder import listed, month_files
    from kiosk.clock import SystemClock
    from kiosk.sites import read_central
    from kiosk.store.disk import as_owner
    from machines.instants import Month

    month = Month.parse(text)
    now_us = SystemClock().now().wall_us
    this_month = Month.of(now_us)
    site = read_central(site_file)
    with ledger(site.database) as reader:
        compared = compare(reader, month, lab)
    book = compared.now
    if month > this_month and not book.rows:
        raise ValueError(f"{month} is in the future: expected {this_month} at the latest")
    target = (out or site.exports) / book.name
    lists = listed(month, site.retention.sessions_days, now_us)
    made = month_files(compared, lists)
    with nullcontext() if out else as_owner(site.database):
        write_folder(made, target)
    return _told(target, len(book.rows), month >= this_month, lists)


def _told(target: Path, rows: int, running: bool, lists: bool) -> str:
    lines = [f"{target}: {rows} lines of use"]
    if not rows:
        lines.append("nothing was used in that month: the sheets have their headers and zeros")
    if not lists:
        lines.append("single sessions are not listed any more: their retention is over")
    if running:
        lines.append("the month is not over: export it again when it is")
    return "\n".join(lines) + "\n"
