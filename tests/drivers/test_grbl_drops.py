"""A laser's tap while senders and cable drop at any time: no byte is changed, none is doubled."""

from __future__ import annotations

import contextlib
import os
import random
import select
import socket
import threading
import tty
from pathlib import Path

import pytest

from drivers.grbl.link import GrblLink
from drivers.grbl.watch import SPOIL
from drivers.grbl.wire import ASK
from tests.drivers.hearing import DEADLINE_S, Heard
from tests.drivers.laser_bench import cut_off, is_message, start, until, where

SENDERS = 12


class Chatterbox:
    """A device that numbers every line it says, keeps all that it gets, and whose cable comes off.

    `cables` has, for each cable there was, what came through it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.said = b"".join(b"line %06d of many\r\n" % n for n in range(20_000))
        self._at = 0
        self.cables: list[bytearray] = []
        self._lock = threading.Lock()
        self._ends: tuple[int, int] | None = None
        self._stopped = threading.Event()
        self.plug()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def plug(self) -> None:
        ours, theirs = os.openpty()
        tty.setraw(theirs)
        os.set_blocking(ours, False)
        self.path.unlink(missing_ok=True)
        self.path.symlink_to(os.ttyname(theirs))
        with self._lock:
            self.cables.append(bytearray())
            self._ends = ours, theirs

    def unplug(self) -> None:
        self.path.unlink(missing_ok=True)
        with self._lock:
            ends, self._ends = self._ends, None
            for end in ends or ():
                os.close(end)

    def close(self) -> None:
        self._stopped.set()
        self._thread.join(DEADLINE_S)
        self.unplug()

    def _run(self) -> None:
        """Says a little at a time, so that the wire is never idle and never all there is to do."""
        while not self._stopped.is_set():
            with self._lock:
                if self._ends is None:
                    continue
                ours = self._ends[0]
                with contextlib.suppress(BlockingIOError):
                    self._at += os.write(ours, self.said[self._at : self._at + 40])
                if select.select([ours], [], [], 0.002)[0]:
                    self.cables[-1] += os.read(ours, 65536)


class Visit:
    """One sender's: the lines it sends, so many of them as it came to, and what it was told."""

    def __init__(self, number: int, cable: int, chance: random.Random) -> None:
        lines = (b"%c%d G1 X%d\n" % (65 + number, n, chance.randrange(999)) for n in range(300))
        job = b"".join(lines)
        self.sent = job[: chance.randrange(len(job))]
        self.cable = cable
        self.told = b""

    def talk(self, sender: socket.socket, chance: random.Random) -> None:
        at = 0
        while at < len(self.sent):
            piece = self.sent[at : at + chance.randrange(1, 600)]
            sender.sendall(piece)
            at += len(piece)
            if chance.random() < 0.3:
                self.told += sender.recv(chance.randrange(1, 4096))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_whenever_senders_and_cable_drop_each_gets_the_others_bytes_as_they_were(
    seed: int, tmp_path: Path
) -> None:
    chance, heard = random.Random(seed), Heard()
    device = Chatterbox(tmp_path / "laser")
    link = start(device.path, heard)
    visits = [_visit(number, device, link, chance, heard) for number in range(SENDERS)]
    until(lambda: _ends(device, visits))
    link.stop()
    device.close()
    whole = sum(
        _account_for(bytes(came).replace(ASK, b""), [v for v in visits if v.cable == cable])
        for cable, came in enumerate(device.cables)
    )
    assert whole > 0
    assert all(visit.told in device.said for visit in visits)
    assert any(visit.told for visit in visits)


def _visit(
    number: int, device: Chatterbox, link: GrblLink, chance: random.Random, heard: Heard
) -> Visit:
    """Comes, talks, and goes in one of three ways; the tap is there for the next."""
    visit = Visit(number, len(device.cables) - 1, chance)
    with socket.create_connection(where(link), timeout=DEADLINE_S) as sender:
        visit.talk(sender, chance)
        way = chance.choice(["hang up", "cut off", "pull the cable"])
        if way == "cut off":
            cut_off(sender)
        elif way == "pull the cable":
            device.unplug()
            until(lambda: link.address() is None)
            device.plug()
    gone = number + 1
    until(lambda: sum(is_message(fact, "client-gone") for fact in heard.facts) == gone)
    return visit


def _ends(device: Chatterbox, visits: list[Visit]) -> bool:
    """The last sender's bytes have come to rest: nothing of it is under way."""
    return bytes(device.cables[-1]).endswith(ASK) or visits[-1].cable != len(device.cables) - 1


def _account_for(came: bytes, visits: list[Visit]) -> int:
    """Of each sender the beginning of what it sent, and an unfinished line of it is spoiled.

    Returns how many had all of it passed on.
    """
    whole = 0
    for visit in visits:
        passed = next(
            part
            for end in range(len(visit.sent), -1, -1)
            if came.startswith(part := visit.sent[:end])
        )
        torn = passed and not passed.endswith(b"\n")
        came = came[len(passed) :]
        whole += passed == visit.sent
        if torn and came:
            assert came.startswith(SPOIL), came[:50]
            came = came[len(SPOIL) :]
    assert came == b""
    return whole
