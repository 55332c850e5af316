"""The pump between a laser's port and its sender: every byte, at once, both ways.

One thread, everything non-blocking. No telnet, no lines, no encoding: 0xFF and
0x18 are legal traffic. What one side does not take is kept up to a bound, and
then the other side is not read: no byte is lost, and nothing grows. Decides
nothing: `drivers.grbl.watch` says what is asked, told and put out.
"""

from __future__ import annotations

import contextlib
import logging
import os
import selectors
import socket
import time
from collections.abc import Callable, Iterable
from selectors import EVENT_READ, EVENT_WRITE

from drivers import Pace, Tell
from drivers.grbl.deadman import Send
from drivers.grbl.watch import HangUp, Order, Watch
from drivers.grbl.wire import REALTIME, RESET
from machines.facts import LaserMessage

log = logging.getLogger("grbl")

#: Bytes that wait for the controller. Small: what a sender sends after them waits as well.
TO_PORT = 4096
#: Bytes that wait for the sender: some seconds of a controller that talks without a pause.
TO_SENDER = 65536
#: Real seconds a sender may leave its bytes lying: it would keep us from seeing the beam.
STUCK_S = 5.0
#: Real seconds at the most until time is looked at again.
LOOK_S = 0.05
#: A sender whose computer is gone is known to be so after about these real seconds.
GONE_S = 5
_ESTABLISHED = 1  #: the first byte of tcp_info, linux/tcp.h


