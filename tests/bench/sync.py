"""Journals on their way up: entries per second into a central, beside the bare insert.

    python -m tests.bench.sync [ROWS]

Real labs' files, the kiosk's own engine, gzip, HTTP, and the central as a
process of its own on the same computer; it answers after its COMMIT. The bare
insert is `executemany` of the rows that became of it into the same tables of
the same kind of file, 500 to a transaction, with nothing read and nothing
checked; below it the same bodies in one plain table. A ledger that grows must
not slow down: ROWS (a million) are laid in before the labs come again. Last
come a hundred labs at once after a week offline.
"""

from __future__ import annotations

import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from kiosk import admin
from kiosk.central.desk import SOCKET
from kiosk.central.schema import open_writer as open_ledger
from kiosk.clock import StillClock
from kiosk.store.disk import open_reader, open_writer, transaction
from kiosk.store.journal import Journal, Line
from kiosk.sync.engine import Engine, Progress, SyncError
from kiosk.sync.http import HttpWire
from kiosk.sync.protocol import BATCH_ENTRIES
from machines.journal import Personal, Reason, RunMeasured, SessionClosed, SessionOpened

#: Labs that come at once where speed is measured: enough that the central never waits for one.
AT_ONCE = 4
#: Entries of each of them.
ENTRIES = 20_000
LABS = 100
#: Entries of a lab in a week: 350 sessions, each opened, measured and closed, and the boot.
WEEK = 1_050
#: 2026-11-16 09:00 in Paris.
START_US = 1_794_816_000_000_000
DEADLINE_S = 120.0


# ---- labs


