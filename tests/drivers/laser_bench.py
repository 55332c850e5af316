"""What the tests of a laser's tap stand on: a link, the far end of its cable, and deadlines."""

from __future__ import annotations

import os
import select
import socket
import struct
import threading
import time
import tty
from collections.abc import Callable
from pathlib import Path

from drivers.grbl import Options
from drivers.grbl.link import GrblLink
from drivers.grbl.wire import ASK
from kiosk.clock import ClockPace, SystemClock
from machines.facts import Fact, LaserMessage, WorkSeen
from machines.meter import Work
from tests.drivers.hearing import DEADLINE_S, Heard

BEAM_ON = WorkSeen("laser", "beam", Work.WORKING)
JOB_RESTS = WorkSeen("laser", "job", Work.RESTING)


def start(port: Path | str, heard: Heard, mode: str = "tap", allowed: bool = True) -> GrblLink:
    options = Options(port=str(port), mode=mode, tap_port=0, tap_listen="127.0.0.1")
    link = GrblLink("laser", options, heard, ClockPace(SystemClock()))
    link.allow(allowed)
    link.start()
    return link


def where(link: GrblLink) -> tuple[str, int]:
    address = link.address(DEADLINE_S)
    assert address is not None, "the tap never listened"
    return address


def until(claim: Callable[[], bool]) -> None:
    end = time.monotonic() + DEADLINE_S
    pause = threading.Event()
    while not claim():
        assert time.monotonic() < end, "it never came to be"
        pause.wait(0.01)


def message(heard: Heard, what: str) -> None:
    heard.wait_for(lambda facts: any(is_message(fact, what) for fact in facts))


def is_message(fact: Fact, what: str) -> bool:
    return isinstance(fact, LaserMessage) and fact.what == what


class Board:
    """The far end of a cable: takes every byte, keeps them, and sends what it is told."""

    def __init__(self) -> None:
        self.ours, self.theirs = os.openpty()
        tty.setraw(self.theirs)
        os.set_blocking(self.ours, False)
        self.path = os.ttyname(self.theirs)

    def read(self, until_total: int, got: bytearray) -> None:
        """Until so many bytes that are no questions of ours have come."""
        end = time.monotonic() + DEADLINE_S
        while len(got) < until_total:
            assert time.monotonic() < end, f"{len(got)} of {until_total} bytes came"
            if select.select([self.ours], [], [], 0.2)[0]:
                got += os.read(self.ours, 65536).replace(ASK, b"")

    def write(self, data: bytes) -> None:
        left = memoryview(data)
        while left:
            select.select([], [self.ours], [], DEADLINE_S)
            left = left[os.write(self.ours, left[:2048]) :]

    def close(self) -> None:
        for end in (self.ours, self.theirs):
            os.close(end)


def cut_off(sender: socket.socket) -> None:
    """The connection is gone without a goodbye."""
    sender.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sender.close()
