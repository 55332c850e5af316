"""A member badges in: what the screen says, what the relay does, what is on disk."""

from __future__ import annotations

import pytest

from kiosk.floor.view import ScreenKind, TileState, Touch
from machines.facts import Back, BadgeRead, WorkSeen
from machines.journal import Reason, SessionClosed, SessionOpened, TapRefused
from machines.meter import Work
from tests.lab import BADGES, Lab


def test_badge_then_machine_lets_it_run_and_says_so(lab: Lab) -> None:
    screen = lab.tap("ines", "laser")
    assert (screen.kind, screen.first_name, screen.machine) == (ScreenKind.STARTED, "Inès", "laser")
    assert lab.keeper.on == {"laser": True}
    [entry] = [e for e in lab.entries() if isinstance(e.body, SessionOpened)]
    assert (entry.body.machine, entry.personal.member) == ("laser", "m-ines")
    assert lab.machine("laser").state is TileState.BUSY


def test_machine_then_badge_lets_it_run_too(lab: Lab) -> None:
    assert lab.touch(Touch.MACHINE, "press").kind is ScreenKind.BADGE
    lab.tell(BadgeRead("desk", BADGES["karim"]))
    assert lab.screen.kind is ScreenKind.STARTED
    assert lab.keeper.on == {}


def test_a_reader_at_the_machine_needs_the_badge_alone(lab: Lab) -> None:
    assert lab.tap("ines", "saw").kind is ScreenKind.STARTED
    assert lab.keeper.on == {"saw": True}
    assert lab.tap("ines", "saw").kind is ScreenKind.STOPPED
    assert lab.keeper.on == {"saw": False}


def test_a_badge_held_at_the_machines_reader_does_not_end_the_session(lab: Lab) -> None:
    for _ in range(20):
        lab.tell(BadgeRead("saw-reader", BADGES["ines"]))
        lab.clock.advance(0.5)
    assert lab.keeper.on == {"saw": True}
    assert lab.bodies(SessionClosed) == []


def test_a_second_tap_at_the_desk_asks_and_yes_ends_it(lab: Lab) -> None:
    lab.tap("ines", "laser")
    lab.advance(minutes=80)
    lab.tell(BadgeRead("desk", BADGES["ines"]))
    assert lab.screen.kind is ScreenKind.STOP
    assert round(lab.screen.elapsed_s / 60) == 80
    assert lab.touch(Touch.END).kind is ScreenKind.STOPPED
    [closed] = lab.bodies(SessionClosed)
    assert closed.reason is Reason.ASKED


@pytest.mark.parametrize(
    ("who", "machine", "refusal"),
    [
        ("karim", "laser", "no-clearance"),
        ("zoe", "laser", "clearance-over"),
        ("lea", "press", "membership-over"),
    ],
)
def test_a_refusal_says_why_and_energises_nothing(
    lab: Lab, who: str, machine: str, refusal: str
) -> None:
    screen = lab.tap(who, machine)
    assert (screen.kind, screen.refusal) == (ScreenKind.REFUSED, refusal)
    assert lab.keeper.orders == []
    assert lab.bodies(TapRefused) == [TapRefused(machine, refusal)]


def test_an_unknown_badge_is_refused_and_only_its_digest_is_written(lab: Lab) -> None:
    screen = lab.tap("nobody", "saw")
    assert (screen.kind, screen.refusal) == (ScreenKind.REFUSED, "unknown-badge")
    [entry] = [e for e in lab.entries() if isinstance(e.body, TapRefused)]
    assert entry.personal.badge.startswith("s4.8:")
    assert BADGES["nobody"] not in repr(lab.entries())


@pytest.mark.parametrize("condition", ["fault", "maintenance", "retired"])
def test_a_machine_that_is_not_well_refuses_with_its_note(lab: Lab, condition: str) -> None:
    lab.set_condition("press", condition, note="plateau fendu")
    screen = lab.tap("ines", "press")
    assert (screen.refusal, screen.note) == (condition, "plateau fendu")


def test_a_relay_keeper_that_is_away_refuses_what_it_would_have_to_switch(lab: Lab) -> None:
    lab.keeper.connected = False
    assert lab.tap("ines", "laser").refusal == "relay-unavailable"
    assert lab.tap("ines", "press").kind is ScreenKind.STARTED


def test_a_dangerous_fault_ends_the_session_under_way(lab: Lab) -> None:
    lab.tap("ines", "laser")
    lab.set_condition("laser", "fault", note="fumée", dangerous=True)
    assert lab.keeper.on == {"laser": False}
    assert [body.reason for body in lab.bodies(SessionClosed)] == [Reason.FAULT]


def test_a_resting_machine_is_taken_over_when_the_next_member_says_so(lab: Lab) -> None:
    lab.tap("karim", "press")
    lab.tap("ines", "press")
    assert lab.screen.kind is ScreenKind.TAKE_OVER
    assert lab.touch(Touch.TAKE_OVER).kind is ScreenKind.STARTED
    assert [body.reason for body in lab.bodies(SessionClosed)] == [Reason.HAND_OVER]


