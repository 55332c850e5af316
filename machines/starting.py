"""One printer, as the queue starts jobs there: its states, what happens, what is then to be done.

`machines.starting_table` moves it. Durations are field microseconds.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from machines import plate as plates
from machines.facts import Answer, Printed
from machines.instants import Instant
from machines.job_entries import NotStarted
from machines.plate import Gate, Plate, Unknown


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at one job. `path` is at OctoPrint, and this attempt's alone; `file` a SHA-256."""

    job: str
    number: int
    path: str
    file: str


# -- states ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Idle:
    """No start is under way."""


@dataclass(frozen=True, slots=True)
class Noting:
    """Its entry is on its way to the disk: nothing was sent."""

    attempt: Attempt


@dataclass(frozen=True, slots=True)
class Uploading:
    """The file is on its way: nothing can print yet. `since`: the last byte or word."""

    attempt: Attempt
    since: Instant
    share: float = 0.0  #: of the file, 0 to 1


@dataclass(frozen=True, slots=True)
class Ordered:
    """The order to print was sent. `agreed`: OctoPrint said yes, which does not mean much."""

    attempt: Attempt
    since: Instant
    agreed: bool = False
    sights: int = 0  #: at rest, since


@dataclass(frozen=True, slots=True)
class Unsure:
    """Nobody knows whether it prints. `why`: what it will be called if it does not."""

    attempt: Attempt
    since: Instant
    why: NotStarted = NotStarted.NO_ANSWER
    sights: int = 0


@dataclass(frozen=True, slots=True)
class Asking:
    """It does not print; whether it did, OctoPrint's history is being asked."""

    attempt: Attempt
    since: Instant
    why: NotStarted


@dataclass(frozen=True, slots=True)
class Settling:
    """It is known what came of it, and that is on its way to the disk."""

    attempt: Attempt


Start = Idle | Noting | Uploading | Ordered | Unsure | Asking | Settling


@dataclass(frozen=True, slots=True)
class Bay:
    """A printer's plate, and the start that is under way there."""

    gate: Gate = field(default_factory=Gate)
    plate: Plate = field(default_factory=Unknown)
    start: Start = Idle()

    @property
    def attempt(self) -> Attempt | None:
        return None if isinstance(self.start, Idle) else self.start.attempt

    def is_clear(self, at: Instant) -> bool:
        return plates.is_clear(self.gate, self.plate, at)

    @property
    def sent(self) -> bool:
        """Whether an order to print is out, and nobody knows yet what came of it."""
        return isinstance(self.start, Ordered | Unsure | Asking)


# -- events ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wanted:
    """An animator said: start. Its entry is being written."""

    attempt: Attempt


@dataclass(frozen=True, slots=True)
class Noted:
    """`JobStarting` is on disk."""

    at: Instant


@dataclass(frozen=True, slots=True)
class NotNoted:
    """The disk refused it: there was no attempt."""


@dataclass(frozen=True, slots=True)
class Moving:
    """So much of the file is there."""

    at: Instant
    share: float


@dataclass(frozen=True, slots=True)
class Replied:
    """The answer to the command of this `key`."""

    at: Instant
    key: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Remembered:
    """OctoPrint's history. `ours`: what it says of the attempt's path, None for nothing."""

    at: Instant
    key: str
    ours: Printed | None
    done: bool = True  #: it succeeded


@dataclass(frozen=True, slots=True)
class Cleared:
    """Somebody held the button."""

    at: Instant


@dataclass(frozen=True, slots=True)
class Began:
    """A print began there; `ours`: it is the attempt's."""

    at: Instant
    ours: bool


@dataclass(frozen=True, slots=True)
class Ended:
    """A print ended there."""

    event: plates.Ended


@dataclass(frozen=True, slots=True)
class Rested:
    """The printer was seen without a print. `connected` False: OctoPrint has no printer."""

    at: Instant
    connected: bool = True


@dataclass(frozen=True, slots=True)
class Lost:
    """Nothing answers."""

    at: Instant


@dataclass(frozen=True, slots=True)
class Passed:
    """Time passed."""

    at: Instant


@dataclass(frozen=True, slots=True)
class Settled:
    """What came of it is on disk, or the job was withdrawn."""


@dataclass(frozen=True, slots=True)
class NotSettled:
    """The disk refused that: it is still to be said."""

    at: Instant


Event = (
    Wanted
    | Noted
    | NotNoted
    | Moving
    | Replied
    | Remembered
    | Cleared
    | Began
    | Ended
    | Rested
    | Lost
    | Passed
    | Settled
    | NotSettled
)


# -- effects --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Upload:
    attempt: Attempt


@dataclass(frozen=True, slots=True)
class SendOrder:
    """Have the printer print it. Never twice for one attempt."""

    attempt: Attempt


@dataclass(frozen=True, slots=True)
class AskHistory:
    attempt: Attempt


@dataclass(frozen=True, slots=True)
class Remove:
    """Take the file away from OctoPrint: what is gone is not begun by an order that comes late."""

    attempt: Attempt


@dataclass(frozen=True, slots=True)
class Refuse:
    """Write that it came to nothing."""

    attempt: Attempt
    reason: NotStarted
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """Write that it was printed while nobody saw."""

    attempt: Attempt
    printed: Printed
    done: bool = True


Effect = Upload | SendOrder | AskHistory | Remove | Refuse | Found
Outcome = tuple[Bay, tuple[Effect, ...]]


def upload_key(attempt: Attempt) -> str:
    return f"upload:{attempt.path}"


def order_key(attempt: Attempt) -> str:
    return f"order:{attempt.path}"


def history_key(attempt: Attempt) -> str:
    return f"history:{attempt.path}"


def left_unsure(bay: Bay, attempt: Attempt, at: Instant) -> Bay:
    """A start that the kiosk before left under way: it may have reached the printer."""
    return replace(bay, start=Unsure(attempt, at))
