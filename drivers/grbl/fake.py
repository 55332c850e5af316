"""A laser that is not there: the firmware of `drivers.grbl.firmware` on a pseudo-terminal.

`path` is a name that stays through unplugging, as /dev/serial/by-id does. Bytes
take no time on this wire; at 115200 baud a byte takes 87 µs.
"""

from __future__ import annotations

import contextlib
import os
import select
import tempfile
import threading
import time
import tty
from pathlib import Path

from drivers.grbl.firmware import Firmware

#: Real seconds between two looks at the time: a report is that old at most.
STEP_S = 0.005
#: What the sender has not read is lost beyond this, as on a wire.
UNREAD = 65536


class FakeLaser:
    """A controller with a cable. `speed` is its seconds in one real one."""

    def __init__(self, path: Path | None = None, speed: float = 1.0) -> None:
        self._own = tempfile.TemporaryDirectory(prefix="laser-") if path is None else None
        self.path = path or Path(self._own.name if self._own else "") / "tty"
        self._speed = speed
        self._lock = threading.Lock()
        self._firmware = Firmware()
        self._unread = bytearray()
        self._ends: tuple[int, int] | None = None
        self._stopped = threading.Event()
        self.plug()
        self._thread = threading.Thread(target=self._run, name="fake laser", daemon=True)
        self._thread.start()

    @property
    def beam_on(self) -> bool:
        """The truth, as the laser itself would show it."""
        with self._lock:
            return self._firmware.power > 0

    @property
    def state(self) -> str:
        with self._lock:
            return self._firmware.state

    @property
    def lost(self) -> int:
        """Bytes that were sent faster than the controller's window allows."""
        with self._lock:
            return self._firmware.lost

    def plug(self) -> None:
        """The cable is in (again), as another device under the same name."""
        with self._lock:
            if self._ends:
                return
            ours, theirs = os.openpty()
            tty.setraw(theirs)  # held open: a pty that nobody holds forgets how it was set
            os.set_blocking(ours, False)
            self._ends = ours, theirs
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.unlink(missing_ok=True)
            self.path.symlink_to(os.ttyname(theirs))

    def unplug(self) -> None:
        """The cable is pulled: whoever reads gets an error. The laser goes on with its buffer."""
        with self._lock:
            if not self._ends:
                return
            self.path.unlink(missing_ok=True)
            for end in self._ends:
                os.close(end)
            self._ends = None
            self._unread.clear()

    def press_reset(self) -> None:
        with self._lock:
            self._firmware.press_reset()

    def hit_limit(self) -> None:
        with self._lock:
            self._firmware.hit_limit()

    def close(self) -> None:
        self._stopped.set()
        self._thread.join(2)
        self.unplug()
        if self._own:
            self._own.cleanup()

    def __enter__(self) -> FakeLaser:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(self) -> None:
        before = time.monotonic()
        while not self._stopped.is_set():
            self._wait_for_bytes()
            now = time.monotonic()
            with self._lock:
                self._firmware.pass_time((now - before) * self._speed)
                self._exchange()
            before = now

    def _wait_for_bytes(self) -> None:
        ends = self._ends
        if ends is None:
            self._stopped.wait(STEP_S)
            return
        # The cable may be pulled meanwhile: EBADF, or ValueError for a closed one.
        with contextlib.suppress(OSError, ValueError):
            select.select([ends[0]], [], [], STEP_S)

    def _exchange(self) -> None:
        if self._ends is None:
            self._firmware.take()
            return
        ours = self._ends[0]
        with contextlib.suppress(OSError):
            self._firmware.receive(os.read(ours, 4096))
        self._unread += self._firmware.take()
        del self._unread[UNREAD:]
        with contextlib.suppress(OSError):
            del self._unread[: os.write(ours, self._unread)]
