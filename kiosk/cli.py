"""The command line: `fablab VERB …`, one module of `kiosk.commands` per verb."""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys

import kiosk
from kiosk import commands

#: The order of `fablab --help`: what runs, what reads, what is asked of a running process.
ORDER = (
    "run",
    "relays",
    "central",
    "demo",
    "check",
    "export",
    "report",
    "close",
    "verify",
    "journal",
    "machine",
    "tablet",
    "roster",
    "node",
)


def verbs() -> list[str]:
    found = [module.name for module in pkgutil.iter_modules(commands.__path__)]
    return sorted(found, key=lambda verb: (ORDER.index(verb) if verb in ORDER else 99, verb))


def parser(only: str | None = None) -> argparse.ArgumentParser:
    """The whole parser; with `only`, no other verb's module is loaded: a quick start."""
    top = argparse.ArgumentParser(
        prog="fablab", description="Badge kiosk and machine management of a FabLab."
    )
    top.add_argument("--version", action="version", version=f"fablab-kiosk {kiosk.__version__}")
    under = top.add_subparsers(metavar="VERB", required=True)
    for verb in [only] if only else verbs():
        module = importlib.import_module(f"kiosk.commands.{verb}")
        lines = (module.__doc__ or "").strip().splitlines()
        sub = under.add_parser(
            verb,
            help=lines[0] if lines else "",
            description=module.__doc__,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        module.arguments(sub)
        sub.set_defaults(run=module.run)
    return top


def main(argv: list[str] | None = None) -> int:
    argv = sys.argv[1:] if argv is None else argv
    only = argv[0] if argv and argv[0] in verbs() else None
    args = parser(only).parse_args(argv)
    try:
        code: int = args.run(args)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 141
    return code


if __name__ == "__main__":
    sys.exit(main())
