"""What a GRBL controller says, from recordings of the real firmware."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.grbl import replay
from drivers.grbl.wire import (
    LONGEST,
    Alarm,
    Answered,
    Banner,
    Decoder,
    Heard,
    Keys,
    Report,
    Said,
    hear,
)
from machines.meter import Work

RECORDINGS = sorted((Path(__file__).parents[1] / "recordings" / "grbl-1.1h").glob("*.txt"))


def recording(number: str) -> tuple[replay.Step, ...]:
    return replay.read(next(path for path in RECORDINGS if path.name.startswith(number)))


def heard_in(number: str) -> tuple[Heard, ...]:
    return Decoder().feed(replay.sent(recording(number)))


def reports_in(number: str) -> list[Report]:
    return [heard for heard in heard_in(number) if isinstance(heard, Report)]


def test_all_twelve_recordings_are_here() -> None:
    assert len(RECORDINGS) == 12


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
def test_no_line_of_a_recording_but_settings_goes_unheard(path: Path) -> None:
    lines = replay.sent(replay.read(path)).decode().split("\r\n")
    unheard = [line for line in lines if line and hear(line) is None]
    assert all(line[0] in "$[" and "MSG" not in line for line in unheard), unheard


@given(st.sampled_from(RECORDINGS), st.data())
def test_a_recording_cut_anywhere_says_the_same(path: Path, data: st.DataObject) -> None:
    whole = replay.sent(replay.read(path))
    cuts = data.draw(st.lists(st.integers(0, len(whole)), max_size=20))
    decoder = Decoder()
    pieces = [whole[a:b] for a, b in pairwise(sorted([0, *cuts, len(whole)]))]
    assert tuple(said for piece in pieces for said in decoder.feed(piece)) == Decoder().feed(whole)


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
def test_a_recording_byte_by_byte_says_the_same(path: Path) -> None:
    whole = replay.sent(replay.read(path))
    decoder = Decoder()
    single = tuple(said for byte in whole for said in decoder.feed(bytes([byte])))
    assert single == Decoder().feed(whole)


@given(st.binary(max_size=600), st.integers(0, 600))
def test_noise_cut_anywhere_says_the_same_and_stops_nothing(noise: bytes, cut: int) -> None:
    decoder = Decoder()
    said = decoder.feed(noise[:cut]) + decoder.feed(noise[cut:])
    assert said == Decoder().feed(noise)
    assert decoder.feed(b"\n<Run|FS:1,2>\r\n")[-1] == Report("Run", None, 2.0)


def test_a_line_without_end_is_not_kept() -> None:
    decoder = Decoder()
    for _ in range(100):
        assert decoder.feed(b"x" * 1000) == ()
    assert len(decoder._kept) <= LONGEST + 1
    assert decoder.feed(b"\nok\n") == (Answered(),)


def test_the_beam_may_be_on_at_standstill() -> None:
    first = reports_in("09")[0]
    assert first.state == "Idle"
    assert (first.beam, first.job) == (Work.WORKING, Work.RESTING)


def test_a_hold_that_brakes_still_burns_and_one_at_standstill_does_not() -> None:
    braking = next(report for report in reports_in("03") if report.sub == 1)
    braked = next(report for report in reports_in("03") if report.sub == 0)
    assert (braking.beam, braking.job) == (Work.WORKING, Work.PAUSED)
    assert (braked.beam, braked.job) == (Work.RESTING, Work.PAUSED)


def test_an_open_door_pauses_the_job_with_the_beam_off() -> None:
    door = next(report for report in reports_in("10") if (report.state, report.sub) == ("Door", 1))
    assert (door.beam, door.job) == (Work.RESTING, Work.PAUSED)


def test_a_hard_limit_is_an_alarm_and_then_nothing_until_the_reset() -> None:
    said = [heard for heard in heard_in("05") if not isinstance(heard, Report | Answered)]
    assert said[1:4] == [Alarm("1"), Said("Reset to continue"), Banner("Grbl 1.1h")]


def test_a_controller_reset_in_mid_job_shows_its_banner() -> None:
    assert [type(heard) for heard in heard_in("11")].count(Banner) == 2


@pytest.mark.parametrize(
    "line",
    [
        "<Run|MPos:0.000,0.000,0.000>",
        "<Run|MPos:0.000,0.000,0.000|F:600>",
        "<Run|MPos:0.000,0.000,0.000|FS:600>",
        "<Run|MPos:0.000,0.000,0.000|FS:600,-3>",
        "<Run|MPos:0.000,0.000,0.000|FS:600,nan>",
        "<Run|FS:600,300|FS:600,0>",
        "<Idle|MPos:0.000,0.000,0.000|A:S>",
    ],
)
def test_a_report_that_does_not_say_whether_the_beam_is_on_says_unknown(line: str) -> None:
    report = hear(line)
    assert isinstance(report, Report)
    assert report.beam is Work.UNKNOWN


def test_a_report_torn_by_a_reset_is_no_report_and_hides_none_after_it() -> None:
    assert hear("<Run|MPos:5.9") is None
    assert hear("<Run|MPos:5.9<Idle|FS:0,0>") == Report("Idle", None, 0.0)
    assert hear("<Run|MPos:5.9Grbl 1.1h ['$' for help]") is None


@pytest.mark.parametrize("line", ["ALARM:", "ALARM:\ufffd" * 40, "error:yes", "error:9 ok", "okok"])
def test_noise_is_no_alarm_and_no_answer(line: str) -> None:
    assert hear(line) is None


def test_a_state_of_another_firmware_does_not_say_what_the_job_does() -> None:
    tool = hear("<Tool|MPos:0,0,0|FS:0,0>")
    assert isinstance(tool, Report)
    assert tool.job is Work.UNKNOWN


@pytest.mark.parametrize(
    ("state", "job"),
    [
        ("Run", Work.WORKING),
        ("Jog", Work.RESTING),
        ("Check", Work.RESTING),
        ("Home", Work.RESTING),
        ("Alarm", Work.RESTING),
        ("Sleep", Work.RESTING),
        ("Hold:0", Work.PAUSED),
        ("Door:3", Work.PAUSED),
    ],
)
def test_only_a_job_is_a_job(state: str, job: Work) -> None:
    report = hear(f"<{state}|MPos:0,0,0|FS:0,0>")
    assert isinstance(report, Report)
    assert report.job is job


def test_the_keys_of_a_sender_are_seen_in_the_middle_of_its_lines() -> None:
    keys = Keys()
    for piece in (b"G1 X?10 !", b"Y3~\n?", b"\x18", b"\xff\x84"):
        keys.feed(piece)
    assert (keys.asks, keys.resets) == (2, 1)


@pytest.mark.parametrize(
    ("data", "torn"),
    [
        (b"G1 X1\n", False),
        (b"G1 X1\n?", False),
        (b"G1 X1\nG1", True),
        (b"G1 X1\x18", False),
        (b"G1 X1\r", False),
        (b"G1 X?1", True),
    ],
)
@given(data_cut=st.integers(0, 9))
def test_an_unfinished_line_is_known_at_any_cut(data: bytes, torn: bool, data_cut: int) -> None:
    keys = Keys()
    keys.feed(data[:data_cut])
    keys.feed(data[data_cut:])
    assert keys.mid_line is torn
