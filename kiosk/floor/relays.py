"""The floor's end of the relay keeper: orders out, heartbeats out, the lines' word in.

The heart beats in real time whatever the field's clock does, and only while
`beat_if` says that the floor is alive: a floor that hangs is a silent kiosk.
An order to energise is said once and never again; one to release is said until
the keeper has done it.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import select
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from drivers.relay.wire import Why
from kiosk.keeper import protocol as say
from kiosk.keeper.protocol import LineReport

log = logging.getLogger("relays")

BEAT_S = 1.0
#: An order that the keeper has not carried out by then counts as not carried out.
ORDER_S = 0.5
#: A keeper that has not said a heartbeat back for so long does not answer.
DEAF_S = 2.5
#: Seconds between two attempts to connect, doubled each time.
FIRST_RETRY_S, LONGEST_RETRY_S = 0.1, 2.0

OnLines = Callable[[tuple[LineReport, ...]], None]


@dataclass(slots=True)
class _Order:
    """An order under way, and whether it was carried out once that is known."""

    machine: str
    on: bool
    until: float
    done: bool = False
    answered: threading.Event = field(default_factory=threading.Event)


class Relays:
    """Keeps the connection in a thread of its own. All methods may be called from any thread.

    `on_lines` is told every report of the keeper (all lines at each connection, then
    those that fell), and every order to energise that was not carried out. It is
    called in this thread, and returns at once; so does `beat_if`.
    """

    def __init__(
        self, path: Path, on_lines: OnLines, beat_if: Callable[[], bool] = lambda: True
    ) -> None:
        self._path = path
        self._on_lines = on_lines
        self._beat_if = beat_if
        self._lock = threading.RLock()  # an order is said where it was decided
        self._wire: socket.socket | None = None
        self._admitted = False
        self._heard = 0.0
        self._spoke: float | None = None  #: when a keeper that had admitted us was last heard
        self._lines: dict[str, LineReport] = {}
        self._orders: dict[int, _Order] = {}
        self._latest: dict[str, int] = {}  # by machine: an older order's fate is no news
        self._to_release: set[str] = set()
        self._untold: list[LineReport] = []
        self._ids = itertools.count(1)
        self._stopped = threading.Event()
        self._bell, self._ring = socket.socketpair()
        self._bell.setblocking(False)
        self._ring.setblocking(False)
        self._thread = threading.Thread(target=self._run, name="relays", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Say no more. What the lines then do is the keeper's to know."""
        self._stopped.set()
        self._wake()
        if self._thread.is_alive():
            self._thread.join(2)
        for end in (self._bell, self._ring):
            end.close()

    @property
    def connected(self) -> bool:
        """Whether a keeper is there, has admitted us, and answers."""
        return self._admitted and time.monotonic() - self._heard < DEAF_S

    def lines(self) -> Mapping[str, LineReport]:
        """Every line by machine, as the keeper last said it."""
        with self._lock:
            return dict(self._lines)

    def set(self, machine: str, on: bool) -> bool:
        """Have the line on or off; whether it is done. Waits half a second at most.

        An order to energise that was not carried out in time is taken back.
        """
        order = self._say(machine, on)
        if order is not None:
            order.answered.wait(ORDER_S)
            if order.done:
                return True
        if on:
            self.set_soon(machine, False)
        return False

    def set_soon(self, machine: str, on: bool) -> None:
        """Have the line on or off, without waiting. Off is said again until it is done."""
        if not on:
            with self._lock:
                self._to_release.add(machine)
        if self._say(machine, on) is None and on:
            with self._lock:
                self._untold.append(LineReport(machine, False, Why.FAULT, 0.0))
        self._wake()

    # -- orders -------------------------------------------------------------------------------

    def _say(self, machine: str, on: bool) -> _Order | None:
        """The order under way; None where no keeper hears it.

        A beat goes before an order to energise, since who gives it is alive.
        """
        order = _Order(machine, on, time.monotonic() + ORDER_S)
        now_us = say.boot_us()
        with self._lock:
            number = self._latest[machine] = next(self._ids)
            if on:
                self._to_release.discard(machine)
            told = say.Order(number, machine, on, now_us + round(ORDER_S * 1e6))
            if not self._send(*([say.Beat(now_us)] if on else []), told):
                return None
            self._orders[number] = order
        return order

    def _send(self, *messages: say.Asked) -> bool:
        """To be called with the lock held. A keeper that does not read is left."""
        if self._wire is None or not self._admitted:
            return False
        try:
            self._wire.sendall(b"".join(say.encode(message) for message in messages))
        except OSError:
            self._admitted = False
            with contextlib.suppress(OSError):
                self._wire.shutdown(socket.SHUT_RDWR)
            return False
        return True

    def _wake(self) -> None:
        with contextlib.suppress(OSError):
            self._ring.send(b"!")

    # -- the thread ---------------------------------------------------------------------------

    def _run(self) -> None:
        retry_s = FIRST_RETRY_S
        while not self._stopped.is_set():
            try:
                with self._connect() as wire:
                    admitted = self._converse(wire)
                if admitted:
                    retry_s = FIRST_RETRY_S
            except OSError as wrong:
                log.debug("no relay keeper: %s", wrong)
            except Exception:
                log.exception("the relay keeper is connected to anew after")
            self._leave()
            self._tell_untold()
            self._stopped.wait(retry_s)
            retry_s = min(2 * retry_s, LONGEST_RETRY_S)

    def _connect(self) -> socket.socket:
        wire = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            wire.settimeout(ORDER_S)
            wire.connect(str(self._path))
            wire.sendall(say.encode(say.Hello(say.VERSION)))
            wire.setblocking(False)
        except BaseException:
            wire.close()
            raise
        return wire

    def _converse(self, wire: socket.socket) -> bool:
        """Until the keeper hangs up or is deaf, or we stop. Whether we were admitted."""
        cutter = say.Cutter()
        self._heard = time.monotonic()
        beat_at = 0.0
        with self._lock:
            self._wire = wire
        while not self._stopped.is_set() and time.monotonic() - self._heard < DEAF_S:
            ready, _, _ = select.select([wire, self._bell], [], [], self._patience_s(beat_at))
            if self._bell in ready:
                self._bell.recv(64)
            if wire in ready:
                data = wire.recv(65536)
                if not data:
                    break
                for line in cutter.feed(data):
                    self._hear(line)
            if self._admitted and time.monotonic() >= beat_at:
                beat_at = time.monotonic() + BEAT_S
                self._beat()
            self._look_after_orders()
            self._tell_untold()
        return self._admitted

    def _patience_s(self, beat_at: float) -> float:
        with self._lock:
            waits = [order.until for order in self._orders.values()]
        now = time.monotonic()
        return max(0.0, min([now + BEAT_S, beat_at or now + BEAT_S, *waits]) - now)

    def _beat(self) -> None:
        if self._beat_if():
            with self._lock:
                self._send(say.Beat(say.boot_us()))
        else:
            # Nothing is sent, so nothing is said back: that silence is not the keeper's.
            self._heard = time.monotonic()

    def _hear(self, line: bytes) -> None:
        self._heard = time.monotonic()
        match say.decode_told(line):
            case say.Lines(lines=lines):
                self._take(lines)
            case say.Done(id=number, error=error, line=report):
                self._done(number, error, report)
            case say.No(sentence=sentence):
                log.warning("the relay keeper says: %s", sentence)
        if self._admitted:
            self._spoke = self._heard

    def _take(self, lines: tuple[LineReport, ...]) -> None:
        with self._lock:
            self._lines.update({line.machine: line for line in lines})
            if not self._admitted:
                self._admitted = True
                log.info("the relay keeper is there, with %d lines", len(lines))
                lines = tuple(self._since_spoken(line) for line in lines)
            self._untold += lines

    def _since_spoken(self, line: LineReport) -> LineReport:
        """A keeper that has just started knows nothing of the one before, which took its lines
        with it: from when that one was last heard, nobody saw this line on."""
        if self._spoke is None or line.why is not Why.STARTED:
            return line
        ago_s = max(line.ago_s or 0.0, time.monotonic() - self._spoke)
        return LineReport(line.machine, False, Why.STARTED, ago_s)

    def _done(self, number: int, error: str, report: LineReport | None) -> None:
        with self._lock:
            order = self._orders.pop(number, None)
            if report is not None:
                self._lines[report.machine] = report
            if order is None:
                return
            # A line that the keeper does not have cannot be released either.
            if not order.on and self._latest[order.machine] == number:
                self._to_release.discard(order.machine)
            if error:
                log.warning("the relay keeper refused: %s", error)
                self._not_done(number, order)
        order.done = not error
        order.answered.set()

    def _look_after_orders(self) -> None:
        """Take back what was not answered in time; say again what must go off."""
        now = time.monotonic()
        with self._lock:
            for number, order in list(self._orders.items()):
                if now >= order.until:
                    del self._orders[number]
                    self._to_release_if_latest(number, order)
                    self._not_done(number, order)
            under_way = {order.machine for order in self._orders.values() if not order.on}
            for machine in self._to_release - under_way:
                self._say(machine, False)  # at once: an order to energise may be about to be said

    def _leave(self) -> None:
        """The keeper is gone: what was ordered and not answered was not done."""
        with self._lock:
            self._wire, self._admitted = None, False
            for number, order in self._orders.items():
                self._to_release_if_latest(number, order)
                self._not_done(number, order)
                order.answered.set()
            self._orders.clear()

    def _to_release_if_latest(self, number: int, order: _Order) -> None:
        if self._latest[order.machine] == number:
            self._to_release.add(order.machine)

    def _not_done(self, number: int, order: _Order) -> None:
        """An order to energise came to nothing: the floor hears of it as of a line that fell."""
        if order.on and self._latest[order.machine] == number:
            self._untold.append(LineReport(order.machine, False, Why.FAULT, 0.0))

    def _tell_untold(self) -> None:
        with self._lock:
            told, self._untold = tuple(self._untold), []
        if not told:
            return
        try:
            self._on_lines(told)
        except Exception:
            log.exception("the floor could not take the lines' word")
