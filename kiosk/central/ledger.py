"""The ledger: every journal as it arrived, and of each entry one fact that counts.

An `entry` is a place in a store and its link of the chain. A `fact` is what
stands there, once per identity at birth, by whatever road and however often it
came; `arrived` grows, so that whoever folds facts goes on from where it was.
What cannot be a fact waits in `quarantine` with its bytes and the reason: a
kind of a later version, a second entry that claims a known identity, a
personal part that its body does not vouch for. It holds up nobody.

All functions work within the caller's transaction.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from kiosk.central.intake import Arrival, Line, Meaning, look_into
from kiosk.central.nodes import Node
from kiosk.central.statements import insert
from kiosk.sync.protocol import Answer, Forked, Need, State, Taken
from machines.chain import ZERO
from machines.journal import HoleDeclared

#: Bodies stand once, in `fact` (or in `quarantine`). The second index costs less than a second
#: copy: 92,000 entries/s and 523 bytes an entry, against 90,000 and 937 (2026-11-24).
SCHEMA = """
CREATE TABLE IF NOT EXISTS store(
    no INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, lab TEXT NOT NULL, node TEXT NOT NULL,
    hw INTEGER NOT NULL, chain BLOB NOT NULL, grown_from BLOB,
    first_heard_us INTEGER NOT NULL, last_heard_us INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS entry(
    store INTEGER NOT NULL, seq INTEGER NOT NULL, chain BLOB NOT NULL, fact INTEGER,
    PRIMARY KEY(store, seq)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS fact(
    arrived INTEGER PRIMARY KEY,
    birth_store BLOB NOT NULL, birth_seq INTEGER NOT NULL, nonce INTEGER NOT NULL,
    lab TEXT NOT NULL, kind TEXT NOT NULL, body BLOB NOT NULL, personal BLOB,
    UNIQUE(birth_store, birth_seq, nonce)) STRICT;
CREATE TABLE IF NOT EXISTS quarantine(
    store INTEGER NOT NULL, seq INTEGER NOT NULL, why TEXT NOT NULL, since_us INTEGER NOT NULL,
    body BLOB, personal BLOB, PRIMARY KEY(store, seq)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS gap(
    store BLOB NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, lab TEXT NOT NULL,
    why TEXT NOT NULL, declared_us INTEGER NOT NULL,
    PRIMARY KEY(store, first, last)) STRICT, WITHOUT ROWID;
"""

Birth = tuple[bytes, int, int]  #: store, seq, nonce
#: Facts that are here, or about to be, by their birth: `arrived` and body.
Known = dict[Birth, tuple[int, bytes]]

CLAIMED = "another entry has this identity"
UNVOUCHED = "the personal part is not the one that the body vouches for"


class Foreign(ValueError):
    """The store belongs to another lab than the node."""


def create(connection: sqlite3.Connection) -> None:
    """The tables, where they are not there yet."""
    for statement in SCHEMA.split(";"):
        connection.execute(statement)


def state(connection: sqlite3.Connection, node: Node, store: bytes, at: int) -> State:
    """Up to where the ledger has `store`, and its link at `at` or there. Raises Foreign."""
    known = _store(connection, node, store)
    if known is None:
        return State(0, 0, ZERO)
    no, hw, _ = known
    at = min(at, hw)
    return State(hw, at, _link_at(connection, no, at))


def take_in(connection: sqlite3.Connection, node: Node, arrival: Arrival, now_us: int) -> Answer:
    """Takes what is new in a batch, all or nothing. Raises Foreign.

    A gap and a fork are refused. The batch may overlap what is here.
    """
    no, hw, _ = _store(connection, node, arrival.store) or (None, 0, ZERO)
    if refusal := _refusal(connection, no, hw, arrival):
        return refusal
    new = [line for line in arrival.lines if line.seq > hw]
    if not new:
        return Taken(hw)
    if no is None:
        no = _open(connection, node, arrival, now_us)
    _file(connection, no, node.lab, new, now_us)
    connection.execute(
        "UPDATE store SET hw = ?, chain = ?, node = ?, last_heard_us = ? WHERE no = ?",
        (new[-1].seq, new[-1].link, node.name, now_us, no),
    )
    return Taken(new[-1].seq)


def _refusal(
    connection: sqlite3.Connection, no: int | None, hw: int, arrival: Arrival
) -> Need | Forked | None:
    """A link stands for all before it: one that agrees, the last that both know, is enough."""
    if arrival.first > hw + 1:
        return Need(hw)
    common = min(hw, arrival.last)
    here = ZERO if no is None else _link_at(connection, no, common)
    return None if arrival.link_at(common) == here else Forked(hw)


def heard(connection: sqlite3.Connection, store: bytes, now_us: int) -> None:
    """A lab asked about this store, though it may bring nothing."""
    connection.execute("UPDATE store SET last_heard_us = ? WHERE id = ?", (now_us, store))


def look_again(connection: sqlite3.Connection, now_us: int) -> int:
    """Looks into what waits in quarantine, for a version that has learnt more; how many it took."""
    rows = connection.execute(
        "SELECT no, lab, quarantine.seq, body, personal, entry.chain FROM quarantine"
        " JOIN store ON no = quarantine.store"
        " JOIN entry ON entry.store = no AND entry.seq = quarantine.seq"
        " WHERE body IS NOT NULL AND why <> ?",
        (CLAIMED,),
    ).fetchall()
    taken = 0
    for no, lab, seq, body, personal, chain in rows:
        meaning = look_into(body, personal)
        if isinstance(meaning, str):
            continue
        connection.execute("DELETE FROM quarantine WHERE store = ? AND seq = ?", (no, seq))
        connection.execute("DELETE FROM entry WHERE store = ? AND seq = ?", (no, seq))
        _file(connection, no, lab, [Line(seq, body, personal, chain, meaning)], now_us)
        taken += 1
    return taken


def set_aside(connection: sqlite3.Connection, arrived: int, why: str, now_us: int) -> None:
    """Puts a fact that nobody can fold into quarantine, with every entry that stands for it."""
    body, personal = connection.execute(
        "SELECT body, personal FROM fact WHERE arrived = ?", (arrived,)
    ).fetchone()
    places = connection.execute(
        "SELECT store, seq FROM entry WHERE fact = ?", (arrived,)
    ).fetchall()
    for store, seq in places:
        connection.execute(
            "INSERT OR REPLACE INTO quarantine VALUES(?, ?, ?, ?, ?, ?)",
            (store, seq, why, now_us, body, personal),
        )
    connection.execute("UPDATE entry SET fact = NULL WHERE fact = ?", (arrived,))
    connection.execute("DELETE FROM fact WHERE arrived = ?", (arrived,))


# ---- stores


def _store(
    connection: sqlite3.Connection, node: Node, store: bytes
) -> tuple[int, int, bytes] | None:
    """(number, hw, chain). Raises Foreign."""
    row = connection.execute(
        "SELECT no, hw, chain, lab FROM store WHERE id = ?", (store,)
    ).fetchone()
    if row is None:
        return None
    no, hw, chain, lab = row
    if lab != node.lab:
        raise Foreign(f"this journal belongs to lab {lab}, node {node.name} to lab {node.lab}")
    return no, hw, chain


def _open(connection: sqlite3.Connection, node: Node, arrival: Arrival, now_us: int) -> int:
    """A store not heard of before. One that begins with an entry born elsewhere grew from there."""
    meaning = arrival.lines[0].meaning
    born = arrival.store if isinstance(meaning, str) else meaning.birth[0]
    row = connection.execute(
        "INSERT INTO store VALUES(NULL, ?, ?, ?, 0, ?, ?, ?, ?) RETURNING no",
        (
            arrival.store,
            node.lab,
            node.name,
            ZERO,
            None if born == arrival.store else born,
            now_us,
            now_us,
        ),
    ).fetchone()
    return int(row[0])


def _link_at(connection: sqlite3.Connection, no: int, seq: int) -> bytes:
    if seq == 0:
        return ZERO
    (chain,) = connection.execute(
        "SELECT chain FROM entry WHERE store = ? AND seq = ?", (no, seq)
    ).fetchone()
    return bytes(chain)


# ---- lines


@dataclass(slots=True)
class _Filed:
    """The rows that some lines become."""

    entries: list[tuple[int, int, bytes, int | None]] = field(default_factory=list)
    facts: list[tuple[int, bytes, int, int, str, str, bytes, bytes | None]] = field(
        default_factory=list
    )
    aside: list[tuple[int, int, str, int, bytes | None, bytes | None]] = field(default_factory=list)


def _file(
    connection: sqlite3.Connection, no: int, lab: str, lines: Sequence[Line], now_us: int
) -> None:
    """Writes the rows of lines that are new to this store."""
    rows = _sort(_next_fact(connection), _known(connection, lines), no, lab, lines, now_us)
    insert(connection, "INTO fact", rows.facts)
    insert(connection, "INTO entry", rows.entries)
    insert(connection, "INTO quarantine", rows.aside)
    for line in lines:
        if isinstance(line.meaning, Meaning) and line.meaning.hole:
            _declare(connection, lab, line.meaning.hole, now_us)


def _sort(
    arrived: int, known: Known, no: int, lab: str, lines: Iterable[Line], now_us: int
) -> _Filed:
    """Which line is a new fact, which is known already, and which must wait, from `arrived` on."""
    rows = _Filed()
    for line in lines:
        meaning = line.meaning
        if isinstance(meaning, str):
            rows.entries.append((no, line.seq, line.link, None))
            rows.aside.append((no, line.seq, meaning, now_us, line.body, line.personal))
            continue
        fact, body = known.get(meaning.birth, (arrived, None))
        if body is None:
            arrived += 1
            known[meaning.birth] = fact, line.body
            personal = line.personal if meaning.personal_agrees else None
            rows.facts.append((fact, *meaning.birth, lab, meaning.kind, line.body, personal))
        elif body != line.body:
            rows.entries.append((no, line.seq, line.link, None))
            rows.aside.append((no, line.seq, CLAIMED, now_us, line.body, line.personal))
            continue
        rows.entries.append((no, line.seq, line.link, fact))
        if not meaning.personal_agrees:
            rows.aside.append((no, line.seq, UNVOUCHED, now_us, None, line.personal))
    return rows


def _next_fact(connection: sqlite3.Connection) -> int:
    (last,) = connection.execute("SELECT coalesce(max(arrived), 0) FROM fact").fetchone()
    return int(last) + 1


def _known(connection: sqlite3.Connection, lines: Sequence[Line]) -> Known:
    """Those facts of these births that are here already.

    A journal that goes on has its births in a row, and asks once per batch;
    only a tail that forks have moved about has them strewn.
    """
    births: dict[bytes, list[int]] = {}
    for line in lines:
        if isinstance(line.meaning, Meaning):
            births.setdefault(line.meaning.birth[0], []).append(line.meaning.birth[1])
    known: Known = {}
    for store, seqs in births.items():
        low, high = min(seqs), max(seqs)
        strewn = high - low > 4 * len(seqs)
        for first, last in [(seq, seq) for seq in set(seqs)] if strewn else [(low, high)]:
            rows = connection.execute(
                "SELECT birth_seq, nonce, arrived, body FROM fact"
                " WHERE birth_store = ? AND birth_seq BETWEEN ? AND ?",
                (store, first, last),
            )
            known |= {(store, seq, nonce): (arrived, body) for seq, nonce, arrived, body in rows}
    return known


def _declare(connection: sqlite3.Connection, lab: str, hole: HoleDeclared, now_us: int) -> None:
    """Entries that a lab says are lost. Those that came before they were lost are no gap."""
    store = bytes.fromhex(hole.store)
    row = connection.execute("SELECT hw FROM store WHERE id = ?", (store,)).fetchone()
    first = max(hole.first, (row[0] if row else 0) + 1)
    if first <= hole.last:
        connection.execute(
            "INSERT OR IGNORE INTO gap VALUES(?, ?, ?, ?, ?, ?)",
            (store, first, hole.last, lab, hole.why, now_us),
        )
