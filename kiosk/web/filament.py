"""Filament as the pages name it: materials, and colours with the swatch that is drawn of each.

A colour is written down by its key, so that what is loaded and what is wished
for are compared in one word; what a person wrote otherwise stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from kiosk.floor.queue_view import LoadedView
from kiosk.web.language import _
from kiosk.web.words import NBSP, clean

#: As slicers write them, the commonest first.
MATERIALS = ("PLA", "PETG", "ABS", "ASA", "TPU", "PC", "PA", "PVA")

#: Of each colour's key, what its swatch is filled with.
SWATCHES = {
    "black": "#1b1b1b",
    "white": "#ffffff",
    "grey": "#8c8f94",
    "silver": "#c4c9d0",
    "red": "#d0202e",
    "orange": "#f07d1a",
    "yellow": "#f6d32d",
    "green": "#2b9348",
    "blue": "#1c63c9",
    "purple": "#7b3fa0",
    "pink": "#ef7fb0",
    "brown": "#7a4a24",
    "gold": "#c9a227",
    "clear": "#e8f4f8",
}


@dataclass(frozen=True, slots=True)
class Filament:
    """« PLA noir », its swatch (a colour of the web, or ""), and « 640 g » where it was weighed.

    « vide ? » where prints took more than it had.
    """

    text: str
    swatch: str = ""
    left: str = ""
    low: bool = False


#: Grams from which on a spool is said to be nearly empty: less than many a part takes.
LOW_G = 50.0


def filament(material: str, colour: str, grams: float | None = None) -> Filament | None:
    """None where neither the material nor the colour is known."""
    text = " ".join(part for part in (clean(material, 20), colour_word(colour)) if part)
    if not text:
        return None
    left = "" if grams is None else weight(grams)
    return Filament(text, SWATCHES.get(colour, ""), left, grams is not None and grams < LOW_G)


def loaded(view: LoadedView | None) -> Filament | None:
    told = filament(view.material, view.colour, view.grams) if view else None
    return replace(told, left=_("empty?")) if told and view and view.empty else told


def weight(grams: float) -> str:
    """« 640 g », « < 1 g », and never less than none."""
    if 0 < grams < 0.5:
        return f"<{NBSP}1{NBSP}g"
    return f"{min(max(grams, 0.0), 1e6):.0f}{NBSP}g"


def colours() -> tuple[tuple[str, str, str], ...]:
    """(key, word, swatch) of every colour that can be chosen."""
    return tuple((key, colour_word(key), swatch) for key, swatch in SWATCHES.items())


def colour_word(key: str) -> str:
    known = {
        "black": _("black"),
        "white": _("white"),
        "grey": _("grey"),
        "silver": _("silver"),
        "red": _("red"),
        "orange": _("orange"),
        "yellow": _("yellow"),
        "green": _("green"),
        "blue": _("blue"),
        "purple": _("purple"),
        "pink": _("pink"),
        "brown": _("brown"),
        "gold": _("gold"),
        "clear": _("clear"),
    }
    return known.get(key, clean(key, 20))
