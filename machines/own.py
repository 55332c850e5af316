"""A lab's own decisions about members, laid over the roster until the roster has them.

A badge that a lab enrolled, a clearance it granted, somebody who joined there: true
at once in that lab, and everywhere once the central has folded them. The roster says
by its `upto` how far it has; what is later is laid over it, the latest word of each
badge and clearance, and at the same instant a revocation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from machines.instants import Instant
from machines.journal import Entry, SessionOpened
from machines.members import Category, Clearance, Member, Roster
from machines.people_entries import (
    BadgeEnrolled,
    BadgeRevoked,
    ClearanceGranted,
    ClearanceRevoked,
    MemberProvisional,
    PeopleBody,
)

#: Somebody's, or some badge's: of which the latest decision holds.
Subject = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Decision:
    """One of the lab's own, born as entry `seq` of `store`, about `member` and maybe a `badge`."""

    store: str
    seq: int
    at: Instant
    body: PeopleBody
    member: str = ""
    badge: str = ""
    by: str = ""

    @property
    def subject(self) -> Subject:
        match self.body:
            case BadgeEnrolled() | BadgeRevoked():
                return "badge", self.badge, ""
            case ClearanceGranted(of=of) | ClearanceRevoked(of=of):
                return "clearance", self.member, of
        return "member", self.member, ""

    @property
    def rank(self) -> tuple[int, int, bool]:
        """Later ones hold, and of two at one instant the one that takes away."""
        takes = isinstance(self.body, BadgeRevoked | ClearanceRevoked)
        return self.at.boot_no, self.at.boot_us, takes


@dataclass(frozen=True, slots=True)
class Own:
    """The latest decision of each subject, and the last day that somebody used a machine.

    Days are kept by roster id and machine, for the members whose clearances end by disuse.
    """

    decisions: tuple[Decision, ...] = ()
    used: Mapping[str, Mapping[str, date]] = field(default_factory=dict)

    def take(self, entry: Entry) -> Own:
        """This, and one entry more."""
        about, birth = entry.personal, entry.birth
        match entry.body:
            case SessionOpened(machine=machine, party=0) if about and about.member:
                days = {**self.used.get(about.member, {}), machine: entry.at.paris().date()}
                return replace(self, used={**self.used, about.member: days})
            case (
                BadgeEnrolled()
                | BadgeRevoked()
                | ClearanceGranted()
                | ClearanceRevoked()
                | MemberProvisional() as body
            ) if about and about.member:
                told = Decision(
                    birth.store,
                    birth.seq,
                    entry.at,
                    body,
                    about.member,
                    about.badge or "",
                    about.by or "",
                )
                others = [one for one in self.decisions if one.subject != told.subject]
                same = [one for one in self.decisions if one.subject == told.subject]
                last = max((*same, told), key=lambda one: one.rank)
                return replace(self, decisions=tuple(sorted((*others, last), key=_rank)))
        return self

    def beyond(self, roster: Roster) -> Own:
        """What this roster does not have: the rest need not be kept."""
        erased = set(roster.erased)
        later = (
            one
            for one in self.decisions
            if one.seq > roster.upto.get(one.store, 0) and one.member not in erased
        )
        return Own(tuple(later), self._news(roster))

    def _news(self, roster: Roster) -> dict[str, dict[str, date]]:
        """The days that a clearance may hang on and the roster does not know."""
        watched = any(rule.unused_months for rule in roster.rules.values())
        known = {member.id: member for member in roster.members} if watched else {}
        news: dict[str, dict[str, date]] = {}
        for who, days in self.used.items():
            member = known.get(current(who, roster.aliases))
            if member is None:
                continue
            told = [c.used for c in member.clearances]
            late = {m: day for m, day in days.items() if any(u is None or u < day for u in told)}
            if late:
                news[who] = late
        return news


def _rank(one: Decision) -> tuple[int, int, bool]:
    return one.rank


def current(roster_id: str, aliases: Mapping[str, str]) -> str:
    """The id that somebody has now: merged members have more than one. Ends in any case."""
    met = {roster_id}
    while (next_ := aliases.get(roster_id)) is not None and next_ not in met:
        met.add(next_)
        roster_id = next_
    return roster_id


def lay_over(roster: Roster, own: Own, families: Mapping[str, str]) -> Roster:
    """The people as this lab knows them now. `families`: of each machine of the lab."""
    later = own.beyond(roster)
    members = {member.id: member for member in roster.members}
    holders = {digest: m.id for m in roster.members for digest in m.badges}
    for one in later.decisions:
        if isinstance(one.body, MemberProvisional) and one.member not in roster.aliases:
            members.setdefault(one.member, _provisional(one.member, one.body))
    for one in later.decisions:
        who = current(one.member, roster.aliases)
        match one.body:
            case BadgeEnrolled() if who in members:
                _take_badge(members, holders, one.badge)
                members[who] = replace(members[who], badges=(*members[who].badges, one.badge))
                holders[one.badge] = who
            case BadgeRevoked():
                _take_badge(members, holders, one.badge)
            case (ClearanceGranted() | ClearanceRevoked()) as body if who in members:
                members[who] = _cleared(members[who], body, one)
    for id_, days in own.used.items():
        who = current(id_, roster.aliases)
        if who in members:
            members[who] = used(members[who], days, families)
    return replace(roster, members=tuple(members.values()))


def used(member: Member, days: Mapping[str, date], families: Mapping[str, str]) -> Member:
    """That member, having used those machines on those days."""
    if not any(_covers(c, machine, families) for c in member.clearances for machine in days):
        return member
    return replace(member, clearances=tuple(_used(c, days, families) for c in member.clearances))


def _used(one: Clearance, days: Mapping[str, date], families: Mapping[str, str]) -> Clearance:
    mine = [day for machine, day in days.items() if _covers(one, machine, families)]
    last = max((day for day in (one.used, *mine) if day), default=None)
    return one if last == one.used else replace(one, used=last)


def _covers(one: Clearance, machine: str, families: Mapping[str, str]) -> bool:
    return one.of in (machine, f"family:{families.get(machine, '')}")


def _provisional(who: str, joined: MemberProvisional) -> Member:
    category = Category.INDIVIDUAL
    if joined.category in list(Category):
        category = Category(joined.category)
    until = _day(joined.until)
    return Member(who, joined.label, "", category, until, public=joined.public, provisional=True)


def _take_badge(members: dict[str, Member], holders: dict[str, str], badge: str) -> None:
    if (had := holders.pop(badge, None)) is not None:
        left = tuple(digest for digest in members[had].badges if digest != badge)
        members[had] = replace(members[had], badges=left)


def _cleared(member: Member, body: ClearanceGranted | ClearanceRevoked, one: Decision) -> Member:
    before = next((c for c in member.clearances if c.of == body.of), None)
    others = tuple(c for c in member.clearances if c.of != body.of)
    if isinstance(body, ClearanceRevoked):
        return replace(member, clearances=others)
    day = one.at.paris().date()
    used_on = before.used if before else None
    granted = Clearance(body.of, one.by, day, _day(body.until), used_on, body.trains)
    return replace(member, clearances=(*others, granted))


def _day(text: str) -> date | None:
    """None where there is none, or where it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
