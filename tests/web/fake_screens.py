"""A floor that is not there: it shows what a test tells it to, and notes what was touched."""

from __future__ import annotations

import threading
from dataclasses import replace

from kiosk.floor.view import (
    LabView,
    MachineView,
    PrintView,
    ScreenKind,
    ScreenView,
    TileState,
    Touch,
)

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


#: One view of each kind of screen, as the floor makes them.
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
}
