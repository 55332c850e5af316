"""The printers' queue with the whole floor: what animators do, and what printers make of it."""

from __future__ import annotations

import re

import pytest

from kiosk.floor.acts import (
    Approve,
    Collect,
    Connect,
    Judge,
    Load,
    Move,
    Order,
    Own,
    Requeue,
    StartJob,
    Told,
    WhyNot,
    Withdraw,
)
from machines.facts import Happened, HistoryTold, Printed, Refused, Silence, Unanswered
from machines.instants import SECOND
from machines.job_entries import (
    JobRefused,
    JobStarting,
    JobSubmitted,
    NotStarted,
    Ordered,
    PlateCleared,
    PrintReconciled,
    SpoolLoaded,
    Why,
)
from machines.journal import PrintBegan, PrintEnded, Result
from machines.order import Hindrance
from tests.floor.test_disk import Hanging
from tests.lab import Lab

RESTARTS = pytest.mark.parametrize("restart", ["restart_kiosk", "kill_kiosk", "cut_power"])


def test_a_job_goes_from_the_file_to_the_hand_of_its_owner(lab: Lab) -> None:
    mug = lab.submit("ines", estimated_s=3600.0, filament_g=12.0)
    assert (lab.job(mug).state, lab.job(mug).place, lab.job(mug).owner) == ("waiting", 1, "Inès B.")
    path = lab.print_job(mug)
    assert lab.job(mug).state == "printing"
    assert lab.bay().job == mug
    assert lab.machine("ender").print.name == "mug.gcode"  # type: ignore[union-attr]
    lab.end_print(path)
    over = lab.job(mug)
    assert (over.state, over.result, over.plate_cleared) == ("over", Result.DONE, False)
    assert lab.bay().plate == "taken"
    assert lab.clear_plate() == Told(True)
    assert lab.job(mug).plate_cleared
    assert lab.machine("ender").print is None
    assert lab.act(Collect(mug)) == Told(True)
    assert lab.view.queue.over == ()
    [began], [ended] = lab.bodies(PrintBegan), lab.bodies(PrintEnded)
    assert began.job == mug
    assert ended.filament_g == 12.0
    assert ("remove", "ender", path) in lab.octoprints.told


@RESTARTS
def test_a_part_on_the_plate_still_says_which_print_it_is_after_a_restart(
    lab: Lab, restart: str
) -> None:
    path = lab.print_job(lab.submit())
    lab.end_print(path, what=Happened.FAILED)
    getattr(lab, restart)()
    lab.printer()
    assert lab.bay().result == Result.FAILED
    part = lab.machine("ender").print
    assert part is not None
    assert (part.name, part.state) == ("mug.gcode", "failed")
    lab.clear_plate()
    assert lab.machine("ender").print is None


def test_nothing_is_sent_before_its_entry_is_on_disk(lab: Lab) -> None:
    mug = lab.submit()
    lab.printer()
    lab.clear_plate()
    lab.start(mug)
    [starting] = lab.bodies(JobStarting)
    assert lab.octoprints.last("upload")[4] == starting.path
    assert lab.octoprints.count("start") == 0, "the file is not there yet"
    lab.answer("upload")
    assert lab.octoprints.count("start") == 1


def test_the_name_of_a_file_is_in_no_path_and_in_no_body_of_the_journal(lab: Lab) -> None:
    mug = lab.submit(name="Cadeau <Zoé Martin> n°2.GCODE")
    path = lab.print_job(mug)
    assert re.fullmatch(r"fablab-[0-9a-f]{8}-1\.gcode", path), "nothing that OctoPrint changes"
    lab.end_print(path)
    rows = lab.store.submit(lambda journal: journal.rows(0, -1)).result()
    assert not [row for row in rows if b"cadeau" in row.body.lower()]


def test_no_start_without_a_plate_that_somebody_cleared(lab: Lab) -> None:
    mug = lab.submit()
    lab.printer()
    assert lab.start(mug) == Told(False, WhyNot.OBSTACLE, Hindrance.PLATE)
    assert lab.bay().plate == "unknown"
    lab.clear_plate()
    assert lab.bay().plate == "clear"
    assert lab.start(mug) == Told(True)


