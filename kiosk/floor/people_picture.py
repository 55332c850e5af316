"""People, drawn for the screens: what the touch screen and the tablet may know of them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from kiosk.floor.identity import Identity
from kiosk.floor.people_view import (
    ClearanceView,
    GrantedView,
    HelperView,
    HoursView,
    LackView,
    OfView,
    PastView,
    PeopleView,
    PersonView,
    UnknownView,
)
from kiosk.floor.post import Post
from machines import conversation as talk
from machines.members import Clearance, Lack, Member, Rules, ends
from machines.talk_people import Hours, Learning, OwnHours, Teaching, ToldGranted


def people_view(
    state: talk.Talk, identity: Identity, posts: Mapping[str, Post], who: Member | None
) -> PeopleView:
    """`who`: the member who stands before the screen."""
    names = identity.acts.grantable
    match state:
        case talk.ToldRefused(machine, member, refusal, code=code):
            badge = identity.unknown.find(code) if code else None
            return PeopleView(
                code=code if badge else "",
                ready=badge is not None and badge.twice,
                random=badge is not None and badge.random,
                lack=_lack(identity.lack(machine, member), posts, identity.today),
                helpers=tuple(
                    HelperView(one.short, here)
                    for one, here in identity.helpers(machine, refusal, member)
                ),
            )
        case talk.Choosing() | talk.AskedStop() | Teaching() if who is not None:
            grants = tuple(of_view(of, names) for of in identity.grants(who))
            return PeopleView(grants=grants, mine=identity.ask_hours is not None)
        case Learning(of=of, trouble=trouble):
            return PeopleView(of=of_view(of, names), trouble=trouble)
        case ToldGranted(of=of, learner=learner):
            return PeopleView(of=of_view(of, names), learner=identity.first_name(learner))
        case Hours(found=OwnHours() as found):
            return PeopleView(hours=_hours(found, posts))
    return PeopleView()


def of_view(of: str, names: Mapping[str, str]) -> OfView:
    family = of.removeprefix("family:") if of.startswith("family:") else ""
    return OfView(of, names.get(of, family or of), bool(family))


def unknown_views(identity: Identity) -> tuple[UnknownView, ...]:
    return tuple(
        UnknownView(one.code, age_s, one.twice, one.random) for one, age_s in identity.unknown.all()
    )


def person_view(member: Member, names: Mapping[str, str], rules: Rules, today: date) -> PersonView:
    until = member.member_until
    return PersonView(
        member.id,
        member.short,
        member.animator,
        member.provisional,
        member.category.value,
        until,
        until is None or until < today,
        member.badges,
        tuple(clearance_view(one, names, rules, today) for one in member.clearances),
    )


def clearance_view(
    one: Clearance, names: Mapping[str, str], rules: Rules, today: date
) -> ClearanceView:
    end = ends(one, rules)
    return ClearanceView(
        of_view(one.of, names),
        one.since,
        one.used,
        end.last if end else None,
        end.why.value if end else "",
        one.trains,
        end is not None and end.last < today,
    )


def granted_views(
    members: Iterable[Member], names: Mapping[str, str], rules: Rules, today: date
) -> tuple[GrantedView, ...]:
    """Every clearance that somebody has and that is good, or ended this month."""
    return tuple(
        GrantedView(member.id, member.short, view)
        for member in members
        for one in member.clearances
        for view in (clearance_view(one, names, rules, today),)
        if view.last is None or view.last >= today.replace(day=1)
    )


def _lack(found: Lack | None, posts: Mapping[str, Post], today: date) -> LackView | None:
    if found is None or found.ends is None:
        return None
    names = {slug: post.plan.name for slug, post in posts.items()}
    end = found.ends
    return LackView(of_view(found.of, names), end.last, end.why.value, end.months, today)


def _hours(found: OwnHours, posts: Mapping[str, Post]) -> HoursView:
    sessions = (
        PastView(
            posts[one.machine].plan.name if one.machine in posts else one.machine,
            one.day,
            one.seconds,
            one.open,
        )
        for one in found.sessions
    )
    return HoursView(found.month_s, tuple(sessions))
