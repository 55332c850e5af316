"""What a laser's tap adds: the way from sender to controller and back, and an engraving's rate.

Three ways over the same pseudo-terminal in the same run: the sender on the port
itself, a bare pump between TCP and port, and the tap, the last
two in a process of their own. The controller answers each line at once, and `?`
with a report; the sender keeps to GRBL's window and asks five times a second. A
pty has no baud rate: at 115200 baud the wire itself passes 11.5 KB/s, and takes
1.4 ms for the 16 bytes of a line and its `ok`.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import select
import socket
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection

from drivers.grbl import Options
from drivers.grbl.firmware import WINDOW
from drivers.grbl.link import GrblLink
from drivers.grbl.wire import ASK
from kiosk.clock import ClockPace, SystemClock

#: Each way in its turn, so that a computer busy with something else is so for all three.
ROUNDS = 10
#: Of each round: lines sent one by one, those before the measured ones, and the engraving's.
TRIPS, BEFORE = 500, 100
LINE = b"G1X12.5S300\n"
LINES = 200_000 // len(LINE)
ASK_EVERY_S = 0.2
REPORT = b"<Run|MPos:12.500,5.000,0.000|FS:1200,300>\r\n"
LONGEST_S = 120.0

Fork = multiprocessing.get_context("fork")
Serve = Callable[[str, Connection], None]


class Controller:
    """The far end of the cable. `settle` lets the bench's one thread be it, too."""

    def __init__(self) -> None:
        self.end, self._theirs = os.openpty()
        tty.setraw(self._theirs)
        self.path = os.ttyname(self._theirs)
        self.came = 0

    def answer(self) -> None:
        data = os.read(self.end, 4096)
        self.came += len(data) - data.count(ASK)
        os.write(self.end, b"ok\r\n" * data.count(b"\n") + REPORT * data.count(ASK))

    def close(self) -> None:
        os.close(self.end)
        os.close(self._theirs)


class Sender:
    """The near end: a socket or the port itself. Counts the lines answered."""

    def __init__(self, end: int, controller: Controller) -> None:
        self._end = end
        self._controller = controller
        self._asked = time.monotonic()
        self._kept = b""
        self.answered = 0

    def send(self, data: bytes) -> None:
        os.write(self._end, data)

    def wait(self, answered: int) -> None:
        """Until so many lines in all have been answered."""
        until = time.monotonic() + LONGEST_S
        while self.answered < answered:
            ready = select.select([self._end, self._controller.end], [], [], 1)[0]
            if self._controller.end in ready:
                self._controller.answer()
            if self._end in ready:
                self._listen()
            if time.monotonic() > until:
                raise TimeoutError("the controller's answers did not come")

    def ask_now_and_then(self) -> None:
        if time.monotonic() - self._asked >= ASK_EVERY_S:
            self._asked = time.monotonic()
            self.send(ASK)

    def _listen(self) -> None:
        *lines, self._kept = (self._kept + os.read(self._end, 4096)).split(b"\r\n")
        self.answered += lines.count(b"ok")


def bare_pump(path: str, talk: Connection) -> None:
    """What no tap can do without: bytes from one side to the other, both ways."""
    port = os.open(path, os.O_RDWR | os.O_NOCTTY)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        talk.send(listener.getsockname())
        sender, _ = listener.accept()
    sender.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    other = {port: sender.fileno(), sender.fileno(): port}
    while True:
        for ready in select.select(list(other), [], [])[0]:
            if not (data := os.read(ready, 4096)):
                return
            os.write(other[ready], data)


def tap(path: str, talk: Connection) -> None:
    options = Options(path, tap_port=0, tap_listen="127.0.0.1")
    link = GrblLink("laser", options, lambda _fact: None, ClockPace(SystemClock()))
    link.allow(True)
    link.start()
    talk.send(link.address(LONGEST_S))
    talk.recv()
    link.stop()


@contextmanager
def through(serve: Serve, controller: Controller) -> Iterator[int]:
    """A sender's end of a connection to `serve`, which runs in another process."""
    ours, theirs = Fork.Pipe()
    process = Fork.Process(target=serve, args=(controller.path, theirs), daemon=True)
    process.start()
    if not ours.poll(LONGEST_S) or (address := ours.recv()) is None:
        raise TimeoutError("nothing listens")
    with socket.create_connection(address) as sender:
        sender.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield sender.fileno()
    ours.send("stop")
    process.join(10)


@contextmanager
def on_the_port(controller: Controller) -> Iterator[int]:
    port = os.open(controller.path, os.O_RDWR | os.O_NOCTTY)
    yield port
    os.close(port)


@dataclass(slots=True)
class Way:
    """One way to the controller, and what was measured of it in all rounds.

    `cpu_s` is what its process used for the trips and the engraving.
    """

    what: str
    open: Callable[[Controller], AbstractContextManager[int]]
    taken_ms: list[float] = field(default_factory=list)
    engraved_s: float = 0.0
    cpu_s: float = 0.0

    def measure(self) -> None:
        used = _children_s()
        with closing(Controller()) as controller, self.open(controller) as end:
            sender = Sender(end, controller)
            self.taken_ms += trips(sender)
            self.engraved_s += engrave(sender, controller)
        self.cpu_s += _children_s() - used

    def after(self, part: float) -> float:
        """Milliseconds within which such a part of the trips was done."""
        return sorted(self.taken_ms)[int(len(self.taken_ms) * part)]

    @property
    def kb_s(self) -> float:
        return ROUNDS * LINES * len(LINE) / 1000 / self.engraved_s


def trips(sender: Sender) -> list[float]:
    """Milliseconds from a line sent to its answer, one line at a time."""
    taken = []
    for _ in range(BEFORE + TRIPS):
        sender.ask_now_and_then()
        began = time.perf_counter()
        sender.send(LINE)
        sender.wait(sender.answered + 1)
        taken.append(1000 * (time.perf_counter() - began))
    return taken[BEFORE:]


def engrave(sender: Sender, controller: Controller) -> float:
    """Seconds of a round's part of the engraving: never more under way than the window holds."""
    came, answered, began = controller.came, sender.answered, time.perf_counter()
    for sent in range(LINES):
        sender.ask_now_and_then()
        sender.wait(answered + sent + 1 - WINDOW // len(LINE))
        sender.send(LINE)
    sender.wait(answered + LINES)
    took = time.perf_counter() - began
    if controller.came - came != LINES * len(LINE):
        raise ValueError(f"{controller.came - came} bytes came of {LINES * len(LINE)}")
    return took


def _children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    bare, pump, tapped = ways = (
        Way("bare pty", on_the_port),
        Way("bare pump", lambda controller: through(bare_pump, controller)),
        Way("tap", lambda controller: through(tap, controller)),
    )
    for _ in range(ROUNDS):
        for way in ways:
            way.measure()
    megabytes = ROUNDS * LINES * len(LINE) / 1e6
    print(f"{ROUNDS * TRIPS} lines there and back; {megabytes:.1f} MB in windows of {WINDOW} bytes")
    print(f"{'':10} {'p50 ms':>7} {'p99 ms':>7} {'KB/s':>7} {'CPU s':>6}")
    for way in ways:
        print(
            f"{way.what:10} {way.after(0.5):>7.3f} {way.after(0.99):>7.3f}"
            f" {way.kb_s:>7.0f} {way.cpu_s:>6.2f}"
        )
    added, bare_added = (way.after(0.5) - bare.after(0.5) for way in (tapped, pump))
    print(f"added to the bare pty at the median: tap {added:.3f} ms, pump {bare_added:.3f} ms")


if __name__ == "__main__":
    main()
