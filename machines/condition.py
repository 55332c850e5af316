"""A machine's condition: the other axis beside its session.

Conditions are kept side by side and the gravest shows; clearing it reveals the
next. None of them is a flag that another overwrites.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from machines.journal import ConditionSet
from machines.members import Refusal

#: Gravest first.
GRAVITY = ("retired", "fault", "maintenance")
_REFUSALS = {
    "retired": Refusal.RETIRED,
    "fault": Refusal.FAULT,
    "maintenance": Refusal.MAINTENANCE,
}


@dataclass(frozen=True, slots=True)
class Condition:
    """What is wrong with a machine: a note per condition that holds, None where it does not."""

    retired: str | None = None
    fault: str | None = None
    maintenance: str | None = None
    dangerous: bool = False  #: the fault ends a session under way

    @property
    def gravest(self) -> str:
        """`ok`, or the name of the gravest condition that holds."""
        return next((name for name in GRAVITY if getattr(self, name) is not None), "ok")

    @property
    def note(self) -> str:
        note: str | None = getattr(self, self.gravest, None)
        return note or ""

    @property
    def refusal(self) -> Refusal | None:
        return _REFUSALS.get(self.gravest)

    def set(self, entry: ConditionSet) -> Condition:
        """The condition once `entry` is written. Raises ValueError for a condition unknown here."""
        if entry.condition == "ok":
            return Condition()
        if entry.condition not in GRAVITY:
            raise ValueError(
                f"condition {entry.condition!r}: expected ok, fault, maintenance or retired"
            )
        note = None if entry.cleared else entry.note
        match entry.condition:
            case "retired":
                return replace(self, retired=note)
            case "maintenance":
                return replace(self, maintenance=note)
        return replace(self, fault=note, dangerous=entry.dangerous and not entry.cleared)
