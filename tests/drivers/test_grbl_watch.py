"""What a laser's watch orders, told bytes and times: no port, no thread, no waiting."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.grbl import Options, replay
from drivers.grbl.deadman import Send
from drivers.grbl.watch import HangUp, Order, Watch
from machines.facts import Back, LaserMessage, Silence, WorkSeen
from machines.meter import Work
from tests.drivers.test_grbl_wire import RECORDINGS

OPTIONS = Options(port="/dev/null")
IDLE = b"<Idle|MPos:0.000,0.000,0.000|FS:0,0>\r\n"
LEFT_ON = b"<Idle|MPos:6.000,0.000,0.000|FS:0,300>\r\n"
CUTS = b"<Run|MPos:5.438,0.000,0.000|FS:1200,500>\r\n"
MOVES = b"<Run|MPos:5.438,0.000,0.000|FS:2648,0>\r\n"
BRAKED = b"<Hold:0|MPos:5.438,0.000,0.000|FS:0,0>\r\n"
BANNER = b"\r\nGrbl 1.1h ['$' for help]\r\n"


class Bench:
    """A watch, and a clock that is moved by hand, in real seconds that are the field's too."""

    def __init__(self, options: Options = OPTIONS) -> None:
        self.watch = Watch("laser", options)
        self.watch.allowed = True
        self.now = 100.0
        self.orders: list[Order] = []
        self.says(BANNER + IDLE)

    def says(self, data: bytes) -> None:
        self.orders += self.watch.from_controller(self.now, data)

    def sends(self, data: bytes) -> None:
        self.watch.from_sender(self.now, data)

    def connect(self) -> None:
        self.orders += self.watch.sender_came(self.now)

    def hang_up(self) -> None:
        self.orders += self.watch.sender_left(self.now, "it has hung up")

    def passes(self, seconds: float, saying: bytes = b"", polled: bool = False) -> None:
        """Time, in steps of 50 ms; each question is answered by `saying` at once."""
        for _ in range(round(seconds / 0.05)):
            self.now += 0.05
            if polled:
                self.sends(b"?")
                self.says(saying)
            for order in self.watch.tick(self.now, self.now):
                self.orders.append(order)
                if order == Send(b"?") and saying:
                    self.says(saying)

    def sent(self) -> bytes:
        return b"".join(order.data for order in self.orders if isinstance(order, Send))

    def messages(self) -> list[str]:
        return [order.what for order in self.orders if isinstance(order, LaserMessage)]

    def forget(self) -> None:
        self.orders.clear()


def at_rest(options: Options = OPTIONS) -> Bench:
    """A laser that has rested for so long that nobody's job is left in it."""
    bench = Bench(options)
    bench.passes(6, saying=IDLE)
    bench.forget()
    return bench


def seen(bench: Bench, meter: str) -> Work:
    return [o.work for o in bench.orders if isinstance(o, WorkSeen) and o.meter == meter][-1]


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
