"""From a printer that changes its state to the tablet that says so, by push and by polls.

An OctoPrint that is not there answers REST and pushes events as 1.11.8 does; the
kiosk is `fablab run`; the tablet is one live stream, read as htmx reads it. Timed
from before the change to the card whose state is "En pause", or no longer is. With
push the limit is half a second; without, one poll of three seconds.
"""

from __future__ import annotations

import base64
import hashlib
import json
import queue
import random
import re
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from drivers.octoprint.fake import FakeOctoPrint
from kiosk.clock import ClockPace, SystemClock
from tests.bench._lab import BenchLab, printer, share
from tests.drivers.odd_server import GUID, frame
from tests.journeys.town import until

PRINTERS = 20
#: Changes by push one after the other; by polls each printer so many times.
CHANGES, ROUNDS = 300, 3
POLL_S = 3.0
LONGEST_S = 20.0
PAUSED = "En pause"
#: A card's number and the word for its state.
CARD = re.compile(r'id="card-(\d+)".*?class="state">(.*?)</span>', re.DOTALL)
FILE = "cube.gcode"

Said = tuple[float, int, bool]


class Door(ThreadingHTTPServer):
    """All printers, each under its name, with a push stream each."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, house: FakeOctoPrint) -> None:
        super().__init__(("127.0.0.1", 0), Requests)
        self.house = house
        self.streams: dict[str, Requests] = {}

    def handle_error(self, request: object, client_address: object) -> None:
        """Nothing: the kiosk is gone, in the middle of whatever it asked."""

    def push(self, name: str, *events: str) -> None:
        for event in events:
            said = json.dumps({"event": {"type": event, "payload": {"path": FILE}}})
            self.streams[name].wfile.write(frame(said))


class Requests(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Door

    def do_GET(self) -> None:
        if self.headers.get("Upgrade", "").lower() == "websocket":
            self._stream()
        else:
            self._send(*self.server.house.answer("GET", self.path, {}))

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self._send(*self.server.house.answer("POST", self.path, body))

    def _stream(self) -> None:
        key = self.headers["Sec-WebSocket-Key"] + GUID
        self.send_response(101)
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        accept = base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()
        self.send_header("Sec-WebSocket-Accept", accept)
        self.end_headers()
        self.server.streams[self.path.split("/")[1]] = self
        while self.connection.recv(1024):
            pass
        self.close_connection = True

    def _send(self, status: int, body: object) -> None:
        raw = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


def read_tablet(port: int, said: queue.SimpleQueue[Said]) -> None:
    """Each card that comes: when, its number, whether it says that the print is paused."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/tablet/events", timeout=60) as stream:
        card = ""
        for line in stream:
            card += line.decode()
            if "</article>" not in card:
                continue
            came = time.monotonic()
            if found := CARD.search(card):
                said.put((came, int(found[1]), PAUSED in found[2]))
            card = ""


@contextmanager
def hall(
    push: bool, past: Path | None = None
) -> Iterator[tuple[BenchLab, Door, queue.SimpleQueue[Said]]]:
    with (
        tempfile.TemporaryDirectory(dir=".", prefix=".bench-") as folder,
        FakeOctoPrint(ClockPace(SystemClock())) as house,
    ):
        for number in range(PRINTERS):
            house.add(f"printer-{number}").print(FILE, 36_000)
        door = Door(house)
        threading.Thread(target=door.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{door.server_port}"
        machines = [printer(name, f"{url}/{name}", push) for name in house.printers]
        with BenchLab(Path(folder).absolute() / "lab", machines, past=past) as lab:
            lab.start()
            printing = b'data-state="busy"'
            until(lambda: lab.get("tablet/cards").count(printing) == PRINTERS, "all are printing")
            until(lambda: not push or len(door.streams) == PRINTERS, "all streams are open")
            said: queue.SimpleQueue[Said] = queue.SimpleQueue()
            threading.Thread(target=read_tablet, args=(lab.port, said), daemon=True).start()
            said.get(timeout=LONGEST_S)
            yield lab, door, said
        door.shutdown()
        door.server_close()


def change(door: Door, number: int, pause: bool) -> float:
    """When it began."""
    name = f"printer-{number}"
    fake, began = door.house.printers[name], time.monotonic()
    (fake.pause if pause else fake.resume)()
    if name in door.streams:
        door.push(name, "PrintPaused" if pause else "PrintResumed", "PrinterStateChanged")
    return began


def wait(said: queue.SimpleQueue[Said], began: dict[int, float], pause: bool) -> list[float]:
    """Milliseconds until each of these printers' cards says so."""
    waited, left = [], dict(began)
    while left:
        came, card, paused = said.get(timeout=LONGEST_S)
        number = card - 1  # the saw is the first
        if number in left and paused is pause:
            waited.append(1000 * (came - left.pop(number)))
    return waited


def by_push() -> list[float]:
    taken = []
    with hall(push=True) as (_, door, said):
        for turn in range(CHANGES):
            number, pause = turn % PRINTERS, turn // PRINTERS % 2 == 0
            taken += wait(said, {number: change(door, number, pause)}, pause)
    return taken


def by_polls() -> list[float]:
    taken, chance = [], random.Random(7)
    with hall(push=False) as (_, door, said):
        for turn in range(ROUNDS):
            pause = turn % 2 == 0
            began = {}
            for number in range(PRINTERS):  # at any moment between two polls
                time.sleep(chance.uniform(0, 2 * POLL_S / PRINTERS))
                began[number] = change(door, number, pause)
            taken += wait(said, began, pause)
    return taken


def main() -> None:
    print(f"{PRINTERS} printers; from a change of state to the tablet's card")
    print(f"{'':6} {'changes':>8} {'p50 ms':>7} {'p99 ms':>7} {'limit ms':>9}")
    for name, way, limit in (("push", by_push, 500.0), ("polls", by_polls, 1000 * POLL_S)):
        ms = way()
        print(f"{name:6} {len(ms):>8} {share(ms, 0.5):>7.0f} {share(ms, 0.99):>7.0f} {limit:>9.0f}")


if __name__ == "__main__":
    main()
