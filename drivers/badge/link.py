"""The serial port of a badge reader: opened once, exclusively, and kept.

Unplugging raises more than SerialException (`in_waiting` gives a plain
OSError), so OSError is caught, which covers both. Ports are named by
/dev/serial/by-id, whose name survives the unplugging, and are never probed.
"""

from __future__ import annotations

import logging
import threading

import serial

from drivers import Tell
from drivers.badge import Options
from drivers.badge.wire import Decoder
from machines.facts import Back, Silence

log = logging.getLogger("badge")

BAUD = 9600
#: Without a byte for so long a bare frame is over; its twelve bytes last 13 ms.
QUIET_S = 0.2
#: Seconds between two attempts to open the port, doubled each time: real ones, as cables are.
FIRST_RETRY_S, LONGEST_RETRY_S = 0.25, 5.0


class BadgeLink:
    """Follows one reader, and tells `BadgeRead` for every frame: `Presence` judges repeats."""

    def __init__(self, slug: str, options: Options, tell: Tell) -> None:
        self._slug = slug
        self._options = options
        self._tell = tell
        self._stopped = threading.Event()
        self._silent: bool | None = None  #: None: not known yet
        self._thread = threading.Thread(target=self._run, name=f"badge {slug}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(2)

    def _run(self) -> None:
        retry_s = FIRST_RETRY_S
        while not self._stopped.is_set():
            try:
                with self._open() as port:
                    retry_s = FIRST_RETRY_S
                    self._back()
                    self._read(port)
            except (OSError, ValueError) as wrong:  # ValueError: a port name pyserial refuses
                self._lost(str(wrong))
            except Exception as wrong:
                log.exception("%s: the reader's thread goes on after", self._slug)
                self._lost(f"{type(wrong).__name__}: {wrong}")
            self._stopped.wait(retry_s)
            retry_s = min(2 * retry_s, LONGEST_RETRY_S)

    def _open(self) -> serial.Serial:
        return serial.Serial(self._options.port, BAUD, timeout=QUIET_S, exclusive=True)

    def _read(self, port: serial.Serial) -> None:
        """Until stopped, or OSError. Asks for what is there: a larger count waits the timeout."""
        decoder = Decoder(self._slug, self._options.kind)
        bare = self._options.kind == "em18"
        while not self._stopped.is_set():
            data = port.read(max(1, port.in_waiting))
            seen = decoder.feed(data) if data or not bare else decoder.pause()
            for fact in seen:
                self._tell(fact)

    def _lost(self, why: str) -> None:
        if self._silent is not True and not self._stopped.is_set():
            self._tell(Silence(self._slug, why))
        self._silent = True

    def _back(self) -> None:
        if self._silent is not False:
            self._tell(Back(self._slug))
        self._silent = False
