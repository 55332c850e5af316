"""What the screens may know: frozen pictures of the floor, made anew at each change.

No surname, no category, no badge: a first name and an initial are all that a
screen shows, and the touch screen only while that member stands before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from kiosk.floor.people_view import PeopleView, UnknownView
from kiosk.floor.queue_view import OwnerView, PrinterView, QueueView


class TileState(StrEnum):
    """What a machine's tile says, gravest first to win."""

    FAULT = "fault"  # en panne
    MAINTENANCE = "maintenance"  # en maintenance
    OFFLINE = "offline"  # hors ligne: its device does not answer
    ATTENTION = "attention"  # action requise: suspended, beam left on, paused long
    BUSY = "busy"  # en cours
    FREE = "free"  # libre


@dataclass(frozen=True, slots=True)
class PrintView:
    """A print, as far as the printer tells. Seconds; `ends_at` is Paris time "15 h 40"."""

    name: str
    state: str  #: printing, paused, finishing, unknown, done, failed, cancelled, lost
    progress: float | None = None  #: 0 to 1
    left_s: float | None = None
    ends_at: str | None = None
    used_s: float = 0.0
    paused_s: float = 0.0
    unseen_s: float = 0.0


@dataclass(frozen=True, slots=True)
class MachineView:
    """One machine on a tile (touch screen) or a card (tablet)."""

    slug: str
    name: str
    family: str
    sort: str
    state: TileState
    member: str | None = None  #: "Ana B." on the tablet; never on the touch screen's tiles
    since_s: float | None = None  #: age of the session
    working: bool | None = None  #: None: not watched, or unknown
    ending: str | None = None  #: idle, maximum, closing: will end when the machine rests
    note: str = ""  #: of the fault or maintenance
    printer_state: str = ""  #: OctoPrint's own text
    print: PrintView | None = None
    nozzle_c: float | None = None
    nozzle_target_c: float | None = None
    bed_c: float | None = None
    bed_target_c: float | None = None
    beam_on: bool | None = None
    seen_s: float | None = None  #: age of the last news from the device; None: has none
    silence: str = ""  #: why its device does not answer, in a driver's own words
    printer: PrinterView | None = None  #: what the queue knows of it; None: no printer
    people: int = 0  #: of the party whose session it is; 0: one person's
    makes: tuple[str, ...] = ()  #: slugs of what is counted there


class ScreenKind(StrEnum):
    """What the touch screen shows: one question per screen."""

    IDLE = "idle"
    CHOOSE = "choose"  # a badge was read: which machine?
    BADGE = "badge"  # a machine was touched: present your badge
    PENDING = "pending"  # asked of the machine: one moment
    STARTED = "started"
    STOP = "stop"  # session running for 1 h 20: end it?
    TAKE_OVER = "take-over"  # somebody else's session: take the machine over?
    STOPPED = "stopped"
    REFUSED = "refused"
    TABLET = "tablet"  # an animator allowed a tablet to act
    TEACH = "teach"  # clear somebody: for what?
    LEARN = "learn"  # present the badge of who is to be cleared
    GRANTED = "granted"
    ENROLLED = "enrolled"  # the badge is somebody's now
    HOURS = "hours"  # one's own last sessions


@dataclass(frozen=True, slots=True)
class ItemView:
    """A thing that is counted in this lab, in the singular."""

    slug: str
    name: str
    english: str


@dataclass(frozen=True, slots=True)
class CounterView:
    """A thing that is counted at a session's end, and how many so far."""

    item: str  #: slug
    name: str
    english: str
    count: int


@dataclass(frozen=True, slots=True)
class PartyView:
    """Several people around an animator, at one or several machines."""

    group: str
    people: int
    category: str
    public: str
    title: str
    animator: str  #: "Noé A."
    machines: tuple[str, ...]  #: slugs
    sessions: tuple[str, ...]  #: births, as many
    since_s: float  #: age of the oldest


@dataclass(frozen=True, slots=True)
class ScreenView:
    """The touch screen. `until_s`: real seconds until it goes back to idle by itself."""

    kind: ScreenKind
    first_name: str = ""
    machine: str = ""  #: slug
    machine_name: str = ""
    refusal: str = ""  #: a `machines.members.Refusal`
    note: str = ""
    elapsed_s: float = 0.0
    resumed: bool = False  #: STARTED: it goes on after it was suspended
    until_s: float | None = None
    language: str = "fr"
    mine: tuple[str, ...] = ()  #: CHOOSE: slugs this member has a session at
    allowed: tuple[str, ...] = ()  #: CHOOSE: slugs this member may start
    invitation: str = ""  #: CHOOSE, STOP, STARTED: the token of this member's own page
    only_end: bool = False  #: STOP: the badge was taken away, and does nothing else
    tablets: tuple[str, ...] = ()  #: CHOOSE, STOP of an animator: digits of tablets that ask
    tablet: str = ""  #: TABLET: the digits of the one that was allowed
    counters: tuple[CounterView, ...] = ()  #: STOPPED: what is counted there
    people: PeopleView = field(default_factory=PeopleView)


@dataclass(frozen=True, slots=True)
class LabView:
    """Everything the two pages show. `revision` grows by one at each change."""

    revision: int
    lab: str
    name: str
    machines: tuple[MachineView, ...]  #: in the order of the site file: the floor plan
    screen: ScreenView
    online: bool  #: the central answered lately
    central: bool  #: whether the lab has a central at all
    unsent: int  #: entries the central does not have yet
    roster_age_s: float | None
    clock_set: bool
    journal_ok: bool
    readers_ok: bool
    notices: tuple[str, ...] = ()  #: keys of what an animator should know
    queue: QueueView = field(default_factory=QueueView)
    owners: tuple[OwnerView, ...] = ()  #: who has jobs, and when they should be done
    parties: tuple[PartyView, ...] = ()  #: under way, the oldest first
    items: tuple[ItemView, ...] = ()  #: what is counted in this lab
    unknown: tuple[UnknownView, ...] = ()  #: badges of nobody's, the last one first


class Touch(StrEnum):
    """What a finger can say to the kiosk."""

    MACHINE = "machine"  # with a slug: chosen
    END = "end"  # yes, end it
    TAKE_OVER = "take-over"  # yes, take it over
    OTHER = "other"  # on the stop screen: keep that session, choose another machine
    TABLET = "tablet"  # with its two digits: it may act for who badged
    BACK = "back"
    LANGUAGE = "language"  # with "fr" or "en"
    MORE = "more"  # with an item: one more was made
    LESS = "less"  # with an item: one less
    TEACH = "teach"  # clear somebody
    GRANT = "grant"  # with what a clearance is of: for this
    HOURS = "hours"  # my hours


class Screens(Protocol):
    """What the pages ask of the floor."""

    def view(self) -> LabView: ...

    def touch(self, what: Touch, value: str = "") -> None:
        """A finger on the touch screen. Returns at once; the answer is the next view."""
        ...

    def watch(self, after: int, timeout_s: float) -> LabView | None:
        """The first view later than revision `after`, or None after `timeout_s` real seconds."""
        ...


def changes(screens: Screens, after: int, heartbeat_s: float) -> Iterator[LabView | None]:
    """Every view later than `after`, for ever; None where nothing changed for `heartbeat_s`."""
    while True:
        view = screens.watch(after, heartbeat_s)
        if view is not None:
            after = view.revision
        yield view
