"""read a site file, and say what is in it or all that is wrong with it

Opens nothing and touches no device: the file of a lab or of the central store is
read, checked as a whole, and shown one line per machine. Exit code 2 where the
file has a mistake.
"""

from __future__ import annotations

import argparse
from pathlib import Path


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--site", type=Path, required=True, metavar="FILE", help="the TOML file")


def run(args: argparse.Namespace) -> int:
    import sys

    from config.checks import warnings
    from config.wording import place
    from kiosk import paper
    from kiosk.sites import SiteError, is_central, read_central, read_site

    try:
        if is_central(args.site):
            lines, doubts = paper.central(read_central(args.site)), []
        else:
            site = read_site(args.site)
            lines, doubts = paper.lab(site), warnings(site)
    except SiteError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    for doubt in doubts:
        where = place(doubt.at, doubt.value)
        sys.stderr.write(f"{args.site}: {where}: {doubt.sentence}\n")
    sys.stdout.write("\n".join(lines) + "\n")
    return 0
