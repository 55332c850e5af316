"""How long a print should take, who says so, and how right they were at this printer so far."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from statistics import median

from machines.instants import SECOND
from machines.journal import PrintEnded, Result

#: Prints that a printer remembers: what it did a year ago with another nozzle says little.
REMEMBERED = 20
#: From so many prints on, an estimate is corrected: two may have been odd.
ENOUGH = 3
#: A print of which more was not seen teaches nothing.
UNSEEN_AT_MOST = 0.01


class Source(StrEnum):
    """Who estimated a print, the most trusted first. Written to disk."""

    PAST = "past"  #: this very file was printed before
    SLICER = "slicer"  #: knows the printer's accelerations
    OCTOPRINT = "octoprint"  #: its analysis


@dataclass(frozen=True, slots=True)
class Estimate:
    seconds: float
    source: Source


def best(
    slicer_s: float | None = None, octoprint_s: float | None = None, past_s: float | None = None
) -> Estimate | None:
    """The estimate to believe; None where nobody made one.

    What this very file took before is a measurement, of this lab's printers. A
    slicer knows the accelerations that it slices for; OctoPrint's analysis divides
    each move's length by its feed rate and knows none, so that it is too short for
    small parts. Source: OctoPrint 1.11.8, octoprint/util/gcodeInterpreter.py.
    """
    for seconds, source in (
        (past_s, Source.PAST),
        (slicer_s, Source.SLICER),
        (octoprint_s, Source.OCTOPRINT),
    ):
        if seconds is not None and seconds > 0:
            return Estimate(seconds, source)
    return None


def lesson_s(end: PrintEnded) -> float | None:
    """What can be learned of a print's length: of one that was done, and seen all along."""
    whole_us = end.used_us + end.unseen_us
    if end.result is not Result.DONE or end.used_us <= 0:
        return None
    return end.used_us / SECOND if end.unseen_us <= UNSEEN_AT_MOST * whole_us else None


@dataclass(frozen=True, slots=True)
class Past:
    """The mean of what one file took, over all its prints that were done."""

    prints: int = 0
    mean_s: float = 0.0

    def learn(self, used_s: float) -> Past:
        prints = self.prints + 1
        return Past(prints, self.mean_s + (used_s - self.mean_s) / prints)


@dataclass(frozen=True, slots=True)
class Track:
    """How right estimates were at one printer: taken over estimated, of its latest prints."""

    ratios: tuple[tuple[Source, float], ...] = ()

    def learn(self, estimate: Estimate | None, used_s: float) -> Track:
        """After a print that was done. `estimate`: as it was made, not as it was corrected."""
        if estimate is None or estimate.seconds <= 0 or used_s <= 0:
            return self
        ratios = (*self.ratios, (estimate.source, used_s / estimate.seconds))
        return Track(ratios[-REMEMBERED:])

    def known(self, source: Source | None = None) -> int:
        """From how many prints; of all sources where none is named."""
        return len(self._of(source))

    def error(self, source: Source | None = None) -> float | None:
        """The median error: 0.12 where prints took 12 % longer than estimated; None: no print."""
        ratios = self._of(source)
        return median(ratios) - 1 if ratios else None

    def corrected(self, estimate: Estimate) -> float:
        """Seconds that a print should really take here, as far as is known of such estimates."""
        return estimate.seconds * self.factor(estimate.source)

    def factor(self, source: Source) -> float:
        """By what estimates of that source are to be multiplied here; 1: too little is known."""
        error = self.error(source)
        return 1.0 if error is None or self.known(source) < ENOUGH else 1 + error

    def _of(self, source: Source | None) -> list[float]:
        return [ratio for of, ratio in self.ratios if source in (None, of)]
