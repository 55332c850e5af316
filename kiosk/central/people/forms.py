"""Forms about people, read: each field a value, or a sentence that says what was expected."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import Any

from kiosk.central.people import book
from kiosk.central.people.book import Person
from kiosk.central.validity import NEVER
from kiosk.web.language import _
from kiosk.web.words import clean
from machines.badges import DigestKey, canonical
from machines.members import AgeBand, Category, Public

NAME = 60
#: A machine or a family, as an entry names it.
_OF = re.compile(r"(family:)?[a-z0-9](-?[a-z0-9]){0,39}")


class Wrong(ValueError):
    """What cannot be read of a form, as a sentence for whoever filled it in."""


def person(
    connection: sqlite3.Connection, form: Mapping[str, str], known: Person | None = None
) -> Person:
    """What a form says of somebody; the rest is what is `known`. Raises Wrong.

    An address is digested here: the form's text goes no further. Left empty, the known one
    stays; `forget_email` takes it away.
    """
    first = clean(form.get("first_name", ""), NAME)
    if not first:
        raise Wrong(_("A first name is missing."))
    organisation = form.get("organisation", "") or None
    band = _one_of(AgeBand, form.get("age_band", AgeBand.ADULT))
    guardian = day(form.get("guardian_on", "")) if band != AgeBand.ADULT else None
    address = form.get("email", "").strip()
    email = book.email_digest(connection, address[:200])
    if address and not email:
        raise Wrong(_("This is no e-mail address."))
    before = known or Person(first)
    if not email and not form.get("forget_email"):
        email = before.email
    language = form.get("language", before.language)
    return replace(
        before,
        first_name=first,
        last_name=clean(form.get("last_name", ""), NAME),
        category=_one_of(Category, form.get("category", before.category)),
        public=_one_of(Public, form["public"]) if form.get("public") else "",
        age_band=band,
        guardian_on=guardian,
        organisation=organisation,
        email=email,
        animator=bool(form.get("animator")),
        language=language if language in ("fr", "en") else "fr",
    )


def day(text: str) -> date | None:
    """As a browser sends a date, or as it is written in France; None for nothing. Raises Wrong."""
    text = text.strip()
    if not text:
        return None
    if french := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text):
        text = f"{french[3]}-{french[2]:0>2}-{french[1]:0>2}"
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise Wrong(_("This is no day: expected such as 24/11/2026.")) from None
    if not 1900 <= found.year <= 2100 and found != NEVER:
        raise Wrong(_("This is no day: expected such as 24/11/2026."))
    return found


def of(form: Mapping[str, str]) -> str:
    """What a clearance is for. Raises Wrong."""
    told = form.get("of", "")
    if not _OF.fullmatch(told):
        raise Wrong(_("Choose a machine or a family of machines."))
    return told


def why(form: Mapping[str, str]) -> str:
    """A reason that must be given. Raises Wrong."""
    told = clean(form.get("why", ""), 200)
    if not told:
        raise Wrong(_("Say why, in a few words that name nobody."))
    return told


def badge(connection: sqlite3.Connection, told: str, key: DigestKey) -> str:
    """The digest of what was typed: the number on a badge, or the code that a kiosk shows for a
    badge that it does not know. Raises Wrong."""
    text = told.strip().upper()
    rows = connection.execute(
        "SELECT digest FROM unknown_badge WHERE upper(code) = ? ORDER BY seen_us DESC", (text,)
    ).fetchall()
    if len(rows) == 1:
        return str(rows[0][0])
    if rows:
        raise Wrong(_("Two badges have this code: present the badge at the reader once more."))
    try:
        return key.digest(canonical(text))
    except ValueError:
        raise Wrong(
            _("Neither a badge’s number (such as 0013825475) nor a code that a kiosk shows now.")
        ) from None


def one_of(words: type[StrEnum], told: str | None, otherwise: Any) -> Any:
    """A key word of a form that is shown again, as far as it is one."""
    return words(told) if told in set(words) else otherwise


def day_or_none(text: str) -> date | None:
    """A day of a form that is shown again, as far as it is one."""
    try:
        return day(text)
    except Wrong:
        return None


def _one_of(words: type[AgeBand] | type[Category] | type[Public], told: str) -> Any:
    try:
        return words(told)
    except ValueError:
        raise Wrong(_("Something in this form cannot be read. Load the page again.")) from None