@RESTARTS
def test_a_plate_is_asked_about_again_after_a_restart(lab: Lab, restart: str) -> None:
    mug = lab.submit()
    lab.printer()
    lab.clear_plate()
    getattr(lab, restart)()
    lab.printer()
    assert lab.start(mug) == Told(False, WhyNot.OBSTACLE, Hindrance.PLATE)


@pytest.mark.parametrize("spoil", ["silence", "offline", "half an hour", "another print"])
def test_a_plate_is_asked_about_again_after_what_may_have_filled_it(lab: Lab, spoil: str) -> None:
    mug = lab.submit()
    lab.printer()
    lab.clear_plate()
    match spoil:
        case "silence":
            lab.tell(Silence("ender", "no answer"))
        case "offline":
            lab.printer("Offline")
        case "half an hour":
            for _ in range(60):
                lab.advance(30)
                lab.printer()
        case "another print":
            lab.printer("Printing", path="foreign.gcode")
            lab.end_print("foreign.gcode")
    lab.printer()
    assert lab.start(mug) == Told(False, WhyNot.OBSTACLE, Hindrance.PLATE)
    assert len(lab.bodies(PlateCleared)) == 1


def test_a_plate_cleared_while_its_printer_is_off_is_asked_about_again(lab: Lab) -> None:
    mug = lab.submit()
    lab.end_print(lab.print_job(mug))
    lab.printer("Offline")
    assert lab.clear_plate() == Told(True)
    assert lab.job(mug).plate_cleared, "its part is off, whatever is printed there unseen"
    assert lab.bay().plate == "unknown"
    lab.printer()
    assert lab.start(lab.submit()) == Told(False, WhyNot.OBSTACLE, Hindrance.PLATE)


def test_a_plate_is_not_cleared_under_a_print(lab: Lab) -> None:
    lab.print_job(lab.submit())
    assert lab.clear_plate() == Told(False, WhyNot.PRINTING)


def test_a_refused_start_waits_again_and_says_why(lab: Lab) -> None:
    mug = lab.submit()
    lab.printer()
    lab.clear_plate()
    lab.start(mug)
    lab.answer("upload", Refused(NotStarted.DISK, "507 Insufficient Storage"))
    job = lab.job(mug)
    assert (job.state, job.refused, job.refused_detail) == (
        "waiting",
        "disk",
        "507 Insufficient Storage",
    )
    assert lab.start(mug) == Told(True), "the plate is as it was: nothing was started"


def test_the_log_of_a_refused_start_names_neither_the_file_nor_its_owner(
    lab: Lab, caplog: pytest.LogCaptureFixture
) -> None:
    mug = lab.submit(name="cadeau_pour_zoe_martin.gcode")
    lab.printer()
    lab.clear_plate()
    with caplog.at_level("DEBUG"):
        lab.start(mug)
        lab.answer("upload", Refused(NotStarted.DISK, "507: fablab-1-cadeau-pour-zoe-martin"))
    assert "was not started: disk" in caplog.text
    assert "zoe" not in caplog.text.lower()


def test_the_same_tap_twice_is_one_start(lab: Lab) -> None:
    mug = lab.submit()
    lab.printer()
    lab.clear_plate()
    first = lab.floor.desk.act(StartJob(mug, "ender"), "tap-00001", "m-noe")
    again = lab.floor.desk.act(StartJob(mug, "ender"), "tap-00001", "m-noe")
    lab.settle()
    assert first.result(0) == again.result(0) == Told(True)
    assert len(lab.bodies(JobStarting)) == 1
    assert lab.act(StartJob(mug, "ender"), key="tap-00001") == Told(True), "and long after"


def test_two_animators_who_start_one_job_at_two_printers_start_it_once(lab: Lab) -> None:
    mug = lab.submit()
    lab.tap("ines", "prusa")
    for machine in ("ender", "prusa"):
        lab.printer(machine=machine)
        lab.clear_plate(machine)
    told = [
        lab.floor.desk.act(StartJob(mug, machine), f"tap-{machine}", "m-noe")
        for machine in ("ender", "prusa")
    ]
    lab.settle()
    assert [one.result(0).done for one in told] == [True, False]
    assert len(lab.bodies(JobStarting)) == 1


