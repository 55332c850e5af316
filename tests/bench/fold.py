"""Facts folded into figures: how many a second, beside the bare insert of the same rows.

Journals of real labs' files are taken into a central's file, in turns as their
syncs would; then the central's own fold runs over them, transaction by
transaction, on a real disk. The longest of these is what a batch of a lab may
have to wait for. The bare insert is `executemany` of the rows that became of
them into the same tables of the same kind of file, as many facts to a
transaction, with nothing read, decoded or decided.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path

from kiosk.central import ledger
from kiosk.central.folding import FOLDED, fold
from kiosk.central.intake import understand
from kiosk.central.nodes import Node
from kiosk.central.process import HAND_OVER_S
from kiosk.central.schema import open_writer
from kiosk.clock import StillClock
from kiosk.store.disk import open_reader, transaction
from kiosk.store.journal import Journal
from kiosk.sync.protocol import BATCH_ENTRIES, Batch, Line
from machines.chain import ZERO
from tests.bench.sync import lived, timed

LABS = 4
#: Entries of each lab; a lab has some 150 a day.
ENTRIES = 15_000


def batches(lab: Path) -> Iterator[Batch]:
    """The journal of a lab's file, as its sync would send it."""
    with closing(open_reader(lab)) as connection:
        journal = Journal(connection, StillClock(0))
        seq, link = 0, ZERO
        while rows := journal.rows(seq, BATCH_ENTRIES):
            yield Batch(journal.store, seq + 1, link, tuple(Line(r.body, r.personal) for r in rows))
            seq, link = rows[-1].seq, rows[-1].chain


def bring(central: sqlite3.Connection, labs: list[Path]) -> None:
    for turn in zip(*map(batches, labs), strict=False):
        for lab, batch in zip(labs, turn, strict=True):
            with transaction(central):
                ledger.take_in(central, Node(lab.stem, lab.stem), understand(batch), 0)


def folded(central: sqlite3.Connection) -> list[float]:
    """Seconds of each transaction, until nothing is left."""
    took, more = [], True
    while more:
        began = time.perf_counter()
        more = fold(central, 0)
        took.append(time.perf_counter() - began)
    return sorted(took)


@contextmanager
def busy_thread() -> Iterator[None]:
    """One that computes all the time, as making pages and opening batches does."""
    done = threading.Event()

    def compute() -> None:
        while not done.is_set():
            sum(range(1000))

    thread = threading.Thread(target=compute)
    before = sys.getswitchinterval()
    sys.setswitchinterval(HAND_OVER_S)  # as the central's process does
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
        sys.setswitchinterval(before)


TABLES = ("usage", "usage_fact")


def bare(central: sqlite3.Connection, path: Path, transactions: int) -> float:
    """Seconds for the rows that became of the facts, in as many transactions."""
    made = {table: central.execute(f"SELECT * FROM {table}").fetchall() for table in TABLES}
    with closing(open_writer(path)) as writer:

        def insert() -> None:
            for one in range(transactions):
                with transaction(writer):
                    for table, rows in made.items():
                        marks = ", ".join("?" * len(rows[0]))
                        some = rows[one::transactions]
                        writer.executemany(f"INSERT INTO {table} VALUES({marks})", some)

        return timed(insert)


def main() -> None:
    with tempfile.TemporaryDirectory(dir=".", prefix=".bench-") as name:
        folder = Path(name)
        labs = [lived(folder / f"lab-{n}.db", ENTRIES, n) for n in range(LABS)]
        took = {}
        for what, beside in (("fold", nullcontext()), ("fold beside a busy thread", busy_thread())):
            with closing(open_writer(folder / f"{what}.db")) as central:
                bring(central, labs)
                (facts,) = central.execute("SELECT count(*) FROM fact").fetchone()
                with beside:
                    took[what] = folded(central)
                limit = bare(central, folder / f"bare {what}.db", len(took[what]))
    print(f"{facts} facts of {LABS} labs folded, {FOLDED} to a transaction")
    print(f"{'':30} {'facts/s':>8} {'ratio':>6} {'p50 ms':>7} {'longest ms':>11}")
    print(f"{'bare insert of the same rows':30} {facts / limit:>8.0f} {1:>6.2f}")
    for what, times in took.items():
        rate, half, longest = facts / sum(times), times[len(times) // 2], times[-1]
        ratio = rate * limit / facts
        print(f"{what:30} {rate:>8.0f} {ratio:>6.2f} {half * 1000:>7.1f} {longest * 1000:>11.1f}")


if __name__ == "__main__":
    main()
