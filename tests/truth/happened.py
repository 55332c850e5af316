"""What really happened, in nouns: the truth that the figures are held against.

Instants are true UTC, in microseconds, which no Pi ever knew. `dated` says whether
anybody could ever tell when it was. What an animator corrected stands here as it was
corrected: the first telling is the journals' alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass(slots=True)
class Sat:
    """Somebody, or a party, at a machine; `while_` is when, without what was suspended."""

    lab: str
    machine: str
    began_us: int
    while_: list[tuple[int, int]]
    member: str | None
    category: str
    how: str = "badge"  #: badge, declared, estimated
    people: int = 1
    group: str = ""  #: the same for all machines of one party
    dated: bool = True


@dataclass(slots=True)
class Worked:
    """A machine at work, of `began_us` to `ended_us`, evenly. `category` None: in no session."""

    lab: str
    machine: str
    meter: str
    began_us: int
    ended_us: int
    used_us: int
    paused_us: int
    unseen_us: int
    category: str | None
    owner: str | None = None  #: of a print: whose it is
    measured: bool = True
    dated: bool = True
    result: str = ""  #: of a print: done, cancelled, failed, lost; "": not ended
    filament_mm: int = 0
    filament_mg: int = 0


@dataclass(slots=True)
class Made:
    """Things made. `member` None: of a party, or for the association."""

    lab: str
    at_us: int
    item: str
    count: int
    purpose: str
    machine: str = ""
    member: str | None = None
    category: str | None = None
    dated: bool = True


@dataclass(slots=True)
class Held:
    """A workshop. `lab` "": the association's own."""

    lab: str
    day: str
    minutes: int
    participants: int
    minors: int
    public: str = ""
    group: str = ""


@dataclass(slots=True)
class Joined:
    """A membership, taken on a day of Paris; `again`: not the member's first."""

    member: str
    category: str
    day: date
    again: bool
    cancelled: date | None = None


@dataclass(slots=True)
class Truth:
    sat: list[Sat] = field(default_factory=list)
    worked: list[Worked] = field(default_factory=list)
    made: list[Made] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    joined: list[Joined] = field(default_factory=list)
