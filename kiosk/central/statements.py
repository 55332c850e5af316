"""Many rows by one statement, as many as SQLite takes.

Every statement lets go of Python's lock, as does every row of `executemany`,
and beside one busy thread waits up to 5 ms to have it back: 430 rows/s where
one statement for all of them writes 19,000. Alone, 114,000 and 190,000
(2026-11-25).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain as flat
from typing import Any, TypeVar

T = TypeVar("T")

#: Values that one statement may have (SQLITE_MAX_VARIABLE_NUMBER since SQLite 3.32).
VALUES = 32_766


def insert(
    connection: sqlite3.Connection, into: str, rows: Sequence[tuple[Any, ...]], then: str = ""
) -> None:
    """`into` and `then` are what stands around the rows: `INTO fact`, `ON CONFLICT …`."""
    width = len(rows[0]) if rows else 1
    for some in _slices(rows, VALUES // width):
        values = _marks(f"({_marks('?', width)})", len(some))
        connection.execute(f"INSERT {into} VALUES{values} {then}", list(flat.from_iterable(some)))


def among(
    connection: sqlite3.Connection, sql: str, keys: Sequence[object], *before: object
) -> list[tuple[Any, ...]]:
    """The rows of `sql`, whose last values are `keys` and stand in it as `IN ({keys})`.

    More keys than `VALUES` make several statements of it.
    """
    found = []
    for some in _slices(keys, VALUES - len(before)):
        asked = sql.format(keys=_marks("?", len(some)))
        found += connection.execute(asked, (*before, *some)).fetchall()
    return found


def _slices(rows: Sequence[T], at_most: int) -> Iterator[Sequence[T]]:
    for first in range(0, len(rows), at_most):
        yield rows[first : first + at_most]


@lru_cache(maxsize=64)
def _marks(mark: str, count: int) -> str:
    return ", ".join([mark] * count)
