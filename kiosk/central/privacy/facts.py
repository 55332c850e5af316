"""Personal parts of facts: which are to go by their age, and which are somebody's.

Reads alone. A fact is as old as its own clock says, where that was set; else as old as the
day on which the central noted that it had it.
"""

from __future__ import annotations

import sqlite3
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from kiosk.forgetting.traces import Traces, print_of, read_names
from kiosk.store.codec import CodecError, NotAnEntry, decode, outline
from machines.instants import WallQuality
from machines.job_entries import JobSubmitted
from machines.journal import PrintBegan, PrintEnded
from machines.placing import EARLIEST_US
from machines.retention import DAY_US, Terms

#: Facts of one read.
ROWS = 500
_OF_PRINTS = (PrintBegan.kind, PrintEnded.kind)


class Named(NamedTuple):
    """A fact that still has a personal part."""

    arrived: int
    birth: str
    kind: str
    body: bytes
    personal: bytes


@dataclass(slots=True)
class Due:
    """`arrived` of what is to go; up to `clean` no fact names anybody, once they have gone."""

    arrived: list[int] = field(default_factory=list)
    clean: int = 0
    kept: bool = False


def named(connection: sqlite3.Connection, after: int, upto: int) -> Iterator[Named]:
    """In the order of their arrival."""
    while rows := connection.execute(
        "SELECT arrived, lower(hex(birth_store)) || '-' || birth_seq || '-' ||"
        " printf('%016x', nonce), kind, body, personal FROM fact"
        " WHERE arrived > ? AND arrived <= ? AND personal IS NOT NULL ORDER BY arrived LIMIT ?",
        (after, upto, ROWS),
    ).fetchall():
        yield from (Named(*row) for row in rows)
        after = rows[-1][0]


def folded(connection: sqlite3.Connection) -> int:
    """Up to which fact the figures have what it says of whose it is."""
    (arrived,) = connection.execute("SELECT arrived FROM usage_cursor").fetchone()
    return int(arrived)


def due(connection: sqlite3.Connection, terms: Terms, now_us: int) -> Due:
    """By their age, of what is folded."""
    (clean,) = connection.execute("SELECT clean FROM purge").fetchone()
    upto = folded(connection)
    notes = connection.execute("SELECT arrived, at_us FROM arrived_by ORDER BY arrived").fetchall()
    found = Due(clean=upto)
    for fact in named(connection, clean, upto):
        written_us = _written_us(fact, notes, now_us)
        printed_us = _printed_us(connection, fact)
        ends_us = None
        if written_us is not None:
            personal = read_names(fact.personal)
            ends_us = terms.ends_us(fact.kind, personal, written_us, printed_us)
        if ends_us is not None and ends_us <= now_us:
            found.arrived.append(fact.arrived)
        elif not found.kept:
            found.kept, found.clean = True, fact.arrived - 1
    return found


def of_people(
    connection: sqlite3.Connection, ids: frozenset[str], badges: frozenset[str], after: int = 0
) -> tuple[list[int], Traces]:
    """Those that name these people, of what is folded; what else they tell of them."""
    upto = folded(connection)
    traces = Traces(ids, set(badges))
    traces.feed((fact.body, fact.personal) for fact in named(connection, after, upto))
    mine = [
        fact.arrived
        for fact in named(connection, after, upto)
        if traces.has(read_names(fact.personal), _print(fact))
    ]
    return mine, traces


def _print(fact: Named) -> str:
    if fact.kind not in _OF_PRINTS:
        return ""
    try:
        return print_of(decode(fact.body))
    except CodecError:
        return ""


def _written_us(fact: Named, notes: list[tuple[int, int]], now_us: int) -> int | None:
    try:
        _, _, wall_us, quality = outline(fact.body).at
    except NotAnEntry:
        wall_us, quality = 0, WallQuality.UNSET
    if quality >= WallQuality.NTP and EARLIEST_US <= wall_us <= now_us + DAY_US:
        return wall_us
    at = bisect_left(notes, (fact.arrived, 0))
    return notes[at][1] if at < len(notes) else None


def _printed_us(connection: sqlite3.Connection, fact: Named) -> int | None:
    """When the last print of the job that it brought ended."""
    if fact.kind != JobSubmitted.kind:
        return None
    (ended_us,) = connection.execute(
        "SELECT max(ended_us) FROM usage WHERE job = ?", (fact.birth,)
    ).fetchone()
    return None if ended_us is None else int(ended_us)
