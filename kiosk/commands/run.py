"""run the kiosk of a lab: badges, machines, journal, pages, sync

One process alone has the lab's file; a second one stops with a sentence, exit code 2.
The relays are another process's (`fablab relays`), which outlives this one.
"""

from __future__ import annotations

import argparse

from kiosk.commands import asks_a_lab


def arguments(parser: argparse.ArgumentParser) -> None:
    asks_a_lab(parser)
    parser.add_argument("--verbose", action="store_true", help="log what is done, not only faults")


def run(args: argparse.Namespace) -> int:
    import gc
    import sys

    gc.disable()  # nothing of a module is garbage: not looking saves 30 ms of 680 (2026-11-25)
    from kiosk.clock import SystemClock
    from kiosk.credentials import CredentialError
    from kiosk.log import start_logging
    from kiosk.process import CannotStart, Kiosk
    from kiosk.sites import SiteError, read_site
    from kiosk.store.disk import StoreError

    gc.freeze()
    gc.enable()
    start_logging(args.verbose)
    try:
        site = read_site(args.site)
        kiosk = Kiosk(site, SystemClock(site.rtc))
    except (SiteError, StoreError, CredentialError, CannotStart) as wrong:
        sys.stderr.write(f"{wrong}\n")
        return 2
    kiosk.run_until_told()
    return 0
