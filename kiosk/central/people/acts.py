"""What a form on a member's page does: each act one post, one transaction, one line of the audit.

A badge and a clearance are given by animators too, as at a tablet; the record, memberships
and who is who are for administrators.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from config.site import Memberships
from kiosk.central.accounts import Role
from kiosk.central.audit import Act
from kiosk.central.people import book, decisions, forms, looking
from kiosk.central.people.book import Taken
from kiosk.central.people.forms import Wrong
from kiosk.central.validity import NEVER, last_day
from kiosk.web.language import _
from machines.badges import DigestKey
from machines.people_entries import BadgeOver

Form = Mapping[str, str]


def renewed(rule: Memberships, until: date | None, today: date) -> tuple[date, date]:
    """From when and until when one more membership lasts, where the last one ends on `until`.

    One that still lasts is followed without a gap.
    """
    lasts = until is not None and today <= until < NEVER
    since = until + timedelta(days=1) if until and lasts else today
    return since, last_day(rule, since)


def do(
    connection: sqlite3.Connection,
    act: Act,
    member: str,
    what: str,
    form: Form,
    rule: Memberships,
    key: Callable[[], DigestKey],
) -> str:
    """Does it, and says so. Raises Wrong, PeopleError, CredentialError, KeyError for no act."""
    match what:
        case "renew":
            return _renew(connection, act, member, form, rule)
        case "cancel":
            _cancel(connection, act, member, form)
            return _("The membership is cancelled.")
        case "badge":
            return _enrol(connection, act, member, form, key)
        case "badge-over":
            return _badge_over(connection, act, member, form)
        case "clearance":
            until, trains = forms.day(form.get("until", "")), bool(form.get("trains"))
            book.grant(connection, act, member, forms.of(form), until, trains)
            return _("The clearance is granted.")
        case "clearance-over":
            book.revoke(connection, act, member, forms.of(form), forms.why(form))
            return _("The clearance is revoked.")
        case "leave":
            book.deactivate(connection, act, member)
            return _("They are on no lab’s list any more.")
        case "return":
            book.reactivate(connection, act, member)
            return _("They are on the labs’ lists again.")
    raise KeyError(what)


#: Who may do what; the rest is nobody's.
NEEDS = {
    "renew": Role.ADMIN,
    "cancel": Role.ADMIN,
    "badge": Role.ANIMATOR,
    "badge-over": Role.ANIMATOR,
    "clearance": Role.ANIMATOR,
    "clearance-over": Role.ANIMATOR,
    "leave": Role.ADMIN,
    "return": Role.ADMIN,
}


def _renew(
    connection: sqlite3.Connection, act: Act, member: str, form: Form, rule: Memberships
) -> str:
    card = looking.card(connection, member)
    since, until = renewed(rule, card.until, book.today(act))
    until = forms.day(form.get("until", "")) or until
    if until < since:
        raise Wrong(_("This day is before the membership begins."))
    book.take_membership(
        connection, act, member, until, since=since, rate=form.get("rate", "")[:60]
    )
    return _("The membership is taken.")


def _cancel(connection: sqlite3.Connection, act: Act, member: str, form: Form) -> None:
    number = form.get("membership", "")
    mine = {str(one.id) for one in looking.card(connection, member).memberships}
    if number not in mine:
        raise Wrong(_("This membership is not theirs. Load the page again."))
    book.cancel_membership(connection, act, int(number), forms.why(form))


def _enrol(
    connection: sqlite3.Connection,
    act: Act,
    member: str,
    form: Form,
    key: Callable[[], DigestKey],
) -> str:
    digest = forms.badge(connection, form.get("badge", ""), key())
    try:
        book.enrol(connection, act, member, digest)
    except Taken as taken:
        name = looking.names(connection).get(taken.member, "?")
        raise Wrong(
            _("%(name)s has this badge. Take it from them first, on their page.", name=name)
        ) from None
    return _("The badge is theirs.")


def _badge_over(connection: sqlite3.Connection, act: Act, member: str, form: Form) -> str:
    """Also of a badge that another lab has given to somebody else meanwhile."""
    told = {
        looking.handle(one.subject): one.subject
        for one in decisions.of_member(connection, member)
        if one.kind == decisions.ENROLLED and one.subject
    }
    digest = told.get(form.get("badge", ""))
    reasons = {reason.value: reason for reason in BadgeOver}
    if digest is None or form.get("why") not in reasons:
        raise Wrong(_("Say which badge, and why. Load the page again."))
    book.revoke_badge(connection, act, member, digest, reasons[form["why"]])
    return _("The badge is theirs no more.")
