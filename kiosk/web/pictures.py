"""What is drawn on the touch screen: a picture, its buttons, its machines, as words."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.floor.view import ScreenKind, TileState, Touch
from kiosk.web.language import _

#: What ends a sentence already.
_ENDS = (".", "?", "…")


@dataclass(frozen=True, slots=True)
class Act:
    """A button: what it says to the floor, what it says to the person."""

    what: Touch
    value: str
    label: str
    icon: str
    main: bool = False


@dataclass(frozen=True, slots=True)
class Tile:
    """A machine to touch. `dimmed`: not for this member now, and `word` says why."""

    slug: str
    name: str
    state: TileState
    icon: str
    word: str
    dimmed: bool = False
    touch: Touch = Touch.MACHINE  #: what it says to the floor, with its slug


@dataclass(frozen=True, slots=True)
class Counter:
    """A thing that is counted, with its two buttons."""

    item: str
    name: str
    count: int
    less: str  #: what the buttons say to who hears them
    more: str


@dataclass(frozen=True, slots=True)
class Strip:
    """One line at the foot of the screen, about the kiosk itself."""

    tone: str  #: calm or grave
    icon: str
    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    """What is drawn. `tone` colours the whole screen: calm, good, ask or bad."""

    kind: ScreenKind
    tone: str
    icon: str
    title: str
    machine: str = ""
    detail: str = ""
    note: str = ""
    acts: tuple[Act, ...] = ()
    tiles: tuple[Tile, ...] = ()
    strip: Strip | None = None
    invitation: str = ""  #: the token of the page where who stands here may bring a file
    counters: tuple[Counter, ...] = ()
    rows: tuple[Row, ...] = ()  #: sessions of one's own
    tablets: tuple[Act, ...] = ()  #: beside what is asked: who stands here may let them act

    @property
    def said(self) -> str:
        """The screen as one line, for who hears it."""
        rows = (f"{one.machine}, {one.day}, {one.lasting}" for one in self.rows)
        parts = (self.title, self.machine, self.detail, self.note, *rows)
        return " ".join(part if part.endswith(_ENDS) else f"{part}." for part in parts if part)


@dataclass(frozen=True, slots=True)
class Row:
    """A session of one's own."""

    machine: str
    day: str
    lasting: str


def back() -> Act:
    return Act(Touch.BACK, "", _("Back"), "back")
