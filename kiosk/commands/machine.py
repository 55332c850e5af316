"""say what is wrong with a machine, or that it is well again

  fablab machine laser --fault "tube à changer"            en panne
  fablab machine laser --fault "fuite" --dangerous         and ends the session under way
  fablab machine laser --fault-over                        the fault is over
  fablab machine laser --maintenance "lentille" | --maintenance-over
  fablab machine laser --retire "vendue" | --ok            out of service for good | all well

Asks the running kiosk, over its socket.
"""

from __future__ import annotations

import argparse
import sys
from typing import Any

from kiosk.commands import asks_a_lab


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("machine", help="its slug, as in the site file")
    asks_a_lab(parser)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--fault", metavar="NOTE", help="en panne, with a note for the members")
    what.add_argument("--fault-over", action="store_true")
    what.add_argument("--maintenance", metavar="NOTE", help="en maintenance")
    what.add_argument("--maintenance-over", action="store_true")
    what.add_argument("--retire", metavar="NOTE", help="out of service for good")
    what.add_argument("--ok", action="store_true", help="nothing is wrong any more")
    parser.add_argument("--dangerous", action="store_true", help="end the session under way")


def run(args: argparse.Namespace) -> int:
    from kiosk import admin
    from kiosk.sites import SiteError, read_site

    if args.dangerous and args.fault is None:
        print("fablab machine: --dangerous goes with --fault", file=sys.stderr)
        return 2
    try:
        site = read_site(args.site)
    except SiteError as wrong:
        print(wrong, file=sys.stderr)
        return 2
    if args.machine not in {machine.slug for machine in site.machines}:
        slugs = ", ".join(machine.slug for machine in site.machines)
        print(f"{args.site}: no machine {args.machine!r}: expected one of {slugs}", file=sys.stderr)
        return 2
    try:
        shows = admin.ask(site.runtime / "kiosk.sock", "condition", **question(args))
    except admin.AdminError as wrong:
        print(f"fablab machine: {wrong}", file=sys.stderr)
        return 2
    print(f"{args.machine}: {shows}")
    return 0


def question(args: argparse.Namespace) -> dict[str, Any]:
    """What is asked of the kiosk: the fields of `machines.journal.ConditionSet`."""
    base = {"machine": args.machine, "dangerous": args.dangerous, "note": "", "cleared": False}
    if args.ok:
        return base | {"condition": "ok"}
    if args.retire is not None:
        return base | {"condition": "retired", "note": args.retire}
    if args.fault_over or args.maintenance_over:
        over = "fault" if args.fault_over else "maintenance"
        return base | {"condition": over, "cleared": True}
    if args.fault is not None:
        return base | {"condition": "fault", "note": args.fault}
    return base | {"condition": "maintenance", "note": args.maintenance}
