"""The kiosk is restarted, killed, or loses its power in mid-session."""

from __future__ import annotations

from datetime import datetime

from drivers.relay.wire import Why
from kiosk.floor.view import ScreenKind, TileState
from kiosk.keeper.protocol import LineReport
from machines.instants import PARIS, to_us
from machines.journal import (
    Provenance,
    Reason,
    SessionClosed,
    SessionOpened,
    SessionResumed,
    SessionSuspended,
)
from machines.members import Roster
from tests.lab import Lab


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
    assert lab.tap("ines", "saw").kind is ScreenKind.STARTED
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
    assert closed.ended.wall_us == to_us(datetime(2026, 11, 24, 18, 0, tzinfo=PARIS))


def test_a_kiosk_that_was_off_at_closing_time_ends_it_there_all_the_same(lab: Lab) -> None:
    lab.tap("karim", "press")
    lab.cut_power(seconds=20 * 3600)
    lab.advance(seconds=1)
    [closed] = lab.bodies(SessionClosed)
    assert closed.ended.wall_us == to_us(datetime(2026, 11, 24, 18, 0, tzinfo=PARIS))


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