class Tap:
    """A port that is open and, where there is one, a listener. `run` until stopped, or OSError."""

    def __init__(
        self, machine: str, port: int, listener: socket.socket | None, watch: Watch, tell: Tell
    ) -> None:
        self._machine = machine
        self._port = port
        self._listener = listener
        self._watch = watch
        self._tell = tell
        self._sender: socket.socket | None = None
        self._to_port = bytearray()
        self._to_sender = bytearray()
        self._stuck_since: float | None = None
        self._selector = selectors.DefaultSelector()
        self._wanted: dict[int, int] = {}
        os.set_blocking(port, False)
        if listener is not None:
            listener.setblocking(False)
            self._want(listener.fileno(), EVENT_READ, self._greet)

    def run(self, pace: Pace, goes_on: Callable[[], bool]) -> None:
        while goes_on():
            self._want_what_fits()
            wait_s = min(LOOK_S, self._watch.wait_s(time.monotonic(), pace.now()))
            for key, events in self._selector.select(wait_s):
                # The sender may have left in this very round.
                if key.fd in self._wanted:
                    key.data(events)
            now = time.monotonic()
            self._carry_out(self._watch.tick(now, pace.now()))
            self._look_after_sender(now)

    def close(self) -> None:
        """The sender goes, and no job goes on without it. The port is not ours, and stays open."""
        with contextlib.suppress(OSError):  # the port may be what is gone
            self._carry_out(self._watch.closing())
        with contextlib.suppress(OSError):
            self._sender_left("the tap is closed")
        if self._sender is not None:
            self._sender.close()
        self._selector.close()

    # -- the port

    def _port_ready(self, events: int) -> None:
        if events & EVENT_READ:
            self._read_port()
        if events & EVENT_WRITE:
            self._flush_port()

    def _read_port(self) -> None:
        try:
            data = os.read(self._port, 4096)
        except BlockingIOError:
            return
        if not data:
            raise ConnectionResetError("the port is gone")
        if self._sender is not None:
            self._to_sender += data
            self._flush_sender()
        self._carry_out(self._watch.from_controller(time.monotonic(), data))

    def _flush_port(self) -> None:
        try:
            while self._to_port:
                del self._to_port[: os.write(self._port, self._to_port)]
        except BlockingIOError:
            pass

    # -- the sender

    def _greet(self, _events: int) -> None:
        assert self._listener is not None
        try:
            sender, (host, *_) = self._listener.accept()
        except OSError:  # gone again, or its network is (accept(2)): the port goes on
            return
        if why := self._watch.refusal:
            sender.close()
            self._tell(LaserMessage(self._machine, "client-refused", why))
            return
        log.info("%s: sender %s is connected", self._machine, host)
        _make_quick_and_mortal(sender)
        self._sender = sender
        self._carry_out(self._watch.sender_came(time.monotonic()))

    def _sender_ready(self, events: int) -> None:
        if events & EVENT_WRITE:
            self._flush_sender()
        if events & EVENT_READ:
            self._read_sender()

    def _read_sender(self) -> None:
        room = TO_PORT - len(self._to_port)
        if self._sender is None or room <= 0:
            return
        try:
            data = self._sender.recv(room)
        except BlockingIOError:
            return
        except OSError as wrong:
            self._sender_left(wrong.strerror or str(wrong))
            return
        if not data:
            self._sender_left("it has hung up")
            return
        self._watch.from_sender(time.monotonic(), data)
        self._to_port += data
        self._flush_port()

    def _flush_sender(self) -> None:
        if self._sender is None:
            return
        try:
            while self._to_sender:
                del self._to_sender[: self._sender.send(self._to_sender)]
            self._stuck_since = None
        except BlockingIOError:
            self._stuck_since = self._stuck_since or time.monotonic()
        except OSError as wrong:
            self._sender_left(wrong.strerror or str(wrong))

    def _look_after_sender(self, now: float) -> None:
        """What no event says: it takes nothing any more, or hung up behind unread bytes."""
        if self._sender is None:
            return
        if len(self._to_sender) >= TO_SENDER and now - (self._stuck_since or now) >= STUCK_S:
            self._sender_left("it takes no answers")
        elif len(self._to_port) >= TO_PORT and not _is_established(self._sender):
            self._sender_left("it has hung up")

    def _sender_left(self, why: str) -> None:
        """What it sent is still passed on; what it was sent is nobody's."""
        if self._sender is None:
            return
        self._want(self._sender.fileno(), 0)
        self._sender.close()
        self._sender, self._stuck_since = None, None
        self._to_sender.clear()
        self._carry_out(self._watch.sender_left(time.monotonic(), why))

    # -- orders and events

    def _carry_out(self, orders: Iterable[Order]) -> None:
        for order in orders:
            if isinstance(order, Send):
                self._send(order.data)
            elif isinstance(order, HangUp):
                self._sender_left(order.why)
            else:
                self._tell(order)

    def _send(self, data: bytes) -> None:
        """A key goes before what waits, since GRBL takes it out of the middle of any line."""
        if data == RESET:
            self._to_port[:] = data  # the rest of the job that is being ended
        elif data in REALTIME:
            self._to_port[:0] = data
        else:
            self._to_port += data
        self._flush_port()

    def _want_what_fits(self) -> None:
        full = len(self._to_sender) >= TO_SENDER
        events = (0 if full else EVENT_READ) | (EVENT_WRITE if self._to_port else 0)
        self._want(self._port, events, self._port_ready)
        if self._sender is not None:
            full = len(self._to_port) >= TO_PORT
            events = (0 if full else EVENT_READ) | (EVENT_WRITE if self._to_sender else 0)
            self._want(self._sender.fileno(), events, self._sender_ready)

    def _want(self, fd: int, events: int, ready: Callable[[int], None] | None = None) -> None:
        before = self._wanted.get(fd, 0)
        if events == before:
            return
        if not events:
            self._selector.unregister(fd)
            del self._wanted[fd]
            return
        (self._selector.modify if before else self._selector.register)(fd, events, ready)
        self._wanted[fd] = events


def _make_quick_and_mortal(sender: socket.socket) -> None:
    """No waiting for more to send; and a sender whose computer fell silent is known to be gone."""
    sender.setblocking(False)
    sender.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sender.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    sender.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 2)
    sender.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 1)
    sender.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3)
    sender.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, GONE_S * 1000)


def _is_established(sender: socket.socket) -> bool:
    return sender.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] == _ESTABLISHED
