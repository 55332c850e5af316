"""Facts folded into figures, some at a time; one that cannot be folded holds up nobody."""

from __future__ import annotations

import logging
import sqlite3

from kiosk.central import ledger, projection
from kiosk.store.disk import transaction

log = logging.getLogger("central")

#: Facts folded in one transaction; a batch that comes meanwhile waits for it, some 20 ms.
FOLDED = 250


def fold(connection: sqlite3.Connection, now_us: int) -> bool:
    """Folds the next facts; whether more may be left."""
    try:
        with transaction(connection):
            return projection.advance(connection, FOLDED) == FOLDED
    except sqlite3.Error:
        log.exception("facts could not be folded; they wait for the next batch")
        return False
    except Exception as wrong:
        log.warning("a fact among the next %d cannot be folded: %s", FOLDED, type(wrong).__name__)
        return _fold_up_to_the_bad_one(connection, now_us)


def _fold_up_to_the_bad_one(connection: sqlite3.Connection, now_us: int) -> bool:
    """Folds one by one, and puts the first that fails into quarantine."""
    for _ in range(FOLDED):
        try:
            with transaction(connection):
                if not projection.advance(connection, 1):
                    return False
        except Exception as wrong:
            log.exception("a fact goes to quarantine")
            with transaction(connection):
                ledger.set_aside(
                    connection, _next(connection), f"cannot be folded: {wrong}", now_us
                )
            return True
    return True


def _next(connection: sqlite3.Connection) -> int:
    row = connection.execute(
        "SELECT min(arrived) FROM fact WHERE arrived > (SELECT arrived FROM usage_cursor)"
    ).fetchone()
    return int(row[0])
