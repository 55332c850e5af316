"""A lab on paper: the frozen site that a TOML file becomes.

Every key is documented in config/README.md, where a test holds it to these
classes. Times that a file gives in minutes or seconds say so in their name.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from machines.instants import Week


class Sort(StrEnum):
    """How a machine is tied to the kiosk."""

    INTERLOCKED = "interlocked"  #: a relay lets it run
    WATCHED = "watched"  #: its run is measured, nothing switches it
    BARE = "bare"  #: badge and touch are all there is


class WhenLost(StrEnum):
    """What the relay keeper does with a line when the kiosk falls silent."""

    DROP = "drop"
    HOLD = "hold"


@dataclass(frozen=True, slots=True)
class Relay:
    """One output line, owned by the relay keeper. Rest is off."""

    line: int  #: BCM number
    active: str = "high"  #: high or low: the level that energises
    when_lost: WhenLost = WhenLost.DROP
    drop_after_s: float = 3.0  #: silence of the kiosk before a `drop` line falls
    hold_at_most_h: float = 12.0


@dataclass(frozen=True, slots=True)
class Sense:
    """One input line that says the machine runs."""

    line: int
    active: str = "high"
    settle_ms: int = 50  #: shorter changes are bounces


@dataclass(frozen=True, slots=True)
class Driver:
    """How the machine's run is measured: `options` is the class that `kind` names."""

    kind: str
    options: object


class Gate(StrEnum):
    """Whether somebody must say that the plate is empty before a print starts."""

    ALWAYS = "always"
    SELF_CLEARING = "self-clearing"  #: the printer takes its parts off by itself, unless one failed
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Printer:
    """What the queue must know of a printer, to choose the jobs that fit it."""

    gate: Gate = Gate.ALWAYS
    group: str = ""  #: printers that stand in for one another; "": it stands alone
    models: tuple[str, ...] = ()  #: its names in slicers' files; none: any file will do
    bed_mm: tuple[float, float, float] = (200.0, 200.0, 200.0)  #: X, Y, Z
    nozzle_mm: float = 0.4
    nozzle_at_most_c: float = 290.0
    bed_at_most_c: float = 110.0
    firmware: str = "marlin"  #: marlin, klipper, reprapfirmware: which codes are dangerous
    change_over_min: float = 10.0  #: from the end of a print to the start of the next
    camera: str = ""  #: address of a snapshot; "": none is ever fetched


@dataclass(frozen=True, slots=True)
class Queue:
    """The rules of the printers' queue. 0: no limit."""

    waiting_at_most: int = 5  #: jobs of one person
    hours_at_most: float = 24.0  #: of one person's jobs that wait
    printers_at_once: int = 2  #: printing for one person
    recent_days: int = 7  #: whose hours count when turns are taken
    approve_above_h: float = 8.0  #: a longer print is approved by an animator
    approve_all: bool = False
    file_at_most_mb: int = 200
    files_kept_days: int = 30  #: after the print


@dataclass(frozen=True, slots=True)
class Retention:
    """How long what ties anything to a person is kept. 0: until somebody erases it.

    The purge, the notice on the wall, the record of processing and the page about
    a member's data all read this, and nothing else.
    """

    sessions_days: int = 90  #: who used what and when: roster ids and badges of entries
    file_names_days: int = 30  #: what the files of prints were called
    participants_months: int = 12  #: names of who came to a workshop
    members_months: int = 12  #: a member's record, after the membership ended
    audit_months: int = 12  #: who looked at whose data, and changed it
    backups_days: int = 35
    year_closed_by: str = "03-31"  #: of the next year: who is whom within a year is lost then


@dataclass(frozen=True, slots=True)
class CountedItem:
    """A thing that this lab counts when it is made, besides what every lab counts."""

    slug: str
    name: str
    english: str = ""


@dataclass(frozen=True, slots=True)
class Expiry:
    """When clearances of one machine or family end by themselves. 0: never."""

    slug: str
    of: str  #: a machine (`laser`) or `family:3d-printer`
    months: int = 0
    unused_months: int = 0


