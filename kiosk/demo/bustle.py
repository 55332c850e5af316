"""What goes on at a demo's printers: files that members bring, and animators who print them.

Every hand's move is an act of the product's own desk, and every file is sliced,
read and examined like anybody's. At CCDV a scene is set, and the rest is left to
the newcomer; at Doret an animator goes on by himself.
"""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from drivers.octoprint.fake_printer import FakePrinter
from kiosk.demo.gcode import Part
from kiosk.demo.hands import Hands, NotDone
from kiosk.floor import acts
from kiosk.floor.queue_view import JobView, PrinterView
from kiosk.floor.view import LabView, MachineView
from machines.job_entries import Ordered, Why
from machines.journal import Result
from machines.order import Hindrance

log = logging.getLogger("demo")

#: Real seconds between two moves of the animator of Doret.
MOVES_EVERY_S = 3.0
#: Jobs that wait at Doret: when there are fewer, somebody brings another.
WAITING = 3
#: What stands in the way of a job, and is for an animator to see to.
CAN_CHANGE = (Hindrance.MATERIAL, Hindrance.COLOUR, Hindrance.GRAMS)

ORANGE, GREEN, GREY = (255, 140, 40), (40, 160, 90), (120, 125, 135)


@dataclass(frozen=True, slots=True)
class Brought:
    """A part that a member brings, for one printer or (`wish` "") any."""

    part: Part
    member: str
    wish: str = ""


#: Of CCDV, by printer: what is loaded, as material, colour and grams left.
LOADED = {
    "mk4-1": ("PLA", "orange", 640.0),
    "mk4-2": ("PETG", "black", 410.0),
    "mk3-1": ("PLA", "white", 85.0),
    "mk3-2": ("PLA", "blue", 730.0),
    "ender-1": ("PLA", "grey", 300.0),
    "ender-2": ("PLA", "red", 520.0),
    "mini": ("PLA", "green", 210.0),
}
#: What prints there when the newcomer comes in: printer, and whose part.
PRINTING = {
    "mk4-1": Brought(Part("porte-clé MNIC", 95, "MK4", colour=ORANGE), "M0002"),
    "mk4-2": Brought(Part("boîtier capteur", 150, "MK4", "PETG", colour=GREY), "M0008"),
    "mk3-1": Brought(Part("engrenage 24 dents", 70, "MK3S"), "M0011"),
    "ender-1": Brought(Part("crochet vestiaire", 1, "ENDER3V2", layers=8), "M0017"),
}
#: And what waits: for one printer, for any, for another filament, for an animator's word.
QUEUED = (
    Brought(Part("support tablette", 45, "MK4", colour=GREEN), "M0013"),
    Brought(Part("médaille tournoi", 25, "MK3S", colour=ORANGE), "M0022", "mk3-1"),
    Brought(Part("lampe lithophanie", 560, "MK4", colour=GREY), "M0023"),
    Brought(Part("joint souple", 30, "MK4", "TPU"), "M0026"),
    Brought(Part("vase spirale", 75, "MK3S", colour=GREEN), "M0013"),
    Brought(Part("cale de pied", 20, "ENDER3V2"), "M0016"),
)
#: What the members of Doret bring, again and again.
NAMES = ("clip de câble", "bague", "figurine", "pièce VMC", "support vélo", "dé à jouer")


