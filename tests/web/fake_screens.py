"""A floor that is not there: it shows what a test tells it to, and notes what was touched."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date

from kiosk.floor.people_view import (
    HelperView,
    HoursView,
    LackView,
    OfView,
    PastView,
    PeopleView,
)
from kiosk.floor.queue_view import (
    CommandView,
    JobView,
    LoadedView,
    Obstacle,
    OwnerView,
    PrinterView,
    QueueView,
)
from kiosk.floor.view import (
    CounterView,
    ItemView,
    LabView,
    MachineView,
    PartyView,
    PrintView,
    ScreenKind,
    ScreenView,
    TileState,
    Touch,
)
from machines.job_entries import NotStarted, Why
from machines.journal import Result
from machines.order import Hindrance, Standing

#: Names that a file, a roster or a site may really hold, and that a page must survive.
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "\u202egnp.exe\u202c \u200fabc",
    "x" * 300,
    "{{ 7 * 7 }} %(name)s %s",
    "a\x00b\r\ndata: c\u2028d",
)


class FakeScreens:
    """`Screens` over a view that is set from outside."""

    def __init__(self, view: LabView) -> None:
        self._view = view
        self._changed = threading.Condition()
        self.touched: list[tuple[Touch, str]] = []

    def view(self) -> LabView:
        with self._changed:
            return self._view

    def touch(self, what: Touch, value: str = "") -> None:
        with self._changed:
            self.touched.append((what, value))
            self._changed.notify_all()

    def watch(self, after: int, timeout_s: float) -> LabView | None:
        with self._changed:
            newer = self._changed.wait_for(lambda: self._view.revision > after, timeout_s)
            return self._view if newer else None

    def show(self, view: LabView) -> int:
        """Make `view` the next one, and tell its revision."""
        with self._changed:
            self._view = replace(view, revision=self._view.revision + 1)
            self._changed.notify_all()
            return self._view.revision

    def show_screen(self, screen: ScreenView) -> int:
        return self.show(replace(self.view(), screen=screen))

    def wait_touched(self, timeout_s: float = 5.0) -> tuple[Touch, str]:
        with self._changed:
            if not self._changed.wait_for(lambda: self.touched, timeout_s):
                raise AssertionError("nothing was touched")
            return self.touched.pop(0)


def lab(*machines: MachineView, screen: ScreenView | None = None, **changes: object) -> LabView:
    """A lab where all is well, unless `changes` says otherwise."""
    view = LabView(
        revision=1,
        lab="ccdv",
        name="FabLab CCDV",
        machines=machines or workshop(),
        screen=screen or ScreenView(ScreenKind.IDLE),
        online=True,
        central=True,
        unsent=0,
        roster_age_s=600.0,
        clock_set=True,
        journal_ok=True,
        readers_ok=True,
    )
    return replace(view, **changes)  # type: ignore[arg-type]


def machine(slug: str, name: str, family: str = "hand-tool", **told: object) -> MachineView:
    view = MachineView(slug=slug, name=name, family=family, sort="bare", state=TileState.FREE)
    return replace(view, **told)  # type: ignore[arg-type]


def job(id: str, name: str, owner: str = "Ana B.", **told: object) -> JobView:
    """A job that waits, an hour and a half long, unless `told` says otherwise."""
    view = JobView(id=id, name=name, file="0" * 64, owner=owner, owner_id="M-0001", state="waiting")
    return replace(view, **{"estimated_s": 5400, "estimate_from": "slicer", **told})  # type: ignore[arg-type]


def printer(number: int, **told: object) -> MachineView:
    return machine(f"prusa-{number}", f"Imprimante 3D {number}", "3d-printer", **told)


def workshop() -> tuple[MachineView, ...]:
    """Twenty-five machines, of every family and in every state."""
    return (*_printers(), *_others())


def _printers() -> tuple[MachineView, ...]:
    busy, hot = TileState.BUSY, {"nozzle_c": 214.6, "nozzle_target_c": 215.0}
    bracket = PrintView(
        "support_etagere_atelier_version_finale_12_gauche.gcode",
        "printing",
        progress=0.62,
        left_s=2760,
        ends_at="15 h 40",
        used_s=4805,
        paused_s=300,
    )
    paused = replace(bracket, name="mug.gcode", state="paused", ends_at=None, paused_s=900)
    lost = replace(
        bracket, name="vase.gcode", state="lost", progress=0.2, left_s=None, unseen_s=1200
    )
    done = PrintView("medaille_x12.gcode", "done", progress=1.0, used_s=5400)
    return (
        printer(
            1,
            state=busy,
            member="Ana B.",
            since_s=5100,
            print=bracket,
            seen_s=2,
            working=True,
            bed_c=60.2,
            bed_target_c=60.0,
            **hot,
        ),
        printer(
            2, state=TileState.ATTENTION, member="Léo D.", since_s=9000, print=paused, seen_s=3
        ),
        printer(3, state=busy, print=lost, seen_s=32),
        printer(
            4,
            state=TileState.OFFLINE,
            silence="refuses the connection: OctoPrint is stopped, or starting",
            seen_s=340,
        ),
        printer(5, state=busy, member="Inès M.", since_s=1500, print=bracket, seen_s=1, **hot),
        printer(6, print=done, seen_s=1, nozzle_c=88.0),
        printer(7, printer_state="Operational", seen_s=1),
        printer(8, state=TileState.MAINTENANCE, note="Buse à changer vendredi"),
    )


def _others() -> tuple[MachineView, ...]:
    return (
        machine(
            "laser",
            "Découpe laser",
            "laser",
            state=TileState.BUSY,
            member="Karim T.",
            since_s=1980,
            beam_on=True,
            seen_s=0.4,
            ending="closing",
        ),
        machine("presse-mugs-1", "Presse à mugs 1", "press"),
        machine("presse-mugs-2", "Presse à mugs 2", "press", state=TileState.BUSY, member="Zoé P."),
        machine("presse-badges", "Presse à badges 58 mm", "press"),
        machine("presse-magnets", "Presse à magnets", "press"),
        machine("presse-textile", "Presse à tee-shirts", "press"),
        machine("vinyle", "Découpe vinyle", "cutter"),
        machine(
            "cnc", "Fraiseuse numérique", "mill", state=TileState.FAULT, note="Courroie cassée"
        ),
        machine("fer-1", "Fer à souder 1", "soldering"),
        machine("fer-2", "Fer à souder 2", "soldering"),
        machine("brodeuse", "Brodeuse", "textile", state=TileState.MAINTENANCE),
        machine("couture", "Machine à coudre", "textile"),
        machine("scie", "Scie à chantourner", "wood"),
        machine("perceuse", "Perceuse à colonne", "wood", state=TileState.BUSY, member="Noé F."),
        machine("scanner", "Scanner 3D", "scanner"),
        machine("etau", "Établi et étau"),
        machine("outils", "Petit outillage"),
    )


def _at_all(**why: Obstacle | None) -> tuple[Obstacle, ...]:
    """What keeps a job from each printer of the workshop, unless `why` says otherwise."""
    usual = {
        "prusa_1": Hindrance.BUSY,
        "prusa_2": Hindrance.BUSY,
        "prusa_3": Hindrance.PLATE,
        "prusa_4": Hindrance.OFFLINE,
        "prusa_5": Hindrance.BUSY,
        "prusa_6": Hindrance.PLATE,
        "prusa_8": Hindrance.MAINTENANCE,
    }
    found = {name: Obstacle(name.replace("_", "-"), reason) for name, reason in usual.items()}
    return tuple(one for one in {**found, **why}.values() if one)


def queue() -> QueueView:
    """A job in every state, and for every reason to stand where it stands."""
    return QueueView(
        jobs=(
            job(
                "j-1",
                "support_etagere_atelier_version_finale_12_gauche.gcode",
                state="printing",
                machine="prusa-1",
                print="p-1",
                ends_at="15 h 40",
            ),
            job("j-2", "clip.gcode", "Léo D.", state="starting", machine="prusa-7", sent=0.45),
            job(
                "j-3",
                "mug.gcode",
                "Inès M.",
                place=1,
                standing=Standing.PRIORITY,
                priority="Atelier de samedi",
                material="PLA",
                colour="red",
                filament_g=84,
                begins_at="15 h 10",
                ends_at="16 h 40",
                obstacles=_at_all(prusa_6=Obstacle("prusa-6", Hindrance.MATERIAL, "PLA")),
            ),
            job(
                "j-4",
                "vase_haut.gcode",
                "Karim T.",
                place=2,
                standing=Standing.FIRST,
                wish="prusa-6",
                material="PETG",
                colour="blue",
                estimated_s=18_000,
                estimate_from="past",
                begins_at="15 h 30",
                ends_at="20 h 30",
                late=True,
                machine="prusa-6",
                refused=NotStarted.NO_ANSWER,
                attempts=1,
                obstacles=(
                    *(
                        Obstacle(f"prusa-{n}", Hindrance.ELSEWHERE, "prusa-6")
                        for n in (1, 2, 3, 4, 5, 7, 8)
                    ),
                    Obstacle("prusa-6", Hindrance.PLATE),
                ),
            ),
            job(
                "j-5",
                "clavier.gcode",
                "Zoé P.",
                place=3,
                standing=Standing.FURTHER,
                obstacles=_at_all(prusa_7=Obstacle("prusa-7", Hindrance.TURN)),
            ),
            job(
                "j-6",
                "arche.gcode",
                "Noé F.",
                state="to-approve",
                age_s=1800,
                approval=("long",),
                estimated_s=36_000,
                obstacles=tuple(Obstacle(f"prusa-{n}", Hindrance.APPROVAL) for n in range(1, 9)),
            ),
        ),
        over=(
            job(
                "j-7",
                "medaille_x12.gcode",
                "Inès M.",
                state="over",
                machine="prusa-6",
                print="p-6",
                result=Result.DONE,
            ),
            job(
                "j-8",
                "vase.gcode",
                "Léo D.",
                state="over",
                machine="prusa-3",
                print="p-3",
                result=Result.FAILED,
                why=Why.ADHESION,
                plate_cleared=True,
            ),
        ),
    )


def busy_lab(**changes: object) -> LabView:
    """The workshop, its queue, and what the queue knows of each printer."""
    told = {
        "prusa-1": PrinterView(
            plate="taken",
            loaded=LoadedView("PLA", "black", 640),
            job="j-1",
            print="p-1",
            next=("j-3", "j-5"),
            waiting=3,
            free_at="18 h 20",
            error=0.12,
            known=9,
        ),
        "prusa-2": PrinterView(
            plate="taken",
            loaded=LoadedView("PETG", "blue", 38),
            print="p-2",
            foreign=True,
            next=("j-5",),
            waiting=1,
            free_at="17 h 00",
        ),
        "prusa-3": PrinterView(plate="taken", print="p-3", result="lost", waiting=1),
        "prusa-4": PrinterView(plate="unknown"),
        "prusa-5": PrinterView(
            plate="taken",
            loaded=LoadedView("PLA", "white"),
            print="p-5",
            next=("j-3",),
            waiting=2,
            free_at="16 h 05",
            command=CommandView("pause", "sent"),
        ),
        "prusa-6": PrinterView(
            plate="taken",
            loaded=LoadedView("PETG", "blue", 410),
            job="j-7",
            print="p-6",
            result="done",
            next=("j-4",),
            waiting=2,
            free_at="20 h 30",
        ),
        "prusa-7": PrinterView(
            plate="clear",
            plate_left_s=1500,
            loaded=LoadedView("PLA", "red", 720),
            next=("j-3", "j-5"),
            waiting=2,
            free_at="16 h 40",
            error=-0.08,
            known=21,
        ),
        "prusa-8": PrinterView(plate="unknown"),
    }
    machines = tuple(replace(m, printer=told.get(m.slug)) for m in workshop())
    owners = (OwnerView("M-0001", "Ana B.", "16 h 40"), OwnerView("M-9", "Karim T.", "20 h 30"))
    classes = PartyView(
        "g-1", 24, "school", "pupil", "6e B", "Inès F.", ("laser",), ("s-1",), 4800.0
    )
    items = (ItemView("mug", "Mug", "Mug"), ItemView("apron", "Tablier", "Apron"))
    more = {"parties": (classes,), "items": items}
    view = lab(*machines, queue=queue(), owners=owners, **more)
    return replace(view, **changes)  # type: ignore[arg-type]


#: One view of each kind of screen, as the floor makes them.
LASER = OfView("laser", "Découpe laser")
PRINTERS = OfView("family:3d-printer", "3d-printer", family=True)
HELPERS = (HelperView("Inès F.", True), HelperView("Léo D.", False), HelperView("Noé A.", False))

SCREENS: dict[str, ScreenView] = {
    "idle": ScreenView(ScreenKind.IDLE),
    "choose": ScreenView(
        ScreenKind.CHOOSE,
        first_name="Ana",
        until_s=20,
        mine=("prusa-1",),
        allowed=("prusa-5", "prusa-6", "prusa-7", "presse-badges", "vinyle", "couture"),
    ),
    "badge": ScreenView(
        ScreenKind.BADGE, machine="laser", machine_name="Découpe laser", until_s=20
    ),
    "pending": ScreenView(
        ScreenKind.PENDING, machine="laser", machine_name="Découpe laser", until_s=4
    ),
    "started": ScreenView(
        ScreenKind.STARTED,
        first_name="Ana",
        machine="prusa-7",
        machine_name="Imprimante 3D 7",
        until_s=4,
    ),
    "resumed": ScreenView(
        ScreenKind.STARTED,
        first_name="Ana",
        machine="prusa-7",
        machine_name="Imprimante 3D 7",
        resumed=True,
        until_s=4,
    ),
    "stop": ScreenView(
        ScreenKind.STOP,
        first_name="Ana",
        machine="prusa-1",
        machine_name="Imprimante 3D 1",
        elapsed_s=4805,
        until_s=10,
    ),
    "take-over": ScreenView(
        ScreenKind.TAKE_OVER,
        first_name="Ana",
        machine="perceuse",
        machine_name="Perceuse à colonne",
        until_s=15,
    ),
    "counting": ScreenView(
        ScreenKind.STOPPED,
        first_name="Ana",
        machine="prusa-1",
        machine_name="Presse à mugs",
        elapsed_s=1200.0,
        until_s=20.0,
        counters=(CounterView("mug", "Mug", "Mug", 2),),
    ),
    "counting-three": ScreenView(
        ScreenKind.STOPPED,
        first_name="Ana",
        machine="prusa-1",
        machine_name="Presse à T-shirts",
        elapsed_s=4800.0,
        until_s=20.0,
        counters=(
            CounterView("t-shirt", "T-shirt", "T-shirt", 12),
            CounterView("sweat", "Sweat", "Sweatshirt", 0),
            CounterView("apron", "Tablier", "Apron", 1),
        ),
    ),
    "stopped": ScreenView(
        ScreenKind.STOPPED,
        first_name="Ana",
        machine="prusa-1",
        machine_name="Imprimante 3D 1",
        elapsed_s=4805,
        until_s=4,
    ),
    "refused": ScreenView(
        ScreenKind.REFUSED,
        first_name="Ana",
        machine="laser",
        machine_name="Découpe laser",
        refusal="no-clearance",
        until_s=6,
    ),
    "unknown-badge": ScreenView(ScreenKind.REFUSED, refusal="unknown-badge", until_s=6),
    "unknown": ScreenView(
        ScreenKind.REFUSED,
        refusal="unknown-badge",
        until_s=30,
        people=PeopleView(code="7K3M", ready=True, helpers=HELPERS),
    ),
    "unknown-once": ScreenView(
        ScreenKind.REFUSED,
        refusal="unknown-badge",
        until_s=30,
        people=PeopleView(code="7K3M"),
    ),
    "lapsed": ScreenView(
        ScreenKind.REFUSED,
        first_name="Ana",
        machine="laser",
        machine_name="Découpe laser",
        refusal="clearance-over",
        until_s=6,
        people=PeopleView(
            lack=LackView(LASER, date(2026, 3, 3), "disuse", 6, date(2026, 11, 24)),
            helpers=HELPERS,
        ),
    ),
    "choose-trainer": ScreenView(
        ScreenKind.CHOOSE,
        first_name="Inès",
        until_s=20,
        allowed=("prusa-5", "prusa-6", "prusa-7", "laser"),
        tablets=("42", "17"),
        people=PeopleView(grants=(LASER, PRINTERS), mine=True),
    ),
    "teach": ScreenView(
        ScreenKind.TEACH,
        first_name="Inès",
        until_s=20,
        people=PeopleView(grants=(PRINTERS, LASER, OfView("fraiseuse", "Fraiseuse"))),
    ),
    "learn": ScreenView(
        ScreenKind.LEARN, first_name="Inès", until_s=30, people=PeopleView(of=LASER)
    ),
    "learn-again": ScreenView(
        ScreenKind.LEARN,
        first_name="Inès",
        until_s=30,
        people=PeopleView(of=PRINTERS, trouble="unknown-badge"),
    ),
    "granted": ScreenView(
        ScreenKind.GRANTED,
        first_name="Inès",
        until_s=15,
        people=PeopleView(of=LASER, learner="Ana"),
    ),
    "enrolled": ScreenView(ScreenKind.ENROLLED, first_name="Ana", until_s=6),
    "hours": ScreenView(
        ScreenKind.HOURS,
        first_name="Ana",
        until_s=20,
        people=PeopleView(
            hours=HoursView(
                27_300,
                (
                    PastView("Imprimante 3D 7", date(2026, 11, 24), 1_200, True),
                    PastView("Découpe laser", date(2026, 11, 20), 4_800, False),
                    PastView("Presse à mugs", date(2026, 11, 20), 900, False),
                    PastView("Machine à coudre", date(2026, 11, 3), 20_400, False),
                ),
            )
        ),
    ),
    "no-hours": ScreenView(
        ScreenKind.HOURS, first_name="Ana", until_s=20, people=PeopleView(hours=HoursView(0))
    ),
}
