"""What a laser's watch asks, tells and allows."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from drivers.grbl import replay
from drivers.grbl.watch import HangUp
from machines.facts import Back, LaserMessage, Silence
from machines.meter import Work
from tests.drivers.laser_watched import BANNER, CUTS, IDLE, OPTIONS, Bench, at_rest, seen
from tests.drivers.test_grbl_wire import RECORDINGS


def test_nobody_connected_it_is_asked_once_a_second() -> None:
    bench = at_rest()
    bench.passes(10, saying=IDLE)
    assert 10 <= len(bench.sent()) <= 11


def test_while_it_works_it_is_asked_five_times_a_second() -> None:
    bench = Bench(replace(OPTIONS, mode="ask"))
    bench.passes(2, saying=CUTS)
    bench.forget()
    bench.passes(10, saying=CUTS)
    assert 40 <= len(bench.sent()) <= 50


def test_a_sender_that_polls_is_never_asked_over() -> None:
    bench = Bench()
    bench.connect()
    bench.passes(10, saying=CUTS, polled=True)
    assert bench.sent() == b""
    assert seen(bench, "beam") is Work.WORKING


def test_a_sender_that_does_not_poll_is_polled_for() -> None:
    bench = Bench()
    bench.connect()
    bench.sends(b"G1 X1\n")
    bench.passes(5, saying=CUTS)
    assert 18 <= len(bench.sent()) <= 26


def test_between_two_questions_nothing_wakes_it() -> None:
    bench = Bench()
    bench.connect()
    bench.passes(10, saying=CUTS, polled=True)
    assert bench.watch.wait_s(bench.now, bench.now) > 0.5


def test_no_answer_is_unknown_after_a_second_and_silence_after_five() -> None:
    bench = Bench()
    bench.passes(2.5)
    assert seen(bench, "beam") is seen(bench, "job") is Work.UNKNOWN
    assert not any(isinstance(order, Silence) for order in bench.orders)
    bench.passes(5)
    bench.says(IDLE)
    bench.says(IDLE)
    kinds = [type(order) for order in bench.orders]
    assert kinds.count(Silence) == kinds.count(Back) == 1


def test_a_report_without_power_feeds_nothing() -> None:
    bench = Bench()
    bench.says(b"<Run|MPos:0.000,0.000,0.000|F:600>\r\n")
    assert (seen(bench, "beam"), seen(bench, "job")) == (Work.UNKNOWN, Work.WORKING)


def test_an_alarm_ends_the_job_and_is_told() -> None:
    bench = Bench()
    bench.says(CUTS + b"ALARM:1\r\n")
    assert (seen(bench, "beam"), seen(bench, "job")) == (Work.UNKNOWN, Work.RESTING)
    assert LaserMessage("laser", "alarm", "ALARM:1") in bench.orders


def test_an_alarm_is_over_once_a_report_says_another_state() -> None:
    bench = Bench()
    bench.connect()
    bench.sends(b"\x18")
    bench.says(b"ALARM:3\r\n" + BANNER + b"<Alarm|MPos:0,0,0|FS:0,0>\r\n")
    assert bench.messages()[-1] == "alarm"
    bench.forget()
    bench.says(IDLE + IDLE)
    assert bench.messages() == ["alarm-over"]


def test_an_alarm_from_before_the_cable_was_pulled_is_over_once_it_is_back() -> None:
    assert Bench().messages() == ["alarm-over"]


def test_a_controller_that_starts_anew_by_itself_is_told_and_one_that_was_reset_is_not() -> None:
    bench = Bench()
    bench.connect()
    bench.sends(b"\x18")
    bench.says(BANNER)
    assert "reset" not in bench.messages()
    bench.says(CUTS + BANNER)
    assert "reset" in bench.messages()
    assert seen(bench, "beam") is Work.RESTING


def test_the_end_of_a_check_is_no_reset() -> None:
    bench = Bench()
    bench.says(b"[MSG:Disabled]\r\nok\r\n" + BANNER)
    assert "reset" not in bench.messages()


def test_a_line_that_its_sender_left_unfinished_is_spoiled() -> None:
    bench = Bench()
    bench.connect()
    bench.sends(b"G1 X10\nG1 X1")
    bench.hang_up()
    assert bench.sent() == b"$\n"


def test_a_badge_out_sends_the_sender_away_once_the_laser_rests() -> None:
    bench = Bench()
    bench.connect()
    bench.watch.allowed = False
    bench.passes(60, saying=CUTS, polled=True)
    assert not any(isinstance(order, HangUp) for order in bench.orders)
    bench.passes(6, saying=IDLE, polled=True)
    assert any(isinstance(order, HangUp) for order in bench.orders)


def test_a_laser_that_does_not_answer_is_not_taken_for_one_that_rests() -> None:
    bench = Bench()
    bench.connect()
    bench.watch.allowed = False
    bench.passes(60)
    assert not any(isinstance(order, HangUp) for order in bench.orders)


@given(st.sampled_from(RECORDINGS), st.lists(st.integers(0, 10_000), max_size=20))
def test_a_recording_cut_anywhere_feeds_the_meters_the_same(path: Path, cuts: list[int]) -> None:
    whole = replay.sent(replay.read(path))
    once, cut = Bench(), Bench()
    once.says(whole)
    for start, end in pairwise(sorted({0, *(c % len(whole) for c in cuts), len(whole)})):
        cut.says(whole[start:end])
    assert cut.orders == once.orders


def test_a_flood_of_reports_is_told_thinly() -> None:
    bench = Bench()
    bench.forget()
    for _ in range(1000):
        bench.now += 0.001
        bench.says(CUTS)
    assert len(bench.orders) < 100
