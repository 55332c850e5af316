"""A lab's file for a test: its journal on a real file, and a clock that moves when told."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from pathlib import Path

from kiosk.clock import StillClock
from kiosk.store.disk import open_writer
from kiosk.store.journal import Journal
from machines.instants import WallQuality

#: 2026-11-24 09:00 in Paris.
MORNING_US = 1_795_507_200_000_000


def clock(quality: WallQuality = WallQuality.NTP) -> StillClock:
    return StillClock(MORNING_US, quality)


def seeded(seed: int) -> Callable[[int], bytes]:
    """Random bytes that are the same at every run."""
    return random.Random(seed).randbytes


class File:
    """A lab's file, opened; closed and opened again by `restart`."""

    def __init__(self, path: Path, quality: WallQuality = WallQuality.NTP) -> None:
        self.path = path
        self.clock = clock(quality)
        self.open()

    def open(self) -> None:
        self.connection: sqlite3.Connection = open_writer(self.path)
        self.journal = Journal(self.connection, self.clock)
        self.start = self.journal.begin_boot("1.0")

    def close(self) -> None:
        self.connection.close()

    def restart(self, reboot: bool = False) -> None:
        self.close()
        if reboot:
            self.clock.reboot()
        self.open()