class Bustle:
    """One lab's, in a thread of its own from `start` to `stop`."""

    def __init__(
        self,
        hands: Hands,
        printers: dict[str, FakePrinter],
        print_at: Callable[[str], object],
        goes_on: bool,
    ) -> None:
        """`print_at`: somebody starts a file at a printer itself. `goes_on`: for ever."""
        self._hands = hands
        self._printers = printers
        self._print_at = print_at
        self._goes_on = goes_on
        self._chance = random.Random(7)
        self._thread = threading.Thread(target=self._run, name="bustle", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._hands.stop()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        try:
            if self._goes_on:
                self._go_on()
            else:
                self._set_scene()
        except NotDone as wrong:
            log.info("the printers' scene ends: %s", wrong)

    # -- CCDV: a scene ------------------------------------------------------------------------

    def _set_scene(self) -> None:
        hands = self._hands
        view = hands.view()
        if view.queue.jobs or view.queue.over:
            return  # an earlier demo's: the newcomer goes on from there
        for machine, (material, colour, grams) in LOADED.items():
            hands.do(acts.Load(machine, material, colour, grams))
        for machine, brought in PRINTING.items():
            self._print(machine, brought)
        for brought in QUEUED:
            hands.bring(brought.part, brought.member, brought.wish)
        hands.do(acts.SetCondition("mini", "maintenance", note="Buse à changer"))
        self._print_at("ender-2")
        hands.do(acts.Order("mk4-2", _printer(hands.view(), "mk4-2").print, Ordered.PAUSE))
        self._printers["mk3-1"].drop()
        hands.wait(lambda v: _printer(v, "mk3-1").result == Result.FAILED, "a failure is seen")
        self._printers["mk3-1"].connect()

    def _print(self, machine: str, brought: Brought) -> None:
        """What an animator does, from the badge that was forgotten to the print."""
        hands = self._hands
        job = hands.bring(brought.part, brought.member, machine)
        if _of(hands.view(), machine).sort == "interlocked":
            hands.do(acts.OpenSession(machine, brought.member))
        hands.wait(lambda v: _of(v, machine).printer_state == "Operational", f"{machine} is ready")
        hands.do(acts.ClearPlate(machine))
        hands.do(acts.StartJob(job, machine))
        hands.wait(lambda v: bool(_printer(v, machine).print), f"{machine} prints")

    # -- Doret: for ever ----------------------------------------------------------------------

    def _go_on(self) -> None:
        hands = self._hands
        while not hands.stopped.wait(MOVES_EVERY_S):
            for act in moves(hands.view()):
                told = hands.attempt(act)
                log.debug("%s: %s", act, told)
            if sum(job.state == "waiting" for job in hands.view().queue.jobs) < WAITING:
                self._bring_anything()

    def _bring_anything(self) -> None:
        part = Part(
            f"{self._chance.choice(NAMES)} {self._chance.randint(1, 9)}",
            self._chance.choice((4, 8, 15, 30)),
            self._chance.choice(("MK4", "MK3S", "ENDER3")),
            layers=30,
            colour=self._chance.choice((ORANGE, GREEN, GREY)),
        )
        self._hands.bring(part, self._chance.choice(self._hands.members))


def moves(view: LabView) -> Iterator[acts.Act]:
    """What an animator would do now, at a glance: clear, judge, hand out, start what is next."""
    for job in view.queue.over:
        if job.result is not Result.DONE and not job.why and job.print:
            yield acts.Judge(job.print, Why.ADHESION)
        if job.plate_cleared:
            yield acts.Collect(job.id)
    for job in view.queue.jobs:
        if job.state == "to-approve":
            yield acts.Approve(job.id)
    taken: set[str] = set()
    for machine in view.machines:
        coming = _next_at(view, machine, taken)
        if coming and (act := toward_a_start(coming, machine.slug)):
            taken.add(coming.id)
            yield act


def _next_at(view: LabView, machine: MachineView, taken: set[str]) -> JobView | None:
    """What should come next at a printer that rests."""
    printer = machine.printer
    if printer is None or printer.job:
        return None
    coming = (job for job in view.queue.jobs if job.id in printer.next and job.id not in taken)
    return next(coming, None)


def toward_a_start(job: JobView, machine: str) -> acts.Act | None:
    """The next thing to do for a job to start there; None where only time helps."""
    why = {obstacle.why for obstacle in job.obstacles if obstacle.machine == machine}
    if not why:
        return acts.StartJob(job.id, machine)
    if Hindrance.SWITCHED_OFF in why and job.owner_id:
        return acts.OpenSession(machine, job.owner_id)
    if Hindrance.OFFLINE in why:
        return acts.Connect(machine)
    if why == {Hindrance.PLATE}:
        return acts.ClearPlate(machine)
    if why & set(CAN_CHANGE):
        return acts.Load(machine, job.material or "PLA", job.colour or "black", 750.0)
    return None


def _of(view: LabView, slug: str) -> MachineView:
    return next(machine for machine in view.machines if machine.slug == slug)


def _printer(view: LabView, slug: str) -> PrinterView:
    printer = _of(view, slug).printer
    assert printer is not None
    return printer
