"""Wrong designs of the sync, each of which has been somebody's first idea.

Each is the product with one thing done otherwise, for as long as the `with`
lasts; it gives what makes a world of a seed. The simulator must catch every
one of them: one that it did not catch would be one that it does not look for.

    python -m tests.sync.wrong SEEDS     the seeds of 0 to SEEDS at which each is caught
"""

from __future__ import annotations

import itertools
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from functools import partial
from hashlib import sha256
from unittest.mock import patch

from kiosk.central import intake, ledger
from kiosk.central.intake import Arrival, Meaning
from kiosk.store import fork
from kiosk.sync.engine import Engine
from kiosk.sync.protocol import Batch, Need, State
from tests.sync import sim
from tests.sync.sim import World

#: What makes a world of a seed.
Made = Callable[[int], World]
Wrong = Callable[[], AbstractContextManager[Made]]


@contextmanager
def no_fork_check() -> Iterator[Made]:
    """Numbers alone are looked at, at both ends."""

    class ByNumber(Engine):
        def _ask(self, name: bytes, at: int) -> State:
            state = super()._ask(name, at)
            store = None if name == self._outbox.store else name
            return State(state.hw, state.at, self._outbox.chain_at(state.at, store) or state.chain)

    with numbers_alone():
        yield partial(World, engine=ByNumber)


@contextmanager
def forks_seen_by_the_kiosk_alone() -> Iterator[Made]:
    """The kiosk compared the links when it asked: the central need not do so again."""
    with numbers_alone():
        yield World


@contextmanager
def accept_gaps() -> Iterator[Made]:
    """The central takes what comes; what is between will surely come later."""
    refusal = ledger._refusal

    def leniently(connection, no: int | None, hw: int, arrival: Arrival):
        return refusal(connection, no, hw, arrival) if arrival.first <= hw + 1 else None

    with patch.object(ledger, "_refusal", leniently):
        yield World


@contextmanager
def cursor_at_the_kiosk() -> Iterator[Made]:
    """The kiosk notes what was taken, and goes on from there."""

    class Noting(Engine):
        def _push(self, name: bytes, store: bytes | None, hw: int) -> bool:
            return super()._push(name, store, self._outbox.meta(f"sent {name.hex()}") or 0)

        def _batch(self, name: bytes, store: bytes | None, hw: int) -> Batch | None:
            self._outbox.put_meta(f"sent {name.hex()}", hw)
            return super()._batch(name, store, hw)

    yield partial(World, engine=Noting)


@contextmanager
def only_the_current_store() -> Iterator[Made]:
    """A store that a fork has closed was sent before: it need not be looked at."""

    class CurrentOnly(Engine):
        def _stores(self) -> tuple[None]:
            return (None,)

    yield partial(World, engine=CurrentOnly)


@contextmanager
def closed_stores_never_fork() -> Iterator[Made]:
    """What a fork has closed was common, and stays so."""

    class LiveForksOnly(Engine):
        def _bring(self, store: bytes | None) -> bool:
            if store is None:
                return super()._bring(None)
            state, tip = self._ask(store, 0), self._tip(store)
            self._push(store, store, min(state.hw, tip))
            return True

    yield partial(World, engine=LiveForksOnly)


@contextmanager
def identity_by_position() -> Iterator[Made]:
    """An entry is known by where it stands in the store that carries it."""
    with births(lambda store, seq, born: (store, seq, 0)):
        yield World


@contextmanager
def identity_without_chance() -> Iterator[Made]:
    """Store and number at birth are enough: who would have two entries of one number?"""
    with births(lambda store, seq, born: (*born[:2], 0)):
        yield World


@contextmanager
def random_fork_ids() -> Iterator[Made]:
    """A store that a fork opens is named by chance, as the first one was."""
    chance = itertools.count()

    def by_chance(parent: bytes, common: int, first_link: bytes) -> bytes:
        return sha256(b"%d" % next(chance) + first_link).digest()[:16]

    with patch.object(fork, "derived_store", by_chance):
        yield World


#: Each with seeds at which it is caught (found by running this module). Seeds change their
#: histories whenever `sim` changes what it draws: find others then.
CAUGHT: dict[Wrong, tuple[int, ...]] = {
    no_fork_check: (0, 8, 12),
    forks_seen_by_the_kiosk_alone: (268, 451),
    accept_gaps: (16, 19, 37),
    cursor_at_the_kiosk: (0, 1, 3),
    only_the_current_store: (8, 15, 24),
    closed_stores_never_fork: (446,),
    identity_by_position: (249, 315, 410),
    identity_without_chance: (12, 13, 14),
    random_fork_ids: (21, 77, 118),
}


# ---- what several do otherwise


@contextmanager
def numbers_alone() -> Iterator[None]:
    """The central looks at no link."""

    def by_number(connection, no: int | None, hw: int, arrival: Arrival) -> Need | None:
        return Need(hw) if arrival.first > hw + 1 else None

    with patch.object(ledger, "_refusal", by_number):
        yield


@contextmanager
def births(known_as: Callable[[bytes, int, sim.Birth], sim.Birth]) -> Iterator[None]:
    """`known_as` makes an entry's identity of the carrying store, its place and its birth."""
    understand = intake.understand

    def otherwise(batch: Batch) -> Arrival:
        arrival = understand(batch)
        lines = [
            line._replace(
                meaning=line.meaning._replace(
                    birth=known_as(batch.store, line.seq, line.meaning.birth)
                )
            )
            for line in arrival.lines
            if isinstance(line.meaning, Meaning)
        ]
        return replace(arrival, lines=tuple(lines))

    with patch.object(intake, "understand", otherwise):
        yield


# ---- finding seeds


def what_is_wrong(wrong: Wrong, seed: int) -> str:
    """What the simulator says of it at this seed; "" where it sees nothing wrong."""
    with wrong() as made:
        try:
            sim.run(seed, made=made)
        except Exception as found:
            return f"{type(found).__name__}: {found}"
    return ""


def main(seeds: int) -> None:
    logging.disable()
    for wrong in CAUGHT:
        found = [seed for seed in range(seeds) if what_is_wrong(wrong, seed)]
        print(f"{wrong.__name__}: {len(found)} of {seeds}: {found[:5]}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
