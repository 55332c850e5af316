"""two labs and their central on this computer, with devices that are not there

Last year and this one are behind them, lived through at the first start. The files
are in .demo: every other verb may be tried on the site files there. Ctrl-C stops it all;
started again, it goes on from there.
"""

from __future__ import annotations

import argparse
from pathlib import Path


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--speed", type=float, default=1, metavar="N", help="clock: 1 to 60 times")
    parser.add_argument("--port", type=int, default=8080, help="first of some ports (%(default)s)")
    parser.add_argument("--folder", type=Path, default=Path(".demo"), help="(%(default)s)")
    parser.add_argument("--days", type=int, help="length of the past (since 1 January last year)")
    parser.add_argument("--fresh", action="store_true", help="forget what earlier demos left")
    parser.add_argument("--verbose", action="store_true", help="log what is done, not only faults")


def run(args: argparse.Namespace) -> int:
    import logging
    import os
    import sys

    from kiosk.demo.places import DemoError, Places
    from kiosk.demo.training import demonstrate
    from kiosk.log import start_logging

    places = Places(args.folder.absolute(), args.port)
    try:
        _refuse(args)
        start_logging(args.verbose)
        if not args.verbose:
            logging.disable(logging.WARNING)
        with places.claimed():
            if args.fresh:
                places.forget()
            demonstrate(places, args.speed, args.days, lambda said: print(said, flush=True))
    except DemoError as wrong:
        print(f"fablab demo: {wrong}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:  # in the midst of the past, whose writing threads wait for more
        os._exit(130)
    return 0


def _refuse(args: argparse.Namespace) -> None:
    """Raises DemoError."""
    from kiosk.demo.places import DemoError

    if not 1 <= args.speed <= 60:
        raise DemoError(f"--speed {args.speed:g}: expected 1 to 60")
    if not 1024 <= args.port <= 60000:
        raise DemoError(f"--port {args.port}: expected 1024 to 60000")
    if args.days is not None and not 1 <= args.days <= 3650:
        raise DemoError(f"--days {args.days}: expected 1 to 3650")
