"""One fixture that is a whole FabLab, with the verbs of the lab.

The floor, the store and the screens are the real ones; the relay keeper, the
devices and the clock are told what to say. The floor's thread is not started:
`lab` takes its turns, so that a test reads given, done, seen.
"""

from __future__ import annotations

import hashlib
import itertools
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from config.site import Driver, Machine, Reader, Relay, Sense, Site, Sort, WhenLost
from drivers.octoprint.wire import WORK
from drivers.relay.wire import Why
from kiosk.clock import StillClock
from kiosk.floor.acts import Act, ClearPlate, StartJob, Submit, Told
from kiosk.floor.floor import Floor
from kiosk.floor.people import People
from kiosk.floor.queue_view import JobView, PrinterView
from kiosk.floor.screens import LabScreens, SyncNews
from kiosk.floor.start import begin
from kiosk.floor.view import LabView, MachineView, ScreenView, Touch
from kiosk.keeper.protocol import LineReport
from kiosk.store.disk import open_writer
from kiosk.store.opening import Connect
from kiosk.store.store import Store
from machines.badges import DigestKey
from machines.facts import (
    Agreed,
    Answer,
    Answered,
    BadgeRead,
    Fact,
    Happened,
    JobSeen,
    PrinterSeen,
    PrintHappened,
)
from machines.instants import PARIS, SECOND, Opening, Week, to_us
from machines.job_entries import JobSubmitted, Ordered
from machines.journal import Body, ConditionSet, Entry
from machines.members import Category, Clearance, Member, Roster
from machines.meter import Work

#: A Tuesday morning, in Paris.
MORNING = to_us(datetime(2026, 11, 24, 10, 0, tzinfo=PARIS))
KEY = DigestKey(b"the association's key", n=2**4)

BADGES = {
    "ines": "0000001A",
    "karim": "0000002B",
    "lea": "0000003C",
    "zoe": "0000004D",
    "noe": "0000005E",
    "nobody": "000000FF",
}


def members() -> tuple[Member, ...]:
    """Inès may do everything, Karim has no laser, Léa's membership is over, Zoé's laser is.

    Noé is the animator.
    """
    year = date(2027, 8, 31)
    everything = (Clearance("laser"), Clearance("family:3d-printer"), Clearance("saw"))
    people = {
        "ines": Member("m-ines", "Inès", "B", member_until=year, clearances=everything),
        "karim": Member("m-karim", "Karim", "D", member_until=year),
        "lea": Member("m-lea", "Léa", "M", Category.COMPANY, date(2026, 1, 31), False, everything),
        "zoe": Member(
            "m-zoe",
            "Zoé",
            "T",
            member_until=year,
            clearances=(Clearance("laser", until=date(2026, 11, 23)),),
        ),
        "noe": Member("m-noe", "Noé", "A", member_until=year, animator=True),
    }
    return tuple(_with_badge(member, BADGES[name]) for name, member in people.items())


def _with_badge(member: Member, number: str) -> Member:
    return replace(member, badges=(KEY.digest(number),))


def machines() -> tuple[Machine, ...]:
    """One of each sort: a laser, a saw, two printers, a watched one, a press, a vinyl cutter."""
    drop, hold = Relay(17), Relay(18, when_lost=WhenLost.HOLD)
    printer = Driver("octoprint", None)
    return (
        Machine(
            "laser",
            "Découpe laser",
            "laser",
            Sort.INTERLOCKED,
            clearance=True,
            idle_after_min=10,
            run_on_s=30,
            relay=drop,
            driver=Driver("grbl", None),
        ),
        Machine("saw", "Scie à ruban", "saw", Sort.INTERLOCKED, clearance=True, relay=Relay(27)),
        Machine(
            "prusa",
            "Imprimante 3D 1",
            "3d-printer",
            Sort.INTERLOCKED,
            outlives=True,
            relay=hold,
            driver=printer,
        ),
        Machine(
            "ender", "Imprimante 3D 2", "3d-printer", Sort.WATCHED, outlives=True, driver=printer
        ),
        Machine("press", "Presse à mugs", "press", Sort.BARE),
        Machine("vinyl", "Découpe vinyle", "vinyl", Sort.WATCHED, sense=Sense(5)),
    )


def week() -> Week:
    day = (Opening(time(9), time(12, 30)), Opening(time(13, 30), time(18)))
    return Week(days=((), day, day, day, day, (Opening(time(9), time(17)),), ()))


def site(folder: Path, plans: tuple[Machine, ...] | None = None) -> Site:
    return Site(
        lab="ccdv",
        name="FabLab CCDV",
        machines=plans or machines(),
        readers=(
            Reader("desk", "rdm6300", "/dev/null"),
            Reader("saw-reader", "rdm6300", "/dev/null", machine="saw"),
        ),
        hours=week(),
        database=folder / "lab.db",
        runtime=folder,
    )


