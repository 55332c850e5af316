"""bring members, badges, memberships and clearances from a CSV file; give animators a code

`fablab roster import FILE.csv` asks the running central, or takes its place where none
runs. Columns, in French or English: id, first_name, last_name, category, member_until,
clearances (laser|family:3d-printer@2027-01-31), badges (several separated by |),
animator, labs, language. A column that is not there leaves what is known; members that
are not in the file stay as they are. Each line that is refused is told with its number
and what was expected; the others are taken. Exit code 1 where a line was refused, 2
where the file as a whole could not be read.

`fablab roster pin M0042` asks twice for the six digits with which that animator acts at a
tablet; `--remove` takes them away. The labs have them at their next sync.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from kiosk.commands import asks_the_central, typed


def arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    action = actions.add_parser("import", help="bring people from a CSV file")
    action.add_argument("file", type=Path, metavar="FILE.csv")
    action.add_argument("--dry-run", action="store_true", help="say what would change only")
    action.set_defaults(do=import_file)
    pin = actions.add_parser("pin", help="the six digits of an animator, asked twice")
    pin.add_argument("member", metavar="MEMBER", help="the animator's id on the roster")
    pin.add_argument("--remove", action="store_true", help="that animator has no code any more")
    pin.set_defaults(do=set_pin)
    for one in (action, pin):
        asks_the_central(one)


def run(args: argparse.Namespace) -> int:
    code: int = args.do(args)
    return code


def set_pin(args: argparse.Namespace) -> int:
    import sys

    from kiosk.admin import AdminError
    from kiosk.central import desk
    from kiosk.sites import SiteError, read_central
    from kiosk.store.disk import StoreError

    try:
        site = read_central(args.site)
        pin = "" if args.remove else typed(f"six digits for {args.member}: ")
        if pin and pin != typed("once more: "):
            sys.stderr.write("fablab roster: not the same twice; nothing was changed\n")
            return 2
        if not pin and not args.remove:
            sys.stderr.write("fablab roster: nothing was typed; --remove takes a code away\n")
            return 2
        desk.ask(site, "roster-pin", member=args.member, pin=pin)
    except (AdminError, StoreError, SiteError, ValueError) as error:
        sys.stderr.write(f"fablab roster: {error}\n")
        return 2
    sys.stdout.write(f"{args.member}: {'has no code any more' if args.remove else 'may act'}\n")
    return 0


def import_file(args: argparse.Namespace) -> int:
    import base64
    import sys

    from kiosk.admin import AdminError
    from kiosk.central import desk
    from kiosk.central.csv_file import LONGEST, CsvError
    from kiosk.central.roster_file import read
    from kiosk.sites import SiteError, read_central
    from kiosk.store.disk import StoreError

    try:
        site = read_central(args.site)
        with args.file.open("rb") as file:
            raw = file.read(LONGEST + 1)
        read(raw)  # what is wrong with the file as a whole is said beside its name
        csv = base64.b64encode(raw).decode()
        report = desk.ask(site, "roster-import", csv=csv, dry_run=args.dry_run)
    except CsvError as error:
        sys.stderr.write(f"{args.file}: {error}\n")
        return 2
    except (AdminError, StoreError, SiteError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except OSError as error:
        sys.stderr.write(f"{error.filename or args.file}: {error.strerror}: expected a CSV file\n")
        return 2
    sys.stdout.write(_told(report))
    sys.stderr.writelines(f"{args.file}: {line}\n" for line in report["refused"])
    return 1 if report["refused"] else 0


def _told(report: dict[str, Any]) -> str:
    would = "would be " if report["dry_run"] else ""
    kept = f", {report['absent']} not in the file left as they are" if report["absent"] else ""
    return (
        f"members: {report['new']} {would}new, {report['changed']} {would}changed,"
        f" {report['unchanged']} unchanged{kept}; lines refused: {len(report['refused'])}\n"
        f"roster version {report['version']}{' (nothing was written)' if would else ''}\n"
    )
