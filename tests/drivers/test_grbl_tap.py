"""A laser's tap on a pseudo-terminal: what the sender and the laser get of each other."""

from __future__ import annotations

import os
import random
import socket
import threading
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
from machines.facts import Back, LaserMessage, Silence, WorkSeen
from machines.meter import Work
from tests.drivers.hearing import DEADLINE_S, Heard
from tests.drivers.laser_bench import (
    BEAM_ON,
    JOB_RESTS,
    Board,
    cut_off,
    is_message,
    message,
    start,
    until,
    where,
)
from tests.drivers.test_grbl_wire import RECORDINGS


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


@pytest.mark.parametrize("go", [socket.socket.close, cut_off])
def test_a_sender_that_vanishes_with_the_beam_on_gets_it_put_out(
    go: Callable[[socket.socket], None], laser: FakeLaser, link: GrblLink, heard: Heard
) -> None:
    with socket.create_connection(where(link), timeout=DEADLINE_S) as sender:
        sender.sendall(b"G21 G90\nM3 S300\nG1 X6 F60\n")
        until(lambda: laser.beam_on)
        go(sender)
    message(heard, "beam-put-out")
    assert not laser.beam_on


def test_a_beam_that_is_on_when_the_kiosk_starts_is_put_out(laser: FakeLaser, heard: Heard) -> None:
    """The kiosk that followed the laser before was killed in mid-job."""
    port = os.open(laser.path, os.O_RDWR | os.O_NOCTTY)
    os.write(port, b"M3 S300\nG1 X60 F60\n")
    until(lambda: laser.beam_on)
    link = start(laser.path, heard)
    message(heard, "beam-put-out")
    link.stop()
    os.close(port)
    assert not laser.beam_on


def test_a_kiosk_that_stops_in_mid_job_puts_the_beam_out(
    laser: FakeLaser, link: GrblLink, heard: Heard
) -> None:
    with Sender(where(link)) as sender:
        sender.run(["M3 S300", "G1 X60 F60"])
        heard.wait_for(lambda facts: BEAM_ON in facts)
        link.stop()
        until(lambda: not laser.beam_on)


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


def test_a_port_that_another_follows_is_left_to_it(
    laser: FakeLaser, link: GrblLink, heard: Heard
) -> None:
    address, later = where(link), Heard()
    second = start(laser.path, later)
    silence = next(f for f in later.wait_for_kind(Silence) if isinstance(f, Silence))
    assert "lock" in silence.why
    assert second.address() is None
    with Sender(address) as sender:
        sender.run(["G21", "G90"])
    second.stop()
    assert not any(isinstance(fact, Silence) for fact in heard.facts)


def test_a_device_that_talks_garbage_is_passed_on_and_hides_no_report(
    tapped: tuple[Board, socket.socket], heard: Heard
) -> None:
    board, sender = tapped
    noise = random.Random(3).randbytes(100_000)
    talker = threading.Thread(target=board.write, args=(noise + b"\n<Run|FS:600,300>\r\n",))
    talker.start()
    came = b""
    while not came.endswith(b"300>\r\n"):
        came += sender.recv(65536)
    talker.join(DEADLINE_S)
    assert came.startswith(noise)
    heard.wait_for(lambda facts: BEAM_ON in facts)


def test_a_tap_address_that_another_uses_opens_no_laser(laser: FakeLaser, heard: Heard) -> None:
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
