"""Facts folded into figures, some at a time; one that cannot be folded holds up nobody."""

from __future__ import annotations

import logging
import sqlite3

from kiosk.central import ledger, projection
from kiosk.store.disk import transaction

log = logging.getLogger("central")

#: Facts folded in one transaction; a batch that comes meanwhile waits for it, some 15 ms.
FOLDED = 250


def fold(connection: sqlite3.Connection, now_us: int) -> bool:
    """Folds the next facts; whether more may be left.

    Where one of them cannot be folded, those before it are, by halves: one by one
    they would keep the labs waiting for as many syncs of the disk.
    """
    some = FOLDED
    while True:
        try:
            with transaction(connection):
                return projection.advance(connection, some) == some
        except sqlite3.Error:
            log.exception("facts could not be folded; they wait for the next batch")
            return False
        except Exception as wrong:
            if some == 1:
                _set_aside(connection, wrong, now_us)
                return True
        some //= 2


def _set_aside(connection: sqlite3.Connection, wrong: Exception, now_us: int) -> None:
    """The next fact goes to quarantine, and holds up nobody."""
    log.error("a fact cannot be folded and goes to quarantine", exc_info=wrong)
    with transaction(connection):
        (arrived,) = connection.execute(
            "SELECT min(arrived) FROM fact WHERE arrived > (SELECT arrived FROM usage_cursor)"
        ).fetchone()
        ledger.set_aside(connection, arrived, f"cannot be folded: {wrong}", now_us)
