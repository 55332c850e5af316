"""close a month or a year: freeze its figures, once for all

Writes the figures of a period that is over to exports/closed/PERIOD, with the hash of
each file and of the closing before in manifest.json, and keeps them in the ledger. What
arrives later is an adjustment of the next closing (regularisations.csv). Months are
closed in order, a year after its months; a closing is not undone. A month's sessions go
to exports/sessions/PERIOD, which is not sealed and expires with the retention. Closed
twice, nothing changes; a folder that was lost is written again as it was. Asks the
running central, or takes its place where none runs. Exit code 2 with the reason where
the period cannot be closed.
"""

from __future__ import annotations

import argparse
from typing import Any

from kiosk.commands import asks_the_central


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("period", metavar="PERIOD", help="such as 2026-10, or 2026")
    asks_the_central(parser)
    parser.add_argument(
        "--incomplete",
        action="store_true",
        help="although a lab was not heard since: what it brings later is adjusted",
    )


def run(args: argparse.Namespace) -> int:
    import sys

    from kiosk.admin import AdminError
    from kiosk.central import desk
    from kiosk.sites import SiteError, read_central
    from kiosk.store.disk import StoreError

    try:
        site = read_central(args.site)
        answer = desk.ask(site, "close", period=args.period, incomplete=args.incomplete)
    except (AdminError, StoreError, SiteError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(_told(answer))
    return 0


def _told(answer: dict[str, Any]) -> str:
    lines = [f"{answer['folder']}: {'written' if answer['written'] else 'closed already'}"]
    if answer["adjusted"]:
        lines.append(f"{answer['adjusted']} figures of earlier closings are adjusted in it")
    lines += [
        f"{name}: not heard since; what it brings is adjusted later" for name in answer["late"]
    ]
    if answer["sessions_until"]:
        lines.append(f"its sessions stand apart, until {answer['sessions_until']}")
    lines.append(f"manifest {answer['manifest']}: keep this hash elsewhere, such as on paper")
    return "\n".join(lines) + "\n"