def test_a_lost_answer_is_asked_after_and_the_print_found(lab: Lab) -> None:
    mug = lab.submit()
    lab.printer()
    lab.clear_plate()
    lab.start(mug)
    lab.answer("upload")
    lab.answer("start", Unanswered("timed out"))
    assert lab.job(mug).state == "starting"
    path = lab.octoprints.last("start")[3]
    lab.printer("Printing", path=path, elapsed_s=1.0)
    assert lab.job(mug).state == "printing"
    assert lab.octoprints.count("start") == 1


def test_a_lost_answer_and_a_printer_at_rest_is_a_start_that_was_none(lab: Lab) -> None:
    mug = lab.submit()
    lab.printer()
    lab.clear_plate()
    lab.start(mug)
    lab.answer("upload")
    lab.answer("start", Unanswered("timed out"))
    for _ in range(4):
        lab.advance(10)
        lab.printer()
    assert lab.job(mug).state == "starting", "OctoPrint's history is being asked"
    _, machine, key = lab.octoprints.last("history")
    lab.tell(HistoryTold(machine, key, ()))
    assert (lab.job(mug).state, lab.job(mug).refused) == ("waiting", "no-answer")
    assert lab.octoprints.count("start") == 1


@RESTARTS
def test_a_start_under_way_over_a_restart_is_asked_after_and_not_sent_again(
    lab: Lab, restart: str
) -> None:
    mug = lab.submit()
    lab.printer()
    lab.clear_plate()
    lab.start(mug)
    lab.answer("upload")
    path = lab.octoprints.last("start")[3]
    getattr(lab, restart)()
    assert lab.job(mug).state == "starting"
    lab.printer("Printing", path=path, elapsed_s=30.0)
    assert lab.job(mug).state == "printing"
    assert lab.octoprints.count("start") == 1
    assert [body.job for body in lab.bodies(PrintBegan)] == [mug]


@RESTARTS
def test_a_print_that_ended_while_the_kiosk_was_away_is_over(lab: Lab, restart: str) -> None:
    mug = lab.submit()
    path = lab.print_job(mug)
    getattr(lab, restart)()
    assert lab.job(mug).state == "printing"
    lab.printer("Operational", path=path, progress=1.0)
    assert (lab.job(mug).state, lab.job(mug).result) == ("over", Result.DONE)
    _, machine, key = lab.octoprints.last("history")
    lab.tell(HistoryTold(machine, key, (Printed(path, lab.clock.wall_us - SECOND, 900.0),)))
    assert lab.bodies(PrintReconciled) == [], "it is known already"


def test_a_lost_print_that_octoprint_finished_is_reconciled_once_and_adds_no_hour(lab: Lab) -> None:
    mug = lab.submit()
    path = lab.print_job(mug)
    lab.tell(Silence("ender", "no answer"))
    for _ in range(30):
        lab.advance(minutes=1)
    assert lab.job(mug).result is Result.LOST
    told = (Printed(path, lab.clock.wall_us - 60 * SECOND, 900.0),)
    for _ in range(3):
        lab.advance(minutes=2)
        lab.printer("Operational", path="", progress=None)
        _, machine, key = lab.octoprints.last("history")
        lab.tell(HistoryTold(machine, key, told))
    [entry] = lab.bodies(PrintReconciled)
    assert (entry.print, entry.job, entry.done) == (lab.job(mug).print, mug, True)
    assert lab.job(mug).result is Result.DONE
    assert len(lab.bodies(PrintEnded)) == 1


def test_a_print_out_of_sight_for_long_that_goes_on_is_still_its_owners(lab: Lab) -> None:
    mug = lab.submit()
    path = lab.print_job(mug)
    lab.tell(Silence("ender", "no answer"))
    for _ in range(30):
        lab.advance(minutes=1)
    assert lab.job(mug).result is Result.LOST
    lab.printer("Printing", path=path, elapsed_s=1900.0)
    assert lab.job(mug).state == "printing"
    assert not lab.bay().foreign
    lab.end_print(path)
    assert lab.job(mug).result is Result.DONE


