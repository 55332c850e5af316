"""What an animator does about members: badges, clearances, who joined while the central was away.

`kiosk.floor.acts` has what is done about machines and the queue, and what holds for all.
"""

from __future__ import annotations

from dataclasses import dataclass

from machines.people_entries import BadgeOver


@dataclass(frozen=True, slots=True)
class AttachBadge:
    """The unknown badge that the screens call `code` is that member's."""

    code: str
    member: str


@dataclass(frozen=True, slots=True)
class Welcome:
    """Who holds the badge `code` is somebody new, of whom the central is told later.

    `days`: how long they may do what a member does, today being the first.
    """

    code: str
    category: str = "individual"
    public: str = ""
    days: int = 30


@dataclass(frozen=True, slots=True)
class RevokeBadge:
    """`badge`: its digest."""

    member: str
    badge: str
    reason: BadgeOver


@dataclass(frozen=True, slots=True)
class GrantClearance:
    """`of`: a machine or `family:…`; `until`: its last day, "" as the rule says."""

    member: str
    of: str
    until: str = ""
    trains: bool = False


@dataclass(frozen=True, slots=True)
class RevokeClearance:
    member: str
    of: str
    reason: str


PeopleAct = AttachBadge | Welcome | RevokeBadge | GrantClearance | RevokeClearance
