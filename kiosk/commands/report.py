"""write the report of a year: HTML, PDF, and a text to paste

Reads the central's ledger without changing it, and writes rapport-2026.html, .pdf and
.txt: the pages about the FabLabs of an activity report. Users are counted by one of
three definitions, which the report names: `2020` (individuals, organisations once each,
workshop participants, as in the report of 2020), `people` (each person once), `machine`
(members who used a machine). The same year written twice at the same position of the
ledger is the same bytes. Without WeasyPrint there is no PDF, and a sentence says so: the
exit code is 0 then, since the HTML prints the same pages. Exit code 2 where there is
nothing to read, or the year is to come.
"""

from __future__ import annotations

import argparse
from contextlib import nullcontext
from pathlib import Path

from kiosk.commands import asks_the_central


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("year", metavar="YEAR", help="such as 2026")
    asks_the_central(parser)
    parser.add_argument("--lab", metavar="LAB", help="one lab only, by its slug")
    parser.add_argument(
        "--definition",
        choices=("2020", "people", "machine"),
        default="2020",
        help="whom to count as a user (%(default)s)",
    )
    parser.add_argument("--lang", choices=("fr", "en"), default="fr", help="(%(default)s)")
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="where the files go (the site's exports)"
    )


def run(args: argparse.Namespace) -> int:
    import sys

    from kiosk.central.book import NotReady
    from kiosk.sites import SiteError
    from kiosk.store.disk import StoreError

    try:
        _report(args)
    except (SiteError, StoreError, NotReady, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except OSError as error:
        where = error.filename or args.out or "the report"
        sys.stderr.write(f"{where}: {error.strerror}: expected a folder that can be written\n")
        return 2
    return 0


def _report(args: argparse.Namespace) -> None:
    """Writes the files; says which."""
    import sys

    from kiosk.central.reading import ledger
    from kiosk.central.report import pdf
    from kiosk.central.report.asking import read_report
    from kiosk.central.report.files import files
    from kiosk.central.report.periods import parse_year
    from kiosk.central.report.users import Definition
    from kiosk.clock import SystemClock
    from kiosk.sites import read_central
    from kiosk.store.disk import as_owner
    from machines.instants import Month

    number = parse_year(args.year)
    now = Month.of(SystemClock().now().wall_us)
    site = read_central(args.site)
    with ledger(site.database) as reader:
        shown = read_report(reader, number, now, args.lab, Definition(args.definition), args.lang)
    out = args.out or site.exports
    try:
        made = files(shown)
    except pdf.NoPdf as missing:
        sys.stderr.write(f"{missing}\n")
        made = files(shown, with_pdf=False)
    with nullcontext() if args.out else as_owner(site.database):
        out.mkdir(parents=True, exist_ok=True)
        for name, content in made.items():
            (out / name).write_bytes(content)
            sys.stdout.write(f"{out / name}\n")
