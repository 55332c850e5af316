"""The kiosk is restarted, killed, or loses its power in mid-session."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from drivers.relay.wire import Why
from kiosk.floor.view import ScreenKind, TileState, Touch
from kiosk.keeper.protocol import LineReport
from machines.facts import JobSeen, PrinterSeen
from machines.instants import PARIS, WallQuality, to_us
from machines.journal import (
    ConditionSet,
    Provenance,
    Reason,
    SessionClosed,
    SessionOpened,
    SessionResumed,
    SessionSuspended,
)
from machines.members import Roster
from machines.meter import Work
from tests.lab import MORNING, Lab

SIX_PM = to_us(datetime(2026, 11, 24, 18, 0, tzinfo=PARIS))
SATURDAY_EVENING = to_us(datetime(2026, 11, 21, 16, 50, tzinfo=PARIS))


def test_a_restarted_kiosk_finds_its_machines_as_it_left_them(lab: Lab) -> None:
    lab.tap("ines", "saw")
    lab.restart_kiosk()
    lab.report_lines()
    assert lab.machine("saw").state is TileState.BUSY
    assert lab.machine("saw").member == "Inès B."
    assert lab.keeper.orders == [("saw", True)]


def test_a_killed_kiosk_loses_no_badge_in(lab: Lab) -> None:
    lab.tap("ines", "press")
    lab.kill_kiosk()
    assert lab.machine("press").member == "Inès B."
    assert len(lab.bodies(SessionOpened)) == 1


def test_a_line_the_keeper_dropped_meanwhile_suspends_its_session(lab: Lab) -> None:
    lab.tap("ines", "saw")
    lab.kill_kiosk()
    lab.report_lines(LineReport("saw", False, Why.SILENCE, 20))
    assert lab.machine("saw").state is TileState.ATTENTION
    [suspended] = lab.bodies(SessionSuspended)
    assert suspended.reason is Reason.DROPPED
    assert lab.clock.now().since(suspended.since) == 20_000_000
    screen = lab.tap("ines", "saw")
    assert (screen.kind, screen.resumed) == (ScreenKind.STARTED, True)
    assert len(lab.bodies(SessionResumed)) == 1
    assert lab.keeper.on["saw"] is True


def test_after_a_power_cut_nothing_is_energised_until_a_badge(lab: Lab) -> None:
    lab.tap("ines", "saw")
    lab.tap("karim", "press")
    lab.keeper.orders.clear()
    lab.cut_power()
    assert lab.keeper.orders == []
    assert lab.machine("saw").state is TileState.ATTENTION
    assert lab.machine("press").state is TileState.BUSY
    assert [body.reason for body in lab.bodies(SessionSuspended)] == [Reason.POWER_LOSS]


def test_a_session_survives_any_number_of_restarts_as_one(lab: Lab) -> None:
    lab.tap("karim", "press")
    for _ in range(3):
        lab.restart_kiosk()
        lab.kill_kiosk()
        lab.cut_power()
    assert len(lab.bodies(SessionOpened)) == 1
    assert lab.bodies(SessionClosed) == []


def test_a_fault_is_still_there_after_a_restart(lab: Lab) -> None:
    lab.set_condition("saw", "fault", note="lame")
    lab.kill_kiosk()
    assert (lab.machine("saw").state, lab.machine("saw").note) == (TileState.FAULT, "lame")


def test_a_forgotten_badge_out_ends_at_closing_time_marked_estimated(lab: Lab) -> None:
    lab.tap("karim", "press")
    lab.advance(hours=9)
    [closed] = lab.bodies(SessionClosed)
    assert (closed.reason, closed.provenance) == (Reason.CLOSING, Provenance.ESTIMATED)
    assert closed.ended.wall_us == SIX_PM


def test_a_kiosk_that_was_off_at_closing_time_ends_it_there_all_the_same(lab: Lab) -> None:
    lab.tap("karim", "press")
    lab.cut_power(seconds=20 * 3600)
    lab.advance(seconds=1)
    assert round(lab.screen.elapsed_s / 3600) == 8, "from ten to six, and not until this morning"
    [closed] = lab.bodies(SessionClosed)
    assert closed.ended.wall_us == SIX_PM


def test_a_machine_that_left_the_site_file_leaves_no_session_open(lab: Lab) -> None:
    lab.tap("karim", "press")
    lab.close()
    lab.site = type(lab.site)(
        **{name: getattr(lab.site, name) for name in lab.site.__slots__ if name != "machines"},
        machines=tuple(m for m in lab.site.machines if m.slug != "press"),
    )
    lab.open()
    assert [body.reason for body in lab.bodies(SessionClosed)] == [Reason.ORPHAN]


def test_a_member_who_left_the_roster_can_be_seen_to_have_a_session_and_no_name(lab: Lab) -> None:
    lab.tap("karim", "press")
    lab.people = Roster("e1", 2, ())
    lab.restart_kiosk()
    assert lab.machine("press").member == "?"


PRINTING = PrinterSeen("prusa", Work.WORKING, "Printing", JobSeen("cube.gcode", "cube.gcode"))
DONE = PrinterSeen("prusa", Work.RESTING, "Operational", None, nozzle_c=190.0)


def print_and_leave(lab: Lab) -> None:
    lab.tap("ines", "prusa")
    lab.tell(PRINTING)
    lab.tap("ines")
    assert lab.touch(Touch.END).kind is ScreenKind.STOPPED


@pytest.mark.parametrize("end", [Lab.restart_kiosk, Lab.kill_kiosk])
def test_a_print_whose_member_has_left_goes_on_over_a_restart(
    lab: Lab, end: Callable[[Lab], None]
) -> None:
    print_and_leave(lab)
    end(lab)
    lab.report_lines()
    lab.tell(PRINTING)
    lab.advance(minutes=30)
    assert lab.keeper.on == {"prusa": True}
    assert lab.machine("prusa").member == "Inès B."
    lab.tell(DONE)
    lab.advance(minutes=9)
    assert lab.keeper.on == {"prusa": True}, "its nozzle is hot"
    lab.advance(minutes=2)
    assert lab.keeper.on == {"prusa": False}


def test_a_print_whose_member_has_left_does_not_come_on_again_after_a_power_cut(lab: Lab) -> None:
    print_and_leave(lab)
    lab.keeper.orders.clear()
    lab.cut_power()
    assert lab.keeper.orders == []
    assert lab.machine("prusa").member is None


def test_a_printer_switched_off_long_ago_is_free_after_a_restart(lab: Lab) -> None:
    print_and_leave(lab)
    lab.tell(DONE)
    lab.advance(minutes=11)
    lab.restart_kiosk()
    lab.report_lines()
    assert lab.machine("prusa").member is None
    assert lab.keeper.on == {"prusa": False}


def test_a_machine_with_a_dangerous_fault_is_put_off_by_the_next_kiosk_too(lab: Lab) -> None:
    """The plug is pulled between the fault and the end of the session that it brought."""
    lab.tap("ines", "saw")
    fault = ConditionSet("saw", "fault", note="lame", dangerous=True)
    lab.store.append(fault).result(10)
    lab.kill_kiosk()
    lab.report_lines()
    assert lab.keeper.on == {"saw": False}
    assert [body.reason for body in lab.bodies(SessionClosed)] == [Reason.FAULT]


def test_a_clock_that_is_set_late_ends_no_session_that_was_begun_before(lab: Lab) -> None:
    lab.clock.wall_us, lab.clock.quality = SATURDAY_EVENING, WallQuality.RESTORED
    lab.tap("karim", "press")
    lab.advance(minutes=5)
    lab.clock.wall_us, lab.clock.quality = MORNING, WallQuality.NTP
    lab.advance(minutes=1)
    assert lab.bodies(SessionClosed) == []
    assert lab.machine("press").member == "Karim D."
    lab.advance(hours=9)
    [closed] = lab.bodies(SessionClosed)
    assert (closed.reason, closed.ended.wall_us) == (Reason.CLOSING, SIX_PM)
