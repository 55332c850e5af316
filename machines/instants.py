"""Instants, and where they fall: boots, anchors, months and days of Europe/Paris.

A Pi has no clock of its own. An `Instant` therefore carries two readings: the
boot clock, the only thing a duration is computed from, and the wall clock with
its quality. *Anchors* place the instants of a boot afterwards; what no anchor
reaches keeps an interval instead of a guess.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import IntEnum
from functools import cache
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
SECOND = 1_000_000  #: microseconds
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

#: A crystal's drift: 50 ppm, that is 60 s in 14 days without a time server.
DRIFT = 50e-6


class WallQuality(IntEnum):
    """What the wall clock was worth when it was read. Written to disk."""

    UNSET = 0
    RESTORED = 1  #: from a file, after a boot: may be hours or weeks in the past
    NTP = 2
    RTC = 3


@dataclass(frozen=True, slots=True)
class Instant:
    """When something happened, as this Pi knew it then.

    `boot_no` orders the boots of one store; `boot_us` is CLOCK_BOOTTIME in
    microseconds; `wall_us` is UTC microseconds since 1970, as good as `quality`.
    """

    boot_no: int
    boot_us: int
    wall_us: int
    quality: WallQuality

    def since(self, earlier: Instant) -> int:
        """Microseconds from `earlier`, by the boot clock; by the wall across boots."""
        if self.boot_no == earlier.boot_no:
            return self.boot_us - earlier.boot_us
        return self.wall_us - earlier.wall_us

    def minus(self, us: int) -> Instant:
        """So many microseconds earlier, on both clocks."""
        return replace(self, boot_us=self.boot_us - us, wall_us=self.wall_us - us)

    def paris(self) -> datetime:
        return paris(self.wall_us)


@dataclass(frozen=True, slots=True)
class Anchor:
    """`utc_us` was true, within `error_us`, when the boot clock of `boot_no` said `boot_us`."""

    boot_no: int
    boot_us: int
    utc_us: int
    error_us: int


@dataclass(frozen=True, slots=True)
class Placed:
    """Where an instant really was: its best UTC and the bounds it cannot leave."""

    utc_us: int
    lo_us: int
    hi_us: int

    @property
    def error_us(self) -> int:
        return max(self.utc_us - self.lo_us, self.hi_us - self.utc_us)


def place(at: Instant, anchors: Sequence[Anchor]) -> Placed | None:
    """The true UTC of `at`, by the nearest anchor of its boot; None where none is of its boot.

    A wall clock that was set (NTP, RTC) is an anchor by itself, one second wide.
    """
    mine = [a for a in anchors if a.boot_no == at.boot_no]
    if mine:
        near = min(mine, key=lambda a: abs(a.boot_us - at.boot_us))
        utc = near.utc_us + (at.boot_us - near.boot_us)
        error = near.error_us + int(abs(at.boot_us - near.boot_us) * DRIFT)
        return Placed(utc, utc - error, utc + error)
    if at.quality >= WallQuality.NTP:
        return Placed(at.wall_us, at.wall_us - SECOND, at.wall_us + SECOND)
    return None


def paris(utc_us: int) -> datetime:
    """The Paris date and time of a UTC instant in microseconds."""
    return datetime.fromtimestamp(utc_us // SECOND, UTC).astimezone(PARIS)


def to_us(when: datetime) -> int:
    """UTC microseconds of an aware datetime."""
    return (when - _EPOCH) // timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month of Europe/Paris: 743 hours in March, 745 in October."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Month:
        """`2026-11`. Raises ValueError with a sentence."""
        year, dash, number = text.partition("-")
        digits = year + number
        shaped = len(year) == 4 and dash and len(number) == 2 and digits.isdecimal()
        if shaped and digits.isascii() and 1 <= int(number) <= 12 and 2000 <= int(year) <= 2999:
            return cls(int(year), int(number))
        raise ValueError(f"{text!r} is not a month: expected year-month, such as 2026-11")

    @classmethod
    def of(cls, utc_us: int) -> Month:
        day = paris(utc_us)
        return cls(day.year, day.month)

    @property
    def next(self) -> Month:
        return Month(self.year + self.number // 12, self.number % 12 + 1)

    @property
    def starts_us(self) -> int:
        return _first_midnight(self.year, self.number)

    @property
    def ends_us(self) -> int:
        return self.next.starts_us

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"


@cache
def _first_midnight(year: int, number: int) -> int:
    return to_us(datetime(year, number, 1, tzinfo=PARIS))


def months(start_us: int, end_us: int) -> Iterator[tuple[Month, int, int]]:
    """The interval cut at the midnights of the 1sts: (month, from, to), in order.

    The parts touch, and sum to the whole: microseconds are never rounded here.
    """
    while start_us < end_us:
        month = Month.of(start_us)
        stop = min(end_us, month.ends_us)
        yield month, start_us, stop
        start_us = stop


@dataclass(frozen=True, slots=True)
class Opening:
    """One stretch of a day in which the lab is open, in Paris time of day."""

    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Week:
    """Weekly opening hours: seven tuples, Monday first."""

    days: tuple[tuple[Opening, ...], ...] = ((),) * 7

    def of(self, day: date) -> tuple[Opening, ...]:
        return self.days[day.weekday()]

    def closing_after(self, utc_us: int) -> int | None:
        """UTC microseconds of the next closing time after `utc_us`; None if never open.

        The closing of the day's last stretch: a lunch break ends no session.
        """
        start = paris(utc_us)
        for ahead in range(8):
            day = start.date() + timedelta(days=ahead)
            stretches = self.of(day)
            if stretches:
                closes = to_us(datetime.combine(day, stretches[-1].closes, tzinfo=PARIS))
                if closes > utc_us:
                    return closes
        return None

    def is_open(self, utc_us: int) -> bool:
        now = paris(utc_us)
        return any(o.opens <= now.time() < o.closes for o in self.of(now.date()))


def total_us(parts: Iterable[tuple[Month, int, int]]) -> int:
    return sum(stop - start for _, start, stop in parts)