def test_a_print_begun_and_ended_while_octoprint_was_out_of_reach_is_told_once(lab: Lab) -> None:
    lab.printer()
    lab.tell(HistoryTold("ender", lab.octoprints.last("history")[2], ()))
    for silence_s, asked in ((30, 1), (1200, 2)):
        lab.tell(Silence("ender", "no answer"))
        lab.advance(silence_s)
        lab.printer()
        assert lab.octoprints.count("history") == asked, "a hiccup is too short for a print"
    told = (Printed("foreign.gcode", lab.clock.wall_us - 300 * SECOND, 600.0),)
    lab.tell(HistoryTold("ender", lab.octoprints.last("history")[2], told))
    [entry] = lab.bodies(PrintReconciled)
    assert (entry.print, entry.job, entry.done) == ("", None, True)
    lab.advance(120)
    lab.printer()
    assert lab.octoprints.count("history") == 2
    assert lab.bay().plate == "taken"


def test_a_print_begun_and_ended_while_the_kiosk_was_away_is_told_once(lab: Lab) -> None:
    lab.printer()
    lab.cut_power(7200)
    ended_us = lab.clock.wall_us - 3600 * SECOND
    before = Printed("older.gcode", lab.clock.wall_us - 30_000 * SECOND, 60.0)
    for _ in range(3):
        lab.printer()
        _, machine, key = lab.octoprints.last("history")
        lab.tell(HistoryTold(machine, key, (Printed("theirs.gcode", ended_us, 900.0), before)))
        lab.kill_kiosk()
    [entry] = lab.bodies(PrintReconciled)
    assert (entry.print, entry.job, entry.printer_s) == ("", None, 900.0)
    assert entry.ended.wall_us == ended_us


def test_a_print_begun_at_the_printer_is_shown_and_can_be_given_an_owner(lab: Lab) -> None:
    lab.printer()
    lab.printer("Printing", path="theirs.gcode", elapsed_s=2.0)
    assert lab.bay().foreign
    print_ = lab.bay().print
    assert lab.act(Own(print_, "m-karim")) == Told(True)
    assert not lab.bay().foreign
    assert lab.act(Own("nothing", "m-karim")) == Told(False, WhyNot.PRINT)


def test_another_print_that_begins_instead_is_said(lab: Lab) -> None:
    mug = lab.submit()
    lab.printer()
    lab.clear_plate()
    lab.start(mug)
    lab.printer("Printing", path="theirs.gcode", elapsed_s=2.0)
    lab.answer("upload")
    assert (lab.job(mug).state, lab.job(mug).refused) == ("waiting", "other-print")
    assert lab.octoprints.count("start") == 0
    assert lab.bay().foreign


def test_a_command_is_confirmed_by_the_printers_own_state(lab: Lab) -> None:
    mug = lab.submit()
    path = lab.print_job(mug)
    print_ = lab.bay().print
    assert lab.act(Order("ender", print_, Ordered.PAUSE)) == Told(True)
    assert lab.octoprints.count("pause") == 1
    lab.answer("pause")
    assert lab.bay().command is not None
    assert lab.bay().command.how == "sent", "OctoPrint's yes is not the printer's"  # type: ignore[union-attr]
    lab.printer("Paused", path=path)
    assert lab.bay().command.how == "confirmed"  # type: ignore[union-attr]
    lab.act(Order("ender", print_, Ordered.CANCEL))
    lab.end_print(path, what=Happened.CANCELLED)
    assert lab.bay().command.how == "confirmed"  # type: ignore[union-attr]
    assert lab.job(mug).result is Result.CANCELLED


def test_a_command_without_an_answer_says_so_and_is_not_sent_again(lab: Lab) -> None:
    lab.print_job(lab.submit())
    lab.act(Order("ender", lab.bay().print, Ordered.PAUSE))
    lab.advance(11)
    lab.advance(1)
    assert lab.bay().command.how == "unanswered"  # type: ignore[union-attr]
    assert lab.octoprints.count("pause") == 1


