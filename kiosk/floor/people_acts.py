"""What is asked about members, and whether it may be: entries, or why not.

A lab decides alone: what is written here holds at once in this lab, and everywhere
once the central has folded it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import date, timedelta

from config.site import Site
from kiosk.floor.acts import Told, WhyNot
from kiosk.floor.pending import Outcome, Pending, together
from kiosk.floor.people import People
from kiosk.floor.people_asked import (
    AttachBadge,
    GrantClearance,
    PeopleAct,
    RevokeBadge,
    RevokeClearance,
    Welcome,
)
from kiosk.floor.unknown_badges import Unknown, UnknownBadges
from kiosk.floor.writing import Writing
from machines.instants import Instant
from machines.journal import Body, Personal
from machines.members import Category, Member, Public, may_grant
from machines.people_entries import (
    BadgeEnrolled,
    BadgeRevoked,
    ClearanceGranted,
    ClearanceRevoked,
    MemberProvisional,
)

#: Days that somebody new may do what a member does, before the central knows them.
MOST_DAYS = 90


def grantable(site: Site) -> dict[str, str]:
    """What may be granted in this lab, and what it is called: each machine that asks for a
    clearance, and each family of several such machines (by its slug, as `family:…`)."""
    asking = [machine for machine in site.machines if machine.clearance]
    families = [machine.family for machine in asking]
    several = dict.fromkeys(f for f in families if families.count(f) > 1)
    names = {f"family:{family}": family for family in several}
    return names | {machine.slug: machine.name for machine in asking}


class PeopleActs:
    """For the floor's thread alone. `enrolled`: told of a badge (its code) that is somebody's."""

    def __init__(
        self,
        site: Site,
        people: People,
        writing: Writing,
        unknown: UnknownBadges,
        enrolled: Callable[[str, str], None],
    ) -> None:
        self.grantable = grantable(site)
        self._people = people
        self._writing = writing
        self._unknown = unknown
        self._enrolled = enrolled

    def judge(self, act: PeopleAct, by: str, at: Instant) -> Outcome:
        match act:
            case AttachBadge(code, who):
                member = self._people.member(who)
                return self._attach(code, member, by) if member else Told(False, WhyNot.MEMBER)
            case Welcome():
                return self._welcome(act, by, at)
            case RevokeBadge(who, badge, reason):
                member = self._people.member(who)
                if member is None or badge not in member.badges:
                    return Told(False, WhyNot.BADGE)
                personal = Personal(member=member.id, badge=badge, by=by)
                return Pending(self._writing.write(BadgeRevoked(reason), personal))
            case GrantClearance(who, of, until, trains):
                return self.grant(who, ClearanceGranted(of, until, trains), by, at)
            case RevokeClearance(who, of, reason):
                member = self._people.member(who)
                if member is None or all(one.of != of for one in member.clearances):
                    return Told(False, WhyNot.CLEARANCE)
                return self._write(ClearanceRevoked(of, reason), member, by)

    def grant(self, who: str, body: ClearanceGranted, by: str, at: Instant) -> Outcome:
        """By an animator, or by who trains for it: to somebody whose membership is good."""
        member, granter, today = self._people.member(who), self._people.member(by), _today(at)
        if member is None:
            return Told(False, WhyNot.MEMBER)
        if granter is None or not may_grant(granter, body.of, today, self._people.rules):
            return Told(False, WhyNot.GRANT)
        if granter.id == member.id and not granter.animator:
            return Told(False, WhyNot.SAME)
        if body.of not in self.grantable:
            return Told(False, WhyNot.CLEARANCE)
        if body.until and not _is_day_from(body.until, today):
            return Told(False, WhyNot.VALUE)
        if member.member_until is None or member.member_until < today:
            return Told(False, WhyNot.OVER)
        return self._write(body, member, granter.id)

    def _attach(self, code: str, member: Member, by: str) -> Outcome:
        badge = self._fit(code)
        if isinstance(badge, Told):
            return badge
        personal = Personal(member=member.id, badge=self._people.digest(badge.number), by=by)
        written = self._writing.write(BadgeEnrolled(), personal)
        return Pending(written, lambda _: self._is_theirs(badge, member.id))

    def _welcome(self, act: Welcome, by: str, at: Instant) -> Outcome:
        if act.category not in list(Category) or act.public not in ("", *Public):
            return Told(False, WhyNot.VALUE)
        if not 1 <= act.days <= MOST_DAYS:
            return Told(False, WhyNot.VALUE)
        badge = self._fit(act.code)
        if isinstance(badge, Told):
            return badge
        new, last = f"p-{secrets.token_hex(8)}", _today(at) + timedelta(days=act.days - 1)
        label = f"Visiteur {act.code}"
        joined = MemberProvisional(label, act.category, act.public, last.isoformat())
        personal = Personal(member=new, badge=self._people.digest(badge.number), by=by)
        both = (
            self._writing.write(joined, Personal(member=new, by=by)),
            self._writing.write(BadgeEnrolled(), personal),
        )
        return Pending(together(both), lambda _: self._is_theirs(badge, new))

    def _fit(self, code: str) -> Unknown | Told:
        """The badge of that code, or why it is nobody's yet."""
        badge = self._unknown.find(code)
        if badge is None:
            return Told(False, WhyNot.CODE)
        if badge.random:
            return Told(False, WhyNot.RANDOM)
        if not badge.twice:
            return Told(False, WhyNot.ONCE)
        if self._people.who(badge.number) is not None:
            return Told(False, WhyNot.CODE)
        return badge

    def _is_theirs(self, badge: Unknown, member: str) -> Told:
        self._unknown.forget(badge.number)
        self._enrolled(badge.code, member)
        return Told(True)

    def _write(self, body: Body, member: Member, by: str) -> Pending:
        return Pending(self._writing.write(body, Personal(member=member.id, by=by)))


def _today(at: Instant) -> date:
    return at.paris().date()


def _is_day_from(text: str, today: date) -> bool:
    try:
        return date.fromisoformat(text) >= today
    except ValueError:
        return False
