"""What people do at the tablet besides printing, and how often each act is done."""

from __future__ import annotations

import pytest

from kiosk.floor.acts import (
    CloseSession,
    Face,
    OpenSession,
    SetCondition,
    Submit,
    Told,
    WhyNot,
)
from kiosk.floor.desk import REMEMBERED
from kiosk.floor.view import TileState
from machines.instants import SECOND
from machines.job_entries import JobSubmitted
from machines.journal import (
    ConditionSet,
    Provenance,
    Reason,
    SessionClosed,
    SessionOpened,
    SessionVoided,
)
from machines.members import Refusal
from tests.lab import Lab


def test_everybody_of_the_roster_has_a_face_by_name(lab: Lab) -> None:
    names = [face.name for face in lab.floor.desk.faces()]
    assert names == ["Inès B.", "Karim D.", "Léa M.", "Noé A.", "Zoé T."]
    assert Face("m-noe", "Noé A.", animator=True) in lab.floor.desk.faces()


def test_an_animator_opens_a_session_for_a_member_who_forgot_the_badge(lab: Lab) -> None:
    assert lab.act(OpenSession("saw", "m-ines")) == Told(True)
    assert lab.machine("saw").member == "Inès B."
    assert lab.keeper.on["saw"]
    [entry] = [e for e in lab.entries() if isinstance(e.body, SessionOpened)]
    assert entry.body.source == "animator"  # type: ignore[union-attr]
    assert entry.personal is not None
    assert (entry.personal.member, entry.personal.by) == ("m-ines", "m-noe")
    lab.tap("ines", "saw")
    assert lab.machine("saw").member is None, "her own badge ends it as any other"


@pytest.mark.parametrize(
    ("who", "machine", "why"),
    [
        ("karim", "saw", Refusal.NO_CLEARANCE),
        ("lea", "vinyl", Refusal.MEMBERSHIP_OVER),
    ],
)
def test_what_a_badge_may_not_open_an_animator_does_not_open(
    lab: Lab, who: str, machine: str, why: Refusal
) -> None:
    assert lab.act(OpenSession(machine, f"m-{who}")) == Told(False, WhyNot.SESSION, why)
    assert lab.bodies(SessionOpened) == []


def test_a_machine_in_use_is_not_opened_for_another(lab: Lab) -> None:
    lab.tap("ines", "saw")
    told = lab.act(OpenSession("saw", "m-ines"))
    assert told == Told(False, WhyNot.SESSION, Refusal.IN_USE)


def test_a_session_left_open_is_closed_at_the_hour_that_is_told(lab: Lab) -> None:
    lab.tap("ines", "vinyl")
    lab.advance(hours=2)
    assert lab.act(CloseSession("vinyl", "oubliée", "10:30")) == Told(True)
    [closed] = lab.bodies(SessionClosed)
    assert (closed.reason, closed.provenance) == (Reason.ANIMATOR, Provenance.DECLARED)
    assert closed.ended is not None
    assert f"{closed.ended.paris():%H:%M}" == "10:30"
    assert closed.why == "oubliée"
    assert lab.machine("vinyl").member is None


def test_a_session_left_open_over_midnight_is_closed_at_an_hour_of_the_evening(lab: Lab) -> None:
    lab.clock.advance(hours=13.5)
    lab.tap("ines", "vinyl")
    lab.advance(hours=1)
    assert lab.act(CloseSession("vinyl", "oubliée", "23:20")) == Told(False, WhyNot.TIME)
    assert lab.act(CloseSession("vinyl", "oubliée", "23:50")) == Told(True)
    [closed] = lab.bodies(SessionClosed)
    assert closed.ended is not None
    assert f"{closed.ended.paris():%d %H:%M}" == "24 23:50"


def test_a_session_closed_now_says_who_closed_it(lab: Lab) -> None:
    lab.tap("ines", "saw")
    assert lab.act(CloseSession("saw", "partie")) == Told(True)
    assert not lab.keeper.on["saw"]
    [entry] = [e for e in lab.entries() if isinstance(e.body, SessionClosed)]
    assert entry.personal is not None
    assert (entry.personal.member, entry.personal.by) == ("m-ines", "m-noe")
    assert (entry.body.provenance, entry.body.ended) == (Provenance.BADGE, None)  # type: ignore[union-attr]


