"""The tablets that may look, in the lab's file: a row each, and an entry at every change."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import TimeoutError as TooSlow
from dataclasses import dataclass
from typing import TypeVar

from kiosk.store.disk import StoreError, transaction
from kiosk.store.journal import Journal, Line
from kiosk.store.store import Store
from machines.job_entries import TabletPaired, TabletRemoved

T = TypeVar("T")

#: Seconds that whoever pairs a tablet waits for the disk.
WAIT_S = 5.0


@dataclass(frozen=True, slots=True)
class Tablet:
    """A paired tablet. `number` is its own in the lab, and never given again."""

    number: str
    name: str
    digest: bytes  #: SHA-256 of its secret
    paired: str = ""  #: the day, 2026-11-25


class TabletShelf:
    """`kiosk.web.pairing.Shelf` over a store. Raises StoreError, also where the disk hangs."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def load(self) -> tuple[Tablet, ...]:
        return self._ask(_load)

    def add(self, name: str, digest: bytes) -> Tablet:
        return self._ask(lambda journal: _add(journal, name, digest))

    def remove(self, number: str) -> None:
        self._ask(lambda journal: _remove(journal, number))

    def _ask(self, do: Callable[[Journal], T]) -> T:
        future = self._store.submit(do)
        try:
            return future.result(WAIT_S)
        except TooSlow:
            future.cancel()  # where its turn has not come, it never does
            raise StoreError("the disk does not answer") from None


def _load(journal: Journal) -> tuple[Tablet, ...]:
    rows = journal.connection.execute("SELECT number, name, digest, paired FROM tablet")
    return tuple(Tablet(str(number), *rest) for number, *rest in rows.fetchall())


def _add(journal: Journal, name: str, digest: bytes) -> Tablet:
    paired = journal.clock.now().paris().date().isoformat()
    with transaction(journal.connection):
        ((number,),) = journal.connection.execute(
            "INSERT INTO tablet(name, digest, paired) VALUES(?, ?, ?) RETURNING number",
            (name, digest, paired),
        ).fetchall()
        journal.write(Line(TabletPaired(str(number), name)))
    return Tablet(str(number), name, digest, paired)


def _remove(journal: Journal, number: str) -> None:
    with transaction(journal.connection):
        journal.connection.execute("DELETE FROM tablet WHERE number = ?", (int(number),))
        journal.write(Line(TabletRemoved(number)))