def lived(path: Path, entries: int, seed: int) -> Path:
    """A lab's file in which that much has happened."""
    rng = random.Random(seed)
    clock = StillClock(START_US)
    with closing(open_writer(path)) as connection:
        journal = Journal(connection, clock)
        journal.begin_boot("bench")
        while (tip := journal.tip()[0]) < entries:
            with transaction(connection):
                for _ in range(min(500, entries - tip) // 3 or 1):
                    session(journal, clock, rng)
    return path


def session(journal: Journal, clock: StillClock, rng: random.Random) -> None:
    machine = f"printer-{rng.randrange(25)}"
    member = Personal(f"m-{rng.randrange(400)}", "individual", f"s11.8:{rng.randbytes(16).hex()}")
    opened = journal.write(Line(SessionOpened(machine, "badge"), member))
    clock.advance(minutes=rng.randrange(1, 9))
    ran, began = str(opened.birth), opened.at
    used_us = clock.now().since(began)
    run = RunMeasured(machine, "run", ran, began, clock.now(), used_us, 0, 0, evidence="9 reports")
    journal.write(Line(run))
    journal.write(Line(SessionClosed(ran, machine, Reason.BADGE), member))


def brought(path: Path, wire: HttpWire) -> None:
    """The journal is brought up, as the kiosk's sync does it. Raises SyncError."""
    with closing(open_reader(path)) as connection, closing(wire):
        journal = Journal(connection, StillClock(START_US))
        Engine(journal, no_fork, wire, Progress()).round()


def no_fork(store: bytes | None, common: int) -> None:
    raise SyncError("nothing forks here")


# ---- the central


class Central:
    """`fablab central`, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.database = folder / "central.db"
        (folder / "central.toml").write_text(
            f'[central]\nname = "Bench"\nport = {port}\ndatabase = "central.db"\n'
            'runtime = "run"\ncredentials = "."\nexports = "."\n'
        )

    def __enter__(self) -> Central:
        site = self.folder / "central.toml"
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "kiosk", "central", "--site", site], stderr=log
            )
        wait(lambda: (self.folder / "run" / SOCKET).exists())
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(DEADLINE_S)

    def wire(self, lab: str) -> HttpWire:
        """Of a new node of that lab."""
        socket = self.folder / "run" / SOCKET
        return HttpWire(self.url, admin.ask(socket, "node-add", name=lab, lab=lab))

    def one(self, sql: str) -> int:
        with closing(open_reader(self.database)) as connection:
            return int(connection.execute(sql).fetchone()[0])

    def bring(self, labs: Iterable[Path]) -> float:
        """All of them at once; entries per second."""
        wires = [(lab, self.wire(lab.stem)) for lab in labs]
        before = self.one(FACTS)
        with ThreadPoolExecutor(len(wires)) as all_at_once:
            took = timed(lambda: list(all_at_once.map(lambda lab: brought(*lab), wires)))
        return (self.one(FACTS) - before) / took

    def memory_mb(self, line: str) -> float:
        """VmRSS: now; VmHWM: at most since `forget_peak`."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(status.split(f"{line}:")[1].split()[0]) / 1024

    def forget_peak(self) -> None:
        Path(f"/proc/{self._process.pid}/clear_refs").write_text("5")


def wait(claim: Callable[[], bool]) -> float:
    """Seconds until it is so."""
    began = time.perf_counter()
    while not claim():
        if time.perf_counter() > began + DEADLINE_S:
            raise TimeoutError("the central does not come to an end")
        time.sleep(0.02)
    return time.perf_counter() - began


# ---- what is measured

FACTS = "SELECT count(*) FROM fact"


def timed(do: Callable[[], object]) -> float:
    began = time.perf_counter()
    do()
    return time.perf_counter() - began


def inserted(target: Path, sql: dict[str, list[tuple[object, ...]]]) -> float:
    """Rows per second of the first statement's; the file has a ledger's tables and one more."""
    with closing(open_ledger(target)) as writer:
        writer.execute(PLAIN)

        def insert() -> None:
            for first in range(0, len(rows), BATCH_ENTRIES):
                with transaction(writer):
                    for statement, more in sql.items():
                        writer.executemany(statement, more[first : first + BATCH_ENTRIES])

        rows = next(iter(sql.values()))
        return len(rows) / timed(insert)


PLAIN = (
    "CREATE TABLE plain(store INTEGER, seq INTEGER, body BLOB, personal BLOB, chain BLOB,"
    " PRIMARY KEY(store, seq)) STRICT, WITHOUT ROWID"
)
INTO_FACT = "INSERT INTO fact VALUES(?, ?, ?, ?, ?, ?, ?, ?)"
INTO_ENTRY = "INSERT INTO entry VALUES(?, ?, ?, ?)"
INTO_PLAIN = "INSERT INTO plain VALUES(?, ?, ?, ?, ?)"


def bare(source: Path, folder: Path) -> tuple[float, float]:
    """Entries per second, the best of three: into the ledger's tables, into one plain table."""
    with closing(open_reader(source)) as reader:
        facts = reader.execute("SELECT * FROM fact ORDER BY arrived").fetchall()
        entries = reader.execute("SELECT * FROM entry ORDER BY fact").fetchall()
        plain = reader.execute(
            "SELECT store, seq, body, personal, chain FROM entry JOIN fact ON arrived = fact"
            " ORDER BY fact"
        ).fetchall()
    ways = ({INTO_FACT: facts, INTO_ENTRY: entries}, {INTO_PLAIN: plain})
    first, second = (
        max(inserted(folder / f"bare-{n}-{again}.db", way) for again in range(3))
        for n, way in enumerate(ways)
    )
    return first, second


def grow(database: Path, rows: int) -> None:
    """Lays copies of what is there into the ledger as other stores, folded already."""
    with closing(open_ledger(database)) as writer:
        facts = writer.execute("SELECT * FROM fact").fetchall()
        have = len(facts)
        for copy in range(1, max(2, rows // have)):
            store, above = copy.to_bytes(16, "big"), copy * have
            with transaction(writer):
                (no,) = writer.execute(
                    "INSERT INTO store SELECT NULL, ?, lab, node, ?, chain, NULL, 0, 0"
                    " FROM store WHERE no = 1 RETURNING no",
                    (store, have),
                ).fetchone()
                writer.executemany(
                    INTO_FACT, ((above + n, store, n, *rest) for n, _, _, *rest in facts)
                )
                writer.executemany(
                    INTO_ENTRY, ((no, n, store, above + n) for n in range(1, have + 1))
                )
        writer.execute("UPDATE usage_cursor SET arrived = (SELECT max(arrived) FROM fact)")


def a_week_later(central: Central, labs: list[Path]) -> str:
    """What became of a hundred labs that came at once."""
    before_mb = central.memory_mb("VmRSS")
    central.forget_peak()
    rate = central.bring(labs)
    peak_mb, after_mb = central.memory_mb("VmHWM"), central.memory_mb("VmRSS")
    with closing(open_reader(central.database)) as reader:
        counted = dict(
            reader.execute("SELECT lab, count(*) FROM fact WHERE lab GLOB 'week-*' GROUP BY lab")
        )
    for lab in labs:
        with closing(open_reader(lab)) as reader:
            (has,) = reader.execute("SELECT count(*) FROM entry").fetchone()
        if counted[lab.stem] != has:
            raise AssertionError(f"{lab.stem}: {has} entries, {counted[lab.stem]} counted")
    return (
        f"{len(labs)} labs at once after a week offline: {sum(counted.values())} entries,"
        f" {rate:.0f} a second,\nnone lost and none twice;"
        f" the central's memory {before_mb:.0f} MB before,"
        f" {peak_mb:.0f} at most, {after_mb:.0f} after"
    )


def folding(central: Central) -> float:
    """Facts folded into figures per second, while nobody comes."""
    pending = "SELECT max(arrived) - (SELECT arrived FROM usage_cursor) FROM fact"
    left = central.one(pending)
    took = wait(lambda: central.one(pending) < max(1, left - 2000))
    return (left - central.one(pending)) / took


def main(rows: int) -> None:
    with tempfile.TemporaryDirectory(dir=".", prefix=".bench-") as name:
        folder = Path(name)

        def labs(what: str, count: int, entries: int) -> list[Path]:
            return [lived(folder / f"{what}-{n}.db", entries, n) for n in range(count)]

        central = Central(folder / "central")
        with central:
            small = central.bring(labs("before", AT_ONCE, ENTRIES))
            alone = central.bring(labs("alone", 1, ENTRIES))
        limit, plain = bare(central.database, folder)
        grow(central.database, rows)
        with central:
            had, large = central.one(FACTS), central.bring(labs("after", AT_ONCE, ENTRIES))
            week = a_week_later(central, labs("week", LABS, WEEK))
            folds = folding(central)
    print("entries per second into a central; the target is 0.40 of the bare insert, at any size")
    print(f"{'':44} {'entries/s':>9} {'ratio':>6}")
    for what, rate in (
        ("bare insert of the same rows", limit),
        ("the same bodies in one plain table", plain),
        ("one lab alone", alone),
        (f"{AT_ONCE} labs at once", small),
        (f"{AT_ONCE} labs at once, {had} entries in the ledger", large),
    ):
        print(f"{what:44} {rate:>9.0f} {rate / limit:>6.2f}")
    print(week)
    print(f"facts folded into figures, while nobody comes: {folds:.0f} a second")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:] or ["1000000"]))