def test_a_refused_command_has_the_printers_words(lab: Lab) -> None:
    lab.print_job(lab.submit())
    lab.act(Order("ender", lab.bay().print, Ordered.RESUME))
    lab.answer("resume", Refused(NotStarted.REFUSED, "Printer is not paused"))
    command = lab.bay().command
    assert command is not None
    assert (command.how, command.detail) == ("refused", "Printer is not paused")


def test_a_command_for_a_print_that_is_over_is_not_sent(lab: Lab) -> None:
    path = lab.print_job(lab.submit())
    shown = lab.bay().print
    lab.end_print(path)
    assert lab.act(Order("ender", shown, Ordered.CANCEL)) == Told(False, WhyNot.OTHER_PRINT)
    assert lab.octoprints.count("cancel") == 0


def test_a_printer_that_was_switched_on_is_connected(lab: Lab) -> None:
    lab.printer("Offline")
    assert lab.act(Connect("ender")) == Told(True)
    lab.printer("Operational")
    assert lab.bay().command.how == "confirmed"  # type: ignore[union-attr]


def test_a_failure_is_judged_and_printed_again_first_elsewhere(lab: Lab) -> None:
    mug, vase = lab.submit("ines"), lab.submit("karim", "vase.gcode")
    path = lab.print_job(mug)
    lab.end_print(path, what=Happened.FAILED)
    assert lab.act(Judge(lab.bay().print, Why.ADHESION)) == Told(True)
    assert (lab.job(mug).why, lab.bay().why) == ("adhesion", "adhesion")
    assert lab.act(Requeue(mug, front=True, machine="prusa")) == Told(True)
    job = lab.job(mug)
    assert (job.state, job.place, job.wish, job.attempts) == ("waiting", 1, "prusa", 1)
    assert lab.job(vase).place == 2


def test_everybodys_first_job_comes_before_anybodys_second(lab: Lab) -> None:
    first, second = lab.submit("ines", "1.gcode"), lab.submit("ines", "2.gcode")
    other = lab.submit("karim", "3.gcode")
    assert [lab.job(j).place for j in (first, other, second)] == [1, 2, 3]
    lab.printer()
    lab.clear_plate()
    assert lab.start(second) == Told(False, WhyNot.OBSTACLE, Hindrance.TURN)
    assert lab.act(Move(second, first)) == Told(True)
    assert lab.job(second).place == 1
    assert lab.start(second) == Told(True)


def test_a_job_with_findings_is_approved_first(lab: Lab) -> None:
    mug = lab.submit(approval=("long",))
    lab.printer()
    lab.clear_plate()
    assert lab.start(mug) == Told(False, WhyNot.OBSTACLE, Hindrance.APPROVAL)
    assert lab.job(mug).approval == ("long",)
    assert lab.act(Approve(mug)) == Told(True)
    assert lab.start(mug) == Told(True)


def test_another_filament_is_put_in_as_a_step_of_the_start(lab: Lab) -> None:
    mug = lab.submit(material="PETG", colour="rouge")
    lab.act(Load("ender", "PLA", "blanc", 500.0))
    lab.printer()
    lab.clear_plate()
    assert lab.start(mug) == Told(False, WhyNot.OBSTACLE, Hindrance.MATERIAL)
    assert lab.start(mug, filament_changed=True) == Told(True)
    assert lab.bodies(SpoolLoaded)[-1] == SpoolLoaded("ender", "PETG", "rouge")


def test_what_is_loaded_is_counted_down_and_known_after_a_restart(lab: Lab) -> None:
    lab.act(Load("ender", "PLA", "blanc", 500.0, "n° 12"))
    mug = lab.submit(filament_g=20.0)
    lab.end_print(lab.print_job(mug))
    lab.restart_kiosk()
    loaded = lab.bay().loaded
    assert loaded is not None
    assert (loaded.material, loaded.grams, loaded.spool) == ("PLA", 480.0, "n° 12")


