"""A fork: this journal went on after an entry from which another went on before.

A card put back from an old image, or one image in two Pis. The entries that
both have stay in the old store, which is closed and still synced; the tail goes
into a new store, under new numbers and links and its birth identities unchanged.

A closed store can differ as well, where a central lost everything and a cloned
card came first: its tail becomes another closed store, told right after it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable

from kiosk.store.disk import transaction
from kiosk.store.journal import Journal, Row
from machines.chain import LINK_SIZE, ZERO, derived_store, link


def fork(
    journal: Journal,
    common: int,
    store: bytes | None = None,
    random: Callable[[int], bytes] = os.urandom,
) -> bytes:
    """Closes `store` (None: the live one) after its entry `common`; the new store's name.

    Derived from the first link that differs; random where the tail is empty. On
    the thread of the writing connection.
    """
    with transaction(journal.connection):
        tail = journal.rows(common, -1, store)
        first = tail[0].chain if tail else random(LINK_SIZE)
        if store is None:
            new = begin_store(journal, common, first)
            move(journal, tail)
        else:
            new = _split(journal, store, common, first)
            move(journal, tail, new)
    if store is None:
        journal.anchor_anew()
    return new


def begin_store(journal: Journal, common: int, first_link: bytes) -> bytes:
    """Moves the first `common` entries to the closed stores, and begins the live one anew.

    The entries after them are gone from the file: the caller holds them.
    """
    old = journal.store
    new = derived_store(old, common, first_link)
    execute = journal.connection.execute
    (last,) = execute("SELECT coalesce(max(ord), 0) FROM closed_store").fetchone()
    _list(journal, old, journal.meta("parent"), last + 1)
    execute(
        "INSERT INTO closed_entry(store, seq, body, chain, personal)"
        " SELECT ?, seq, body, chain, personal FROM entry WHERE seq <= ?",
        (old, common),
    )
    execute("DELETE FROM entry")
    journal.put_meta("store", new)
    journal.put_meta("parent", old)
    return new


def move(journal: Journal, tail: Iterable[Row], store: bytes | None = None) -> None:
    """Stores entries again under new numbers: the same bytes, other links."""
    seq, chain = 0, ZERO
    for row in tail:
        seq, chain = seq + 1, link(chain, row.body)
        journal.put(Row(seq, row.body, chain, row.personal), store)


def _split(journal: Journal, store: bytes, common: int, first_link: bytes) -> bytes:
    """Takes what is after `common` out of a closed store; the name of the one to put it in."""
    new = derived_store(store, common, first_link)
    execute = journal.connection.execute
    (order,) = execute("SELECT ord FROM closed_store WHERE store = ?", (store,)).fetchone()
    execute("UPDATE closed_store SET ord = ord + 1 WHERE ord > ?", (order,))
    _list(journal, new, store, order + 1)
    execute("DELETE FROM closed_entry WHERE store = ? AND seq > ?", (store, common))
    return new


def _list(journal: Journal, store: bytes, parent: bytes | None, order: int) -> None:
    journal.connection.execute("INSERT INTO closed_store VALUES(?, ?, ?)", (store, parent, order))
