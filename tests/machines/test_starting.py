"""A start at one printer: sent once, and never believed before the printer shows it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from machines.facts import Agreed, Printed, Refused, Unanswered
from machines.instants import SECOND, Instant, WallQuality
from machines.job_entries import NotStarted
from machines.journal import Result
from machines.plate import Ended as PrintEnded
from machines.plate import Gate, Plate, Taken, Unknown
from machines.starting import (
    AskHistory,
    Attempt,
    Bay,
    Began,
    Cleared,
    Ended,
    Event,
    Found,
    Idle,
    Lost,
    Moving,
    Noted,
    NotNoted,
    NotSettled,
    Passed,
    Refuse,
    Remembered,
    Remove,
    Replied,
    Rested,
    SendOrder,
    Settled,
    Settling,
    Unsure,
    Upload,
    Wanted,
    history_key,
    left_unsure,
    order_key,
    upload_key,
)
from machines.starting_table import decide

MUG = Attempt("j1", 1, "fablab-1-mug.gcode", "f" * 64)
HOME = Printed(MUG.path, 1_800_000_000 * SECOND, 900.0)


def at(seconds: float) -> Instant:
    us = round(seconds * SECOND)
    return Instant(1, us, 1_800_000_000 * SECOND + us, WallQuality.NTP)


def run(*events: Event, bay: Bay | None = None) -> tuple[Bay, list[object]]:
    bay, done = bay or Bay(), []
    for event in events:
        bay, effects = decide(bay, event)
        done += effects
    return bay, done


def reply(seconds: float, key: str, answer: object) -> Replied:
    return Replied(at(seconds), key, answer)  # type: ignore[arg-type]


SENT = (
    Cleared(at(0)),
    Wanted(MUG),
    Noted(at(1)),
    reply(5, upload_key(MUG), Agreed()),
)
GIVEN_UP = (Rested(at(20)), Rested(at(40)))


def reasons(done: list[object]) -> list[NotStarted]:
    return [effect.reason for effect in done if isinstance(effect, Refuse)]


def test_the_file_is_sent_once_its_entry_is_on_disk_and_the_order_once_the_file_is_there() -> None:
    bay, done = run(Cleared(at(0)), Wanted(MUG))
    assert done == []
    bay, done = run(Noted(at(1)), bay=bay)
    assert done == [Upload(MUG)]
    bay, done = run(Moving(at(2), 0.5), reply(5, upload_key(MUG), Agreed()), bay=bay)
    assert done == [SendOrder(MUG)]


def test_a_start_that_the_disk_refused_sends_nothing() -> None:
    bay, done = run(Cleared(at(0)), Wanted(MUG), NotNoted())
    assert (bay.start, done) == (Idle(), [])


def test_a_print_of_its_own_path_is_what_makes_it_a_start() -> None:
    bay, done = run(*SENT, reply(6, order_key(MUG), Agreed()), Began(at(7), ours=True))
    assert bay.start == Settling(MUG)
    assert reasons(done) == []
    assert run(Settled(), bay=bay)[0].start == Idle()


def test_a_refusal_is_told_in_the_printers_words_and_the_file_is_taken_away() -> None:
    refused = Refused(NotStarted.BUSY, "Printer is already printing")
    _, done = run(*SENT, reply(6, order_key(MUG), refused))
    assert done[-2:] == [Remove(MUG), Refuse(MUG, NotStarted.BUSY, "Printer is already printing")]


def test_an_upload_without_an_answer_started_nothing() -> None:
    _, done = run(*SENT[:3], reply(30, upload_key(MUG), Unanswered("timed out")))
    assert reasons(done) == [NotStarted.UPLOAD]


def test_an_order_without_an_answer_is_never_sent_again() -> None:
    bay, done = run(*SENT, reply(15, order_key(MUG), Unanswered("timed out")))
    assert bay.start == Unsure(MUG, at(15))
    bay, more = run(Rested(at(20)), Rested(at(60)), Passed(at(90)), bay=bay)
    assert [effect for effect in [*done, *more] if isinstance(effect, SendOrder)] == [
        SendOrder(MUG)
    ]


def test_at_rest_for_long_enough_and_in_no_history_it_did_not_start() -> None:
    unsure = (*SENT, reply(15, order_key(MUG), Unanswered()))
    bay, done = run(*unsure, Rested(at(20)), Rested(at(30)))
    assert AskHistory(MUG) not in done, "15 s at rest are not long"
    bay, done = run(Rested(at(50)), bay=bay)
    assert done == [AskHistory(MUG)]
    _, done = run(Remembered(at(51), history_key(MUG), None), bay=bay)
    assert reasons(done) == [NotStarted.NO_ANSWER]


def test_one_sight_at_rest_decides_nothing() -> None:
    bay, done = run(*SENT, reply(15, order_key(MUG), Unanswered()), Rested(at(500)))
    assert isinstance(bay.start, Unsure)
    assert AskHistory(MUG) not in done


def test_a_print_that_ran_to_its_end_while_nobody_saw_is_found_in_the_history() -> None:
    unsure = (*SENT, reply(15, order_key(MUG), Unanswered()), Lost(at(16)))
    bay, _ = run(*unsure, Rested(at(7200)), Rested(at(7203)))
    bay, done = run(Remembered(at(7204), history_key(MUG), HOME), bay=bay)
    assert done == [Found(MUG, HOME), Remove(MUG)]
    assert bay.plate == Taken()


def test_a_history_that_is_not_told_is_asked_again() -> None:
    bay, _ = run(*SENT, reply(15, order_key(MUG), Unanswered()), Rested(at(20)), Rested(at(50)))
    bay, done = run(reply(51, history_key(MUG), Unanswered()), bay=bay)
    assert done == []
    _, done = run(Rested(at(60)), Rested(at(90)), bay=bay)
    assert done == [AskHistory(MUG)]


def test_agreed_and_not_begun_is_said_after_thirty_seconds_at_rest() -> None:
    agreed = (*SENT, reply(6, order_key(MUG), Agreed()))
    bay, _ = run(*agreed, Rested(at(20)), Rested(at(37)))
    _, done = run(Remembered(at(38), history_key(MUG), None), bay=bay)
    assert reasons(done) == [NotStarted.NOT_BEGUN]


def test_an_octoprint_without_its_printer_prints_nothing() -> None:
    unsure = (*SENT, reply(15, order_key(MUG), Unanswered()))
    bay, _ = run(*unsure, Rested(at(20), connected=False), Rested(at(50), connected=False))
    _, done = run(Remembered(at(51), history_key(MUG), None), bay=bay)
    assert reasons(done) == [NotStarted.OFFLINE]


def test_another_print_that_begins_there_is_said() -> None:
    _, done = run(*SENT[:3], Began(at(3), ours=False))
    assert reasons(done) == [NotStarted.OTHER_PRINT]
    bay, _ = run(*SENT, reply(6, order_key(MUG), Agreed()), Began(at(7), ours=False))
    _, done = run(Remembered(at(8), history_key(MUG), None), bay=bay)
    assert reasons(done) == [NotStarted.OTHER_PRINT]


def test_a_printer_that_falls_silent_while_the_file_travels_gets_no_order() -> None:
    for lost in (Lost(at(3)), Rested(at(3), connected=False)):
        _, done = run(*SENT[:3], lost, SENT[3])
        assert reasons(done) == [NotStarted.OFFLINE]
        assert SendOrder(MUG) not in done


def test_a_refusal_that_comes_late_is_still_one() -> None:
    bay, _ = run(*SENT, Lost(at(6)))
    _, done = run(reply(30, order_key(MUG), Refused(NotStarted.OFFLINE)), bay=bay)
    assert reasons(done) == [NotStarted.OFFLINE]


def test_a_start_left_by_the_kiosk_before_is_asked_after_and_not_sent() -> None:
    bay = left_unsure(Bay(), MUG, at(0))
    bay, done = run(Rested(at(10)), Rested(at(31)), bay=bay)
    assert done == [AskHistory(MUG)]
    assert run(Began(at(32), ours=True), bay=bay)[0].start == Settling(MUG)


def test_an_end_that_the_disk_refused_is_said_again() -> None:
    bay, _ = run(*SENT, reply(6, order_key(MUG), Refused(NotStarted.BUSY)), NotSettled(at(7)))
    bay, _ = run(*GIVEN_UP, bay=bay)
    _, done = run(Remembered(at(41), history_key(MUG), None), bay=bay)
    assert reasons(done) == [NotStarted.NO_ANSWER]


def test_a_job_withdrawn_while_its_file_travels_is_not_started() -> None:
    bay, done = run(*SENT[:3], Settled(), SENT[3])
    assert (bay.start, done) == (Idle(), [Upload(MUG), Remove(MUG)])


# -- the plate ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gate", "events", "clear"),
    [
        (Gate(), (), False),
        (Gate(), (Cleared(at(0)),), True),
        (Gate(), (Cleared(at(0)), Passed(at(1799))), True),
        (Gate(), (Cleared(at(0)), Lost(at(1))), False),
        (Gate(), (Cleared(at(0)), Rested(at(1), connected=False)), False),
        (Gate(), (Cleared(at(0)), Rested(at(1))), True),
        (Gate(), (Cleared(at(0)), Began(at(1), ours=False)), False),
        (Gate(), (Cleared(at(0)), Ended(PrintEnded(Result.DONE))), False),
        (Gate(clears_itself=True), (), False),
        (Gate(clears_itself=True), (Began(at(0), True), Ended(PrintEnded(Result.DONE))), True),
        (Gate(clears_itself=True), (Began(at(0), True), Ended(PrintEnded(Result.FAILED))), False),
        (Gate(clears_itself=True), (Began(at(0), True), Ended(PrintEnded(Result.LOST))), False),
        (Gate(asks=False), (Began(at(0), True), Ended(PrintEnded(Result.LOST))), True),
    ],
)
def test_a_plate_is_clear_when_somebody_said_so_and_nothing_happened_since(
    gate: Gate, events: tuple[Event, ...], clear: bool
) -> None:
    bay, _ = run(*events, bay=Bay(gate))
    assert bay.is_clear(at(10)) is clear


def test_a_plate_said_to_be_clear_is_looked_at_again_after_thirty_minutes() -> None:
    bay, _ = run(Cleared(at(0)))
    assert bay.is_clear(at(1799))
    assert not bay.is_clear(at(1800))


def test_a_plate_said_to_be_clear_is_good_for_one_order() -> None:
    bay, _ = run(*SENT, reply(6, order_key(MUG), Refused(NotStarted.BUSY)))
    assert bay.plate == Unknown()
    bay, _ = run(*SENT[:3], reply(6, upload_key(MUG), Refused(NotStarted.DISK)))
    assert bay.is_clear(at(7)), "nothing was started on it"


def test_a_file_that_took_too_long_finds_the_plate_not_clear_any_more() -> None:
    _, done = run(*SENT[:3], reply(1801, upload_key(MUG), Agreed()))
    assert reasons(done) == [NotStarted.PLATE]
    assert SendOrder(MUG) not in done


@pytest.mark.parametrize("plate", [Unknown(), Taken()])
def test_on_a_plate_that_is_not_clear_nothing_is_sent(plate: Plate) -> None:
    bay = replace(Bay(), plate=plate)
    _, done = run(Wanted(MUG), Noted(at(1)), bay=bay)
    assert reasons(done) == [NotStarted.PLATE]
    assert Upload(MUG) not in done
