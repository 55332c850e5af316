"""An hour meter that counts only what it saw.

Two observations in a row count the time between them as the first one said:
used or paused. A gap longer than `longest_gap_us` (a pulled cable, a rebooted
Pi), and any time whose beginning nobody knew, is `unseen_us`, never use.
Microseconds of the boot clock; nothing here outlives a boot.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum


class Work(StrEnum):
    """What a machine was seen doing."""

    WORKING = "working"
    PAUSED = "paused"
    RESTING = "resting"
    UNKNOWN = "unknown"  #: no answer, or one that does not say: never resting, never working


@dataclass(frozen=True, slots=True)
class Meter:
    """Time seen so far, and the last observation."""

    longest_gap_us: int
    used_us: int = 0
    paused_us: int = 0
    unseen_us: int = 0
    at_us: int | None = None
    work: Work = Work.UNKNOWN

    def observe(self, at_us: int, work: Work) -> Meter:
        """Count the time since the last observation, and remember this one.

        An observation older than the last one (a device's answer that came
        late) changes nothing. Resting time is nobody's, and is not kept.
        """
        if self.at_us is None:
            return replace(self, at_us=at_us, work=work)
        if at_us < self.at_us:
            return self
        gap = at_us - self.at_us
        counted = replace(self, at_us=at_us, work=work)
        if self.work is Work.RESTING:
            return counted
        if self.work is Work.UNKNOWN or gap > self.longest_gap_us:
            return replace(counted, unseen_us=self.unseen_us + gap)
        if self.work is Work.PAUSED:
            return replace(counted, paused_us=self.paused_us + gap)
        return replace(counted, used_us=self.used_us + gap)

    @property
    def total_us(self) -> int:
        return self.used_us + self.paused_us + self.unseen_us
