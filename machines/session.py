"""One machine's session: its states, what happens to it, and what is then to be done.

A machine's session and its condition (fault, maintenance) are two axes; the
condition is in `machines.condition` and reaches the table (`machines.session_table`)
as a refusal or as `Ended`. Who may use what is decided before
(`machines.members.access`): a tap comes with its refusal, if any.
"""

from __future__ import annotations

from dataclasses import dataclass

from machines.instants import Instant
from machines.journal import Provenance, Reason
from machines.members import Refusal
from machines.meter import Work

#: Real seconds: a disk that takes longer refuses the session, and voids it should it commit.
PATIENCE_S = 2.0


@dataclass(frozen=True, slots=True)
class Rules:
    """What the site file says of one machine. Durations in microseconds, 0: none."""

    interlocked: bool = False
    measured: bool = False  #: something tells whether it works
    idle_us: int = 0
    maximum_us: int = 0
    outlives: bool = False  #: its work goes on when the member has badged out
    cool_below_c: float = 50.0
    cool_us: int = 0  #: power stays at most this long for a nozzle to cool
    run_on_us: int = 0  #: power stays this long in any case (extraction)


# -- states ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class After:
    """The session is over; the machine still works for it, or cools down. Power stays."""

    session: str
    member: str
    ended: Instant
    rested: Instant | None = None  #: since when it rests


@dataclass(frozen=True, slots=True)
class Free:
    """Nobody's."""


@dataclass(frozen=True, slots=True)
class Opening:
    """The opening is on its way to the disk. `before` is what it goes back to if refused."""

    token: int
    member: str
    at: Instant
    closes_us: int | None
    before: Free | After = Free()
    party: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """A member's. `session` is the birth of its opening; `closes_us` the wall time of closing."""

    session: str
    member: str
    opened: Instant
    active: Instant  #: the last tap or work
    closes_us: int | None = None
    ending: Reason | None = None  #: ends for this as soon as the machine rests


@dataclass(frozen=True, slots=True)
class Suspended:
    """A session whose relay was dropped: only a new tap energises again."""

    session: str
    member: str
    opened: Instant
    closes_us: int | None = None


Session = Free | Opening | Held | Suspended | After


@dataclass(frozen=True, slots=True)
class Machine:
    """A session and what the machine was last seen doing."""

    rules: Rules
    session: Session = Free()
    work: Work = Work.UNKNOWN
    work_at: Instant | None = None

    @property
    def member(self) -> str | None:
        return None if isinstance(self.session, Free | After) else self.session.member

    @property
    def working(self) -> bool:
        return self.work in (Work.WORKING, Work.PAUSED)

    @property
    def powered(self) -> bool:
        """Whether the relay ought to be on."""
        return self.rules.interlocked and (
            isinstance(self.session, Held | After)
            or (isinstance(self.session, Opening) and isinstance(self.session.before, After))
        )


@dataclass(frozen=True, slots=True)
class Party:
    """Several people around an animator: one session per machine, all of one `group`."""

    group: str
    people: int
    category: str = "individual"
    public: str = ""
    title: str = ""


# -- events ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tapped:
    """A badge at a reader bound to this machine. `token` names the opening it may cause."""

    at: Instant
    token: int
    member: str | None
    refusal: Refusal | None = None
    closes_us: int | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """Badge and machine, in either order, at the shared reader: begin here."""

    at: Instant
    token: int
    member: str
    refusal: Refusal | None = None
    closes_us: int | None = None
    take_over: bool = False  #: "yes, take it over" was touched
    by: str | None = None  #: the animator who asks for a member who forgot the badge
    party: Party | None = None  #: whom the session is for, besides `member`, their animator


@dataclass(frozen=True, slots=True)
class Ended:
    """Asked on the touch screen, by an animator, or by a dangerous fault."""

    at: Instant
    reason: Reason
    member: str | None = None  #: whose session is meant; None: whoever's
    told: Instant | None = None  #: by the animator: when it really ended, where it was left open
    by: str | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Forbidden:
    """The machine's condition forbids to begin: what is still on its way is refused."""

    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Committed:
    """The opening `token` is on disk; `session` is its birth."""

    at: Instant
    token: int
    session: str


@dataclass(frozen=True, slots=True)
class NotCommitted:
    """The disk refused the opening."""

    at: Instant
    token: int


@dataclass(frozen=True, slots=True)
class Overdue:
    """The disk has had `PATIENCE_S` for the opening, and has not answered."""

    at: Instant
    token: int


@dataclass(frozen=True, slots=True)
class WorkSeen:
    at: Instant
    work: Work


@dataclass(frozen=True, slots=True)
class LineReported:
    """The relay keeper says how the line is, and since when it is not what it was told."""

    at: Instant
    on: bool
    since: Instant | None = None


@dataclass(frozen=True, slots=True)
class Ticked:
    """Time passed. `nozzle_c` where a printer tells it.

    `closes_us`: the closing time of a session that was opened before the clock was set.
    """

    at: Instant
    nozzle_c: float | None = None
    closes_us: int | None = None


Event = (
    Tapped
    | Chosen
    | Ended
    | Forbidden
    | Committed
    | NotCommitted
    | Overdue
    | WorkSeen
    | LineReported
    | Ticked
)


# -- effects --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WriteOpening:
    token: int
    member: str
    source: str
    by: str | None = None
    party: Party | None = None


@dataclass(frozen=True, slots=True)
class WriteClosing:
    session: str
    member: str
    reason: Reason
    provenance: Provenance = Provenance.BADGE
    ended: Instant | None = None
    by: str | None = None  #: the animator who ended it
    why: str = ""


@dataclass(frozen=True, slots=True)
class WriteSuspension:
    session: str
    reason: Reason
    since: Instant | None = None


@dataclass(frozen=True, slots=True)
class WriteResumption:
    session: str


@dataclass(frozen=True, slots=True)
class WriteVoid:
    session: str


@dataclass(frozen=True, slots=True)
class Energise:
    pass


@dataclass(frozen=True, slots=True)
class Release:
    """Open the relay."""


@dataclass(frozen=True, slots=True)
class Started:
    member: str
    resumed: bool = False


@dataclass(frozen=True, slots=True)
class Stopped:
    member: str
    opened: Instant
    reason: Reason
    ended: Instant | None = None  #: where its time ends, when that is not now


@dataclass(frozen=True, slots=True)
class Refused:
    refusal: Refusal
    member: str | None


Effect = (
    WriteOpening
    | WriteClosing
    | WriteSuspension
    | WriteResumption
    | WriteVoid
    | Energise
    | Release
    | Started
    | Stopped
    | Refused
)
Outcome = tuple[Machine, tuple[Effect, ...]]
