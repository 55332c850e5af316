"""who may sync: add a lab's kiosk and print its token, list, rotate, revoke

`fablab node add ccdv-1 --lab ccdv` prints the token of a new kiosk, once: it goes into
the file `central-token` of the kiosk's credentials. `rotate` gives one more and keeps
the newest before it good, until the next rotation; `revoke` ends all of a node's tokens
at once. Asks the running central, or takes its place where none runs.
"""

from __future__ import annotations

import argparse

from kiosk.commands import asks_the_central


def arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, what in (
        ("add", "a new kiosk; prints its token, once"),
        ("rotate", "one more token for a kiosk; prints it, once"),
        ("revoke", "end all of a kiosk's tokens"),
        ("list", "who may sync"),
    ):
        action = actions.add_parser(name, help=what)
        if name != "list":
            action.add_argument("name", metavar="NAME", help="such as ccdv-1")
        if name == "add":
            action.add_argument("--lab", required=True, metavar="LAB", help="the lab's slug")
        asks_the_central(action)


def run(args: argparse.Namespace) -> int:
    import sys

    from kiosk.admin import AdminError
    from kiosk.central import desk
    from kiosk.sites import SiteError, read_central
    from kiosk.store.disk import StoreError

    question = {key: getattr(args, key) for key in ("name", "lab") if hasattr(args, key)}
    try:
        answer = desk.ask(read_central(args.site), f"node-{args.action}", **question)
    except (AdminError, StoreError, SiteError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    if args.action == "list":
        sys.stdout.write(_table(answer))
    elif answer:
        sys.stdout.write(f"{answer}\n")
    return 0


def _table(nodes: list[dict[str, str | int]]) -> str:
    if not nodes:
        return "no node yet: `fablab node add NAME --lab LAB` makes one\n"
    width = max(len(str(node["name"])) for node in nodes)
    return "".join(
        f"{node['name']:<{width}}  lab {node['lab']}, tokens alive: {node['tokens']}\n"
        for node in nodes
    )
