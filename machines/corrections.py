"""What animators corrected in a session."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from machines.instants import to_us
from machines.journal import Entry, SessionCorrected
from machines.members import Category
from machines.placing import Boots


@dataclass(slots=True)
class Corrections:
    """What animators corrected, the last word of each field; a word that makes no sense is none."""

    machine: str | None = None
    category: str | None = None
    member: str | None = None
    party: int | None = None
    public: str | None = None
    ended_us: int | None = None
    any: bool = False

    @classmethod
    def of(cls, told: Iterable[Entry], began_us: int | None, boots: Boots) -> Corrections:
        """`told` in the order of their births, of a session that began at `began_us`."""
        fixed = cls()
        for entry in told:
            if isinstance(entry.body, SessionCorrected):
                now = boots.place(entry.birth.store, entry.at)
                bounds = (began_us, now.utc_us if now else None)
                fixed.any |= fixed._take(entry, entry.body, bounds)
        return fixed

    def _take(
        self, entry: Entry, body: SessionCorrected, bounds: tuple[int | None, int | None]
    ) -> bool:
        match body.what:
            case "machine" if body.value:
                self.machine = body.value
            case "category" if body.value in list(Category):
                self.category = body.value
            case "member" if entry.personal and entry.personal.member:
                self.member = entry.personal.member
            case "party" if body.value.isdecimal() and len(body.value) < 5:
                self.party = int(body.value)
            case "public":
                self.public = body.value
            case "ended" if (ended := _ended(body.value, *bounds)) is not None:
                self.ended_us = ended
            case _:
                return False
        return True


def _ended(text: str, began_us: int | None, told_us: int | None) -> int | None:
    """UTC of `2026-11-24T17:30:00+01:00`, between the opening and the correction itself.

    None where it is no time, has no offset, or lies outside of what is known.
    """
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return None
    if when.tzinfo is None or began_us is None or told_us is None:
        return None
    return to_us(when) if began_us <= to_us(when) <= told_us else None
