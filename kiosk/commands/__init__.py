"""One module per verb of the command line.

Each has a docstring (its first line is the help), `arguments(parser)` and
`run(args) -> exit code`; what is heavy to import is imported inside `run`.
"""

from __future__ import annotations

import argparse
from pathlib import Path


def asks_a_lab(parser: argparse.ArgumentParser) -> None:
    """`--site`: the file that `systemd/install.sh` puts there, unless it is given."""
    _site(parser, "the lab's", Path("/etc/fablab/site.toml"))


def asks_the_central(parser: argparse.ArgumentParser) -> None:
    """Likewise of the central store."""
    _site(parser, "the central's", Path("/etc/fablab-central/central.toml"))


def _site(parser: argparse.ArgumentParser, whose: str, installed: Path) -> None:
    what = f"{whose} TOML file (%(default)s)"
    parser.add_argument("--site", type=Path, default=installed, metavar="FILE", help=what)


def typed(what: str) -> str:
    """A secret: not shown where somebody types it; a line of its own where a program does."""
    import getpass
    import sys

    return getpass.getpass(what) if sys.stdin.isatty() else sys.stdin.readline().strip()
