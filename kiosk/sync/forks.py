"""A store that went on elsewhere: what only this lab has goes on under a name of its own.

The live store forks as `kiosk.store.fork` has it. A closed one can differ as
well, where a central lost everything and a cloned card came first: its tail
becomes another closed store.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from kiosk.store import fork as live
from kiosk.store.disk import transaction
from kiosk.store.journal import Journal
from machines.chain import ZERO, derived_store, links


def fork(
    journal: Journal,
    store: bytes | None,
    common: int,
    random: Callable[[int], bytes] = os.urandom,
) -> None:
    """Closes `store` (None: the live one) after its entry `common`. On the writing thread."""
    if store is None:
        live.fork(journal, common, random)
    else:
        _fork_closed(journal, store, common)


def _fork_closed(journal: Journal, store: bytes, common: int) -> None:
    tail = journal.rows(common, -1, store)
    if not tail:
        return
    new = derived_store(store, common, tail[0].chain)
    chain = links(ZERO, (row.body for row in tail))
    with transaction(journal.connection):
        journal.connection.execute(
            "INSERT INTO closed_store(store, parent, ord)"
            " SELECT ?, ?, 1 + max(ord) FROM closed_store",
            (new, store),
        )
        for seq, (row, link) in enumerate(zip(tail, chain, strict=True), 1):
            journal.connection.execute(
                "INSERT INTO closed_entry(store, seq, body, chain, personal) VALUES(?, ?, ?, ?, ?)",
                (new, seq, row.body, link, row.personal),
            )
        journal.connection.execute(
            "DELETE FROM closed_entry WHERE store = ? AND seq > ?", (store, common)
        )
