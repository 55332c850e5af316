"""The clocks: one injected object for the wall and the boot clock, and the pace of waiting.

`SystemClock` is the Pi's; `FastClock` is the demo's field, up to 60 times
faster; `StillClock` is the tests', and moves when told.
"""

from __future__ import annotations

import ctypes
import threading
import time
from pathlib import Path
from typing import Protocol

from machines.instants import SECOND, Instant, WallQuality

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_TIMESYNC = Path("/run/systemd/timesync/synchronized")
_TIME_ERROR = 5  #: adjtimex(2): the kernel's clock is not synchronised


class Clock(Protocol):
    """The wall and the boot clock. `boot_no` is given by the store once it has opened."""

    boot_no: int

    def now(self) -> Instant: ...

    def boot_us(self) -> int: ...

    def boot_id(self) -> str: ...

    def real_s(self, seconds: float) -> float:
        """How many real seconds `seconds` of the field last."""
        ...


#: The kernel is asked so often what the wall clock is worth: asking costs 50 us, and a tap ten.
QUALITY_US = SECOND


class SystemClock:
    """CLOCK_BOOTTIME and the wall clock, with what the wall clock is worth.

    `rtc`: a clock with a battery keeps the time, or a virtual machine's host.
    """

    def __init__(self, rtc: bool = False) -> None:
        self.boot_no = 0
        self._rtc = rtc
        self._quality = wall_quality(rtc)
        self._asked_us = self.boot_us()

    def boot_us(self) -> int:
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1000

    def boot_id(self) -> str:
        return _BOOT_ID.read_text().strip()

    def now(self) -> Instant:
        boot_us = self.boot_us()
        if boot_us - self._asked_us >= QUALITY_US:
            self._quality, self._asked_us = wall_quality(self._rtc), boot_us
        return Instant(self.boot_no, boot_us, time.time_ns() // 1000, self._quality)

    def real_s(self, seconds: float) -> float:
        return seconds


class FastClock:
    """The field's clock, `speed` times the real one from `start_us` (UTC) on."""

    def __init__(self, start_us: int, speed: float = 1.0) -> None:
        if not 1 <= speed <= 60:
            raise ValueError(f"a clock of speed {speed:g}: expected 1 to 60")
        self.boot_no = 0
        self.speed = speed
        self._start_us = start_us
        self._began = time.monotonic_ns()
        self._system = SystemClock()

    def boot_us(self) -> int:
        return int((time.monotonic_ns() - self._began) / 1000 * self.speed)

    def boot_id(self) -> str:
        return f"{self._system.boot_id()}-{self._began:x}"

    def now(self) -> Instant:
        boot = self.boot_us()
        return Instant(self.boot_no, boot, self._start_us + boot, WallQuality.NTP)

    def real_s(self, seconds: float) -> float:
        return seconds / self.speed


class StillClock:
    """A clock that moves when told. `reboot` begins another boot."""

    def __init__(self, wall_us: int, quality: WallQuality = WallQuality.NTP) -> None:
        self.boot_no = 0
        self.wall_us = wall_us
        self.quality = quality
        self._boot_us = SECOND
        self._boots = 1

    def boot_us(self) -> int:
        return self._boot_us

    def boot_id(self) -> str:
        return f"boot-{self._boots}"

    def now(self) -> Instant:
        return Instant(self.boot_no, self._boot_us, self.wall_us, self.quality)

    def real_s(self, seconds: float) -> float:
        return seconds

    def advance(self, seconds: float = 0, minutes: float = 0, hours: float = 0) -> None:
        us = round((seconds + 60 * minutes + 3600 * hours) * SECOND)
        self._boot_us += us
        self.wall_us += us

    def reboot(self, seconds_off: float = 30) -> None:
        self.wall_us += round(seconds_off * SECOND)
        self._boot_us = SECOND
        self._boots += 1


class ClockPace:
    """`drivers.Pace` over a clock: waits field seconds, until stopped."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._stopped = threading.Event()

    def wait(self, seconds: float) -> bool:
        return not self._stopped.wait(self._clock.real_s(seconds))

    def now(self) -> float:
        return self._clock.boot_us() / SECOND

    def stop(self) -> None:
        self._stopped.set()


class _Timex(ctypes.Structure):
    _fields_ = [("modes", ctypes.c_uint), ("_rest", ctypes.c_byte * 256)]


def wall_quality(rtc: bool) -> WallQuality:
    """What the kernel thinks of its clock (adjtimex(2)), or timesyncd's word for it.

    A clock that no time server has set yet is called restored: systemd sets it
    from a file at boot, so that it may be hours or weeks behind, never ahead. The
    kernel does not tell whether an RTC has a battery: `rtc` is the site file's word.
    """
    if _TIMESYNC.exists():
        return WallQuality.NTP
    libc = ctypes.CDLL(None, use_errno=True)
    state = libc.adjtimex(ctypes.byref(_Timex()))
    if state not in (-1, _TIME_ERROR):
        return WallQuality.NTP
    return WallQuality.RTC if rtc else WallQuality.RESTORED
