"""One laser, watched: what its bytes, its sender and time make of it, as orders.

Decides, and does nothing itself: no port, no socket, no clock. `drivers.grbl.tap`
carries the orders out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from drivers.grbl import Options
from drivers.grbl.asking import Asking
from drivers.grbl.deadman import DeadMan, Deed, Say, Send
from drivers.grbl.wire import ASK, RESET, Alarm, Banner, Decoder, Heard, Keys, Report, Said
from machines.facts import Back, Fact, LaserMessage, Silence, WorkSeen
from machines.meter import Work

#: Real seconds without an answer, and what the laser does is unknown…
UNKNOWN_S = 1.0
#: …and the laser is called silent. Homing, or an alarm, answers nothing for a while.
SILENT_S = 5.0
#: A meter that goes on is told again after so many real seconds, however fast reports come.
TELL_AGAIN_S = 0.03
#: A job is over once the laser has rested so long: a dwell is rest, too. A sender that may not
#: be here any more is sent away then, and one that has left has left no beam behind.
RESTED_S = 5.0
#: What ends a line that its sender left unfinished: GRBL refuses it, and runs none of it.
SPOIL = b"$\n"


@dataclass(frozen=True, slots=True)
class HangUp:
    """Close the sender's connection."""

    why: str


Order = Fact | Send | HangUp