@dataclass(frozen=True, slots=True)
class Memberships:
    """Until when a membership lasts that was taken on some day."""

    lasts_months: int = 12
    ends_on: str = ""  #: "08-31": that day, at least `lasts_at_least_days` later; "": by months
    lasts_at_least_days: int = 0


@dataclass(frozen=True, slots=True)
class Association:
    """Who answers for the data, as the notices say it."""

    name: str = ""
    address: str = ""
    contact: str = ""  #: where members ask for their data: an address, a telephone
    basis: str = ""  #: what the statutes or house rules say of it, one sentence


@dataclass(frozen=True, slots=True)
class Machine:
    """One physical unit. `slug` is immutable: entries name the machine by it."""

    slug: str
    name: str
    family: str
    sort: Sort
    clearance: bool = False  #: whether a clearance is needed
    idle_after_min: float = 0  #: 0: never ended for idleness
    maximum_min: float = 0  #: 0: no maximum
    outlives: bool = False  #: a work under way goes on when its member has badged out
    cool_below_c: float = 50.0  #: power stays until the nozzle is below this…
    cool_at_most_min: float = 10.0  #: …or this long
    run_on_s: float = 0  #: power stays this long after a session (a laser's extraction)
    relay: Relay | None = None
    sense: Sense | None = None
    driver: Driver | None = None
    printer: Printer | None = None  #: of a machine that OctoPrint drives
    makes: tuple[str, ...] = ()  #: slugs of things that are counted at badge-out
    note: str = ""


@dataclass(frozen=True, slots=True)
class Reader:
    """A badge reader: the kiosk's, or bound to one machine."""

    slug: str
    kind: str
    port: str
    machine: str | None = None


@dataclass(frozen=True, slots=True)
class Central:
    """Where the journal is synced to. No `url`: the lab is alone, and whole."""

    url: str = ""
    token_file: str = "central-token"  #: in the credentials directory
    every_s: float = 60.0
    ca_file: str = ""


@dataclass(frozen=True, slots=True)
class Site:
    """One lab and its kiosk."""

    lab: str  #: slug
    name: str
    machines: tuple[Machine, ...]
    readers: tuple[Reader, ...] = ()
    hours: Week = field(default_factory=Week)
    language: str = "fr"
    listen: str = "127.0.0.1"
    port: int = 8080
    address: str = ""  #: "http://…" by which members' phones find the kiosk; "": found out
    hosts: tuple[str, ...] = ()  #: DNS names of the kiosk, besides its addresses and local names
    touch_from_anywhere: bool = False  #: another machine may be the touch screen
    rtc: bool = False  #: a clock with a battery keeps the time while the Pi is off
    database: Path = Path("/var/lib/fablab/lab.db")
    runtime: Path = Path("/run/fablab")  #: sockets
    credentials: Path = Path("/etc/fablab")  #: badge-key, central-token, API keys; systemd's if set
    central: Central = field(default_factory=Central)
    queue: Queue = field(default_factory=Queue)
    items: tuple[CountedItem, ...] = ()
    retention: Retention = field(default_factory=Retention)
    association: Association = field(default_factory=Association)

    def machine(self, slug: str) -> Machine:
        """Raises KeyError."""
        for machine in self.machines:
            if machine.slug == slug:
                return machine
        raise KeyError(slug)


@dataclass(frozen=True, slots=True)
class CentralSite:
    """The central store: where it listens, where its file is."""

    name: str
    listen: str = "127.0.0.1"
    port: int = 8081
    rtc: bool = False  #: a clock with a battery keeps the time, or a virtual machine's host
    database: Path = Path("/var/lib/fablab-central/central.db")
    runtime: Path = Path("/run/fablab-central")
    credentials: Path = Path("/etc/fablab-central")
    exports: Path = Path("/var/lib/fablab-central/exports")
    hosts: tuple[str, ...] = ()  #: DNS names of the central, besides its addresses and local names
    retention: Retention = field(default_factory=Retention)
    memberships: Memberships = field(default_factory=Memberships)
    expiries: tuple[Expiry, ...] = ()
    association: Association = field(default_factory=Association)
