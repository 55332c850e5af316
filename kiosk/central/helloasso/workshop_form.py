"""The forms of workshops: read, each field a value or a sentence that says what was expected."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kiosk.central.helloasso import workshops
from kiosk.central.helloasso.booking import Group
from kiosk.central.helloasso.workshops import Details, WorkshopError
from kiosk.web.language import _
from kiosk.web.words import clean

NEW, LEFT_OUT = "new", "out"


class Wrong(ValueError):
    """A sentence for whoever filled the form in."""


@dataclass(frozen=True, slots=True)
class GroupForm:
    """The fields of one group of seats. `places` are the workshops it may be added to."""

    name: str
    seats: int
    where: str
    title: str
    day: str
    minutes: str
    lab: str
    places: Mapping[str, str]


def details(form: Mapping[str, str], suffix: str = "") -> Details:
    """Raises Wrong."""

    def told(field: str) -> str:
        return form.get(field + suffix, "").strip()

    try:
        day = date.fromisoformat(told("day"))
    except ValueError:
        raise Wrong(_("A day is missing, such as 31/01/2027.")) from None
    numbers = {}
    for field, usual in (("minutes", ""), ("participants", "0"), ("minors", "0")):
        number = told(field) or usual
        if not number.isascii() or not number.isdecimal() or len(number) > 6:
            raise Wrong(sentence(field))
        numbers[field] = int(number)
    try:
        return Details(
            clean(told("title"), 120), day, lab=told("lab")[:64], public=told("public"), **numbers
        )
    except WorkshopError as wrong:
        raise Wrong(sentence(wrong.args[0])) from None


def sentence(field: str) -> str:
    said = {
        "title": _("A title is missing, of at most 120 characters."),
        "day": _("A day is missing, such as 31/01/2027."),
        "minutes": _("The length is a number of minutes, from 1 to 1440."),
        "participants": _("The number of participants is from 0 to 1000."),
        "minors": _("There are no more minors than participants."),
        "public": _("This public is not known."),
    }
    return said[field]


def of_groups(
    connection: sqlite3.Connection, groups: Sequence[Group], told: Mapping[str, str]
) -> list[GroupForm]:
    """What is guessed of each group, and what somebody has said over it."""
    places = workshops.latest(connection) if groups else {}
    return [
        GroupForm(
            one.name,
            one.seats,
            told.get(f"where-{n}", one.workshop or NEW),
            told.get(f"title-{n}", one.title),
            told.get(f"day-{n}", one.day.isoformat() if one.day else ""),
            told.get(f"minutes-{n}", str(one.minutes)),
            told.get(f"lab-{n}", ""),
            places,
        )
        for n, one in enumerate(groups)
    ]


def where(groups: Sequence[Group], form: Mapping[str, str]) -> dict[str, Details | str | None]:
    """What each group is: a new workshop, the id of one, None to leave out. Raises Wrong."""
    found: dict[str, Details | str | None] = {}
    for n, one in enumerate(groups):
        chosen = form.get(f"where-{n}", LEFT_OUT)
        if chosen == NEW:
            found[one.name] = details(form, f"-{n}")
        else:
            found[one.name] = None if chosen == LEFT_OUT else chosen
    return found
