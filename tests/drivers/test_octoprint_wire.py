"""What OctoPrint sends, and what it is taken for."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.octoprint import Options, wire
from machines import printing
from machines.facts import Happened, JobSeen, PrinterSeen, PrintHappened, Silence
from machines.instants import SECOND, Instant, WallQuality
from machines.journal import PrintEnded, Result
from machines.meter import Work
from machines.print_record import BeginPrint, EndPrint, Printer, Rules
from tests.drivers.octoprint_recordings import VERSIONS, names, recorded


def seen_in(version: str, state: str) -> PrinterSeen:
    both = recorded(version, f"states/{state}")
    return wire.printer_seen("prusa", both["job"], both["printer"])


# -- answers ----------------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("state", "work"),
    [
        ("Printing", Work.WORKING),
        ("Paused", Work.PAUSED),
        ("Pausing", Work.PAUSED),
        ("Cancelling", Work.PAUSED),
        ("Operational", Work.RESTING),
        ("Offline", Work.UNKNOWN),
        ("Offline_after_error", Work.UNKNOWN),
    ],
)
def test_only_the_text_of_the_state_says_what_a_printer_does(version, state, work):
    seen = seen_in(version, state)
    assert (seen.work, seen.state) == (work, state.replace("_", " "))


def test_the_short_states_count_as_printing():
    assert seen_in("1.11.8", "Starting").work is Work.WORKING
    assert seen_in("1.11.8", "Finishing").work is Work.WORKING


def test_a_file_sent_to_the_sd_card_is_no_print_though_its_flag_says_printing():
    both = recorded("1.11.8", "states/Sending_file_to_SD")
    seen = wire.printer_seen("prusa", both["job"], both["printer"])
    assert both["printer"]["state"]["flags"]["printing"] is True
    assert both["job"]["progress"]["printTime"] < 0
    assert seen.work is Work.RESTING
    assert seen.job is not None
    assert seen.job.elapsed_s is None


@pytest.mark.parametrize("version", VERSIONS)
def test_a_job_is_told_with_its_file_its_clock_and_its_filament(version):
    job = seen_in(version, "Printing").job
    assert job is not None
    assert replace(job, progress=round(job.progress or 0, 4)) == JobSeen(
        "tiny.gcode",
        "tiny.gcode",
        estimated_s=6.660603289263124,
        elapsed_s=0,
        left_s=6,
        progress=0.1113,
        filament_mm=12.0,
    )


@pytest.mark.parametrize("version", VERSIONS)
def test_temperatures_are_told(version):
    seen = seen_in(version, "Printing")
    assert (seen.nozzle_c, seen.nozzle_target_c, seen.bed_c, seen.bed_target_c) == (
        21.3,
        0.0,
        21.3,
        0.0,
    )


def test_an_error_is_told_in_the_printers_words():
    assert seen_in("1.11.8", "Offline_after_error").error == "SerialTimeoutException:"


def test_the_filament_of_two_nozzles_is_one_sum():
    filament = {"tool0": {"length": 100.0}, "tool1": {"length": 50.0}, "tool2": {"length": None}}
    body = {"state": "Printing", "job": {"file": {"path": "a"}, "filament": filament}}
    seen = wire.printer_seen("prusa", body)
    assert seen.job is not None
    assert seen.job.filament_mm == 150.0


def test_a_name_with_control_characters_is_fit_for_a_screen():
    body = {"state": "Prin\x1bting", "job": {"file": {"path": "a\n\u202eb" + "x" * 500}}}
    seen = wire.printer_seen("prusa", body)
    assert seen.state == "Prin ting"
    assert seen.work is Work.UNKNOWN
    assert seen.job is not None
    assert seen.job.path.startswith("a  b")
    assert len(seen.job.path) <= wire.LONGEST


@pytest.mark.parametrize(
    "body", [b"", b"Not found", b"<html>starting</html>", b"[1]", b"\xff\xfe", b"[" * 100_000]
)
def test_what_is_no_json_object_is_nothing(body):
    assert wire.decode(body) is None


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**400), 10**400)
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["Printing", "Paused", "PrintDone", "tool0", "\x00"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "state",
                    "job",
                    "progress",
                    "file",
                    "path",
                    "filament",
                    "completion",
                    "printTime",
                    "temperature",
                    "tool0",
                    "event",
                    "type",
                    "payload",
                    "time",
                    "name",
                    "session",
                    "reauthRequired",
                    "error",
                ]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=20,
)


@given(JSON, JSON)
def test_whatever_json_comes_is_a_fact_of_numbers_and_texts_or_nothing(job, heat):
    body = wire.decode(json.dumps(job))
    seen = wire.printer_seen("prusa", body, wire.decode(json.dumps(heat)))
    numbers = [seen.nozzle_c, seen.bed_c]
    if seen.job:
        numbers += [seen.job.elapsed_s, seen.job.left_s, seen.job.filament_mm, seen.job.progress]
        assert seen.job.progress is None or 0 <= seen.job.progress <= 1
    assert all(n is None or (isinstance(n, float | int) and abs(n) < 1e309) for n in numbers)
    assert seen.state.isprintable()
    wire.credentials(body)


@given(JSON | st.text() | st.binary())
def test_whatever_frame_comes_is_an_event_or_nothing(frame):
    raw = frame if isinstance(frame, str | bytes) else json.dumps(frame)
    assert isinstance(wire.pushed("prusa", raw), wire.Pushed)


@given(st.data())
def test_a_recorded_answer_that_lacks_anything_still_raises_nothing(data):
    version, name = data.draw(st.sampled_from(names("states")[:10]))
    body = recorded(version, name).get("job") if name != "states/trace" else {}
    for _ in range(3):
        table = body
        while isinstance(table, dict) and table:
            key = data.draw(st.sampled_from(sorted(table)))
            if not isinstance(table[key], dict) or data.draw(st.booleans()):
                table[key] = data.draw(JSON)
                break
            table = table[key]
    wire.printer_seen("prusa", body)


# -- the push stream ----------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("kind", "what"),
    [
        ("PrintStarted", Happened.STARTED),
        ("PrintPaused", Happened.PAUSED),
        ("PrintResumed", Happened.RESUMED),
        ("PrintDone", Happened.DONE),
        ("PrintFailed", Happened.FAILED),
        ("PrintCancelled", Happened.CANCELLED),
    ],
)
def test_every_recorded_event_of_a_print_is_told_and_followed_by_a_question(version, kind, what):
    frame = recorded(version, f"ws/frame_event_{kind}")["first"]
    pushed = wire.pushed("prusa", json.dumps(frame))
    assert pushed.fact is not None
    assert (pushed.fact.what, pushed.fact.path, pushed.ask) == (what, "tiny.gcode", True)
    assert pushed.fact.printer_s == frame["event"]["payload"].get("time")


def test_a_disconnection_comes_with_nothing():
    frame = '{"event":{"type":"Disconnected","payload":null}}'
    fact = PrintHappened("prusa", Happened.DISCONNECTED)
    assert wire.pushed("prusa", frame) == wire.Pushed(fact, ask=True)


def test_a_printer_that_wants_another_filament_says_so():
    frame = '{"event":{"type":"FilamentChange","payload":null}}'
    fact = PrintHappened("prusa", Happened.FILAMENT)
    assert wire.pushed("prusa", frame) == wire.Pushed(fact, ask=True)


def test_a_transfer_that_took_less_than_no_time_has_no_time():
    frame = '{"event":{"type":"PrintDone","payload":{"path":"a","time":-4.37}}}'
    fact = wire.pushed("prusa", frame).fact
    assert fact is not None
    assert fact.printer_s is None


@pytest.mark.parametrize(
    "kind", ["connected", "current", "timelapse", "event_ZChange", "event_Upload"]
)
def test_other_frames_say_nothing(kind):
    frame = recorded("1.11.8", f"ws/frame_{kind}")["first"]
    assert wire.pushed("prusa", json.dumps(frame)) == wire.NOTHING


@pytest.mark.parametrize("version", VERSIONS)
def test_a_stream_that_has_just_opened_asks_what_it_missed(version):
    frame = recorded(version, "ws/frame_history")["first"]
    assert wire.pushed("prusa", json.dumps(frame)) == wire.Pushed(ask=True)


def test_a_stale_session_asks_to_log_in_again():
    assert wire.pushed("prusa", '{"reauthRequired":{"reason":"stale"}}').log_in


# -- every recorded death -------------------------------------------------------------------------

#: How each recorded story ends for the record. Not here: stories without an end.
ENDS = {
    "action_cancel": Result.CANCELLED,
    "action_disconnect": Result.FAILED,
    "api_disconnect_mid_print": Result.FAILED,
    "api_disconnect_while_paused": Result.FAILED,
    "drop_connection": Result.FAILED,
    "drop_connection_while_paused": Result.FAILED,
    "emergency_m112": Result.FAILED,
    "fatal_error_marlin": Result.FAILED,
    "fatal_error_while_paused": Result.FAILED,
    "reset_mid_print": Result.CANCELLED,
}
STORIES = [
    pytest.param(version, name, ENDS[name.removeprefix("errors/")], id=f"{version}-{name}")
    for version, name in names("errors")
    if name.removeprefix("errors/") in ENDS
]


def ends(version: str, story: str, events: bool, polls: bool) -> list[PrintEnded]:
    """The story told to a record: its events, its states, or both, in their order."""
    told = recorded(version, story)
    facts: list[tuple[float, Any]] = []
    if events:
        for t, kind, payload in told["events"]:
            frame = json.dumps({"event": {"type": kind, "payload": payload}})
            facts.append((t, wire.pushed("prusa", frame).fact))
    if polls:
        for t, state, printed_s, error in told["trace"]:
            offline = state.startswith("Offline")
            path = None if offline else "job.gcode"
            body = {"state": state, "error": error, "job": {"file": {"path": path}}}
            body["progress"] = {"printTime": printed_s}
            facts.append((t, wire.printer_seen("prusa", body)))
    return record(facts)


def record(facts: list[tuple[float, Any]]) -> list[PrintEnded]:
    printer, ended = Printer("prusa", Rules()), []
    for t, fact in sorted((f for f in facts if f[1] is not None), key=lambda f: f[0]):
        at = Instant(1, round((t + 60) * SECOND), round((t + 60) * SECOND), WallQuality.NTP)
        printer, effects = printing.see(printer, fact, at)
        for effect in effects:
            match effect:
                case BeginPrint(number, _, _):
                    printer, _ = printing.began(printer, number, "birth")
                case EndPrint(entry, _):
                    ended.append(entry)
    assert printer.open is None
    return ended


@pytest.mark.parametrize(("version", "story", "result"), STORIES)
def test_every_recorded_death_ends_its_print_once(version, story, result):
    assert [end.result for end in ends(version, story, True, True)] == [result]


@pytest.mark.parametrize(("version", "story", "result"), STORIES)
def test_every_recorded_death_is_seen_by_polling_alone(version, story, result):
    assert [end.result for end in ends(version, story, False, True)] == [result]


@pytest.mark.parametrize(("version", "story", "result"), STORIES)
def test_every_recorded_death_is_told_by_events_alone(version, story, result):
    assert [end.result for end in ends(version, story, True, False)] == [result]


@pytest.mark.parametrize("how", ["sigkill", "sigterm"])
def test_a_server_that_was_killed_in_mid_print_comes_back_without_it(how):
    told = recorded("1.11.8", f"errors/server_{how}_mid_print")
    started = next(e for e in told["events"] if e[1] == "PrintStarted")
    frame = json.dumps({"event": {"type": started[1], "payload": started[2]}})
    _, after = told["after_restart"]["job"]
    ended = record(
        [
            (started[0], wire.pushed("prusa", frame).fact),
            (told["ws_closed"][0], Silence("prusa", "closed the connection")),
            (told["trace"][-1][0] + 3, wire.printer_seen("prusa", after)),
        ]
    )
    assert [end.result for end in ended] == [Result.LOST]
    assert ended[0].used_us == 0


# -- frozen -----------------------------------------------------------------------------------


def judged(sights: list[PrinterSeen]) -> list[Work]:
    stall, works = wire.Stall(), []
    for seen in sights:
        stall, seen = stall.judge(seen)
        works.append(seen.work)
    return works


def test_a_printer_in_which_nothing_moves_is_not_believed_after_ten_polls():
    frozen = seen_in("1.11.8", "Printing")
    assert judged([frozen] * 12) == [Work.WORKING] * 10 + [Work.UNKNOWN] * 2


def test_a_printer_that_moves_again_is_believed_again():
    frozen = seen_in("1.11.8", "Printing")
    assert frozen.job is not None
    moved = replace(frozen, job=replace(frozen.job, elapsed_s=40))
    assert judged([frozen] * 12 + [moved])[-1] is Work.WORKING


def test_a_printer_that_heats_is_believed():
    seen = seen_in("1.11.8", "Printing")
    assert set(judged([replace(seen, nozzle_c=20 + i) for i in range(50)])) == {Work.WORKING}


def test_a_printer_that_tells_no_clock_is_believed():
    seen = PrinterSeen("prusa", Work.WORKING, "Printing", JobSeen("a", "a"))
    assert set(judged([seen] * 50)) == {Work.WORKING}


def test_a_paused_printer_may_stand_still():
    assert set(judged([seen_in("1.11.8", "Paused")] * 50)) == {Work.PAUSED}


# -- options ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"url": "prusa.lan"}, "expected such as http://prusa.lan"),
        ({"url": "ftp://prusa.lan"}, "expected such as"),
        ({"url": "http://prusa.lan?apikey=1"}, "no key"),
        ({"url": "http://me:secret@prusa.lan"}, "no key"),
        ({"poll_s": 0.0}, "expected 0.1 to 300"),
        ({"key_file": "../key"}, "expected the name of a file"),
    ],
)
def test_a_wrong_option_is_refused_with_a_sentence(wrong, sentence):
    options: dict[str, Any] = {"url": "http://prusa.lan", "key_file": "prusa-key"}
    with pytest.raises(ValueError, match=sentence):
        Options(**options | wrong)
