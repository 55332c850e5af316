"""A fork: this journal went on after an entry from which another went on before.

A card put back from an old image, or one image in two Pis. The entries that
both have stay in the old store, which is closed and still synced; the tail goes
into a new store, under new numbers and links and its birth identities unchanged.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable

from kiosk.store.disk import transaction
from kiosk.store.journal import Journal, Row
from machines.chain import ZERO, derived_store, link


def fork(journal: Journal, common: int, random: Callable[[int], bytes] = os.urandom) -> bytes:
    """Closes the live store after its entry `common`; the new store's name.

    Derived from the first link that differs; random where the tail is empty.
    """
    with transaction(journal.connection):
        tail = journal.rows(common, -1)
        first = tail[0].chain if tail else random(16)
        store = begin_store(journal, common, first)
        move(journal, tail)
    journal.anchor_anew()
    return store


def begin_store(journal: Journal, common: int, first_link: bytes) -> bytes:
    """Moves the first `common` entries to the closed stores, and begins the live one anew.

    The entries after them are gone from the file: the caller holds them.
    """
    old = journal.store
    new = derived_store(old, common, first_link)
    execute = journal.connection.execute
    execute(
        "INSERT INTO closed_store(store, parent, ord)"
        " SELECT ?, ?, 1 + coalesce(max(ord), 0) FROM closed_store",
        (old, journal.meta("parent")),
    )
    execute(
        "INSERT INTO closed_entry(store, seq, body, chain, personal)"
        " SELECT ?, seq, body, chain, personal FROM entry WHERE seq <= ?",
        (old, common),
    )
    execute("DELETE FROM entry")
    journal.put_meta("store", new)
    journal.put_meta("parent", old)
    return new


def move(journal: Journal, tail: Iterable[Row]) -> None:
    """Stores entries again under new numbers: the same bytes, other links."""
    seq, chain = 0, ZERO
    for row in tail:
        seq, chain = seq + 1, link(chain, row.body)
        journal.put(Row(seq, row.body, chain, row.personal))
