"""One purge of a lab's file: what is due goes, in steps so short that no tap waits for them.

Reads by a connection of its own; every write is a job of the store's thread, and between
two of them whoever badges comes first.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Set
from contextlib import closing
from dataclasses import dataclass

from kiosk.forgetting import erasing, sweep
from kiosk.forgetting.sweep import Rule
from kiosk.store.disk import StoreBusy, open_reader, transaction
from kiosk.store.journal import Journal
from kiosk.store.store import Store
from machines.carried import Carried
from machines.jobs import Jobs

log = logging.getLogger("forgetting")

#: Entries of one step: some ten pages. A tap beside 40,000 of them takes 7 ms at most (2026-11-25).
STEP = 50
#: Real seconds that a step waits for a disk that hangs before the purge is given up.
DISK_S = 30.0
#: The key of a store's small fact: up to which entry nobody is named any more.
CLEAN = "clean:"


@dataclass(frozen=True, slots=True)
class Purged:
    """What one purge did: entries that name nobody any more, and how many of the erased wait."""

    entries: int
    waiting: int
    files: frozenset[str]


def open_births(carried: Carried) -> frozenset[str]:
    """What is not over: it stays whose it is."""
    return frozenset((*carried.sessions, *carried.prints, *_open_jobs(carried.jobs)))


def _open_jobs(jobs: Jobs) -> Set[str]:
    return {name for name, job in jobs.jobs.items() if job.open}


def purge(store: Store, rule: Rule) -> Purged:
    """Raises StoreError, TimeoutError. What was done by then stays done."""
    entries, waiting = 0, 0
    with closing(open_reader(store.path)) as connection:
        reader = Journal(connection, store.clock)
        stores = (*reader.closed(), None)
        if rule.erased.ids:
            for name in stores:
                rows = sweep.rows_of(reader, name, 0)
                rule.erased.feed((row.body, row.personal) for row in rows)
        for name in stores:
            key = f"{CLEAN}{(name or reader.store).hex()}"
            found = sweep.look(reader, name, _clean(reader, key), rule)
            entries += _blank(store, found.seqs, name)
            store.submit(_noting(key, found.clean)).result(DISK_S)
            waiting += found.waiting
    return Purged(entries, waiting, frozenset(rule.erased.files))


def empty_wal(store: Store) -> bool:
    """Whether the WAL, which still has what was forgotten, could be emptied at once."""
    try:
        store.submit(lambda journal: journal.empty_wal(patience_ms=0)).result(DISK_S)
    except StoreBusy:
        return False
    return True


def finish(store: Store, ids: frozenset[str]) -> None:
    """The erased are named nowhere any more."""

    def do(journal: Journal) -> None:
        with transaction(journal.connection):
            erasing.finish(journal.connection, ids)

    store.submit(do).result(DISK_S)


def _blank(store: Store, seqs: list[int], name: bytes | None) -> int:
    gone = 0
    for first in range(0, len(seqs), STEP):
        gone += store.submit(_step(seqs[first : first + STEP], name)).result(DISK_S)
    return gone


def _step(seqs: list[int], name: bytes | None) -> Callable[[Journal], int]:
    return lambda journal: journal.blank(seqs, name)


def _clean(reader: Journal, key: str) -> int:
    try:
        found = reader.meta(key)
    except sqlite3.Error:
        return 0
    return found if isinstance(found, int) else 0


def _noting(key: str, clean: int) -> Callable[[Journal], None]:
    def note(journal: Journal) -> None:
        with transaction(journal.connection):
            journal.put_meta(key, clean)

    return note
