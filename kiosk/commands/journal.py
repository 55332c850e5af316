"""show the last entries of a lab's journal, or check that it is whole

Reads the lab's file beside a running kiosk, and changes nothing. Personal parts
are not shown: an entry about a person is marked by an asterisk. A time behind
which stands a question mark was told by a clock that nothing had set yet.
A number is the entry's in its store: it begins anew where a fork was healed.
`check` reads every entry, and exits with 1 where one is missing or was changed.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from kiosk.commands import asks_a_lab

if TYPE_CHECKING:
    from kiosk.store.journal import Journal, Row


def arguments(parser: argparse.ArgumentParser) -> None:
    under = parser.add_subparsers(dest="what", metavar="WHAT", required=True)
    show = under.add_parser("show", help="the last entries, oldest first")
    show.add_argument("--last", type=_count, default=20, metavar="N", help="how many (20)")
    show.add_argument("--json", action="store_true", help="one JSON object per line")
    check = under.add_parser("check", help="numbers without a gap, links that follow")
    for verb in (show, check):
        asks_a_lab(verb)


def run(args: argparse.Namespace) -> int:
    import sqlite3
    import sys
    from contextlib import closing

    from kiosk.clock import SystemClock
    from kiosk.sites import SiteError, read_site
    from kiosk.store.disk import StoreError, open_reader
    from kiosk.store.journal import Journal

    try:
        path = read_site(args.site).database
        with closing(open_reader(path)) as connection:
            connection.execute("BEGIN")  # one view: a fork may be healed meanwhile
            journal = Journal(connection, SystemClock())
            return _show(journal, args) if args.what == "show" else _check(journal)
    except (SiteError, StoreError) as wrong:
        sys.stderr.write(f"{wrong}\n")
    except sqlite3.OperationalError as wrong:
        sys.stderr.write(f"{path}: cannot be read ({wrong}); see whether the kiosk runs\n")
    except sqlite3.DatabaseError as wrong:
        sys.stderr.write(f"{path}: damaged ({wrong}); keep a copy, and put back a backup\n")
    return 2


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 1_000_000:
        raise argparse.ArgumentTypeError(
            f"{text!r}: expected a number of entries from 1 to 1000000"
        )
    return int(text)


def _show(journal: Journal, args: argparse.Namespace) -> int:
    import sys

    line = _json if args.json else _line
    for row in _last(journal, args.last):
        sys.stdout.write(f"{line(row)}\n")
    return 0


def _last(journal: Journal, count: int) -> list[Row]:
    """The last entries; of the stores that forks have closed, where the live one has fewer."""
    found: list[Row] = []
    for store in (None, *reversed(journal.closed())):
        missing = count - len(found)
        if missing:
            first = max(0, journal.tip(store)[0] - missing)
            found = journal.rows(first, missing, store) + found
    return found


def _line(row: Row) -> str:
    told = _told(row)
    if "kind" not in told:
        return f"{row.seq:>8}  {'':20}  {told['unknown']}"
    mark = " " if told["clock"] in ("ntp", "rtc") else "?"
    said = " ".join(f"{name}={value}" for name, value in told["data"].items() if value is not None)
    person = " *" if told["person"] else ""
    return f"{row.seq:>8}  {told['time'][:19]}{mark}  {told['kind']:18}  {said}{person}"


def _json(row: Row) -> str:
    import msgspec

    return msgspec.json.encode(_told(row)).decode()


def _told(row: Row) -> dict[str, Any]:
    """An entry without its personal part; of a kind unknown here, no more than that."""
    import msgspec

    from kiosk.store.codec import CodecError, decode

    try:
        entry = decode(row.body, row.personal)
    except CodecError as unknown:
        return {"seq": row.seq, "unknown": str(unknown)}
    return {
        "seq": row.seq,
        "birth": str(entry.birth),
        "kind": entry.body.kind,
        "time": entry.at.paris().isoformat(),
        "clock": entry.at.quality.name.lower(),
        "person": entry.personal is not None,
        "data": msgspec.to_builtins(entry.body),
    }


def _check(journal: Journal) -> int:
    import sys

    from kiosk.store.check import check

    checked = check(journal)
    for fault in checked.faults:
        sys.stderr.write(f"{fault}\n")
    verdict = _many(len(checked.faults), "fault") if checked.faults else "whole"
    entries = "1 entry" if checked.entries == 1 else f"{checked.entries} entries"
    sys.stdout.write(f"{entries} in {_many(checked.stores, 'store')}: {verdict}\n")
    return 1 if checked.faults else 0


def _many(count: int, what: str) -> str:
    return f"1 {what}" if count == 1 else f"{count} {what}s"
