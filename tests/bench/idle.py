"""A kiosk with nothing to do: 50 machines, 20 of them printers, and nobody there.

The printers are the fake OctoPrint in a process of its own, polled every three
seconds as a lab's are. The bare loop is a process with the same libraries loaded
and a thread per printer that asks the same question at the same pace, and does
nothing with the answer.
"""

from __future__ import annotations

import multiprocessing
import tempfile
import time
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Thread

from drivers.octoprint.fake import FakeOctoPrint
from kiosk.clock import ClockPace, SystemClock
from tests.bench._lab import BenchLab, bare, cpu_s, interlocked, printer, resident_mb

PRINTERS, TOOLS, BARE = 20, 20, 9  # and the saw
SETTLE_S, WATCH_S = 5.0, 20.0
MOST_MB, MOST_SHARE = 80.0, 0.03

Spawn = multiprocessing.get_context("spawn")


def printers(answers: Connection) -> None:
    with FakeOctoPrint(ClockPace(SystemClock())) as house:
        for number in range(PRINTERS):
            house.add(f"printer-{number}")
        answers.send((house.key, [house.url(name) for name in house.printers]))
        answers.recv()


def poll(urls: list[str], key: str, libraries: tuple[str, ...]) -> None:
    import requests

    for library in libraries:
        __import__(library)

    def follow(url: str) -> None:
        http = requests.Session()
        http.headers["X-Api-Key"] = key
        while True:
            began = time.monotonic()
            http.get(f"{url}/api/job", timeout=5).json()
            time.sleep(max(0.0, began + 3.0 - time.monotonic()))

    threads = [Thread(target=follow, args=(url,), daemon=True) for url in urls]
    for thread in threads:
        thread.start()
    threads[0].join()


LIBRARIES = ("flask", "flask_babel", "gpiozero", "msgspec", "serial", "sqlite3", "waitress",
             "websocket", "cattrs", "sqlite_utils")  # fmt: skip


def shares(pids: dict[str, int]) -> dict[str, float]:
    """Of one core, over the same seconds for all."""
    before = {name: cpu_s(pid) for name, pid in pids.items()}
    time.sleep(WATCH_S)
    return {name: (cpu_s(pid) - before[name]) / WATCH_S for name, pid in pids.items()}


def main() -> None:
    ours, theirs = Spawn.Pipe()
    house = Spawn.Process(target=printers, args=(theirs,), daemon=True)
    house.start()
    key, urls = ours.recv()
    machines = [printer(f"printer-{n}", url) for n, url in enumerate(urls)]
    machines += [interlocked(f"tool-{n}", 2 + n) for n in range(TOOLS)]
    machines += [bare(f"press-{n}") for n in range(BARE)]
    loop = Spawn.Process(target=poll, args=(urls, key, LIBRARIES), daemon=True)
    with (
        tempfile.TemporaryDirectory(dir=".", prefix=".bench-") as folder,
        BenchLab(Path(folder).absolute() / "lab", machines, members=300, key=key) as lab,
    ):
        loop.start()
        lab.start()
        time.sleep(SETTLE_S)
        pids = {"bare loop": loop.pid or 0, "kiosk": lab.kiosk.pid, "relay keeper": lab.keeper.pid}
        used = shares(pids)
        memory = {name: resident_mb(pid) for name, pid in pids.items()}
        loop.kill()
        with suppress(OSError):
            ours.send(None)
        house.join(5)
    print(f"50 machines, {PRINTERS} of them printers, idle for {WATCH_S:g} s;")
    print(f"the target is {MOST_MB:g} MB and {MOST_SHARE:.0%} of one core")
    print(f"{'':12} {'MB':>6} {'core':>7}")
    for name, share in used.items():
        print(f"{name:12} {memory[name]:>6.1f} {share:>7.2%}")


if __name__ == "__main__":
    main()
