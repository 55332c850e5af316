"""A tap on disk beside the bare insert: bytes written, syncs, time.

Bytes are what the process hands to the kernel (`wchar` of /proc/self/io), on a
real disk, checkpoints of the WAL included. Syncs are counted beneath SQLite, on
the disk in memory of the power-cut tests. The bare insert is one table and one
row of 230 bytes under the same settings. What a Pi's card makes of a sync is
measured nowhere but there.
"""

from __future__ import annotations

import sqlite3
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from kiosk.clock import SystemClock
from kiosk.store.disk import open_writer, settle, transaction
from kiosk.store.journal import Journal
from kiosk.store.schema import STATEMENTS
from kiosk.store.store import Store
from machines.journal import Personal, SessionOpened
from tests.store.powercut import Disk

TAPS = 1000
#: Taps before the measured ones, so that the table's tree has its levels.
BEFORE = 500
OPENED = SessionOpened("laser-1", "badge")
INES = Personal(member="a3f9c2d41b7e", badge="s11.8:0123456789abcdef0123456789abcdef")
EVENT = "x" * 230


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one way to write a tap. Times in milliseconds."""

    what: str
    bytes_each: float
    p50_ms: float
    p99_ms: float


def measure(what: str, tap: Callable[[], object]) -> Figures:
    for _ in range(BEFORE):
        tap()
    before, taken = written(), []
    for _ in range(TAPS):
        began = time.perf_counter()
        tap()
        taken.append(1000 * (time.perf_counter() - began))
    each = (written() - before) / TAPS
    taken.sort()
    return Figures(what, each, taken[TAPS // 2], taken[TAPS * 99 // 100])


def written() -> int:
    for line in Path("/proc/self/io").read_text().splitlines():
        name, _, value = line.partition(": ")
        if name == "wchar":
            return int(value)
    raise LookupError("/proc/self/io has no wchar")


def bare(path: Path) -> Figures:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        settle(connection)
        connection.execute("CREATE TABLE event(seq INTEGER PRIMARY KEY, body TEXT) STRICT")

        def tap() -> None:
            with transaction(connection):
                connection.execute("INSERT INTO event(body) VALUES(?)", (EVENT,))

        return measure("bare insert", tap)


def journal(path: Path) -> Figures:
    with closing(open_writer(path)) as connection:
        book = Journal(connection, SystemClock())
        book.begin_boot("bench")
        return measure("journal", lambda: book.append(OPENED, INES))


def store(path: Path) -> Figures:
    """Through the store's thread, waited for: as the floor sees it."""
    house = Store(path, SystemClock(), "bench")
    try:
        return measure("store", lambda: house.append(OPENED, INES).result())
    finally:
        house.close()


def syncs() -> tuple[float, float]:
    """Per tap: of the bare insert, of the journal."""
    disk, counted = Disk(), []
    connection = disk.connect()
    settle(connection)
    for statement in (*STATEMENTS, "CREATE TABLE event(seq INTEGER PRIMARY KEY, body TEXT) STRICT"):
        connection.execute(statement).fetchall()
    book = Journal(connection, SystemClock())
    book.begin_boot("bench")

    def bare_tap() -> None:
        with transaction(connection):
            connection.execute("INSERT INTO event(body) VALUES(?)", (EVENT,))

    for tap in (bare_tap, lambda: book.append(OPENED, INES)):
        before = disk.syncs
        for _ in range(TAPS):
            tap()
        counted.append((disk.syncs - before) / TAPS)
    connection.close()
    return counted[0], counted[1]


def main() -> None:
    with tempfile.TemporaryDirectory(dir=".", prefix=".bench-") as folder:
        found = [way(Path(folder) / f"{way.__name__}.db") for way in (bare, journal, store)]
    limit, (bare_syncs, tap_syncs) = found[0], syncs()
    print(f"{TAPS} taps, WAL, synchronous FULL; the target is 1.3 times the bare insert's bytes")
    print(f"{'':12} {'bytes':>7} {'ratio':>6} {'syncs':>6} {'p50 ms':>7} {'p99 ms':>7}")
    for way in found:
        ratio, each = way.bytes_each / limit.bytes_each, bare_syncs if way is limit else tap_syncs
        print(
            f"{way.what:12} {way.bytes_each:>7.0f} {ratio:>6.2f} {each:>6.2f}"
            f" {way.p50_ms:>7.3f} {way.p99_ms:>7.3f}"
        )


if __name__ == "__main__":
    main()
