"""The kinds of entry about members: badges, clearances, who joined while the central was away.

A lab's own decision is true there at once, and everywhere once it is synced. Whom
it is about stands in the personal part of the entry: the roster id, the badge's
digest, and who decided. Names stand in none of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class BadgeOver(StrEnum):
    """Why a badge is nobody's any more. Written to disk."""

    LOST = "lost"  # perdu
    REPLACED = "replaced"  # remplacé
    RETURNED = "returned"  # rendu
    MISTAKE = "mistake"  # erreur


@dataclass(frozen=True, slots=True)
class BadgeEnrolled:
    """The badge of the personal part is that member's, beside those there are."""

    kind = "badge.enrolled"


@dataclass(frozen=True, slots=True)
class BadgeRevoked:
    kind = "badge.revoked"
    reason: BadgeOver


@dataclass(frozen=True, slots=True)
class ClearanceGranted:
    """From the day of the entry on. `of`: a machine (`laser`) or `family:3d-printer`."""

    kind = "clearance.granted"
    of: str
    until: str = ""  #: its last day, such as 2027-08-31; "": as the rule of `of` says
    trains: bool = False  #: who has it may grant it to others


@dataclass(frozen=True, slots=True)
class ClearanceRevoked:
    kind = "clearance.revoked"
    of: str
    reason: str  #: in an animator's words, which name nobody


@dataclass(frozen=True, slots=True)
class MemberProvisional:
    """Somebody joined while the central was away: an id of the lab's own, of no name.

    The central merges it with the member that this turns out to be.
    """

    kind = "member.provisional"
    label: str  #: what screens call them until then, such as "Visiteur 7K2"
    category: str = "individual"
    public: str = ""
    until: str = ""  #: the last day of what they may do so far


PeopleBody = BadgeEnrolled | BadgeRevoked | ClearanceGranted | ClearanceRevoked | MemberProvisional
