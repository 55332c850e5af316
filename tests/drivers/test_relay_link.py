"""The output lines: claimed at rest, given back at rest, on recorded calls to lgpio."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import gpiozero
import pytest
from gpiozero.pins.local import LocalPiFactory

from drivers.relay import Options
from drivers.relay.fake import RecordedLgpio, lines_on, read_trace
from drivers.relay.link import Board, BoardError, mock_pins, real_pins

LASER = Options("laser", 17, active="low")
PRUSA = Options("prusa", 27)


@pytest.fixture
def lgpio(monkeypatch: pytest.MonkeyPatch) -> Iterator[RecordedLgpio]:
    """A Pi 3 whose lgpio is recorded. Its lines 17 and 27 were left at rest, 1 and 0."""
    recorded = RecordedLgpio({17: 1, 27: 0})
    monkeypatch.setitem(sys.modules, "lgpio", recorded)
    monkeypatch.delitem(sys.modules, "gpiozero.pins.lgpio", raising=False)
    monkeypatch.delenv("GPIOZERO_PIN_FACTORY", raising=False)
    monkeypatch.setattr("gpiozero.pins.local.get_pi_revision", lambda: 0xA02082)
    yield recorded
    LocalPiFactory.pins.clear()
    LocalPiFactory._reservations.clear()
    sys.modules.pop("gpiozero.pins.lgpio", None)


def test_gpiozeros_own_pin_would_switch_an_active_low_relay_on_for_a_moment(
    lgpio: RecordedLgpio,
) -> None:
    from gpiozero.pins.lgpio import LGPIOFactory

    relay = gpiozero.OutputDevice(17, active_high=False, pin_factory=LGPIOFactory())
    assert lgpio.calls == [
        ("gpio_claim_input", 17),
        ("gpio_claim_output", 17, 0),  # the relay is on
        ("gpio_write", 17, 1),
    ]
    relay.close()


def test_a_line_is_claimed_once_and_at_rest(lgpio: RecordedLgpio) -> None:
    board = Board([LASER, PRUSA], real_pins())
    assert lgpio.calls == [("gpio_claim_output", 17, 1), ("gpio_claim_output", 27, 0)]
    board.close()


def test_a_line_that_a_killed_keeper_left_on_is_off_with_the_first_call(
    lgpio: RecordedLgpio,
) -> None:
    lgpio.levels.update({17: 0, 27: 1})
    board = Board([LASER, PRUSA], real_pins())
    assert lgpio.levels == {17: 1, 27: 0}
    assert len(lgpio.calls) == 2
    board.close()


def test_energised_and_released_at_the_level_of_each_line(lgpio: RecordedLgpio) -> None:
    board = Board([LASER, PRUSA], real_pins())
    board.energise("laser")
    board.energise("prusa")
    assert lgpio.levels == {17: 0, 27: 1}
    board.release("laser")
    board.release("prusa")
    assert lgpio.levels == {17: 1, 27: 0}
    board.close()


def test_the_lines_are_given_back_at_rest_and_never_as_inputs(lgpio: RecordedLgpio) -> None:
    board = Board([LASER, PRUSA], real_pins())
    board.energise("laser")
    board.close()
    assert lgpio.levels == {17: 1, 27: 0}
    assert "gpio_claim_input" not in [name for name, *_ in lgpio.calls]
    assert lgpio.calls[-1] == ("gpio_free", 27)


def test_a_line_that_another_program_has_is_named_and_the_others_are_given_back(
    lgpio: RecordedLgpio,
) -> None:
    lgpio.busy.add(27)
    with pytest.raises(BoardError, match="prusa: line 27: 'GPIO busy'"):
        Board([LASER, PRUSA], real_pins())
    assert ("gpio_free", 17) in lgpio.calls


def test_one_line_that_cannot_be_given_back_does_not_keep_the_others_on(
    lgpio: RecordedLgpio, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = Board([LASER, PRUSA], real_pins())
    board.energise("prusa")
    write, faults = lgpio.gpio_write, [lgpio.error("bad handle")]

    def broken(handle: int, line: int, level: int) -> int:
        if line == 17 and faults:
            raise faults.pop()
        return write(handle, line, level)

    monkeypatch.setattr(lgpio, "gpio_write", broken)
    with pytest.raises(BoardError, match="laser: bad handle"):
        board.close()
    assert lgpio.levels[27] == 0


def test_without_lgpio_the_operator_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "lgpio", None)
    monkeypatch.delenv("GPIOZERO_PIN_FACTORY", raising=False)
    with pytest.raises(BoardError, match="lgpio is not installed"):
        real_pins()


def test_a_pin_factory_of_another_name_is_gpiozeros_to_find(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gpiozero.Device, "pin_factory", None)
    monkeypatch.setenv("GPIOZERO_PIN_FACTORY", "mock")
    Board([LASER], real_pins()).close()
    monkeypatch.setattr(gpiozero.Device, "pin_factory", None)
    monkeypatch.setenv("GPIOZERO_PIN_FACTORY", "nonsense")
    with pytest.raises(BoardError, match="without a Pi, use --mock"):
        real_pins()


def test_a_trace_has_every_change_of_level_and_no_glitch_at_the_start(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    lines = (LASER, PRUSA)
    board = Board(lines, mock_pins(lines, trace))
    board.energise("laser")
    board.energise("laser")
    assert lines_on(trace) == {"laser"}
    board.close()
    assert [(c.machine, c.level, c.on) for c in read_trace(trace)] == [
        ("laser", 1, False),
        ("prusa", 0, False),
        ("laser", 0, True),
        ("laser", 1, False),
    ]


def test_a_trace_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(BoardError, match="expected a file to write"):
        mock_pins([LASER], tmp_path)
