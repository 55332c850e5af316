"""What screens may know of people besides a first name: who can help, one's own hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class UnknownView:
    """A badge of nobody's. `ready`: it was read twice alike; `random`: it is fit for nobody."""

    code: str
    age_s: float
    ready: bool
    random: bool


@dataclass(frozen=True, slots=True)
class HelperView:
    name: str  #: "Noé A."
    present: bool


@dataclass(frozen=True, slots=True)
class OfView:
    """What a clearance is of. `name` is the machine's, or the family's slug."""

    of: str
    name: str
    family: bool = False


@dataclass(frozen=True, slots=True)
class LackView:
    """A clearance that is over. `why` is a `machines.members.End`."""

    of: OfView
    last: date
    why: str
    months: int = 0
    today: date = date.min


@dataclass(frozen=True, slots=True)
class PastView:
    """A session of one's own."""

    machine: str  #: its name
    day: date
    seconds: float
    open: bool


@dataclass(frozen=True, slots=True)
class HoursView:
    month_s: float
    sessions: tuple[PastView, ...] = ()


@dataclass(frozen=True, slots=True)
class PeopleView:
    """What the touch screen says of people. Each field only on the screen that needs it."""

    code: str = ""  #: REFUSED: of the unknown badge
    ready: bool = False
    random: bool = False
    lack: LackView | None = None  #: REFUSED: which clearance is over, and since when
    helpers: tuple[HelperView, ...] = ()  #: REFUSED: who can help, those who are here first
    grants: tuple[OfView, ...] = ()  #: CHOOSE, STOP, TEACH: what who badged may grant
    of: OfView | None = None  #: LEARN, GRANTED
    trouble: str = ""  #: LEARN: why the last badge got nothing
    learner: str = ""  #: GRANTED: a first name
    hours: HoursView | None = None  #: HOURS; None: they are being looked up
    mine: bool = False  #: CHOOSE, STOP: who badged may see their hours


@dataclass(frozen=True, slots=True)
class ClearanceView:
    """A clearance of somebody: its last day, and what ends it then; None: nothing does."""

    of: OfView
    since: date | None
    used: date | None
    last: date | None
    why: str
    trains: bool
    over: bool


@dataclass(frozen=True, slots=True)
class PersonView:
    """A member, as an animator sees one at the tablet. `badges` are digests, of no meaning."""

    id: str
    name: str
    animator: bool
    provisional: bool
    category: str
    member_until: date | None
    over: bool  #: the membership is
    badges: tuple[str, ...]
    clearances: tuple[ClearanceView, ...]


@dataclass(frozen=True, slots=True)
class GrantedView:
    """Somebody's clearance, on a list."""

    id: str
    name: str
    clearance: ClearanceView
