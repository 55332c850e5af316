"""The dead-man's rule: a beam that nobody watches any more is put out.

A sender that vanishes leaves GRBL to finish its buffer, and after an M3 without
M5 the beam stays on at standstill, for ever. So does a kiosk that was killed:
where there is a tap, it begins as if a sender had just left. Putting out: `!`
brakes and 0x18 resets, which turns the beam off in every state; then a report
must say so. Every transition stands in `DeadMan`; times are real seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from drivers.grbl.wire import HOLD, RESET, Report
from machines.meter import Work

#: The sender is gone and the beam was on: without a fresh report by then, it still is.
FRESH_S = 0.3
#: The reset waits so long for the brake, which keeps the position.
BRAKE_S = 0.25
#: A controller without a banner: what it says so long after the reset is said after it.
SETTLED_S = 0.5
#: The reset is sent again when nothing says that the beam is out.
AGAIN_S = 2.0


class Stage(Enum):
    WATCHING = auto()
    ORPHANED = auto()  #: the sender is gone, and may have left the beam on
    BRAKING = auto()
    RESETTING = auto()  #: until the banner
    CHECKING = auto()  #: until a report says that the beam is out


@dataclass(frozen=True, slots=True)
class Send:
    """To the controller, before anything that waits to be sent."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Say:
    """A `LaserMessage` to be."""

    what: str
    detail: str = ""


Deed = Send | Say


class DeadMan:
    """What is to be done about the beam, from reports, the sender's coming and going, and time."""

    def __init__(self, left_on_after_s: float, acts: bool, tapped: bool) -> None:
        self._left_on_after_s = left_on_after_s
        self._acts = acts
        self._sender = False
        self._beam = Work.UNKNOWN
        self._stage = Stage.ORPHANED if acts and tapped else Stage.WATCHING
        self._since = 0.0
        self._left_on_since: float | None = None
        self._told = False

    @property
    def busy(self) -> bool:
        """The beam is being put out: no sender now."""
        return self._stage in (Stage.BRAKING, Stage.RESETTING, Stage.CHECKING)

    @property
    def curious(self) -> bool:
        """A report is wanted soon."""
        return self._stage is not Stage.WATCHING

    def sender_came(self) -> None:
        self._sender = True
        self._go(Stage.WATCHING, 0.0)

    def sender_left(self, now: float) -> None:
        self._sender = False
        if self._acts and not self.busy:
            self._go(Stage.ORPHANED, now)

    def rested(self) -> None:
        """Long enough that nothing is left of the sender's job: a dwell is `Idle`, too."""
        if self._stage is Stage.ORPHANED:
            self._go(Stage.WATCHING, 0.0)

    def began_anew(self, now: float) -> None:
        """The banner: the beam is off, says the firmware's start, and a report is to confirm."""
        if self.busy:
            self._go(Stage.CHECKING, now)

    def lost(self) -> None:
        """The controller is out of reach."""
        self._beam, self._left_on_since = Work.UNKNOWN, None

    def see(self, now: float, report: Report) -> tuple[Deed, ...]:
        self._beam = report.beam
        out = report.beam is Work.RESTING
        if self._stage is Stage.ORPHANED and report.beam is Work.WORKING:
            return self._put_out(now)
        if self._stage is Stage.BRAKING and (report.braked or out):
            return self._reset(now)
        if out and (
            self._stage is Stage.CHECKING
            or (self._stage is Stage.RESETTING and now - self._since >= SETTLED_S)
        ):
            self._go(Stage.WATCHING, now)
            self._left_on_since, self._told = None, False
            return (Say("beam-put-out", "nobody was connected any more"),)
        return self._look_at_standstill(now, report)

    def tick(self, now: float) -> tuple[Deed, ...]:
        passed = now - self._since
        if self._stage is Stage.ORPHANED and self._beam is Work.WORKING and passed >= FRESH_S:
            return self._put_out(now)
        if self._stage is Stage.BRAKING and passed >= BRAKE_S:
            return self._reset(now)
        if self._stage in (Stage.RESETTING, Stage.CHECKING) and passed >= AGAIN_S:
            return (
                *self._tell_left_on("it does not go out: switch the laser off"),
                *self._reset(now),
            )
        return ()

    def _look_at_standstill(self, now: float, report: Report) -> tuple[Deed, ...]:
        if report.beam is not Work.WORKING or not report.stands:
            self._left_on_since = None
            self._told = self._told and report.beam is Work.WORKING
            return ()
        if self._left_on_since is None:
            self._left_on_since = now
        if self.busy or now - self._left_on_since < self._left_on_after_s:
            return ()
        told = self._tell_left_on("at standstill")
        return told if self._sender or not self._acts else (*told, *self._put_out(now))

    def _tell_left_on(self, detail: str) -> tuple[Deed, ...]:
        told, self._told = self._told, True
        return () if told else (Say("beam-left-on", detail),)

    def _put_out(self, now: float) -> tuple[Deed, ...]:
        self._go(Stage.BRAKING, now)
        return (Send(HOLD),)

    def _reset(self, now: float) -> tuple[Deed, ...]:
        self._go(Stage.RESETTING, now)
        return (Send(RESET),)

    def _go(self, stage: Stage, now: float) -> None:
        self._stage, self._since = stage, now
