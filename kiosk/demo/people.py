"""The members of the demo, as everybody may see them: who has which badge.

No real lab could make this list: a badge's number is kept nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.central import roster_file
from kiosk.central.roster_file import Listed, RosterFile
from kiosk.demo.places import shipped

FILE = "members.csv"

#: The codes of the demo's animators, which no file of a real lab would hold.
PINS = {"M0001": "271828", "M0006": "314159"}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a badge in the hand."""

    id: str
    name: str
    badge: str  #: canonical number
    may: tuple[str, ...]  #: machines and families cleared for
    labs: tuple[str, ...]


def members() -> RosterFile:
    """The shipped file, as an import reads it."""
    return roster_file.read(shipped(FILE).encode())


def people() -> tuple[Person, ...]:
    return tuple(_person(listed) for listed in members().lines.values())


def _person(listed: Listed) -> Person:
    name = f"{listed.first_name} {listed.last_name[:1]}."
    may = tuple(of.removeprefix("family:") for of, _ in listed.clearances)
    return Person(listed.id, name, listed.badges[0], may, listed.labs)
