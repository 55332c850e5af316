"""When a journal anchors its boot clock to the true time.

An anchor is written when the wall clock becomes worth something, when it is set
by more than a little, now and then (a crystal drifts), and before a shutdown.
"""

from __future__ import annotations

from machines.instants import SECOND, Instant, WallQuality
from machines.journal import ClockAnchored

#: A wall clock that moved by less against the boot clock was slewed, not set.
MOVED_US = SECOND // 2
#: At 50 ppm a crystal drifts about one second in this time.
EVERY_US = 6 * 3600 * SECOND
#: A clock that is set is taken to be this good: what moves by less gets no new anchor.
ERROR_US = MOVED_US

_SOURCES = {WallQuality.NTP: "ntp", WallQuality.RTC: "rtc"}


def anchor_due(last: Instant | None, now: Instant, leaving: bool = False) -> bool:
    """Whether an anchor is to be written `now`; `last` is where the last one was.

    A clock that was never set anchors nothing: it would place entries hours or
    weeks wrong, where an interval says honestly what is not known.
    """
    if now.quality not in _SOURCES:
        return False
    if leaving or last is None or last.boot_no != now.boot_no or last.quality != now.quality:
        return True
    return abs(offset_us(now) - offset_us(last)) > MOVED_US or now.since(last) >= EVERY_US


def offset_us(at: Instant) -> int:
    """How far the wall clock stands before the boot clock."""
    return at.wall_us - at.boot_us


def anchor(at: Instant) -> ClockAnchored:
    """What an anchor at this instant says. Raises KeyError where the clock was never set."""
    return ClockAnchored(_SOURCES[at.quality], at.wall_us, ERROR_US)
