"""What animators corrected in a session."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from machines.instants import to_us
from machines.journal import Entry, SessionCorrected
from machines.members import Category
from machines.placing import Boots

#: Microseconds of the longest session that a corrected beginning makes.
LONGEST_US = 24 * 3600 * 1_000_000


@dataclass(slots=True)
class Corrections:
    """What animators corrected, the last word of each field; a word that makes no sense is none."""

    machine: str | None = None
    category: str | None = None
    member: str | None = None
    forgotten: bool = False  #: another member was named, and who is not known any more
    party: int | None = None
    public: str | None = None
    group: str | None = None
    began_us: int | None = None
    ended_us: int | None = None
    void: bool = False  #: it never was
    any: bool = False

    @classmethod
    def of(
        cls, told: Iterable[Entry], began_us: int | None, ended_us: int | None, boots: Boots
    ) -> Corrections:
        """`told` in the order of their births, of a session from `began_us` to `ended_us`."""
        fixed = cls()
        for entry in told:
            if isinstance(entry.body, SessionCorrected):
                now = boots.place(entry.birth.store, entry.at)
                known = (
                    began_us if fixed.began_us is None else fixed.began_us,
                    ended_us if fixed.ended_us is None else fixed.ended_us,
                    now.utc_us if now else None,
                )
                fixed.any |= fixed._take(entry, entry.body, known)
        return fixed

    def _take(
        self,
        entry: Entry,
        body: SessionCorrected,
        known: tuple[int | None, int | None, int | None],
    ) -> bool:
        began_us, ended_us, told_us = known
        match body.what:
            case "machine" if body.value:
                self.machine = body.value
            case "category" if body.value in list(Category):
                self.category = body.value
            case "member" if entry.personal is None:
                self.member, self.forgotten = None, True
            case "member" if entry.personal and entry.personal.member:
                self.member, self.forgotten = entry.personal.member, False
            case "party" if body.value.isdecimal() and len(body.value) < 5:
                self.party = int(body.value)
            case "public":
                self.public = body.value
            case "group":
                self.group = body.value
            case "began" if (began := _began(body.value, ended_us, told_us)) is not None:
                self.began_us = began
            case "ended" if (ended := _between(body.value, began_us, told_us)) is not None:
                self.ended_us = ended
            case "void" if body.value in ("yes", "no"):
                self.void = body.value == "yes"
            case _:
                return False
        return True


def sensible(what: str, value: str) -> bool:
    """Whether a correction may make sense at all; when things were depends on the session."""
    match what:
        case "machine":
            return bool(value)
        case "category":
            return value in list(Category)
        case "party":
            return value.isdecimal() and len(value) < 5
        case "began" | "ended":
            return _instant(value) is not None
        case "void":
            return value in ("yes", "no")
    return what in ("member", "public", "group")


def _began(text: str, ended_us: int | None, told_us: int | None) -> int | None:
    """No later than its end, nor a day before it; of one that goes on, than the correction."""
    latest_us = told_us if ended_us is None or told_us is None else min(ended_us, told_us)
    return _between(text, latest_us - LONGEST_US if latest_us is not None else None, latest_us)


def _between(text: str, first_us: int | None, last_us: int | None) -> int | None:
    """UTC of `2026-11-24T17:30:00+01:00`, within what is known.

    None where it is no time, has no offset, or lies outside of that.
    """
    when_us = _instant(text)
    if when_us is None or first_us is None or last_us is None:
        return None
    return when_us if first_us <= when_us <= last_us else None


def _instant(text: str) -> int | None:
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return None
    return to_us(when) if when.tzinfo is not None else None
