"""What the lines do when the kiosk is killed, stopped, hung, restarted, or lies."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable

import pytest

from tests.keeper.keeping import KeeperProcess, KioskProcess, until

pytestmark = pytest.mark.slow

NewKiosk = Callable[[], KioskProcess]


def now_us() -> int:
    return time.monotonic_ns() // 1000


def test_a_line_is_on_when_the_kiosk_asks_and_off_when_it_asks(
    keeper: KeeperProcess, kiosk: KioskProcess
) -> None:
    kiosk.on("laser", "prusa")
    assert keeper.on() == {"laser", "prusa"}
    assert kiosk.ask("set", "laser", "off")
    assert keeper.on() == {"prusa"}


def test_a_killed_kiosk_drops_the_laser_within_its_time_and_holds_the_print(
    keeper: KeeperProcess, kiosk: KioskProcess
) -> None:
    kiosk.on("laser", "prusa")
    killed_us = now_us()
    kiosk.send(signal.SIGKILL)
    fell_us = keeper.wait_until_off("laser").at_us
    assert fell_us - killed_us < 3_000_000
    assert keeper.on() == {"prusa"}


def test_a_stopped_kiosk_drops_the_laser_and_cannot_take_it_back_when_it_goes_on(
    keeper: KeeperProcess, kiosk: KioskProcess
) -> None:
    kiosk.on("laser", "prusa")
    kiosk.send(signal.SIGSTOP)
    keeper.wait_until_off("laser")
    kiosk.send(signal.SIGCONT)
    report = kiosk.wait_for_report("laser", on=False, why="silence", dropped=True)
    assert report["ago_s"] < 5
    assert kiosk.ask("connected")
    assert keeper.on() == {"prusa"}
    assert keeper.times_energised() == 2


def test_a_kiosk_whose_floor_hangs_is_a_silent_kiosk(
    keeper: KeeperProcess, kiosk: KioskProcess
) -> None:
    kiosk.on("laser", "prusa")
    kiosk.ask("hang")
    keeper.wait_until_off("laser")
    kiosk.wait_for_report("laser", on=False, why="silence")
    assert keeper.on() == {"prusa"}


def test_each_line_falls_at_its_own_time(keeper: KeeperProcess, kiosk: KioskProcess) -> None:
    kiosk.on("laser", "mill", "prusa")
    killed_us = now_us()
    kiosk.send(signal.SIGKILL)
    laser, mill = keeper.wait_until_off("laser"), keeper.wait_until_off("mill")
    # The last heartbeat was at most a second before: 2 s and 4 s count from there.
    assert 900_000 < laser.at_us - killed_us < 3_000_000
    assert 2_900_000 < mill.at_us - killed_us < 5_000_000
    assert keeper.on() == {"prusa"}


def test_a_kiosk_restarted_at_once_finds_its_lines_as_it_left_them(
    keeper: KeeperProcess, kiosk: KioskProcess, new_kiosk: NewKiosk
) -> None:
    kiosk.on("mill", "prusa")
    kiosk.send(signal.SIGKILL)
    after = new_kiosk()
    after.wait_for_report("mill", on=True)
    after.wait_for_report("prusa", on=True)
    after.wait_for_report("laser", on=False, why="started")
    assert [change.on for change in keeper.changes("mill")] == [False, True]


def test_a_kiosk_that_comes_back_later_is_told_what_fell_when_and_why(
    keeper: KeeperProcess, kiosk: KioskProcess, new_kiosk: NewKiosk
) -> None:
    kiosk.on("laser", "prusa")
    kiosk.send(signal.SIGKILL)
    fell_us = keeper.wait_until_off("laser").at_us
    after = new_kiosk()
    report = after.wait_for_report("laser", on=False, why="silence", dropped=True)
    assert abs(report["ago_s"] * 1e6 - (now_us() - fell_us)) < 2_000_000
    after.wait_for_report("prusa", on=True)
    after.connected()
    assert keeper.on() == {"prusa"}
    after.on("laser")
    assert keeper.on() == {"laser", "prusa"}


def test_a_second_kiosk_is_refused_while_the_first_ones_heart_beats(
    keeper: KeeperProcess, kiosk: KioskProcess, new_kiosk: NewKiosk
) -> None:
    kiosk.on("prusa")
    second = new_kiosk()
    until(lambda: not second.ask("set", "laser", "on"), "the second is refused")
    assert not second.ask("connected")
    assert kiosk.ask("connected")
    assert keeper.on() == {"prusa"}


def test_a_dead_kiosk_is_replaced_by_the_next_one(
    keeper: KeeperProcess, kiosk: KioskProcess, new_kiosk: NewKiosk
) -> None:
    kiosk.on("prusa")
    kiosk.send(signal.SIGSTOP)
    second = new_kiosk()
    second.connected()
    second.wait_for_report("prusa", on=True)
    assert "replaced" in keeper.log.read_text()


def test_a_keeper_that_is_restarted_leaves_all_off_and_the_kiosk_is_told(
    keeper: KeeperProcess, kiosk: KioskProcess
) -> None:
    kiosk.on("laser", "prusa")
    assert keeper.end(signal.SIGTERM) == 0
    assert keeper.on() == set()
    kiosk.wait_for_report("prusa", on=False, why="stopped", dropped=True)
    keeper.start()
    kiosk.connected()
    kiosk.wait_for_report("prusa", on=False, why="started", dropped=True)
    assert keeper.on() == set()
    assert keeper.times_energised() == 2


def test_a_keeper_that_is_killed_and_started_again_energises_nothing(
    keeper: KeeperProcess, kiosk: KioskProcess
) -> None:
    kiosk.on("laser", "prusa")
    keeper.end(signal.SIGKILL)
    keeper.start()
    kiosk.connected()
    kiosk.wait_for_report("laser", on=False, why="started")
    assert keeper.on() == set()
    assert keeper.times_energised() == 2


def test_an_order_that_a_stopped_keeper_reads_too_late_energises_nothing(
    keeper: KeeperProcess, kiosk: KioskProcess
) -> None:
    keeper.send(signal.SIGSTOP)
    assert not kiosk.ask("set", "laser", "on")
    keeper.send(signal.SIGCONT)
    kiosk.connected()
    kiosk.on("prusa")
    assert keeper.on() == {"prusa"}
    assert keeper.times_energised() == 1


def test_a_line_that_must_go_off_goes_off_once_the_keeper_is_back(
    keeper: KeeperProcess, kiosk: KioskProcess
) -> None:
    kiosk.on("prusa")
    keeper.send(signal.SIGSTOP)
    kiosk.ask("set-soon", "prusa", "off")
    keeper.send(signal.SIGCONT)
    keeper.wait_until_off("prusa")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_whatever_ends_the_keeper_in_order_puts_everything_off(
    keeper: KeeperProcess, kiosk: KioskProcess, number: signal.Signals
) -> None:
    kiosk.on("laser", "prusa")
    assert keeper.end(number) == 0
    assert keeper.on() == set()
    assert not keeper.socket.exists()
