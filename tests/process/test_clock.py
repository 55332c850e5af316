"""What a wall clock is worth, on a machine that says whether a time server set it."""

from __future__ import annotations

import ctypes

import pytest

from kiosk import clock
from kiosk.clock import SystemClock
from machines.instants import WallQuality


class Kernel:
    """adjtimex(2) as it answers where the clock is synchronised (0), or is not (5)."""

    def __init__(self, answer: int) -> None:
        self.adjtimex = lambda _: answer


@pytest.mark.parametrize(
    ("kernel", "rtc", "worth"),
    [
        (5, False, WallQuality.RESTORED),
        (5, True, WallQuality.RTC),
        (-1, False, WallQuality.RESTORED),
        (0, False, WallQuality.NTP),
        (0, True, WallQuality.NTP),
    ],
)
def test_a_clock_without_a_time_server_is_right_only_where_the_site_says_it_has_a_battery(
    kernel: int, rtc: bool, worth: WallQuality, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.setattr(clock, "_TIMESYNC", clock.Path(str(tmp_path)) / "no timesyncd here")
    monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: Kernel(kernel))
    assert SystemClock(rtc).now().quality is worth


def test_the_kernel_is_not_asked_at_every_instant(monkeypatch: pytest.MonkeyPatch) -> None:
    here = SystemClock()
    asked: list[bool] = []
    monkeypatch.setattr(clock, "wall_quality", asked.append)
    monkeypatch.setattr(clock, "QUALITY_US", 3600 * 1_000_000)
    for _ in range(1000):
        here.now()
    assert asked == []
    monkeypatch.setattr(clock, "QUALITY_US", 0)
    here.now()
    assert asked == [False]
