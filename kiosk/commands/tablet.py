"""pair a tablet with the running kiosk, list those that are, remove one

  fablab tablet pair --name "Tablette atelier"     shows a code, good for five minutes
  fablab tablet list                               number, name, since when
  fablab tablet remove 2                           it looks no more, at once

The code is typed at the tablet, on the kiosk's page /tablet. A paired tablet may look;
to act there, an animator gives their code or badge each time. Asks the running kiosk,
over its socket.
"""

from __future__ import annotations

import argparse
import sys

from kiosk.commands import asks_a_lab


def arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, what in (
        ("pair", "show a code for a new tablet"),
        ("list", "the tablets that may look"),
        ("remove", "it looks no more"),
    ):
        action = actions.add_parser(name, help=what)
        if name == "pair":
            action.add_argument("--name", default="Tablette", help="where it lies (%(default)s)")
        if name == "remove":
            action.add_argument("number", help="as `fablab tablet list` gives it")
        asks_a_lab(action)


def run(args: argparse.Namespace) -> int:
    from kiosk import admin
    from kiosk.sites import SiteError, read_site

    question = {key: getattr(args, key) for key in ("name", "number") if hasattr(args, key)}
    try:
        site = read_site(args.site)
        answer = admin.ask(site.runtime / "kiosk.sock", f"tablet-{args.action}", **question)
    except (SiteError, admin.AdminError) as wrong:
        print(f"fablab tablet: {wrong}", file=sys.stderr)
        return 2
    if args.action == "pair":
        print(f"{answer[:3]} {answer[3:]}   for {args.name}, good for five minutes")
    elif args.action == "list":
        for tablet in answer:
            print(f"{tablet['number']:>3}  {tablet['name']}  since {tablet['paired']}")
        if not answer:
            print("no tablet is paired: `fablab tablet pair` shows a code")
    return 0
