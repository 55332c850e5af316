"""A damaged file: what can be read of it goes on in a new one, and what cannot is declared.

What follows from the first entry without a hole stays in its store, which is
closed as by a fork; the rest is told again in a new store under its birth
identities; each hole becomes an entry. The damaged file is kept beside.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from kiosk.clock import Clock
from kiosk.store.codec import CodecError, decode
from kiosk.store.disk import StoreError, open_writer, transaction
from kiosk.store.fork import begin_store, move
from kiosk.store.journal import Journal, Line, Row
from kiosk.store.readable import Readable, read
from machines.chain import LINK_SIZE
from machines.journal import BootBegan, HoleDeclared


@dataclass(frozen=True, slots=True)
class Salvaged:
    """Where the damaged file is kept, how many entries were read, what is lost."""

    kept: Path
    entries: int
    holes: tuple[HoleDeclared, ...]


def salvage(path: Path, clock: Clock, version: str) -> Salvaged:
    """Puts a new file in the place of a damaged one, which must have no other user.

    At every instant a file stands at `path`: cut short, it is done again.
    Raises StoreError where the damaged file cannot even be closed in order.
    """
    new = path.with_name(f"{path.name}.salvaged")
    for left in (new, Path(f"{new}-wal"), Path(f"{new}-shm")):
        left.unlink(missing_ok=True)
    with closing(sqlite3.connect(path, isolation_level=None)) as damaged:
        with suppress(sqlite3.DatabaseError):
            damaged.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        with closing(open_writer(new)) as connection:
            entries, holes = _rebuild(damaged, Journal(connection, clock), version)
    _refuse_wal(path)
    return Salvaged(_swap(path, new), entries, holes)


def _rebuild(
    damaged: sqlite3.Connection, journal: Journal, version: str
) -> tuple[int, tuple[HoleDeclared, ...]]:
    source = Journal(damaged, journal.clock)
    live = read(source, None)
    with transaction(journal.connection):
        name = _copy_meta(damaged, journal, live)
        holes, strays = _copy_closed(source, journal)
        for row in live.prefix:
            journal.put(row)
        holes += _declared(name, live)
        strays += live.strays
        if holes:
            first = strays[0].chain if strays else os.urandom(LINK_SIZE)
            begin_store(journal, len(live.prefix), first)
            move(journal, strays)
        _copy_rest(damaged, journal)
        _copy_boots(damaged, journal)
    journal.begin_boot(version)
    journal.append_all([Line(hole) for hole in holes])
    kept = sum(journal.tip(store)[0] for store in (*journal.closed(), None))
    return kept - len(holes), tuple(holes)


# -- copying ----------------------------------------------------------------------------------


def _copy_meta(damaged: sqlite3.Connection, journal: Journal, live: Readable) -> bytes:
    """The name of the store; where even that is lost, what its entries were born under."""
    with suppress(sqlite3.DatabaseError):
        for key, value in damaged.execute("SELECT key, value FROM meta").fetchall():
            journal.put_meta(key, value)
        return journal.store
    for row in live.prefix + live.strays:
        with suppress(CodecError):
            birth = decode(row.body).birth
            if birth.seq == row.seq:
                journal.put_meta("store", bytes.fromhex(birth.store))
    journal.put_meta("clean", 0)
    return journal.store


def _copy_closed(source: Journal, journal: Journal) -> tuple[list[HoleDeclared], list[Row]]:
    holes: list[HoleDeclared] = []
    strays: list[Row] = []
    with suppress(sqlite3.DatabaseError):
        closed = source.connection.execute("SELECT store, parent, ord FROM closed_store").fetchall()
        for store, parent, order in closed:
            found = read(source, store)
            journal.connection.execute(
                "INSERT INTO closed_store VALUES(?, ?, ?)", (store, parent, order)
            )
            for row in found.prefix:
                journal.put(row, store)
            holes += _declared(store, found)
            strays += found.strays
    return holes, strays


def _copy_rest(damaged: sqlite3.Connection, journal: Journal) -> None:
    """The running meters, the roster and the paired tablets, where readable: none is part of
    the journal."""
    with suppress(sqlite3.DatabaseError):
        for row in damaged.execute("SELECT machine, meter, row FROM checkpoint").fetchall():
            journal.checkpoint(*row)
    with suppress(sqlite3.DatabaseError):
        roster = "SELECT id, epoch, version, etag, body FROM roster"
        for row in damaged.execute(roster).fetchall():
            journal.connection.execute("INSERT INTO roster VALUES(?, ?, ?, ?, ?)", row)
    with suppress(sqlite3.DatabaseError):
        for row in damaged.execute("SELECT number, name, digest, paired FROM tablet").fetchall():
            journal.connection.execute("INSERT INTO tablet VALUES(?, ?, ?, ?)", row)


def _copy_boots(damaged: sqlite3.Connection, journal: Journal) -> None:
    """The boots by their table and by what the entries say: no number is ever given twice."""
    boots: dict[int, tuple[str, int]] = {}
    for entries in journal.lineage():
        for seq, entry in entries:
            boot_no = entry.at.boot_no
            boots.setdefault(boot_no, (f"unreadable {boot_no}", seq))
            if isinstance(entry.body, BootBegan):
                boots[boot_no] = (entry.body.boot_id, seq)
    with suppress(sqlite3.DatabaseError):
        found = damaged.execute("SELECT boot_no, boot_id, began_seq FROM boot").fetchall()
        boots |= {boot_no: (boot_id, seq) for boot_no, boot_id, seq in found}
    for boot_no, (boot_id, seq) in boots.items():
        journal.connection.execute(
            "INSERT OR IGNORE INTO boot VALUES(?, ?, ?)", (boot_no, boot_id, seq)
        )


def _declared(store: bytes, found: Readable) -> list[HoleDeclared]:
    holes = []
    for number, (first, last) in enumerate(found.holes, 1):
        at_end = found.end_lost and number == len(found.holes)
        why = "the file was damaged" + ("; at least this one, the end is lost" if at_end else "")
        holes.append(HoleDeclared(store.hex(), first, last, why))
    return holes


# -- putting in its place ---------------------------------------------------------------------


def _refuse_wal(path: Path) -> None:
    """Frames of the old file would be played into the new one, and damage it as well."""
    wal = Path(f"{path}-wal")
    if wal.exists() and wal.stat().st_size:
        raise StoreError(
            f"{path}: damaged, and {wal.name} could not be taken into it;"
            " copy both files away, and put a backup in their place"
        )


def _swap(path: Path, new: Path) -> Path:
    kept = next(
        candidate
        for number in range(1, 10_000)
        if not (candidate := path.with_name(f"{path.name}.damaged-{number}")).exists()
    )
    kept.hardlink_to(path)
    _sync_folder(path.parent)
    new.replace(path)
    _sync_folder(path.parent)
    return kept


def _sync_folder(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
