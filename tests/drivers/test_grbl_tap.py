"""A laser's tap on a pseudo-terminal: what the sender and the laser get of each other."""

from __future__ import annotations

import os
import random
import select
import socket
import threading
import time
import tty
from collections.abc import Callable, Iterator
from itertools import dropwhile, groupby
from pathlib import Path

import pytest

from drivers.grbl import Options, replay
from drivers.grbl.fake import FakeLaser
from drivers.grbl.link import GrblLink
from drivers.grbl.sender import Sender
from drivers.grbl.wire import ASK, RESET, Banner, Decoder, Report
from kiosk.clock import ClockPace, SystemClock
from machines.facts import Back, Fact, LaserMessage, Silence, WorkSeen
from machines.meter import Work
from tests.drivers.hearing import DEADLINE_S, Heard
from tests.drivers.test_grbl_wire import RECORDINGS

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


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def laser(tmp_path: Path) -> Iterator[FakeLaser]:
    with FakeLaser(tmp_path / "laser") as fake:
        yield fake


@pytest.fixture
def link(laser: FakeLaser, heard: Heard) -> Iterator[GrblLink]:
    made = start(laser.path, heard)
    yield made
    made.stop()


@pytest.fixture
def board() -> Iterator[Board]:
    made = Board()
    yield made
    made.close()


@pytest.fixture
def tapped(board: Board, heard: Heard) -> Iterator[tuple[Board, socket.socket]]:
    made = start(board.path, heard)
    with socket.create_connection(where(made), timeout=DEADLINE_S) as sender:
        message(heard, "client-here")
        yield board, sender
    made.stop()


def test_a_job_streamed_in_full_windows_is_answered_line_for_line(
    laser: FakeLaser, link: GrblLink, heard: Heard
) -> None:
    lines = ["M4 S500", "G1 F60000", *(f"G1 X{n % 7}.{n:03d} Y{n % 5}" for n in range(300)), "M5"]
    with Sender(where(link)) as sender:
        sender.run(lines)
        sender.finish()
    assert [answer.error for answer in sender.answers] == [""] * len(lines)
    assert laser.lost == 0
    assert BEAM_ON in heard.facts


def test_a_two_megabyte_engraving_is_the_same_on_both_sides(
    tapped: tuple[Board, socket.socket],
) -> None:
    board, sender = tapped
    job = bytes(random.Random(1).choices(bytes(set(range(256)) - set(ASK + RESET)), k=2_000_000))
    answers = b"ok\r\n" * 50_000
    came, back = bytearray(), bytearray()

    def read_back() -> None:
        while len(back) < len(answers) and (data := sender.recv(65536)):
            back.extend(data)

    talkers = [
        threading.Thread(target=sender.sendall, args=(job,)),
        threading.Thread(target=board.write, args=(answers,)),
        threading.Thread(target=read_back),
    ]
    for talker in talkers:
        talker.start()
    board.read(len(job), came)
    for talker in talkers:
        talker.join(DEADLINE_S)
    assert came == job
    assert back == answers


def test_every_byte_value_passes_both_ways(tapped: tuple[Board, socket.socket]) -> None:
    board, sender = tapped
    every = bytes(range(256)).replace(ASK, b"")
    came, back = bytearray(), bytearray()
    sender.sendall(every)
    board.read(len(every), came)
    board.write(every)
    while len(back) < len(every):
        back += sender.recv(4096)
    assert came == back == every


def test_a_key_in_the_middle_of_a_line_is_not_held_back(
    tapped: tuple[Board, socket.socket],
) -> None:
    board, sender = tapped
    came = bytearray()
    sender.sendall(b"G1 X1!\x84")
    board.read(7, came)
    assert came == b"G1 X1!\x84"


def test_a_soft_reset_reaches_the_laser_and_its_banner_the_sender(
    laser: FakeLaser, link: GrblLink, heard: Heard
) -> None:
    with socket.create_connection(where(link), timeout=DEADLINE_S) as sender:
        sender.sendall(b"M3 S300\nG1 X40 F60\n")
        until(lambda: laser.beam_on)
        sender.sendall(RESET)
        came = b""
        while b"unlock" not in came:
            came += sender.recv(4096)
    assert b"ALARM:3" in came
    assert not laser.beam_on
    message(heard, "alarm")
    assert not any(is_message(fact, "reset") for fact in heard.facts)


def test_no_badge_no_connection(laser: FakeLaser, heard: Heard) -> None:
    link = start(laser.path, heard, allowed=False)
    with socket.create_connection(where(link), timeout=DEADLINE_S) as sender:
        assert sender.recv(100) == b""
    assert LaserMessage("laser", "client-refused", "nobody has badged in") in heard.wait_for_kind(
        LaserMessage
    )
    link.allow(True)
    with Sender(where(link)) as allowed:
        allowed.run(["G21"])
    link.stop()


def test_a_second_sender_is_refused_and_the_first_goes_on(link: GrblLink, heard: Heard) -> None:
    with Sender(where(link)) as first:
        first.run(["G21"])
        with socket.create_connection(where(link), timeout=DEADLINE_S) as second:
            assert second.recv(100) == b""
        first.run(["G90"])
    message(heard, "client-refused")


