"""People of the tablet as rows: what is read of a badge, a clearance, a member."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kiosk.floor.people_view import ClearanceView, GrantedView, OfView, PersonView, UnknownView
from kiosk.web import activity_words, people_words
from kiosk.web.handles import handle
from kiosk.web.language import _
from kiosk.web.words import clean, duration


@dataclass(frozen=True, slots=True)
class UnknownRow:
    code: str
    ago: str
    note: str  #: why it is nobody's yet, "" where it may be somebody's
    ready: bool


@dataclass(frozen=True, slots=True)
class ClearanceRow:
    of: str  #: as it is written
    name: str
    lasting: str
    more: str
    over: bool


@dataclass(frozen=True, slots=True)
class PersonRow:
    who: str  #: a handle
    name: str
    category: str
    membership: str
    over: bool
    provisional: bool
    badges: tuple[str, ...]  #: handles
    clearances: tuple[ClearanceRow, ...]


@dataclass(frozen=True, slots=True)
class GrantedRow:
    who: str
    name: str
    clearance: ClearanceRow


def unknown_rows(unknown: Iterable[UnknownView]) -> tuple[UnknownRow, ...]:
    return tuple(
        UnknownRow(
            one.code,
            _("%(time)s ago", time=duration(one.age_s)),
            _("Its number changes: it can be nobody's.")
            if one.random
            else ""
            if one.ready
            else _("Read once only: hold the badge to the reader once more."),
            one.ready and not one.random,
        )
        for one in unknown
    )


def person_rows(person: PersonView, today: date) -> PersonRow:
    until, category = person.member_until, dict(activity_words.categories())
    if until is None:
        membership = _("no membership")
    elif person.over:
        membership = _("membership ended on %(day)s", day=people_words.day(until, today))
    else:
        membership = _("member until %(day)s", day=people_words.day(until, today))
    return PersonRow(
        handle(person.id),
        clean(person.name, 40),
        category.get(person.category, ""),
        membership,
        person.over,
        person.provisional,
        tuple(handle(badge) for badge in person.badges),
        tuple(clearance_row(one, today) for one in person.clearances),
    )


def clearance_row(one: ClearanceView, today: date) -> ClearanceRow:
    if one.last is None:
        lasting = _("without an end")
    elif one.over:
        lasting = _("ended on %(day)s", day=people_words.day(one.last, today))
    else:
        lasting = _("until %(day)s", day=people_words.day(one.last, today))
    told = []
    if one.since:
        told.append(_("since %(day)s", day=people_words.day(one.since, today)))
    if one.used:
        told.append(_("last used on %(day)s", day=people_words.day(one.used, today)))
    if one.trains:
        told.append(_("may grant it"))
    return ClearanceRow(one.of.of, people_words.of(one.of), lasting, " · ".join(told), one.over)


def granted_rows(granted: Iterable[GrantedView], today: date) -> tuple[GrantedRow, ...]:
    return tuple(
        GrantedRow(handle(one.id), clean(one.name, 40), clearance_row(one.clearance, today))
        for one in granted
    )


def of_choices(grantable: Iterable[OfView]) -> list[tuple[str, str]]:
    """(as it is written, name) of what may be granted in this lab."""
    return [(one.of, people_words.of(one)) for one in grantable]
