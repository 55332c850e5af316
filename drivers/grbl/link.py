"""The serial port of a laser: opened once, exclusively, and kept; never probed.

Opening it resets an Arduino-class controller and kills its job in silence, so
the port is also told not to drop DTR when it is closed: a kiosk that starts
again then finds the controller as it left it. While the port is closed nothing
listens, so that a sender is refused rather than left waiting.
"""

from __future__ import annotations

import contextlib
import logging
import socket
import termios
import threading
from collections.abc import Iterator

import serial

from drivers import Pace, Tell
from drivers.grbl import Options
from drivers.grbl.tap import Tap
from drivers.grbl.watch import Watch
from machines.facts import Back, Silence, WorkSeen
from machines.meter import Work

log = logging.getLogger("grbl")

#: Real seconds between two attempts to open the port, doubled each time.
FIRST_RETRY_S, LONGEST_RETRY_S = 0.25, 5.0


class GrblLink:
    """Follows one laser: tells `WorkSeen` of "beam" and "job", and `LaserMessage`."""

    def __init__(self, machine: str, options: Options, tell: Tell, pace: Pace) -> None:
        self._machine = machine
        self._options = options
        self._tell = tell
        self._pace = pace
        self._allowed = False
        self._watch: Watch | None = None
        self._address: tuple[str, int] | None = None
        self._listening = threading.Event()
        self._stopped = threading.Event()
        self._silent = False
        self._thread = threading.Thread(target=self._run, name=f"grbl {machine}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(2)

    def allow(self, allowed: bool) -> None:
        """Whether a sender may be connected. Taken back, a work under way is not cut.

        A sender that is there is sent away once the laser has rested. From any thread.
        """
        self._allowed = allowed
        if (watch := self._watch) is not None:
            watch.allowed = allowed

    def address(self, within_s: float = 0.0) -> tuple[str, int] | None:
        """Where the tap listens, once it does within so many real seconds; else None."""
        return self._address if self._listening.wait(within_s) else None

    def _run(self) -> None:
        retry_s = FIRST_RETRY_S
        while not self._stopped.is_set():
            try:
                with self._listener() as listener, self._open() as port:
                    retry_s = FIRST_RETRY_S
                    self._follow(port, listener)
            # ValueError: a port name or a speed that pyserial refuses; termios has its own
            except (OSError, ValueError, termios.error) as wrong:
                self._lost(str(wrong))
            except Exception as wrong:
                log.exception("%s: the laser's thread goes on after", self._machine)
                self._lost(f"{type(wrong).__name__}: {wrong}")
            self._stopped.wait(retry_s)
            retry_s = min(2 * retry_s, LONGEST_RETRY_S)

    @contextlib.contextmanager
    def _listener(self) -> Iterator[socket.socket | None]:
        """Bound before the port is opened: an address in use must reset no controller."""
        if self._options.mode == "ask":
            yield None
            return
        where = self._options.tap_listen, self._options.tap_port
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listener.bind(where)
            except OSError as wrong:
                raise OSError(f"tap on {where[0]}:{where[1]}: {wrong.strerror}") from wrong
            yield listener

    @contextlib.contextmanager
    def _open(self) -> Iterator[int]:
        with serial.Serial(
            self._options.port, self._options.baudrate, timeout=0, exclusive=True
        ) as port:
            _keep_dtr(port.fileno())
            yield port.fileno()

    def _follow(self, port: int, listener: socket.socket | None) -> None:
        watch = Watch(self._machine, self._options)
        self._watch = watch
        watch.allowed = self._allowed
        tap = Tap(self._machine, port, listener, watch, self._tell)
        self._back()
        try:
            if listener is not None:
                listener.listen(1)
                self._address = listener.getsockname()
                self._listening.set()
            tap.run(self._pace, lambda: not self._stopped.is_set())
        finally:
            self._listening.clear()
            self._watch = None
            tap.close()

    def _lost(self, why: str) -> None:
        if not self._silent and not self._stopped.is_set():
            for meter in ("beam", "job"):
                self._tell(WorkSeen(self._machine, meter, Work.UNKNOWN))
            self._tell(Silence(self._machine, why))
        self._silent = True

    def _back(self) -> None:
        if self._silent:
            self._tell(Back(self._machine))
        self._silent = False


def _keep_dtr(port: int) -> None:
    """Clear HUPCL (termios(3)): the last close leaves the line as it is."""
    attributes = termios.tcgetattr(port)
    attributes[2] &= ~termios.HUPCL
    termios.tcsetattr(port, termios.TCSANOW, attributes)
