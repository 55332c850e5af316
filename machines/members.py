"""Members, and what each may do: the roster as a lab has it, and the one question asked of it."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType


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
    badges: tuple[str, ...] = ()  #: keyed digests, the oldest badge first
    language: str = "fr"
    pin: str = ""  #: of an animator: werkzeug's scrypt hash of six digits; "": has none
    public: str = ""  #: a `Public`, or "" where nobody asked
    minor: bool = False  #: never named to others as somebody who can help
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


class End(StrEnum):
    """Why a clearance is over on some day."""

    DATED = "dated"  #: it was given until then
    AGE = "age"  #: so many months after it was granted
    DISUSE = "disuse"  #: so many months after its holder last used such a machine


@dataclass(frozen=True, slots=True)
class Ends:
    """The last day that a clearance is good, and what ends it then; `months` of the rule."""

    last: date
    why: End
    months: int = 0


@dataclass(frozen=True, slots=True)
class Lack:
    """What keeps a member from a machine: the refusal, and for a clearance that is over,
    which it was and when it ended."""

    refusal: Refusal
    of: str = ""
    ends: Ends | None = None


Rules = Mapping[str, ClearanceRule]


def months_after(day: date, months: int) -> date:
    """The same day of the month, or the last that this month has.

    >>> months_after(date(2026, 8, 31), 6), months_after(date(2026, 11, 24), 12)
    (datetime.date(2027, 2, 28), datetime.date(2027, 11, 24))
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def ends(clearance: Clearance, rules: Rules) -> Ends | None:
    """When it is over by itself, by whatever comes first; None: never.

    A day of its own takes the place of the rule's age. Disuse counts from the day it was
    granted until it is used. Without that day, no rule can be reckoned.
    """
    rule = rules.get(clearance.of, ClearanceRule())
    used = max((day for day in (clearance.used, clearance.since) if day), default=None)
    told = []
    if clearance.until:
        told.append(Ends(clearance.until, End.DATED))
    elif rule.months and clearance.since:
        told.append(Ends(months_after(clearance.since, rule.months), End.AGE, rule.months))
    if rule.unused_months and used:
        last = months_after(used, rule.unused_months)
        told.append(Ends(last, End.DISUSE, rule.unused_months))
    return min(told, key=lambda one: one.last, default=None)


def lack(
    member: Member, machine: str, family: str, needs: bool, today: date, rules: Rules
) -> Lack | None:
    """Why `member` may not use this machine today, and since when; None: they may.

    `needs` says whether the machine asks for a clearance at all. The last day
    of a membership and of a clearance are still good.
    """
    if member.member_until is None or member.member_until < today:
        return Lack(Refusal.MEMBERSHIP_OVER)
    if not needs:
        return None
    mine = [(c.of, ends(c, rules)) for c in member.clearances if c.of in _kinds(machine, family)]
    over = [(of, end) for of, end in mine if end is not None and end.last < today]
    if len(over) < len(mine):
        return None
    if not over:
        return Lack(Refusal.NO_CLEARANCE)
    of, end = max(over, key=lambda one: one[1].last)
    return Lack(Refusal.CLEARANCE_OVER, of, end)


def access(
    member: Member,
    machine: str,
    family: str,
    needs: bool,
    today: date,
    rules: Rules = MappingProxyType({}),
) -> Refusal | None:
    """Why `member` may not use this machine today, or None. See `lack`."""
    found = lack(member, machine, family, needs, today, rules)
    return found.refusal if found else None


def may_grant(member: Member, of: str, today: date, rules: Rules) -> bool:
    """Whether they may grant the clearance `of`: an animator, or who trains for it and may
    still use it themselves."""
    if member.animator:
        return True
    if member.member_until is None or member.member_until < today:
        return False
    mine = [c for c in member.clearances if c.of == of and c.trains]
    return any((end := ends(c, rules)) is None or end.last >= today for c in mine)


def _kinds(machine: str, family: str) -> tuple[str, str]:
    return machine, f"family:{family}"
