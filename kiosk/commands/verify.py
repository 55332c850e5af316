"""verify a closing: hashes, chain, sums, and today's figures

Of a PERIOD (2026-10, or 2026): the sealed folder against its manifest, the manifests
before it, its sums, the ledger's own copy, and the figures as the ledger gives them
today: those that were frozen, plus what was adjusted since. Of a folder (DIR), on any
computer: hashes, chain and sums. `--entries` counts a month anew from the entries that
had come when it was closed, which takes as long as all of them. It detects changes; it
cannot prevent them. Exit code 1 where something is not as it was closed, 2 where nothing
can be verified.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.commands import asks_the_central

if TYPE_CHECKING:
    from kiosk.central.report.verify import Check


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", metavar="PERIOD|DIR", help="such as 2026-10, or a sealed folder")
    asks_the_central(parser)
    parser.add_argument(
        "--entries", action="store_true", help="count a month anew from the entries"
    )


def run(args: argparse.Namespace) -> int:
    import sys

    from kiosk.central.book import NotReady
    from kiosk.sites import SiteError
    from kiosk.store.disk import StoreError

    try:
        checks = _checks(args.what, args.site, args.entries)
    except (SiteError, StoreError, NotReady, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except OSError as error:
        sys.stderr.write(f"{error.filename or args.what}: {error.strerror}\n")
        return 2
    for check in checks:
        waiting = f", {check.waiting} figures wait for the next closing" if check.waiting else ""
        sys.stdout.write(f"{check.key}: {check.wrong('en') or 'as closed'}{waiting}\n")
    return 1 if any(check.faults for check in checks) else 0


def _checks(what: str, site_file: Path, entries: bool) -> list[Check]:
    from kiosk.central.reading import ledger
    from kiosk.central.report import periods, verify
    from kiosk.sites import read_central

    if Path(what).is_dir():
        return verify.of_folder(Path(what))
    period = str(periods.parse(what))
    site = read_central(site_file)
    with ledger(site.database) as reader:
        return verify.of_period(reader, site.exports, period, entries)
