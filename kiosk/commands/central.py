"""run the central store: ledger, roster and figures of every lab

Takes in the journals of the labs that have a token (`fablab node add`), gives them
their roster, folds what arrived into figures, and shows a page per lab. One process
alone has the file; a second one stops with a sentence, exit code 2.
"""

from __future__ import annotations

import argparse

from kiosk.commands import asks_the_central


def arguments(parser: argparse.ArgumentParser) -> None:
    asks_the_central(parser)
    parser.add_argument("--verbose", action="store_true", help="log what is done, not only faults")


def run(args: argparse.Namespace) -> int:
    import sys

    from kiosk.central.process import CannotListen, Process
    from kiosk.clock import SystemClock
    from kiosk.log import start_logging
    from kiosk.sites import SiteError, read_central
    from kiosk.store.disk import StoreError

    start_logging(args.verbose)
    try:
        site = read_central(args.site)
        process = Process(site, SystemClock(site.rtc))
    except (SiteError, StoreError, CannotListen) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    process.run_until_told()
    return 0