@dataclass
class Keeper:
    """A relay keeper that does as it is told, or is away."""

    connected: bool = True
    on: dict[str, bool] = field(default_factory=dict)
    orders: list[tuple[str, bool]] = field(default_factory=list)

    def set_soon(self, machine: str, on: bool) -> None:
        self.orders.append((machine, on))
        self.on[machine] = on


@dataclass
class Taps:
    """Who may connect to the lasers."""

    allowed: dict[str, bool] = field(default_factory=dict)

    def allow(self, machine: str, allowed: bool) -> None:
        self.allowed[machine] = allowed


@dataclass
class OctoPrints:
    """The printers' servers: what they were told, in order, and nothing is ever answered
    by itself. `files`: the SHA-256 of those on the kiosk's disk."""

    told: list[tuple[str, ...]] = field(default_factory=list)
    files: set[str] = field(default_factory=set)

    def upload(self, machine: str, key: str, file: str, path: str) -> None:
        self.told.append(("upload", machine, key, file, path))

    def start(self, machine: str, key: str, path: str) -> None:
        self.told.append(("start", machine, key, path))

    def order(self, machine: str, key: str, what: Ordered) -> None:
        self.told.append((what.value, machine, key))

    def connect(self, machine: str, key: str) -> None:
        self.told.append(("connect", machine, key))

    def remove(self, machine: str, path: str) -> None:
        self.told.append(("remove", machine, path))

    def history(self, machine: str, key: str) -> None:
        self.told.append(("history", machine, key))

    def last(self, what: str) -> tuple[str, ...]:
        """The last command of that kind. Raises StopIteration where there was none."""
        return next(one for one in reversed(self.told) if one[0] == what)

    def count(self, what: str) -> int:
        return sum(one[0] == what for one in self.told)