def test_a_member_withdraws_and_cancels_their_own_and_nobody_elses(lab: Lab) -> None:
    mug = lab.submit("ines")
    assert lab.act(Withdraw(mug), by="karim") == Told(False, WhyNot.YOURS)
    assert lab.act(StartJob(mug, "ender"), by="ines") == Told(False, WhyNot.YOURS)
    lab.print_job(mug)
    print_ = lab.bay().print
    assert lab.act(Order("ender", print_, Ordered.PAUSE), by="ines").why == WhyNot.YOURS
    assert lab.act(Order("ender", print_, Ordered.CANCEL), by="karim").why == WhyNot.YOURS
    assert lab.act(Order("ender", print_, Ordered.CANCEL), by="ines") == Told(True)
    vase = lab.submit("ines", "vase.gcode")
    assert lab.act(Withdraw(vase), by="ines") == Told(True)


def test_one_person_has_no_more_jobs_waiting_than_the_rules_allow(lab: Lab) -> None:
    for number in range(5):
        lab.submit("ines", f"{number}.gcode")
    with pytest.raises(AssertionError, match="jobs"):
        lab.submit("ines", "6.gcode")
    assert lab.submit("ines", "6.gcode", by="noe"), "an animator may bring it for her"


def test_a_file_that_is_gone_keeps_its_job_from_every_printer(lab: Lab) -> None:
    mug = lab.submit()
    lab.octoprints.files.clear()
    lab.advance(31)
    lab.printer()
    lab.clear_plate()
    assert lab.start(mug) == Told(False, WhyNot.OBSTACLE, Hindrance.FILE)


def test_a_printer_that_its_relay_keeps_off_starts_nothing(lab: Lab) -> None:
    mug = lab.submit()
    lab.printer(machine="prusa")
    lab.clear_plate("prusa")
    assert lab.start(mug, "prusa") == Told(False, WhyNot.OBSTACLE, Hindrance.SWITCHED_OFF)
    lab.tap("ines", "prusa")
    assert lab.start(mug, "prusa") == Told(True)


def test_the_entries_of_the_queue_say_who_and_hold_no_name(lab: Lab) -> None:
    mug = lab.submit("ines", "secret.gcode")
    lab.print_job(mug)
    [brought] = [e for e in lab.entries() if isinstance(e.body, JobSubmitted)]
    [starting] = [e for e in lab.entries() if isinstance(e.body, JobStarting)]
    assert brought.personal is not None
    assert (brought.personal.member, brought.personal.file_name) == ("m-ines", "secret.gcode")
    assert starting.personal is not None
    assert starting.personal.by == "m-noe"
    assert lab.bodies(JobRefused) == []


def test_while_the_disk_hangs_nothing_is_sent_and_what_it_gives_up_was_no_start(lab: Lab) -> None:
    mug = lab.submit()
    lab.printer()
    lab.clear_plate()
    disk = Hanging(lab)
    lab.floor.writing.journal = disk
    told = lab.floor.desk.act(StartJob(mug, "ender"), "key-hangs", "m-noe")
    lab.floor.drain()
    assert lab.octoprints.count("upload") == 0
    disk.fail()
    lab.floor.writing.journal = lab.store
    lab.settle()
    assert told.result(0) == Told(False, WhyNot.JOURNAL)
    assert lab.job(mug).state == "waiting"
    lab.advance(3)
    assert lab.start(mug) == Told(True), "the plate is as it was"


def test_a_refusal_that_the_disk_gave_up_is_said_again(lab: Lab) -> None:
    mug = lab.submit()
    lab.printer()
    lab.clear_plate()
    lab.start(mug)
    lab.answer("upload")
    disk = Hanging(lab)
    lab.floor.writing.journal = disk
    lab.answer("start", Refused(NotStarted.BUSY, "409"))
    disk.fail()
    lab.floor.writing.journal = lab.store
    lab.settle()
    assert lab.job(mug).state == "starting"
    for _ in range(4):
        lab.advance(10)
        lab.printer()
    _, machine, key = lab.octoprints.last("history")
    lab.tell(HistoryTold(machine, key, ()))
    assert lab.job(mug).state == "waiting"
    assert lab.octoprints.count("start") == 1
