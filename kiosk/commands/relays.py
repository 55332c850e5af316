"""own the relays of a lab: the one process that drives its output lines

It energises a line only when a living kiosk asks for it. When the kiosk falls
silent, each line drops or holds as the site file says. SIGTERM puts everything
off. A relay is a permit beside the machine's own interlocks, never the safety.

Restarting the keeper lets go of every line: `--show` first, and wait until none is on.
"""

from __future__ import annotations

import argparse
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.commands import asks_a_lab

if TYPE_CHECKING:
    from config.site import Site
    from drivers.relay import Options


def arguments(parser: argparse.ArgumentParser) -> None:
    asks_a_lab(parser)
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument(
        "--show",
        action="store_true",
        help="say how the lines are that a keeper has; exit code 3 where one is on",
    )
    instead.add_argument(
        "--all-off",
        action="store_true",
        help="put every line off and end: asked of the keeper that runs, or done where none does",
    )
    parser.add_argument("--mock", action="store_true", help="without GPIO: the lines are not there")
    parser.add_argument(
        "--trace", type=Path, help="with --mock: a file that gets a JSON line per change of level"
    )


def run(args: argparse.Namespace) -> int:
    from drivers.relay.link import BoardError
    from kiosk.keeper.asking import KeeperSilent, NoKeeper
    from kiosk.keeper.door import DoorError
    from kiosk.log import start_logging
    from kiosk.sites import SiteError, read_site

    if args.trace and not args.mock:
        return _fault("--trace: expected together with --mock; real lines are not traced")
    start_logging()
    try:
        site = read_site(args.site)
        if args.show:
            return _show(site)
        return _put_off(site, args) if args.all_off else _keep(site, args)
    except (SiteError, BoardError, DoorError, KeeperSilent, NoKeeper) as wrong:
        return _fault(str(wrong))


def _keep(site: Site, args: argparse.Namespace) -> int:
    import signal

    from drivers.relay.link import Board
    from kiosk.keeper.door import Door
    from kiosk.keeper.keeper import Keeper
    from kiosk.keeper.rules import outputs, rules
    from kiosk.notify import notify

    lines = outputs(site)
    with closing(Door(_socket(site))) as door:
        keeper = Keeper(rules(site), door, alive=lambda: notify("WATCHDOG=1"))
        # Before a line is claimed: a signal that found no handler would leave it as it is.
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda *_: keeper.stop())
        with closing(Board(lines, _pins(args, lines))) as board:
            notify("READY=1")
            keeper.run(board)
            notify("STOPPING=1")
    return 0


def _show(site: Site) -> int:
    """For whoever wants to restart the keeper: what it holds, it would let go."""
    from kiosk.keeper.asking import show

    lines = show(_socket(site))
    for line in lines:
        since = f" ({line.why}, {line.ago_s:.0f} s ago)" if line.why and line.ago_s else ""
        print(f"{line.machine:<20} {'on' if line.on else 'off'}{since}")
    return 3 if any(line.on for line in lines) else 0


def _put_off(site: Site, args: argparse.Namespace) -> int:
    """By the keeper, since only it can drive its lines; by ourselves where it is gone."""
    from drivers.relay.link import Board
    from kiosk.keeper.asking import NoKeeper, put_off
    from kiosk.keeper.rules import outputs

    try:
        put_off(_socket(site))
    except NoKeeper:
        lines = outputs(site)
        Board(lines, _pins(args, lines)).close()
    return 0


def _pins(args: argparse.Namespace, lines: tuple[Options, ...]) -> Any:
    from drivers.relay.link import mock_pins, real_pins

    return mock_pins(lines, args.trace) if args.mock else real_pins()


def _socket(site: Site) -> Path:
    return site.runtime / "relays.sock"


def _fault(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 2
