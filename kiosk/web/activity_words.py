"""What the pages say of a lab's activity: whom, how many, why, and what was put right."""

from __future__ import annotations

from kiosk.floor.acts import Told
from kiosk.floor.view import ItemView, LabView
from kiosk.web import sentences
from kiosk.web.language import _, in_french
from kiosk.web.words import NBSP, clean
from machines.members import Category, Public
from machines.usage import Session


def categories() -> list[tuple[str, str]]:
    """(key, word) of whom the funders count."""
    return [
        (Category.INDIVIDUAL, _("Individuals")),
        (Category.COMPANY, _("Company")),
        (Category.ASSOCIATION, _("Association")),
        (Category.LOCAL_AUTHORITY, _("Local authority")),
        (Category.SCHOOL, _("School")),
    ]


def publics() -> list[tuple[str, str]]:
    return [
        (Public.STUDENT, _("Students")),
        (Public.PUPIL, _("Pupils")),
        (Public.JOB_SEEKER, _("Job seekers")),
        (Public.RETIRED, _("Retired people")),
        (Public.PROFESSIONAL, _("Professionals")),
        (Public.EMPLOYEE, _("Employees")),
        (Public.OTHER, _("Others")),
    ]


def category(key: str) -> str:
    return dict(categories()).get(key, clean(key, 40))


def public(key: str) -> str:
    """The word of a public; what an animator wrote is said as it was written."""
    return dict(publics()).get(key, clean(key, 40))


def people(count: int) -> str:
    return _("1 person") if count == 1 else _("%(count)s people", count=count)


def item(view: ItemView | None, slug: str) -> str:
    if view is None:
        return clean(slug, 40)
    return clean(view.name if in_french() else view.english, 40)


def hours(minutes: int) -> str:
    """« 2 h », « 1 h 30 », « 45 min »."""
    whole, rest = divmod(minutes, 60)
    if not whole:
        return f"{rest}{NBSP}min"
    return f"{whole}{NBSP}h{NBSP}{rest:02d}" if rest else f"{whole}{NBSP}h"


def reasons() -> list[str]:
    """Why something is put right, in one tap."""
    return [
        _("Forgotten badge-out"),
        _("Wrong machine"),
        _("Wrong person"),
        _("Miscounted"),
        _("Only a trial"),
    ]


def field(what: str) -> str:
    """What was put right, as a word."""
    said = {
        "began": _("beginning"),
        "ended": _("end"),
        "machine": _("machine"),
        "member": _("person"),
        "category": _("category"),
        "party": _("number of people"),
        "public": _("public"),
        "group": _("group session"),
        "void": _("cancelled"),
        "count": _("number"),
        "title": _("title"),
        "day": _("day"),
        "minutes": _("length"),
        "participants": _("participants"),
        "minors": _("minors"),
    }
    return said.get(what, clean(what, 30))


def state(session: Session) -> tuple[str, str]:
    """(tone, word) of how a session stands."""
    if session.void:
        return "void", _("never was")
    if session.reason is None:
        return "open", _("still open")
    if session.provenance == "estimated" and not session.corrected:
        return "check", _("end estimated")
    return ("fixed", _("put right")) if session.corrected else ("", "")


def opened(told: Told, view: LabView) -> str:
    """What is to be known of a group session that was opened without some of its machines."""
    if not told.refused:
        return ""
    names = {machine.slug: clean(machine.name, 40) for machine in view.machines}
    without = ", ".join(
        f"{names.get(slug, slug)} ({sentences.refusal(why)[0].rstrip('.')})"
        for slug, why in told.refused
    )
    return _("Opened without: %(machines)s.", machines=without)
