"""who may log in at the central's pages: add an administrator, change a password, remove, list

`fablab account add NAME` asks twice for a password of at least 12 characters. There is no
account before the first is made. Animators need none: they log in with their name and the
six digits of `fablab roster pin`. Asks the running central, or takes its place where none
runs. Exit code 2 where nothing was changed.
"""

from __future__ import annotations

import argparse

from kiosk.commands import asks_the_central, typed

ACTIONS = {
    "add": "a new administrator; asks for the password",
    "password": "another password; whoever is logged in by the old one is out",
    "remove": "an administrator is none any more",
    "list": "who may log in by a password",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, what in ACTIONS.items():
        action = actions.add_parser(name, help=what)
        if name != "list":
            action.add_argument("name", metavar="NAME", help="as they will type it")
        asks_the_central(action)


def run(args: argparse.Namespace) -> int:
    import sys

    from kiosk.admin import AdminError
    from kiosk.central import desk
    from kiosk.sites import SiteError, read_central
    from kiosk.store.disk import StoreError

    try:
        site = read_central(args.site)
        question = {"name": args.name} if args.action != "list" else {}
        if args.action in ("add", "password"):
            question["password"] = typed(f"password of {args.name}: ")
            if question["password"] != typed("once more: "):
                sys.stderr.write("fablab account: not the same twice; nothing was changed\n")
                return 2
        answer = desk.ask(site, f"account-{args.action}", **question)
    except (AdminError, StoreError, SiteError, ValueError) as error:
        sys.stderr.write(f"fablab account: {error}\n")
        return 2
    if args.action == "list":
        none = "nobody yet: `fablab account add NAME` makes the first\n"
        sys.stdout.write("".join(f"{name}\n" for name in answer) or none)
    else:
        sys.stdout.write(f"{args.name}: {_DONE[args.action]}\n")
    return 0


_DONE = {
    "add": "may log in",
    "password": "has another password",
    "remove": "may not log in any more",
}
