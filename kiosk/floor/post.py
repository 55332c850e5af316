"""A machine as the floor knows it: its plan, its tables' states, its latest news."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass, field

from config.site import Machine as Plan
from config.site import Sort
from machines.carried import OpenSession
from machines.condition import Condition
from machines.conversation import Spot
from machines.facts import PrinterSeen
from machines.instants import SECOND, Instant
from machines.journal import Entry
from machines.meter import Work
from machines.session import Free, Machine, Rules, Suspended
from machines.session_table import may_work

MINUTE = 60 * SECOND


def rules(plan: Plan) -> Rules:
    """What the session table needs of a machine's lines in the site file."""
    return Rules(
        interlocked=plan.sort is Sort.INTERLOCKED,
        measured=plan.driver is not None or plan.sense is not None,
        idle_us=round(plan.idle_after_min * MINUTE),
        maximum_us=round(plan.maximum_min * MINUTE),
        outlives=plan.outlives,
        cool_below_c=plan.cool_below_c,
        cool_us=round(plan.cool_at_most_min * MINUTE) if is_driven(plan, "octoprint") else 0,
        run_on_us=round(plan.run_on_s * SECOND),
    )


def is_driven(plan: Plan, kind: str) -> bool:
    return plan.driver is not None and plan.driver.kind == kind


@dataclass(slots=True)
class Post:
    """Mutable, and touched by the floor's thread alone."""

    plan: Plan
    machine: Machine
    condition: Condition = field(default_factory=Condition)
    works: dict[str, Work] = field(default_factory=dict)  #: the last word of each meter
    printer: PrinterSeen | None = None
    silence: str = ""  #: why its device does not answer
    seen: Instant | None = None  #: the last news of its device
    filament: Instant | None = None  #: of a printer: when it asked for another filament
    message: str = ""  #: of a laser: beam-left-on, alarm
    closing: Future[Entry] | None = None  #: the last session's, on its way to the disk
    last: OpenSession | None = None  #: that session, as it was before its end
    energised: Instant | None = None  #: when the relay was last told to close

    @classmethod
    def new(cls, plan: Plan) -> Post:
        return cls(plan, Machine(rules(plan)))

    @property
    def slug(self) -> str:
        return self.plan.slug

    @property
    def prints(self) -> bool:
        return is_driven(self.plan, "octoprint")

    @property
    def burns(self) -> bool:
        return is_driven(self.plan, "grbl")

    @property
    def watched(self) -> bool:
        return self.machine.rules.measured

    @property
    def session(self) -> str | None:
        """The birth of the session whose work this is: the open one, or the one it works on for."""
        return getattr(self.machine.session, "session", None)

    def spot(self, at: Instant) -> Spot:
        """What the talk needs to know of it, whoever asks."""
        return Spot(
            self.machine.member,
            may_work(self.machine, at),
            isinstance(self.machine.session, Suspended),
        )

    @property
    def held(self) -> bool:
        return not isinstance(self.machine.session, Free)

    def work(self) -> Work:
        """What its meters say together: working if any works, unknown if one that matters is."""
        words = set(self.works.values())
        for word in (Work.WORKING, Work.PAUSED, Work.UNKNOWN):
            if word in words:
                return word
        return Work.RESTING if words else Work.UNKNOWN
