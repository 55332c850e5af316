"""From process start to the first page, and to the first badge that switches a machine on.

`fablab relays` and `fablab run` are started together, as after a power cut, on
the file of a lab with ten thousand entries, in the middle of whose day the plug
was pulled. Members badge at the saw, one after the other, all the while: a badge that
lies there when power comes back is nobody's wish that it run. The bare server is a
process that imports Flask and waitress, opens a file of SQLite, and answers.
"""

from __future__ import annotations

import itertools
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import closing
from pathlib import Path
from threading import Event, Thread

from kiosk.clock import SystemClock
from kiosk.store.store import Store
from machines.journal import Personal, Provenance, Reason, SessionClosed, SessionOpened
from tests.bench._lab import BenchLab, badge, bare, interlocked, share
from tests.journeys.town import free_port

STARTS = 7
ENTRIES = 10_000
MEMBERS = 300
MOST_S = 1.5
LONGEST_S = 30.0

BARE = """
import sqlite3, sys, flask, waitress
sqlite3.connect(sys.argv[2]).execute("SELECT count(*) FROM entry").fetchone()
app = flask.Flask("bare")
app.add_url_rule("/", view_func=lambda: "<!doctype html>")
waitress.serve(app, host="127.0.0.1", port=int(sys.argv[1]))
"""


def fill(path: Path) -> None:
    """A past that was not closed: the next start looks whether the file is whole."""
    store = Store(path, SystemClock(), "bench")
    for number in range(ENTRIES // 2):
        personal = Personal(member=f"m-{number % 9}")
        opened = store.append(SessionOpened("press-1", "badge"), personal).result()
        closed = SessionClosed(str(opened.birth), "press-1", Reason.BADGE, Provenance.BADGE)
        store.append(closed, personal).result()
    store.close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE meta SET value = 0 WHERE key = 'clean'")


def until_answered(port: int, began: float) -> float:
    """Seconds from `began` to the first whole page."""
    while time.monotonic() - began < LONGEST_S:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as page:
                page.read()
            return time.monotonic() - began
        except OSError:
            time.sleep(0.005)
    raise TimeoutError(f"no page within {LONGEST_S:g} s")


def bare_start(database: Path) -> float:
    port, began = free_port(), time.monotonic()
    with subprocess.Popen([sys.executable, "-c", BARE, str(port), str(database)]) as server:
        try:
            return until_answered(port, began)
        finally:
            server.kill()


def start(lab: BenchLab) -> tuple[float, float]:
    """Seconds to the first page, and to the relay of the first badge that counts."""
    lifted = Event()

    def queue() -> None:
        for number in itertools.count(1):
            if lifted.wait(0.1):
                return
            lab.saw.present(badge(1 + number % MEMBERS))

    began = time.monotonic()
    lab.keeper.start()
    lab.kiosk.start()
    hand = Thread(target=queue)
    hand.start()
    try:
        page = until_answered(lab.port, began)
        return page, lab.changes(on=True).at_us / 1e6 - began
    finally:
        lifted.set()
        hand.join()


def main() -> None:
    machines = [interlocked(f"tool-{n}", 2 + n) for n in range(12)]
    machines += [bare(f"press-{n}") for n in range(12)]
    taken: dict[str, list[float]] = {"bare server": [], "first page": [], "first badge": []}
    with tempfile.TemporaryDirectory(dir=".", prefix=".bench-") as folder:
        place = Path(folder).absolute()
        past = place / "past.db"
        fill(past)
        for number in range(STARTS):
            with BenchLab(place / f"lab-{number}", machines, MEMBERS, past=past) as lab:
                taken["bare server"].append(bare_start(lab.database))
                page, relay = start(lab)
                taken["first page"].append(page)
                taken["first badge"].append(relay)
    print(f"{STARTS} starts on {ENTRIES} entries after a power cut; the target is {MOST_S:g} s")
    print(f"{'':12} {'median s':>9} {'worst s':>8}")
    for name, seconds in taken.items():
        print(f"{name:12} {share(seconds, 0.5):>9.2f} {max(seconds):>8.2f}")


if __name__ == "__main__":
    main()