def test_who_may_not_use_a_machine_is_refused_before_being_asked_to_take_it_over(lab: Lab) -> None:
    lab.tap("ines", "laser")
    screen = lab.tap("karim", "laser")
    assert (screen.kind, screen.refusal) == (ScreenKind.REFUSED, "no-clearance")
    lab.advance(10)
    lab.touch(Touch.MACHINE, "laser")
    lab.tell(BadgeRead("desk", BADGES["karim"]))
    assert lab.screen.refusal == "no-clearance"
    assert lab.bodies(TapRefused) == [TapRefused("laser", "no-clearance")] * 2
    assert lab.machine("laser").member == "Inès B."


@pytest.mark.parametrize("condition", ["fault", "maintenance"])
def test_a_machine_that_is_not_well_is_not_offered_to_be_taken_over(
    lab: Lab, condition: str
) -> None:
    lab.tap("karim", "press")
    lab.set_condition("press", condition, note="plateau fendu")
    screen = lab.tap("ines", "press")
    assert (screen.refusal, screen.note) == (condition, "plateau fendu")


def test_a_finger_on_terminer_that_comes_late_takes_no_machine_over(lab: Lab) -> None:
    lab.tap("karim", "press")
    lab.tap("ines", "press")
    assert lab.screen.kind is ScreenKind.TAKE_OVER
    assert lab.touch(Touch.END).kind is ScreenKind.TAKE_OVER
    assert lab.machine("press").member == "Karim D."


def test_a_badge_left_on_a_machines_reader_starts_nothing_when_the_kiosk_comes_back(
    lab: Lab,
) -> None:
    lab.tap("ines", "saw")
    lab.cut_power()
    lab.keeper.orders.clear()
    lab.tell(Back("saw-reader"))
    for _ in range(100):
        lab.clock.advance(0.1)
        lab.tell(BadgeRead("saw-reader", BADGES["ines"]))
    assert lab.keeper.orders == []
    lab.advance(4)
    assert lab.tap("ines", "saw").kind is ScreenKind.STARTED
    assert lab.keeper.orders == [("saw", True)]


def test_the_shared_reader_answers_at_once_since_it_asks_before_it_does_anything(lab: Lab) -> None:
    lab.tell(Back("desk"), BadgeRead("desk", BADGES["ines"]))
    assert lab.screen.kind is ScreenKind.CHOOSE


def test_a_working_machine_is_in_use(lab: Lab) -> None:
    lab.tap("ines", "prusa")
    lab.tell(WorkSeen("prusa", "run", Work.WORKING))
    assert lab.tap("karim", "prusa").refusal == "in-use"


def test_the_screen_goes_home_and_nothing_personal_stays(lab: Lab) -> None:
    lab.tap("ines", "press")
    lab.advance(seconds=6)
    assert lab.screen.kind is ScreenKind.IDLE
    assert "Inès" not in repr(lab.screen)


def test_a_language_chosen_by_somebody_who_walks_away_does_not_stay(lab: Lab) -> None:
    lab.touch(Touch.LANGUAGE, "en")
    lab.advance(29)
    assert lab.screen.language == "en"
    lab.advance(2)
    assert lab.screen.language == "fr"


def test_a_language_chosen_before_the_badge_is_kept_for_it(lab: Lab) -> None:
    lab.touch(Touch.LANGUAGE, "en")
    lab.advance(10)
    assert lab.tap("ines", "press").language == "en"
    lab.advance(10)
    assert lab.screen.language == "fr"


def test_the_language_goes_back_to_french_with_the_screen(lab: Lab) -> None:
    lab.tell(BadgeRead("desk", BADGES["ines"]))
    assert lab.touch(Touch.LANGUAGE, "en").language == "en"
    assert lab.touch(Touch.BACK).language == "fr"


def test_only_a_badged_member_may_connect_to_the_laser(lab: Lab) -> None:
    lab.tap("ines", "laser")
    assert lab.taps.allowed == {"laser": True}
    lab.tap("ines")
    lab.touch(Touch.END)
    assert lab.taps.allowed == {"laser": False}


def test_a_machine_that_is_not_there_is_no_trouble(lab: Lab) -> None:
    lab.touch(Touch.MACHINE, "../../etc/passwd")
    lab.touch(Touch.LANGUAGE, "xx")
    assert lab.tap("ines", "press").kind is ScreenKind.STARTED


def test_a_relay_does_not_wait_for_the_screens_to_be_drawn(lab: Lab) -> None:
    told: list[list[tuple[str, bool]]] = []
    lab.floor._show = lambda: told.append(list(lab.keeper.orders))
    lab.tell(BadgeRead("saw-reader", BADGES["ines"]))
    assert told[0] == [("saw", True)]
