"""one member's data at the central: a copy to hand out, or erased for good

`fablab member export M7K2QX --out FOLDER` writes everything that is kept of this person,
as JSON and as a page to be read. `fablab member erase M7K2QX` says what would go and
where, and changes nothing; `--yes` does it, `--receipt FILE` keeps what was erased and
when, without a name. The labs forget at their next contact. Asks the running central, or
takes its place where none runs. Exit code 2 where nothing was done.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from kiosk.commands import asks_the_central


def arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    export = actions.add_parser("export", help="everything that is kept of them, as files")
    export.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    export.add_argument("--language", choices=("fr", "en"), default="fr")
    erase = actions.add_parser("erase", help="what would go; with --yes, it goes")
    erase.add_argument("--yes", action="store_true", help="erase; it cannot be undone")
    erase.add_argument("--receipt", type=Path, metavar="FILE", help="what was erased, and when")
    for action in (export, erase):
        action.add_argument("member", metavar="MEMBER", help="their id on the roster")
        asks_the_central(action)


def run(args: argparse.Namespace) -> int:
    import sys

    from kiosk.admin import AdminError
    from kiosk.sites import SiteError
    from kiosk.store.disk import StoreError

    try:
        said = _export(args) if args.action == "export" else _erase(args)
    except (AdminError, StoreError, SiteError, ValueError) as error:
        sys.stderr.write(f"fablab member: {error}\n")
        return 2
    except OSError as error:
        sys.stderr.write(f"fablab member: {error.filename}: {error.strerror}\n")
        return 2
    sys.stdout.write(said)
    return 0


def _export(args: argparse.Namespace) -> str:
    from kiosk.central import desk
    from kiosk.sites import read_central

    site = read_central(args.site)
    made = desk.ask(site, "member-export", member=args.member, language=args.language)
    args.out.mkdir(parents=True, exist_ok=True)
    written = []
    for kind, text in made.items():
        path = args.out / f"donnees.{kind}"
        _write(path, text)
        written.append(f"{path}\n")
    return "".join(written)


def _erase(args: argparse.Namespace) -> str:
    from kiosk.central import desk
    from kiosk.sites import read_central

    site = read_central(args.site)
    told = desk.ask(site, "member-erase", member=args.member, really=args.yes)
    would = "" if args.yes else "would be "
    lines = [f"{name}: {count} {would}erased\n" for name, count in told["found"].items()]
    if not args.yes:
        return "".join(lines) + "nothing was changed: --yes does it, and it cannot be undone\n"
    if args.receipt:
        _write(args.receipt, told["receipt"])
    return "".join(lines) + "each lab forgets at its next contact with the central\n"


def _write(path: Path, text: str) -> None:
    """Readable by whoever runs this alone."""
    import os

    with open(os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w") as file:
        file.write(text)
