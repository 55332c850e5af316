"""Badge bytes in -> relay on with the entry durable, beside the bare loop, in the same run.

The product: a frame on a pty, `fablab run` (floor, store on this disk, screens)
with 25 other machines busy, `fablab relays`, its mock pin. The bare loop: a
frame on a pty, one row of 230 bytes (WAL, synchronous FULL), a line on a unix
socket to a process that sets a mock pin. Both are timed from before the frame
is written to the change of the pin, stamped in the process that sets it, each
in its turn. The digest of a badge that is not yet in memory stands apart. What
is left out: the reader's radio, 14.6 ms of wire at 9600 baud, the relay itself.
"""

from __future__ import annotations

import multiprocessing
import socket
import sqlite3
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from multiprocessing.connection import Connection
from pathlib import Path

import serial
from gpiozero import OutputDevice
from gpiozero.pins.mock import MockFactory

from drivers.badge.fake import FakeReader
from drivers.badge.wire import Decoder
from drivers.octoprint.fake import FakeOctoPrint
from kiosk.clock import ClockPace, SystemClock
from kiosk.store.disk import settle, transaction
from tests.bench._lab import BenchLab, badge, interlocked, printer, share

#: Each way in its turn, so that a computer busy with something else is so for both.
ROUNDS, TAPS = 10, 100
TOOLS, PRINTERS = 19, 6
#: Each has a badge; the same one comes again only after more than three seconds.
MEMBERS = 200
#: Real seconds between the end of one tap and the next, in both ways.
REST_S = 0.01
EVENT = "x" * 230

Spawn = multiprocessing.get_context("spawn")


# -- the bare loop --------------------------------------------------------------------------


def set_pins(path: str, stamps: Connection) -> None:
    """The other end: a mock pin that follows what is said on the socket."""
    pin = OutputDevice(17, initial_value=False, pin_factory=MockFactory())
    with closing(socket.socket(socket.AF_UNIX)) as door:
        door.bind(path)
        door.listen()
        stamps.send(0)
        wire, _ = door.accept()
        while line := wire.recv(64):
            pin.on()
            stamps.send(time.monotonic_ns() // 1000)
            pin.off()
            assert line.endswith(b"\n")


def read_badges(port: str, database: str, door: str) -> None:
    wire = socket.socket(socket.AF_UNIX)
    wire.connect(door)
    connection = sqlite3.connect(database, isolation_level=None)
    settle(connection)
    connection.execute("CREATE TABLE event(seq INTEGER PRIMARY KEY, body TEXT) STRICT")
    decoder = Decoder("bare", "rdm6300")
    with serial.Serial(port, 9600, timeout=0.2, exclusive=True) as line:
        while True:
            for _ in decoder.feed(line.read(max(1, line.in_waiting))):
                with transaction(connection):
                    connection.execute("INSERT INTO event(body) VALUES(?)", (EVENT,))
                wire.sendall(b"17 on\n")


class BareLoop:
    def __init__(self, folder: Path) -> None:
        self._reader = FakeReader(folder / "bare")
        door, database = str(folder / "door"), str(folder / "bare.db")
        self._stamps, theirs = Spawn.Pipe(duplex=False)
        self._peers = [
            Spawn.Process(target=set_pins, args=(door, theirs), daemon=True),
            Spawn.Process(
                target=read_badges, args=(str(self._reader.path), database, door), daemon=True
            ),
        ]
        self._peers[0].start()
        assert self._stamps.poll(20)
        self._stamps.recv()
        self._peers[1].start()
        while not self._stamps.poll(0.2):
            self._reader.present(badge(1))  # until the port is open, what is said is lost
        while self._stamps.poll(0.5):
            self._stamps.recv()

    def tap(self, number: int) -> float:
        began = time.monotonic_ns() // 1000
        self._reader.present(badge(number))
        return (int(self._stamps.recv()) - began) / 1000

    def close(self) -> None:
        for peer in self._peers:
            peer.kill()
        self._reader.close()


# -- the product ----------------------------------------------------------------------------


def tap(lab: BenchLab, number: int) -> float:
    """A badge at the saw's own reader. Milliseconds until its relay is on."""
    began = time.monotonic_ns() // 1000
    lab.saw.present(badge(number))
    return (lab.changes(on=True).at_us - began) / 1000


def end(lab: BenchLab, number: int) -> None:
    """The same member ends it at the shared screen."""
    lab.desk.present(badge(number))
    wait_for(lab, "stop")
    lab.touch("end")
    lab.changes(on=False)


def make_busy(lab: BenchLab) -> None:
    """A session at every other tool."""
    for tool in range(TOOLS):
        lab.desk.present(badge(MEMBERS + 1 + tool))
        wait_for(lab, "choose")
        lab.touch("machine", f"tool-{tool}")
        lab.changes(on=True)


def wait_for(lab: BenchLab, kind: str) -> None:
    until = time.monotonic() + 10
    while lab.screen() != kind:
        assert time.monotonic() < until, f"the screen never says {kind}"


# -- both -----------------------------------------------------------------------------------


def rounds(ways: dict[str, Callable[[], float]]) -> dict[str, list[float]]:
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, once in ways.items():
            for _ in range(TAPS):
                taken[name].append(once())
                time.sleep(REST_S)
    return taken


def main() -> None:
    pace = ClockPace(SystemClock())
    with (
        tempfile.TemporaryDirectory(dir=".", prefix=".bench-") as folder,
        FakeOctoPrint(pace) as fake,
    ):
        place = Path(folder).absolute()
        prints = [f"printer-{n}" for n in range(PRINTERS)]
        for name in prints:
            fake.add(name).print("cube.gcode", 36_000)
        machines = [interlocked(f"tool-{n}", 2 + n) for n in range(TOOLS)]
        machines += [printer(name, fake.url(name)) for name in prints]
        with (
            BenchLab(place / "lab", machines, MEMBERS + TOOLS, fake.key) as lab,
            closing(BareLoop(place)) as loop,
        ):
            lab.start()
            make_busy(lab)
            cold = []
            for number in range(1, MEMBERS + 1):
                cold.append(tap(lab, number))
                end(lab, number)
            turns = iter(range(ROUNDS * TAPS))

            def product() -> float:
                number = next(turns) % MEMBERS + 1
                ms = tap(lab, number)
                end(lab, number)
                return ms

            taken = rounds({"bare loop": lambda: loop.tap(1), "product": product})
    taken["first time"] = cold
    limit = taken["bare loop"]
    print(f"{ROUNDS * TAPS} taps, {TOOLS + PRINTERS} other machines busy; the target is 1.5 times")
    print(f"{'':12} {'p50 ms':>7} {'ratio':>6} {'p99 ms':>7} {'ratio':>6}")
    for name, ms in taken.items():
        p50, p99 = share(ms, 0.5), share(ms, 0.99)
        of50, of99 = p50 / share(limit, 0.5), p99 / share(limit, 0.99)
        print(f"{name:12} {p50:>7.2f} {of50:>6.2f} {p99:>7.2f} {of99:>6.2f}")
    print("first time: with the digest (scrypt) of a badge that is not yet in memory")


if __name__ == "__main__":
    main()
