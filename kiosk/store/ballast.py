"""Room kept for the day the disk is full: a file beside the database, given up for the taps."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

#: Months of taps; a full disk is noticed long before.
BALLAST_BYTES = 8 * 1024 * 1024


class Ballast:
    """The file beside `database`: `load` it at the start, `drop` it when nothing else helps."""

    def __init__(self, database: Path, size: int = BALLAST_BYTES) -> None:
        self.path = database.with_name(f"{database.name}.ballast")
        self._size = size

    def load(self) -> bool:
        """Takes the room, if the disk has it; whether there is room in reserve now.

        Only where as much again stays free: a ballast must not be what fills the disk.
        """
        with suppress(OSError):
            if self.path.exists() and self.path.stat().st_size == self._size:
                return True
            self.drop()
            room = os.statvfs(self.path.parent)
            if room.f_bavail * room.f_frsize >= 2 * self._size:
                self._fill()
                return True
        return False

    def drop(self) -> bool:
        """Gives the room to whoever needs it now; whether there was any."""
        try:
            self.path.unlink()
        except FileNotFoundError:
            return False
        return True

    def _fill(self) -> None:
        try:
            with self.path.open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, self._size)
        except OSError:
            self.drop()
            raise
