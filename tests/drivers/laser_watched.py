"""A laser's watch at a bench, told bytes and times: no port, no thread, no waiting."""

from __future__ import annotations

from drivers.grbl import Options
from drivers.grbl.deadman import Send
from drivers.grbl.watch import Order, Watch
from machines.facts import LaserMessage, WorkSeen
from machines.meter import Work

OPTIONS = Options(port="/dev/null")
IDLE = b"<Idle|MPos:0.000,0.000,0.000|FS:0,0>\r\n"
LEFT_ON = b"<Idle|MPos:6.000,0.000,0.000|FS:0,300>\r\n"
CUTS = b"<Run|MPos:5.438,0.000,0.000|FS:1200,500>\r\n"
MOVES = b"<Run|MPos:5.438,0.000,0.000|FS:2648,0>\r\n"
BRAKED = b"<Hold:0|MPos:5.438,0.000,0.000|FS:0,0>\r\n"
BANNER = b"\r\nGrbl 1.1h ['$' for help]\r\n"


class Bench:
    """A watch, and a clock that is moved by hand, in real seconds that are the field's too."""

    def __init__(self, options: Options = OPTIONS) -> None:
        self.watch = Watch("laser", options)
        self.watch.allowed = True
        self.now = 100.0
        self.orders: list[Order] = []
        self.says(BANNER + IDLE)

    def says(self, data: bytes) -> None:
        self.orders += self.watch.from_controller(self.now, data)

    def sends(self, data: bytes) -> None:
        self.watch.from_sender(self.now, data)

    def connect(self) -> None:
        self.orders += self.watch.sender_came(self.now)

    def hang_up(self) -> None:
        self.orders += self.watch.sender_left(self.now, "it has hung up")

    def passes(self, seconds: float, saying: bytes = b"", polled: bool = False) -> None:
        """Time, in steps of 50 ms; each question is answered by `saying` at once."""
        for _ in range(round(seconds / 0.05)):
            self.now += 0.05
            if polled:
                self.sends(b"?")
                self.says(saying)
            for order in self.watch.tick(self.now, self.now):
                self.orders.append(order)
                if order == Send(b"?") and saying:
                    self.says(saying)

    def sent(self) -> bytes:
        return b"".join(order.data for order in self.orders if isinstance(order, Send))

    def messages(self) -> list[str]:
        return [order.what for order in self.orders if isinstance(order, LaserMessage)]

    def forget(self) -> None:
        self.orders.clear()


def at_rest(options: Options = OPTIONS) -> Bench:
    """A laser that has rested for so long that nobody's job is left in it."""
    bench = Bench(options)
    bench.passes(6, saying=IDLE)
    bench.forget()
    return bench


def seen(bench: Bench, meter: str) -> Work:
    return [o.work for o in bench.orders if isinstance(o, WorkSeen) and o.meter == meter][-1]
