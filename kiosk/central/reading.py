"""The ledger read by the command line: beside a running central, or where none runs."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from kiosk.central import schema
from kiosk.central.book import NotReady
from kiosk.store.disk import open_reader


@contextmanager
def ledger(database: Path) -> Iterator[sqlite3.Connection]:
    """A connection that can only read. Raises ValueError, NotReady and StoreError, whose
    sentences say what to do, for what is no ledger of this version."""
    if not database.is_file():
        raise ValueError(f"{database}: no ledger is there: start `fablab central` once")
    with closing(open_reader(database)) as reader:
        try:
            if schema.is_behind(reader):
                raise NotReady(
                    f"{database}: an earlier fablab wrote this ledger: start `fablab central`"
                    " once, which brings it up to date"
                )
            yield reader
        except sqlite3.Error as wrong:
            raise ValueError(
                f"{database}: {wrong}: expected the ledger of a central; put back a backup,"
                " or give `database` another path"
            ) from wrong
