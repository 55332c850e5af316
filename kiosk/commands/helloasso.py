"""take in a file of memberships that HelloAsso exported

`fablab helloasso FILE.csv` asks the running central, or takes its place where none runs.
What is certain is taken in: who is new, who renews, which orders were cancelled since.
A line of which somebody must say whose it is, is left out and told with its number: the
pages of the central ask about it, as they do about events and lists of one's own. The
same file twice changes nothing. Exit code 1 where a line was left out or refused, 2
where the file as a whole could not be read.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from kiosk.commands import asks_the_central


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE.csv")
    parser.add_argument("--dry-run", action="store_true", help="say what would change only")
    asks_the_central(parser)


def run(args: argparse.Namespace) -> int:
    import base64
    import sys

    from kiosk.admin import AdminError
    from kiosk.central import desk
    from kiosk.central.csv_file import LONGEST
    from kiosk.sites import SiteError, read_central
    from kiosk.store.disk import StoreError

    try:
        site = read_central(args.site)
        with args.file.open("rb") as file:
            raw = file.read(LONGEST + 1)
        csv = base64.b64encode(raw).decode()
        told = desk.ask(
            site, "helloasso-import", csv=csv, name=args.file.name, dry_run=args.dry_run
        )
    except (AdminError, StoreError, SiteError, ValueError) as error:
        sys.stderr.write(f"{args.file}: {error}\n")
        return 2
    except OSError as error:
        sys.stderr.write(f"{error.filename or args.file}: {error.strerror}: expected a CSV file\n")
        return 2
    sys.stdout.write(_said(told))
    sys.stderr.writelines(f"{args.file}: {line}\n" for line in told["asked"] + told["refused"])
    return 1 if told["asked"] or told["refused"] else 0


def _said(told: dict[str, Any]) -> str:
    would = "would be " if told["dry_run"] else ""
    lines = ", ".join(f"{what.lower()} {count}" for what, count in told["counts"].items())
    end = " (nothing was written)" if would else f"; import {told['import']}"
    return (
        f"lines: {lines}\nmemberships: {told['taken']} {would}taken,"
        f" {told['cancelled']} {would}cancelled{end}\n"
    )
