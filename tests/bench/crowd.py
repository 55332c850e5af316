"""A full house: a hundred jobs wait, twenty printers print, twenty tablets look on.

The jobs wait in the journal that the kiosk starts on, of fifteen members and of every
length; each may go to any of the printers, so that nothing of the queue is left out.
Tablets beyond the server's streams ask for the page again and again instead, and are
not counted here. The limit is that of `live`. What the row of what is carried adds to an
entry is its bytes, to the WAL and from there, over the entries that lie between two.
"""

from __future__ import annotations

import hashlib
import queue
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path

from kiosk.clock import SystemClock
from kiosk.floor import rows
from kiosk.floor.writing import CARRIED_BYTES, CARRIED_EVERY
from kiosk.store.disk import open_writer
from kiosk.store.store import Store
from machines.carried import Carried
from machines.job_entries import JobSubmitted, Needs
from machines.journal import Personal
from tests.bench._lab import cpu_s, resident_mb, share
from tests.bench.live import CHANGES, PRINTERS, Said, change, hall, read_tablet, wait

JOBS, MEMBERS, TABLETS = 100, 15, 20
SETTLE_S, WATCH_S = 3.0, 10.0
LIMIT_MS = 500.0


def job(number: int) -> JobSubmitted:
    file = hashlib.sha256(str(number).encode()).hexdigest()
    return JobSubmitted(
        file,
        1_000_000,
        "phone",
        needs=Needs(nozzle_mm=0.4, size_mm=(100.0, 100.0, 50.0)),
        slicer="PrusaSlicer 2.7.1",
        estimated_s=3600.0 * (1 + number % 7),
        estimate_from="slicer",
        filament_mm=12_000.0,
        filament_g=36.0,
    )


def past(path: Path) -> Carried:
    """A journal in which they were brought, and what a kiosk carries of it."""
    store = Store(path, SystemClock(), connect=open_writer)
    try:
        for number in range(JOBS):
            owner = Personal(
                f"m-{number % MEMBERS}", "individual", file_name=f"part-{number}.gcode"
            )
            store.append(job(number), owner).result(10)
        entries = store.submit(lambda journal: list(journal.entries())).result(10)
    finally:
        store.close()
    return Carried().fold(entries)


def look_on(port: int) -> list[queue.SimpleQueue[Said]]:
    """Those that have a stream."""
    tablets = [queue.SimpleQueue[Said]() for _ in range(TABLETS)]

    def read(said: queue.SimpleQueue[Said]) -> None:
        with suppress(OSError):  # the server has no more streams, or is gone
            read_tablet(port, said)

    for said in tablets:
        threading.Thread(target=read, args=(said,), daemon=True).start()
    time.sleep(SETTLE_S)
    return [said for said in tablets if not said.empty()]


def main() -> None:
    with tempfile.TemporaryDirectory(dir=".", prefix=".bench-") as folder:
        journal = Path(folder) / "past.db"
        row = len(rows.encode_carried(past(journal), "ab" * 16))
        with hall(push=True, past=journal) as (lab, door, _):
            for number in range(JOBS):
                (lab.folder / "files" / f"{job(number).file}.gcode").write_bytes(b"G28\n")
            tablets = look_on(lab.port)
            before = cpu_s(lab.kiosk.pid)
            time.sleep(WATCH_S)
            core = (cpu_s(lab.kiosk.pid) - before) / WATCH_S
            ms = []
            for turn in range(CHANGES):
                number, pause = turn % PRINTERS, turn // PRINTERS % 2 == 0
                began = {number: change(door, number, pause)}
                ms += wait(tablets[turn % len(tablets)], began, pause)
            memory = resident_mb(lab.kiosk.pid)
    every = max(CARRIED_EVERY, row // CARRIED_BYTES)
    print(f"{JOBS} jobs wait, {PRINTERS} printers print, {TABLETS} tablets look on,")
    print(f"{len(tablets)} of them by a stream; {core:.1%} of one core while nothing else happens")
    print(f"{'':32} {'here':>8} {'limit':>8}")
    print(f"{'change -> a tablet, p50, ms':32} {share(ms, 0.5):>8.0f}")
    print(f"{'change -> a tablet, p99, ms':32} {share(ms, 0.99):>8.0f} {LIMIT_MS:>8.0f}")
    print(f"{'memory, MB':32} {memory:>8.1f}")
    print(f"{'row of what is carried, kB':32} {row / 1000:>8.1f}")
    print(f"{'bytes that it adds to an entry':32} {2 * row / every:>8.0f}")


if __name__ == "__main__":
    main()
