"""The lab's journal: facts, appended; the only file of them, and the outbox of the sync.

Everything here runs on the thread of the one writing connection. What is
returned has been committed: it is on disk. `seq` is gapless from 1 in each
store, the numbers of entries never change, and a body is never re-encoded.

Stores that a fork has closed stand beside the live one, under their own names
and numbers. Where a method takes `store`, None is the live one.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec

from kiosk.clock import Clock
from kiosk.store.codec import CodecError, decode, encode
from kiosk.store.disk import BUSY_MS, Connection, Damaged, StoreBusy, transaction
from machines.anchors import anchor, anchor_due
from machines.chain import ZERO, link
from machines.instants import Instant
from machines.journal import Birth, Body, BootBegan, Entry, Personal

log = logging.getLogger("journal")

#: The checkpoint row in which the floor keeps its last sign of life, as JSON.
ALIVE = ("", "alive")


class Row(NamedTuple):
    """An entry as it is stored: opaque bytes, and what ties them to the entry before."""

    seq: int
    body: bytes
    chain: bytes
    personal: bytes | None

    def follows(self, before: Row) -> bool:
        """Whether its link is the one after `before`; False for what a damaged page gives."""
        sound = isinstance(self.body, bytes) and isinstance(before.chain, bytes)
        return sound and self.chain == link(before.chain, self.body)


#: What stands before the first entry of a store.
NOTHING = Row(0, b"", ZERO, None)


@dataclass(frozen=True, slots=True)
class Line:
    """What is to be written: `at` None is the moment of writing."""

    body: Body
    personal: Personal | None = None
    at: Instant | None = None


@dataclass(frozen=True, slots=True)
class Start:
    """How the journal was found: after another boot or within this one, and after what end."""

    rebooted: bool
    clean: bool  #: the process before ended in order
    last_seen: Instant | None  #: its last sign of life


class Journal:
    """The journal over a writing connection. `random` gives that many random bytes."""

    def __init__(
        self,
        connection: Connection,
        clock: Clock,
        random: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self.connection = connection
        self.clock = clock
        self._random = random
        self._anchored: Instant | None = None

    # -- identity -----------------------------------------------------------------------------

    @property
    def store(self) -> bytes:
        """The live store: 16 random bytes, made with the file or derived by a fork.

        Raises Damaged where the file has lost it.
        """
        store = self.meta("store")
        if not isinstance(store, bytes):
            raise Damaged("the name of the store is lost")
        return store

    def closed(self) -> list[bytes]:
        """The stores that forks have closed, oldest first."""
        return [store for (store,) in self._all("SELECT store FROM closed_store ORDER BY ord")]

    def tip(self, store: bytes | None = None) -> tuple[int, bytes]:
        """The number and the link of the last entry; (0, ZERO) where there is none."""
        table, given = table_of(store)
        last = self._one(f"SELECT seq, chain FROM {table} ORDER BY seq DESC LIMIT 1", given)
        return last or (0, ZERO)

    def chain_at(self, seq: int, store: bytes | None = None) -> bytes | None:
        """The link of entry `seq`; ZERO for 0, None where there is no such entry."""
        if seq == 0:
            return ZERO
        table, given = table_of(store)
        found = self._one(f"SELECT chain FROM {table} AND seq = ?", (*given, seq))
        return found[0] if found else None

    # -- writing ------------------------------------------------------------------------------

    def append(
        self, body: Body, personal: Personal | None = None, at: Instant | None = None
    ) -> Entry:
        """Writes one entry. When this returns, it is on disk."""
        return self.append_all([Line(body, personal, at)])[0]

    def append_all(self, lines: Sequence[Line]) -> list[Entry]:
        """Writes entries in one transaction: all of them, or none."""
        with transaction(self.connection):
            return [self.write(line) for line in lines]

    def write(self, line: Line) -> Entry:
        """Writes an entry within the caller's transaction."""
        seq, before = self.tip()
        nonce = int.from_bytes(self._random(8), "big") >> 1
        birth = Birth(self.store.hex(), seq + 1, nonce)
        entry = Entry(birth, line.at or self.clock.now(), line.body, line.personal)
        body, personal = encode(entry, self._random)
        self.put(Row(seq + 1, body, link(before, body), personal))
        return entry

    def put(self, row: Row, store: bytes | None = None) -> None:
        """Stores an entry as it came, within the caller's transaction."""
        if store is None:
            self.connection.execute("INSERT INTO entry VALUES(?, ?, ?, ?)", tuple(row))
        else:
            self.connection.execute("INSERT INTO closed_entry VALUES(?, ?, ?, ?, ?)", (store, *row))

    def checkpoint(self, machine: str, meter: str, row: bytes | None) -> None:
        """Overwrites a running meter's row, None deletes it; within the caller's transaction."""
        if row is None:
            self.connection.execute(
                "DELETE FROM checkpoint WHERE machine = ? AND meter = ?", (machine, meter)
            )
            return
        self.connection.execute(
            "INSERT INTO checkpoint VALUES(?, ?, ?)"
            " ON CONFLICT(machine, meter) DO UPDATE SET row = excluded.row",
            (machine, meter, row),
        )

    def forget(self, seqs: Iterable[int], store: bytes | None = None) -> int:
        """Deletes the personal parts of entries, on disk as well; how many there were.

        The chain stays whole: bodies hold no more than a commitment. The WAL is
        emptied, where the deleted parts would otherwise stand for weeks. Raises
        StoreBusy where a reader keeps it: `empty_wal` again, once that is gone.
        """
        forgotten = self.blank(seqs, store)
        self.empty_wal()
        return forgotten

    def blank(self, seqs: Iterable[int], store: bytes | None = None) -> int:
        """The same, in one short transaction: until `empty_wal`, the WAL still has them."""
        table, given = ("entry", ()) if store is None else ("closed_entry", (store,))
        of_store = " AND store = ?" if given else ""
        asked = f"UPDATE {table} SET personal = NULL WHERE seq = ? AND personal IS NOT NULL"
        forgotten = 0
        with transaction(self.connection):
            for seq in seqs:
                done = self._all(f"{asked}{of_store} RETURNING seq", (seq, *given))
                forgotten += len(done)
        return forgotten

    def empty_wal(self, patience_ms: int = BUSY_MS) -> None:
        """Brings the WAL into the file, and makes it empty. Raises StoreBusy where a reader
        keeps it for longer than that."""
        try:
            self._one(f"PRAGMA busy_timeout = {patience_ms}")
            busy, *_ = self._one("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            self._one(f"PRAGMA busy_timeout = {BUSY_MS}")
        if busy:
            raise StoreBusy("forgotten, but a reader keeps the WAL, which still has the names")

    # -- reading ------------------------------------------------------------------------------

    def rows(self, after_seq: int, limit: int, store: bytes | None = None) -> list[Row]:
        """Up to `limit` entries after `after_seq`, as they are stored."""
        table, given = table_of(store)
        found = self._all(
            f"SELECT seq, body, chain, personal FROM {table} AND seq > ? ORDER BY seq LIMIT ?",
            (*given, after_seq, limit),
        )
        return [Row(*row) for row in found]

    def entries(
        self, after_seq: int = 0, store: bytes | None = None
    ) -> Iterator[tuple[int, Entry]]:
        """The entries after `after_seq` with their numbers.

        Without those of a kind unknown here, and without what is no entry at all,
        which `kiosk.store.check` tells: one bad entry must not stop a lab.
        """
        while rows := self.rows(after_seq, 500, store):
            for row in rows:
                try:
                    yield row.seq, decode(row.body, row.personal)
                except CodecError as wrong:
                    log.warning("entry %d is left out: %s", row.seq, wrong)
            after_seq = rows[-1].seq

    def lineage(self) -> Iterator[Iterator[tuple[int, Entry]]]:
        """All there is: the entries of each closed store, then those of the live one."""
        for store in (*self.closed(), None):
            yield self.entries(0, store)

    def checkpoints(self) -> dict[tuple[str, str], bytes]:
        """The rows of the running meters, by machine and meter."""
        found = self._all("SELECT machine, meter, row FROM checkpoint")
        return {(machine, meter): row for machine, meter, row in found}

    # -- boots and anchors --------------------------------------------------------------------

    def begin_boot(self, version: str) -> Start:
        """Numbers this boot, and says so in the journal when the kernel has been started anew.

        Gives the clock its `boot_no`: before this, no instant is worth writing.
        """
        start = self._find(self.clock.boot_id())
        if start.rebooted:
            self.clock.boot_no = 1 + self._one("SELECT coalesce(max(boot_no), 0) FROM boot")[0]
            body = BootBegan(self.clock.boot_id(), version, start.clean, start.last_seen)
            with transaction(self.connection):
                began = self.write(Line(body))
                self.connection.execute(
                    "INSERT INTO boot VALUES(?, ?, ?)",
                    (self.clock.boot_no, body.boot_id, began.birth.seq),
                )
        return start

    def _find(self, boot_id: str) -> Start:
        known = self._one("SELECT boot_no FROM boot WHERE boot_id = ?", (boot_id,))
        if known:
            self.clock.boot_no = known[0]
        return Start(known is None, bool(self.meta("clean")), self.last_seen())

    def last_seen(self) -> Instant | None:
        """The last sign of life on disk: of the floor, or the last entry; None for a new file."""
        signs = [entry.at for _, entry in self.entries(self.tip()[0] - 1)]
        row = self._one("SELECT row FROM checkpoint WHERE machine = ? AND meter = ?", ALIVE)
        with suppress(msgspec.MsgspecError):
            signs += [msgspec.json.decode(row[0], type=Instant)] if row else []
        return max(signs, key=lambda at: (at.boot_no, at.boot_us), default=None)

    def anchor_if_due(self, leaving: bool = False) -> Entry | None:
        """Writes down how the boot clock stands to the true time, where that is worth it."""
        now = self.clock.now()
        if not anchor_due(self._anchored, now, leaving):
            return None
        entry = self.append(anchor(now), at=now)
        self._anchored = now
        return entry

    def anchor_anew(self) -> None:
        """Have the next look write an anchor: a store just begun has none for its boot."""
        self._anchored = None

    # -- small facts about the file -------------------------------------------------------------

    def meta(self, key: str) -> Any:
        found = self._one("SELECT value FROM meta WHERE key = ?", (key,))
        return found[0] if found else None

    def put_meta(self, key: str, value: bytes | int | str) -> None:
        self.connection.execute(
            "INSERT INTO meta VALUES(?, ?) ON CONFLICT(key) DO UPDATE SET value = excluded.value",
            (key, value),
        )

    def _one(self, sql: str, given: tuple[Any, ...] = ()) -> Any:
        return self.connection.execute(sql, given).fetchone()

    def _all(self, sql: str, given: tuple[Any, ...] = ()) -> list[Any]:
        rows: list[Any] = self.connection.execute(sql, given).fetchall()
        return rows


def table_of(store: bytes | None) -> tuple[str, tuple[bytes, ...]]:
    """Where a store's entries stand, as the FROM and the beginning of the WHERE."""
    if store is None:
        return "entry WHERE true", ()
    return "closed_entry WHERE store = ?", (store,)
