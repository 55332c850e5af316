"""What a lab makes, and counts: the things every lab knows. A site file adds its own."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Item:
    """A thing that is counted. `name` and `english` are in the singular."""

    slug: str
    name: str
    english: str = ""


ITEMS = (
    Item("mug", "Mug", "Mug"),
    Item("badge", "Badge", "Button badge"),
    Item("magnet", "Magnet", "Magnet"),
    Item("t-shirt", "T-shirt", "T-shirt"),
    Item("sweat", "Sweat", "Sweatshirt"),
    Item("apron", "Tablier", "Apron"),
    Item("visor", "Visière", "Visor"),
)
