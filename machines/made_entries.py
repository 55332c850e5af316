"""The kinds of entry about what a lab made and held: objects, workshops.

A figure that was told wrongly is corrected by one more entry; the last word of each
field counts. A workshop or a thing made has the birth of its entry as its identity.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Purpose(StrEnum):
    """For whom a thing was made. Written to disk."""

    MEMBER = "member"
    PARTY = "party"
    ASSOCIATION = "association"


@dataclass(frozen=True, slots=True)
class Produced:
    """Things made: the personal part says by whom, where they are a member's."""

    kind = "produced"
    item: str  #: a slug of `machines.made`, or one that the lab added
    count: int  #: 1 to 1000
    purpose: Purpose = Purpose.MEMBER
    machine: str = ""
    session: str = ""  #: the birth of its opening
    group: str = ""  #: of the party they were made in
    day: str = ""  #: 2026-11-24, of Paris, where they are noted later; "": the entry's own


@dataclass(frozen=True, slots=True)
class ProducedCorrected:
    """It was `count` of them all along; 0: none."""

    kind = "produced.corrected"
    produced: str  #: the birth of the entry
    count: int
    why: str


@dataclass(frozen=True, slots=True)
class WorkshopHeld:
    """A workshop with a title and a day, which may have had machines (`group`) or none."""

    kind = "workshop.held"
    title: str
    day: str  #: 2026-11-24, of Paris
    minutes: int
    participants: int
    minors: int = 0  #: of these
    public: str = ""
    group: str = ""  #: of the party that had its machines


@dataclass(frozen=True, slots=True)
class WorkshopCorrected:
    """`what` is a field of `workshop.held`, or "void": it never was ("yes", or "no" after all)."""

    kind = "workshop.corrected"
    workshop: str  #: the birth of the entry
    what: str
    value: str
    why: str


MadeBody = Produced | ProducedCorrected | WorkshopHeld | WorkshopCorrected
