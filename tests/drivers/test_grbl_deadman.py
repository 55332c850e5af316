"""A beam that is left on: what is told, and when it is put out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from drivers.grbl.deadman import Send
from tests.drivers.laser_watched import (
    BANNER,
    BRAKED,
    CUTS,
    IDLE,
    LEFT_ON,
    MOVES,
    OPTIONS,
    Bench,
    at_rest,
)


def test_a_beam_left_on_is_told_once_while_the_sender_is_there() -> None:
    bench = Bench()
    bench.connect()
    bench.passes(12, saying=LEFT_ON, polled=True)
    assert bench.messages().count("beam-left-on") == 1
    assert bench.sent() == b""


def test_a_sender_that_vanishes_with_the_beam_on_gets_it_put_out() -> None:
    bench = Bench()
    bench.connect()
    bench.says(CUTS)
    bench.hang_up()
    bench.forget()
    bench.passes(0.1, saying=CUTS)
    assert bench.sent() == b"?!"
    bench.says(BRAKED)
    assert bench.sent().endswith(b"\x18")
    bench.says(BANNER)
    assert "beam-put-out" not in bench.messages()  # until a report says so
    bench.passes(1, saying=IDLE)
    assert bench.messages() == ["beam-put-out"]
    assert bench.watch.refusal == ""


def test_the_reset_does_not_wait_long_for_the_brake() -> None:
    bench = Bench()
    bench.connect()
    bench.says(CUTS)
    bench.hang_up()
    bench.passes(1)  # no answer at all
    assert bench.sent().replace(b"?", b"") == b"!\x18"


def test_a_controller_without_a_banner_is_believed_once_its_reset_is_done_with() -> None:
    bench = Bench()
    bench.connect()
    bench.says(CUTS)
    bench.hang_up()
    bench.passes(0.1, saying=CUTS)
    bench.says(BRAKED)
    bench.passes(0.3, saying=IDLE)
    assert bench.messages()[-1] == "client-gone"
    bench.passes(1, saying=IDLE)
    assert bench.messages()[-1] == "beam-put-out"
    assert bench.sent().count(b"\x18") == 1


def test_a_beam_that_does_not_go_out_is_told_and_tried_again() -> None:
    bench = Bench()
    bench.connect()
    bench.says(CUTS)
    bench.hang_up()
    bench.passes(7, saying=CUTS)
    assert bench.sent().count(b"\x18") >= 3
    assert bench.messages().count("beam-left-on") == 1
    assert bench.watch.refusal == "the beam is being put out"


def test_a_sender_that_leaves_between_two_cuts_is_watched_until_the_next_one() -> None:
    bench = Bench()
    bench.connect()
    bench.says(MOVES)
    bench.hang_up()
    bench.passes(1, saying=MOVES)
    assert b"!" not in bench.sent()
    bench.passes(0.3, saying=CUTS)
    assert b"!" in bench.sent()


def test_a_sender_that_leaves_in_a_dwell_is_watched_until_its_last_line() -> None:
    bench = Bench()
    bench.connect()
    bench.hang_up()
    bench.passes(3, saying=IDLE)
    bench.passes(0.3, saying=CUTS)
    assert b"!" in bench.sent()


def test_a_sender_that_leaves_at_once_after_its_line_is_watched_however_long_it_rested() -> None:
    bench = at_rest()
    bench.connect()
    bench.passes(10, saying=IDLE, polled=True)
    bench.sends(b"M3 S300\n")
    bench.hang_up()
    bench.passes(0.3, saying=LEFT_ON)
    assert b"!" in bench.sent()


def test_a_sender_that_polls_and_leaves_a_finished_job_is_no_matter() -> None:
    """Its last report was of the last cut; the next question is ours, and at once."""
    bench = Bench()
    bench.connect()
    bench.passes(5, saying=CUTS, polled=True)
    bench.hang_up()
    bench.passes(10, saying=IDLE)
    assert bench.sent().strip(b"?") == b""


def test_a_sender_that_leaves_a_finished_job_is_no_matter() -> None:
    bench = Bench()
    bench.connect()
    bench.says(CUTS)
    bench.hang_up()
    bench.passes(10, saying=IDLE)
    assert bench.sent().strip(b"?") == b""


def test_nobody_connected_a_beam_at_standstill_is_put_out_after_its_time() -> None:
    bench = at_rest()
    bench.passes(4, saying=LEFT_ON)
    assert b"!" not in bench.sent()
    bench.passes(4, saying=LEFT_ON)
    assert b"!\x18" in bench.sent().replace(b"?", b"")
    assert "beam-left-on" in bench.messages()


def test_where_nobody_drives_a_beam_left_on_at_standstill_is_put_out_and_one_at_work_is_not() -> (
    None
):
    bench = at_rest(replace(OPTIONS, mode="ask"))
    bench.passes(60, saying=CUTS)
    assert b"!" not in bench.sent()
    bench.passes(6, saying=LEFT_ON)
    assert b"!\x18" in bench.sent().replace(b"?", b"")


@pytest.mark.parametrize("state", [b"Hold:0", b"Door:1", b"Alarm", b"Sleep", b"Check"])
def test_a_beam_left_on_is_told_in_any_state_that_stands_still(state: bytes) -> None:
    bench = Bench()
    bench.connect()
    bench.passes(6, saying=LEFT_ON.replace(b"Idle", state), polled=True)
    assert bench.messages().count("beam-left-on") == 1


def test_a_kiosk_that_was_killed_in_mid_job_puts_the_beam_out_once_it_is_back() -> None:
    bench = Bench()
    bench.says(CUTS)
    assert bench.sent() == b"!"


def test_a_sender_that_is_back_before_the_beam_is_put_out_has_its_job_again() -> None:
    bench = Bench()
    bench.connect()
    bench.says(CUTS)
    bench.hang_up()
    bench.connect()
    bench.passes(5, saying=CUTS, polled=True)
    assert bench.sent().strip(b"?") == b""


def test_without_its_dead_man_the_beam_is_told_and_left() -> None:
    bench = Bench(replace(OPTIONS, dead_man=False))
    bench.connect()
    bench.says(CUTS)
    bench.hang_up()
    bench.passes(20, saying=LEFT_ON)
    assert bench.sent().strip(b"?") == b""
    assert bench.messages().count("beam-left-on") == 1


def test_a_kiosk_that_stops_in_mid_job_leaves_no_beam_behind() -> None:
    bench = Bench()
    bench.connect()
    bench.says(CUTS)
    assert bench.watch.closing() == (Send(b"\x18"),)
    bench.says(IDLE)
    assert bench.watch.closing() == ()


def test_a_kiosk_that_stops_just_after_the_sender_left_leaves_no_beam_behind() -> None:
    bench = Bench()
    bench.connect()
    bench.says(CUTS)
    bench.hang_up()
    assert bench.watch.closing() == (Send(b"\x18"),)
