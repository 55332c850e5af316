"""A badge reader that is not there: a pseudo-terminal that sends a reader's frames.

`path` is a name that stays through unplugging, as /dev/serial/by-id does.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import threading
import tty
from pathlib import Path

from drivers.badge.wire import frame

#: Real seconds between two frames of a badge that is held: an RDM6300's rhythm.
EVERY_S = 0.1


class FakeReader:
    """A reader with a cable. `number` is ten hex digits, or the eight of the canonical form."""

    def __init__(self, path: Path | None = None, kind: str = "rdm6300") -> None:
        self._own = tempfile.TemporaryDirectory(prefix="reader-") if path is None else None
        self.path = path or Path(self._own.name if self._own else "") / "tty"
        self._kind = kind
        self._lock = threading.Lock()
        self._ends: tuple[int, int] | None = None
        self.plug()

    def plug(self) -> None:
        """The reader is there (again), as another device under the same name."""
        with self._lock:
            if self._ends:
                return
            ours, theirs = os.openpty()
            # Raw at once and held open: an echo would come back to us as noise, and
            # a pty that nobody holds forgets how it was set.
            tty.setraw(theirs)
            os.set_blocking(ours, False)
            self._ends = ours, theirs
            self._point_to(os.ttyname(theirs))

    def unplug(self) -> None:
        """The cable is pulled: the name is gone, and whoever read gets an error."""
        with self._lock:
            if not self._ends:
                return
            self.path.unlink(missing_ok=True)
            for end in self._ends:
                os.close(end)
            self._ends = None

    def present(self, number: str) -> None:
        """One frame: a badge passed over the reader."""
        self._send(frame(number.rjust(10, "0"), self._kind))

    def hold(self, number: str, seconds: float = 1.0) -> None:
        """The badge lies on the reader for so many real seconds, and is said again and again."""
        rest = threading.Event()
        for _ in range(max(1, round(seconds / EVERY_S))):
            self.present(number)
            rest.wait(EVERY_S)

    def noise(self, data: bytes = b"\x00\xff\x02\x55\x7e") -> None:
        self._send(data)

    def close(self) -> None:
        self.unplug()
        if self._own:
            self._own.cleanup()

    def __enter__(self) -> FakeReader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _send(self, data: bytes) -> None:
        """What nobody reads is lost, as on a wire."""
        with self._lock, contextlib.suppress(BlockingIOError):
            if self._ends:
                os.write(self._ends[0], data)

    def _point_to(self, device: str) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.unlink(missing_ok=True)
        self.path.symlink_to(device)