@pytest.mark.parametrize("told", ["09:30", "23:59", "25:00", "demain", "10:30+01:00"])
def test_an_hour_outside_of_the_session_ends_nothing(lab: Lab, told: str) -> None:
    lab.tap("ines", "vinyl")
    lab.advance(hours=1)
    assert lab.act(CloseSession("vinyl", "oubliée", told)) == Told(False, WhyNot.TIME)
    assert lab.machine("vinyl").member == "Inès B."


def test_where_no_session_is_open_there_is_none_to_close(lab: Lab) -> None:
    assert lab.act(CloseSession("vinyl", "oubliée")) == Told(False, WhyNot.NO_SESSION)


def test_maintenance_is_set_and_over_by_name(lab: Lab) -> None:
    assert lab.act(SetCondition("ender", "maintenance", note="buse")) == Told(True)
    assert lab.machine("ender").state is TileState.MAINTENANCE
    assert lab.machine("ender").note == "buse"
    assert lab.act(SetCondition("ender", "maintenance", over=True)) == Told(True)
    assert lab.machine("ender").state is not TileState.MAINTENANCE
    assert [e.personal.by for e in lab.entries() if isinstance(e.body, ConditionSet)] == [  # type: ignore[union-attr]
        "m-noe",
        "m-noe",
    ]
    assert lab.act(SetCondition("ender", "retired")) == Told(False, WhyNot.CONDITION)
    assert lab.act(SetCondition("nothing", "fault")) == Told(False, WhyNot.MACHINE)


def test_who_is_no_animator_opens_nothing(lab: Lab) -> None:
    assert lab.act(OpenSession("saw", "m-ines"), by="karim") == Told(False, WhyNot.YOURS)
    assert lab.act(SetCondition("saw", "fault"), by="nobody") == Told(False, WhyNot.YOURS)


def test_a_file_sent_twice_with_one_key_is_one_job(lab: Lab) -> None:
    submit = Submit(JobSubmitted("f" * 64, 10, "phone"), "mug.gcode", "m-ines")
    first = lab.act(submit, by="ines", key="one-key-01")
    assert lab.act(submit, by="ines", key="one-key-01") == first
    assert lab.act(submit, by="ines", key="one-key-02").job != first.job
    assert len(lab.bodies(JobSubmitted)) == 2


def test_keys_are_forgotten_in_the_end(lab: Lab) -> None:
    submit = Submit(JobSubmitted("f" * 64, 10, "phone"), "mug.gcode", "nobody")
    futures = {lab.floor.desk.act(submit, f"key-{n:05}", "m-noe") for n in range(REMEMBERED + 1)}
    assert len(futures) == REMEMBERED + 1
    again = lab.floor.desk.act(submit, "key-00000", "m-noe")
    lab.settle()
    assert again not in futures
    assert again.result(0) == Told(False, WhyNot.MEMBER)


def test_acts_that_waited_too_long_for_their_turn_are_not_done(lab: Lab) -> None:
    """While a disk hangs, nobody expects any more what they asked for long ago."""
    submit = Submit(JobSubmitted("f" * 64, 10, "phone"), "mug.gcode", "m-ines")
    first = lab.floor.desk.act(submit, "key-first", "m-noe")
    second = lab.floor.desk.act(submit, "key-second", "m-noe")
    lab.clock.advance(30)
    lab.settle()
    assert [first.result(0).why, second.result(0).why] == [WhyNot.JOURNAL] * 2
    assert lab.bodies(JobSubmitted) == []
    assert lab.clock.boot_us() >= 30 * SECOND


def test_a_disk_that_comes_round_too_late_opens_nothing(lab: Lab) -> None:
    asked = lab.floor.desk.act(OpenSession("saw", "m-ines"), "key-late1", "m-noe")
    lab.floor.turn(*lab.floor._queue.get())  # the act is judged, and the disk has it
    lab.clock.advance(3)
    lab.floor.turn(lab.clock.now(), None)
    lab.settle()
    assert asked.result(0) == Told(False, WhyNot.JOURNAL)
    assert len(lab.bodies(SessionVoided)) == 1
    assert not lab.keeper.on.get("saw")