class Lab:
    """A FabLab on a Tuesday morning."""

    def __init__(
        self,
        folder: Path,
        plans: tuple[Machine, ...] | None = None,
        connect: Connect = open_writer,
    ) -> None:
        self._connect = connect
        self.site = site(folder, plans)
        self.clock = StillClock(MORNING)
        self.keeper = Keeper()
        self.taps = Taps()
        self.octoprints = OctoPrints()
        self._keys = itertools.count(1)
        self.people = Roster("e1", 1, members())
        self.open()

    # -- the kiosk's life -------------------------------------------------------------------

    def open(self) -> None:
        self.store = Store(self.site.database, self.clock, connect=self._connect)
        self.screens = LabScreens(self.clock, SyncNews)
        self.floor = Floor(
            self.site,
            self.clock,
            self.store,
            self.keeper,
            self._people(),
            self.taps,
            self.screens.draw,
            self.octoprints,
            self.octoprints.files.__contains__,
            lambda: self.clock.boot_us() / SECOND,
        )
        begin(self.floor, self.store)
        self.screens.show(self.floor)
        self.settle()

    def _people(self) -> People:
        people = People(KEY, {plan.slug: plan.family for plan in self.site.machines})
        people.take(self.people)
        return people

    def restart_kiosk(self) -> None:
        """`systemctl restart`: the keeper holds what it holds."""
        self.close()
        self.open()

    def kill_kiosk(self) -> None:
        """SIGKILL: nothing is written down any more."""
        self.settle()
        self.store.close()
        self.open()

    def cut_power(self, seconds: float = 30) -> None:
        """The plug is pulled: the keeper is gone too, and every line falls."""
        self.settle()
        self.store.close()
        self.keeper.on = dict.fromkeys(self.keeper.on, False)
        self.clock.reboot(seconds)
        self.open()
        self.report_lines()

    def power_back(self, image: bytes) -> None:
        """The power comes back, and the card holds this and no more."""
        self.settle()
        self.store.close()
        for file in self.site.database.parent.glob(f"{self.site.database.name}*"):
            file.unlink()
        self.site.database.write_bytes(image)
        self.clock.reboot()
        self.open()

    def close(self) -> None:
        self.settle()
        self.floor.stop()
        self.store.close()

    # -- people ----------------------------------------------------------------------------

    def tap(self, who: str, machine: str | None = None) -> ScreenView:
        """Badge at the desk and touch a machine; or, at a machine with a reader, badge there."""
        if machine == "saw":
            self.tell(BadgeRead("saw-reader", BADGES[who]))
        else:
            self.tell(BadgeRead("desk", BADGES[who]))
            if machine is not None:
                self.touch(Touch.MACHINE, machine)
        screen = self.screen
        self.advance(4)  # the badge is taken away
        return screen

    def touch(self, what: Touch, value: str = "") -> ScreenView:
        self.floor.touch(what, value)
        self.settle()
        return self.screen

    # -- devices and time --------------------------------------------------------------------

    def tell(self, *facts: Fact) -> None:
        for fact in facts:
            self.floor.tell(fact)
        self.settle()

    def report_lines(self, *reports: LineReport) -> None:
        lines = reports or tuple(
            LineReport(slug, on, None if on else Why.ASKED) for slug, on in self.keeper.on.items()
        )
        self.floor.lines(lines)
        self.settle()

    def advance(self, seconds: float = 0, minutes: float = 0, hours: float = 0) -> None:
        """Time passes, and the floor looks at it."""
        self.clock.advance(seconds, minutes, hours)
        self.floor.turn(self.clock.now(), None)
        self.settle()

    def settle(self) -> None:
        """Until the disk and the floor have nothing more to say to each other."""
        quiet = 0
        for _ in range(100):
            self.floor.drain()
            self.store.submit(lambda _: None).result(10)
            quiet = quiet + 1 if self.floor.is_quiet else 0
            if quiet == 2:
                return
        raise AssertionError("the floor and the disk do not come to rest")

    def set_condition(self, machine: str, condition: str, **more: object) -> None:
        entry = ConditionSet(machine, condition, **more)  # type: ignore[arg-type]
        done: list[str] = []
        self.floor.soon(lambda _: done.append(self.floor.condition_set(entry)))
        self.settle()

    # -- the printers' queue -----------------------------------------------------------------

    def act(self, act: Act, by: str = "noe", key: str = "") -> Told:
        """What somebody does at the tablet, and what is told there."""
        told = self.floor.desk.act(act, key or f"key{next(self._keys):08}", f"m-{by}")
        self.settle()
        return told.result(0)

    def submit(self, who: str = "ines", name: str = "mug.gcode", by: str = "", **more: Any) -> str:
        """A file is brought: the identity of its job."""
        file = hashlib.sha256(name.encode()).hexdigest()
        self.octoprints.files.add(file)
        entry = JobSubmitted(file, 1000, "tablet", **more)
        told = self.act(Submit(entry, name, f"m-{who}"), by or who)
        assert told.done, told
        return told.job

    def clear_plate(self, machine: str = "ender") -> Told:
        return self.act(ClearPlate(machine))

    def start(self, job: str, machine: str = "ender", **more: Any) -> Told:
        return self.act(StartJob(job, machine, **more))

    def answer(self, what: str, answer: Answer | None = None) -> None:
        """OctoPrint answers the last command of that kind; it agrees, unless told otherwise."""
        _, machine, key, *_rest = self.octoprints.last(what)
        self.tell(Answered(machine, key, answer or Agreed()))

    def printer(
        self, state: str = "Operational", machine: str = "ender", path: str = "", **more: Any
    ) -> None:
        """The printer is seen, in OctoPrint's words."""
        job = JobSeen(path, path, **more) if path else None
        self.tell(PrinterSeen(machine, WORK.get(state, Work.UNKNOWN), state, job))

    def print_job(self, job: str, machine: str = "ender") -> str:
        """A whole start, as it should go: the path under which it prints."""
        self.printer(machine=machine)
        self.clear_plate(machine)
        told = self.start(job, machine)
        assert told.done, told
        self.answer("upload")
        self.answer("start")
        path = self.octoprints.last("start")[3]
        self.printer("Printing", machine, path, elapsed_s=1.0, progress=0.01)
        return path

    def end_print(self, path: str, machine: str = "ender", what: Happened = Happened.DONE) -> None:
        self.tell(PrintHappened(machine, what, path))
        done = 1.0 if what is Happened.DONE else 0.5
        self.printer("Operational", machine, path, progress=done)

    def job(self, job: str) -> JobView:
        queue = self.view.queue
        return next(one for one in (*queue.jobs, *queue.over) if one.id == job)

    def bay(self, machine: str = "ender") -> PrinterView:
        printer = self.machine(machine).printer
        assert printer is not None
        return printer

    # -- what is seen -------------------------------------------------------------------------

    @property
    def view(self) -> LabView:
        return self.screens.view()

    @property
    def screen(self) -> ScreenView:
        return self.view.screen

    def machine(self, slug: str) -> MachineView:
        return next(machine for machine in self.view.machines if machine.slug == slug)

    def entries(self) -> list[Entry]:
        return self.store.submit(lambda journal: [e for _, e in journal.entries()]).result(10)

    def meters(self, machine: str) -> list[str]:
        """The meters of a machine that are on disk as under way."""
        rows = self.store.submit(lambda journal: journal.checkpoints()).result(10)
        return [meter for slug, meter in rows if slug == machine]

    def bodies(self, *kinds: type[Body]) -> list[Body]:
        return [e.body for e in self.entries() if not kinds or isinstance(e.body, kinds)]