class Watch:
    """Given bytes and times, gives orders. `now`: real seconds; `field_s`: field seconds."""

    def __init__(self, machine: str, options: Options) -> None:
        self._machine = machine
        self._decoder = Decoder()
        self._keys = Keys()
        self._asking = Asking()
        self._dead_man = DeadMan(
            options.beam_left_on_after_s, options.dead_man, tapped=options.mode == "tap"
        )
        self._acts = options.dead_man
        self._told: dict[str, tuple[Work, float]] = {}
        self._reset_expected = True  # opening the port resets an Arduino
        self._sender = False
        self._silent = False
        self._alarmed = True  # from before the port was opened, perhaps: a report is to say
        self._resting_since: float | None = None
        self.allowed = False  #: whether a sender may be here

    @property
    def refusal(self) -> str:
        """Why a sender that connects now is refused; empty where it is welcome."""
        if self._sender:
            return "another sender is connected"
        if self._dead_man.busy:
            return "the beam is being put out"
        return "" if self.allowed else "nobody has badged in"

    @property
    def _eager(self) -> bool:
        at_rest = all(work is Work.RESTING for work, _ in self._told.values())
        return self._sender or self._dead_man.curious or not at_rest

    def sender_came(self, now: float) -> tuple[Order, ...]:
        self._sender = True
        self._resting_since = now
        self._dead_man.sender_came()
        return (LaserMessage(self._machine, "client-here"),)

    def sender_left(self, now: float, why: str) -> tuple[Order, ...]:
        self._sender = False
        self._resting_since = None  # what it sent last may not show yet
        self._asking.sender_left()
        self._dead_man.sender_left(now)
        torn, self._keys = self._keys.mid_line, Keys()
        spoil = (Send(SPOIL),) if torn else ()
        return (LaserMessage(self._machine, "client-gone", why), *spoil)

    def closing(self) -> tuple[Order, ...]:
        """We go away, and the sender's job with us: no dead man will watch what is buffered."""
        at_work = any(work is Work.WORKING for work, _ in self._told.values())
        ours = self._sender or self._dead_man.curious
        return (Send(RESET),) if ours and at_work and self._acts else ()

    def from_sender(self, now: float, data: bytes) -> None:
        """Before these bytes are passed on."""
        asks, resets = self._keys.asks, self._keys.resets
        self._keys.feed(data)
        if self._keys.asks > asks:
            self._asking.sender_asked(now)
        if self._keys.resets > resets:
            self._reset_expected = True

    def from_controller(self, now: float, data: bytes) -> tuple[Order, ...]:
        return tuple(
            order for heard in self._decoder.feed(data) for order in self._hear(now, heard)
        )

    def tick(self, now: float, field_s: float) -> tuple[Order, ...]:
        orders = self._do(self._dead_man.tick(now))
        if self._asking.owed_s(now) >= UNKNOWN_S:
            orders += self._out_of_sight(now)
        if self._asking.due(now, field_s, self._eager):
            orders += (Send(ASK),)
        if self._rested_s(now) >= RESTED_S:
            self._dead_man.rested()
            if self._sender and not self.allowed:
                orders += (HangUp("nobody is badged in any more"),)
        return orders

    def wait_s(self, now: float, field_s: float) -> float:
        """Seconds until our next question could be due: look again by then."""
        return self._asking.wait_s(now, field_s, self._eager)

    def _hear(self, now: float, heard: Heard) -> tuple[Order, ...]:
        match heard:
            case Report():
                self._asking.answered()
                self._rest(now, heard.beam, heard.job)
                works = self._see(now, heard.beam, heard.job)
                deeds = self._do(self._dead_man.see(now, heard))
                return self._back() + self._unalarmed(heard) + works + deeds
            case Banner(version):
                return self._begin_anew(now, version)
            case Alarm(code):  # the job is dropped; whether the beam is on is not said
                self._alarmed = True
                message = LaserMessage(self._machine, "alarm", f"ALARM:{code}")
                return (*self._see(now, Work.UNKNOWN, Work.RESTING), message)
            case Said("Disabled"):  # the end of a check resets by itself
                self._reset_expected = True
        return ()

    def _begin_anew(self, now: float, version: str) -> tuple[Order, ...]:
        """A controller that starts turns its beam off, and knows no job."""
        expected = self._reset_expected or self._dead_man.busy
        self._reset_expected = False
        self._dead_man.began_anew(now)
        works = self._see(now, Work.RESTING, Work.RESTING)
        if expected:
            return works
        return (*works, LaserMessage(self._machine, "reset", version))

    def _out_of_sight(self, now: float) -> tuple[Order, ...]:
        orders: tuple[Order, ...] = self._see(now, Work.UNKNOWN, Work.UNKNOWN)
        self._dead_man.lost()
        self._resting_since = None
        if not self._silent and self._asking.owed_s(now) >= SILENT_S:
            self._silent = True
            orders += (Silence(self._machine, "it does not answer"),)
        return orders

    def _back(self) -> tuple[Order, ...]:
        silent, self._silent = self._silent, False
        return (Back(self._machine),) if silent else ()

    def _unalarmed(self, report: Report) -> tuple[Order, ...]:
        if not self._alarmed or report.state == "Alarm":
            return ()
        self._alarmed = False
        return (LaserMessage(self._machine, "alarm-over"),)

    def _see(self, now: float, beam: Work, job: Work) -> tuple[Order, ...]:
        return (*self._see_meter(now, "beam", beam), *self._see_meter(now, "job", job))

    def _see_meter(self, now: float, meter: str, work: Work) -> tuple[Order, ...]:
        told, when = self._told.get(meter, (None, 0.0))
        if told is work and (work is Work.UNKNOWN or now - when < TELL_AGAIN_S):
            return ()
        self._told[meter] = work, now
        return (WorkSeen(self._machine, meter, work),)

    def _rest(self, now: float, beam: Work, job: Work) -> None:
        if not (beam is Work.RESTING and job is Work.RESTING):
            self._resting_since = None
        elif self._resting_since is None:
            self._resting_since = now

    def _rested_s(self, now: float) -> float:
        return 0.0 if self._resting_since is None else now - self._resting_since

    def _do(self, deeds: Iterable[Deed]) -> tuple[Order, ...]:
        return tuple(
            LaserMessage(self._machine, deed.what, deed.detail) if isinstance(deed, Say) else deed
            for deed in deeds
        )
