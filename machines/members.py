"""Members, and what each may do: the roster as a lab has it, and the one question asked of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Category(StrEnum):
    """Whom the funders count. Written to disk."""

    INDIVIDUAL = "individual"
    COMPANY = "company"
    ASSOCIATION = "association"
    LOCAL_AUTHORITY = "local-authority"
    SCHOOL = "school"


class Public(StrEnum):
    """What somebody does, where that is asked: beside the category, never in its place."""

    STUDENT = "student"  # étudiant·e
    PUPIL = "pupil"  # scolaire
    JOB_SEEKER = "job-seeker"  # demandeur·se d'emploi
    RETIRED = "retired"  # retraité·e
    PROFESSIONAL = "professional"  # professionnel·le
    EMPLOYEE = "employee"  # salarié·e
    OTHER = "other"  # autre


class AgeBand(StrEnum):
    """As much of an age as the house rules need."""

    ADULT = "adult"
    TEEN = "15-17"
    CHILD = "under-15"


class Refusal(StrEnum):
    """Why a badge got no machine. Written to disk, and each has its sentence on screen."""

    UNKNOWN_BADGE = "unknown-badge"
    NO_CLEARANCE = "no-clearance"
    CLEARANCE_OVER = "clearance-over"
    MEMBERSHIP_OVER = "membership-over"
    IN_USE = "in-use"
    FAULT = "fault"
    MAINTENANCE = "maintenance"
    RETIRED = "retired"
    JOURNAL_UNAVAILABLE = "journal-unavailable"
    RELAY_UNAVAILABLE = "relay-unavailable"
    WORKING = "working"  #: the machine still works for the one before


@dataclass(frozen=True, slots=True)
class Clearance:
    """The right to one machine (`laser`) or to a whole family (`family:3d-printer`)."""

    of: str
    granted_by: str = ""
    since: date | None = None
    until: date | None = None
    used: date | None = None  #: the last day that its holder used such a machine
    trains: bool = False  #: its holder may grant it to others


@dataclass(frozen=True, slots=True)
class ClearanceRule:
    """When clearances of one machine or family end by themselves. 0: never."""

    months: int = 0  #: after they were granted
    unused_months: int = 0  #: after their holder last used such a machine


@dataclass(frozen=True, slots=True)
class Member:
    """One person (or the card of an organisation). Names live here alone.

    `id` is the roster's own and never reused; `first_name` is what screens show.
    """

    id: str
    first_name: str
    initial: str = ""
    category: Category = Category.INDIVIDUAL
    member_until: date | None = None  #: last day of the membership; None: no membership
    animator: bool = False
    clearances: tuple[Clearance, ...] = ()
    badges: tuple[str, ...] = ()  #: keyed digests
    language: str = "fr"
    pin: str = ""  #: of an animator: werkzeug's scrypt hash of six digits; "": has none
    public: str = ""  #: a `Public`, or "" where nobody asked
    minor: bool = False  #: screens that others see do not name them
    provisional: bool = False  #: joined at a lab, and not known to the central yet

    @property
    def short(self) -> str:
        """`Ana B.`: all that a screen shows of a name."""
        return f"{self.first_name} {self.initial}." if self.initial else self.first_name


@dataclass(frozen=True, slots=True)
class Roster:
    """Everybody, as one lab has them. `(epoch, version)` never goes back within an epoch.

    `upto` says, per store (32 hex digits), the entry up to which the lab's own
    decisions (a badge added, a clearance granted offline) are already inside.
    """

    epoch: str = ""
    version: int = 0
    members: tuple[Member, ...] = ()
    upto: Mapping[str, int] = field(default_factory=dict)
    rules: Mapping[str, ClearanceRule] = field(default_factory=dict)  #: by what they are `of`
    #: Ids that were given up for another: of who turned out to be known, or was known twice.
    aliases: Mapping[str, str] = field(default_factory=dict)
    erased: tuple[str, ...] = ()  #: ids whose traces every lab deletes


def access(member: Member, machine: str, family: str, needs: bool, today: date) -> Refusal | None:
    """Why `member` may not use this machine today, or None.

    `needs` says whether the machine asks for a clearance at all. The last day
    of a membership and of a clearance are still good.
    """
    if member.member_until is None or member.member_until < today:
        return Refusal.MEMBERSHIP_OVER
    if not needs:
        return None
    mine = [c for c in member.clearances if c.of in (machine, f"family:{family}")]
    if any(c.until is None or c.until >= today for c in mine):
        return None
    return Refusal.CLEARANCE_OVER if mine else Refusal.NO_CLEARANCE
