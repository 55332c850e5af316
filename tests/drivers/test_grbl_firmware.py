"""The simulated firmware, held to what the real one answered to the same bytes in the same time."""

from __future__ import annotations

import pytest

from drivers.grbl import replay
from drivers.grbl.firmware import WINDOW, Firmware
from drivers.grbl.wire import Answered, Decoder, Heard, Report
from tests.drivers.test_grbl_wire import recording


def play(number: str, until_s: float = 1e9) -> tuple[list[Heard], list[Heard]]:
    """What the real firmware said, and what the simulated one says."""
    steps = [step for step in recording(number) if step.at_s <= until_s]
    board, came, now = Firmware(), bytearray(), 0.0
    board.take()
    for step in steps:
        board.pass_time(step.at_s - now)
        now = step.at_s
        if step.what == replay.TO:
            board.receive(step.data)
        elif step.data == b"PIN boot":
            board.press_reset()
        elif step.data == b"PIN xlim 0":
            board.hit_limit()
        came += board.take()
    board.pass_time(2)
    came += board.take()
    return list(Decoder().feed(replay.sent(steps))), list(Decoder().feed(bytes(came)))


def said(heard: list[Heard]) -> list[Heard]:
    return [one for one in heard if not isinstance(one, Report)]


@pytest.mark.parametrize("number", ["02", "03", "04", "06", "08", "09", "11", "12"])
def test_it_answers_each_line_as_the_real_one_did(number: str) -> None:
    real, simulated = play(number)
    assert said(simulated) == said(real)


@pytest.mark.parametrize("number", ["02", "03", "04", "06", "09", "11", "12"])
def test_its_reports_show_the_same_states_and_beam(number: str) -> None:
    """But for edges: the real one accelerates, and is elsewhere by a fraction of a second."""
    real, simulated = ([r for r in some if isinstance(r, Report)] for some in play(number))
    assert len(real) == len(simulated)
    same = [(a.state, a.beam) == (b.state, b.beam) for a, b in zip(real, simulated, strict=True)]
    assert same.count(False) <= max(2, len(same) // 6), list(zip(real, simulated, strict=True))


def test_a_hard_limit_leaves_it_deaf_until_the_reset() -> None:
    board = Firmware()
    board.receive(b"M3 S300\nG1 X10 F600\n")
    board.hit_limit()
    board.take()
    board.receive(b"?G0 X0\n?")
    assert board.take() == b""
    assert board.power == 0
    board.receive(b"\x18")
    assert b"unlock" in board.take()
    assert board.state == "Alarm"


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("X1X2", "25"),
        ("G1 X", "2"),
        ("$110=-5", "4"),
        ("$H", "5"),
        ("G999", "20"),
        ("G0 G1 X1", "24"),
        ("G1 X1", "22"),
        ("G1X1F0", "22"),
        ("G0 X1 X2", "25"),
        ("G53", ""),
        ("$J=G91 M3 X1", "22"),
        ("M4 S-1", "4"),
        ("G1X" + "1" * 90, "11"),
        ("T500", "38"),
        ("(comment)", ""),
        (";c", ""),
        ("", ""),
        ("%", "1"),
        ("G1 X1$", "1"),
    ],
)
def test_it_refuses_what_the_real_one_refuses(line: str, error: str) -> None:
    board = Firmware()
    board.take()
    board.receive(line.encode() + b"\n")
    assert Decoder().feed(board.take()) == (Answered(error),)


def test_what_is_sent_past_its_window_is_lost_as_on_the_chip() -> None:
    board = Firmware()
    board.receive(b"G1 X100 F1\n" * 17)  # fills the planner, and one line waits
    board.receive(b"G" * (2 * WINDOW))
    assert board.lost > 0