def test_a_sender_that_vanishes_with_the_beam_on_gets_it_put_out(
    laser: FakeLaser, link: GrblLink, heard: Heard
) -> None:
    with Sender(where(link)) as sender:
        sender.run(["G21 G90", "M3 S300", "G1 X6 F60"])
        until(lambda: laser.beam_on)
    message(heard, "beam-put-out")
    assert not laser.beam_on


def test_a_kiosk_that_stops_in_mid_job_puts_the_beam_out(
    laser: FakeLaser, link: GrblLink, heard: Heard
) -> None:
    with Sender(where(link)) as sender:
        sender.run(["M3 S300", "G1 X60 F60"])
        heard.wait_for(lambda facts: BEAM_ON in facts or _polled(sender))
        link.stop()
        until(lambda: not laser.beam_on)


def _polled(sender: Sender) -> bool:
    sender.send(ASK)
    return False


def test_a_cable_pulled_and_plugged_in_again_is_told_once_each(
    laser: FakeLaser, link: GrblLink, heard: Heard
) -> None:
    with socket.create_connection(where(link), timeout=DEADLINE_S) as sender:
        message(heard, "client-here")
        laser.unplug()
        while sender.recv(4096):
            pass
    heard.wait_for_kind(Silence)
    assert heard.facts.index(WorkSeen("laser", "job", Work.UNKNOWN)) >= 0
    laser.plug()
    heard.wait_for_kind(Back)
    with Sender(where(link)) as again:
        again.run(["G21"])
    assert sum(isinstance(fact, Silence) for fact in heard.facts) == 1


def test_asked_with_nobody_driving_both_meters_are_told(laser: FakeLaser, heard: Heard) -> None:
    link = start(laser.path, heard, mode="ask")
    heard.wait_for(lambda facts: JOB_RESTS in facts)
    link.stop()
    assert link.address() is None


def test_a_port_that_another_uses_opens_no_laser(laser: FakeLaser, heard: Heard) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen(1)
        port = taken.getsockname()[1]
        options = Options(port=str(laser.path), tap_port=port, tap_listen="127.0.0.1")
        link = GrblLink("laser", options, heard, ClockPace(SystemClock()))
        link.start()
        silence = next(f for f in heard.wait_for_kind(Silence) if isinstance(f, Silence))
        link.stop()
    assert f"tap on 127.0.0.1:{port}" in silence.why


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
def test_a_recorded_conversation_passes_through_the_tap_as_it_was(path: Path, heard: Heard) -> None:
    """Every answer reaches the sender, and what the answers say is told, in their order."""
    steps = list(dropwhile(lambda step: step.what != replay.TO, replay.read(path)))
    with replay.Replay(steps) as laser:
        link = start(laser.path, heard)
        with socket.create_connection(where(link), timeout=DEADLINE_S) as sender:
            message(heard, "client-here")
            came = _speak(sender, steps)
            assert laser.done.wait(DEADLINE_S), laser.went_wrong
            assert came == replay.sent(steps)
            until(lambda: _powers(heard) == _powers_said(came))
        link.stop()


def _powers(heard: Heard) -> list[Work]:
    """Each change of the beam that was told. A loaded machine may have lost sight in between."""
    told = [
        fact.work for fact in heard.facts if isinstance(fact, WorkSeen) and fact.meter == "beam"
    ]
    return [work for work, _ in groupby(work for work in told if work is not Work.UNKNOWN)]


def _powers_said(came: bytes) -> list[Work]:
    """A controller that begins anew has its beam off."""
    said = [
        Work.RESTING if isinstance(heard, Banner) else heard.beam
        for heard in Decoder().feed(came)
        if isinstance(heard, Banner | Report)
    ]
    return [work for work, _ in groupby(said)]


def _speak(sender: socket.socket, steps: list[replay.Step]) -> bytes:
    came, due = b"", 0
    for step in steps:
        if step.what == replay.TO:
            sender.sendall(step.data)
        if step.what == replay.FROM:
            due += len(step.data)
        while len(came) < due:
            came += sender.recv(4096)
    return came


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_senders_and_cable_dropping_at_any_time_leave_a_tap_that_works(
    seed: int, laser: FakeLaser, link: GrblLink, heard: Heard
) -> None:
    chance = random.Random(seed)
    for _ in range(12):
        address = link.address(DEADLINE_S)
        try:
            with socket.create_connection(address, timeout=1) as sender:
                sender.sendall(b"G1 X1 F600\nM4 S100\n"[: chance.randrange(20)])
                if chance.random() < 0.4:
                    laser.unplug()
                elif chance.random() < 0.5:
                    sender.recv(chance.randrange(1, 50))
        except OSError:
            pass
        laser.plug()
    until(lambda: _works(link))
    assert link.address(DEADLINE_S)


def _works(link: GrblLink) -> bool:
    try:
        with Sender(where(link)) as sender:
            sender.run([RESET.decode() + "$X"], within_s=1)
    except OSError:
        return False
    return True
