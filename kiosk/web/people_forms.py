"""The forms about members, read into acts. What was sent is judged here as a form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from flask import abort
from werkzeug.datastructures import MultiDict

from kiosk.floor.acts import Desk
from kiosk.floor.people_asked import (
    AttachBadge,
    GrantClearance,
    PeopleAct,
    RevokeBadge,
    RevokeClearance,
    Welcome,
)
from kiosk.floor.people_view import PersonView
from kiosk.web.handles import who
from kiosk.web.language import _
from kiosk.web.tablet_forms import Form
from machines.people_entries import BadgeOver


class Sent(Form):
    """A form of the page; `person` finds a member by roster id."""

    def __init__(
        self,
        fields: MultiDict[str, str],
        desk: Desk,
        person: Callable[[str], PersonView | None],
    ) -> None:
        super().__init__(fields, desk)
        self.fields = fields
        self._person = person

    def badge(self, member: str) -> str:
        person = self._person(member)
        found = who(self.fields.get("badge", ""), person.badges if person else ())
        return found or abort(400, _("This form is not complete. Load the page again."))

    def over(self) -> BadgeOver:
        try:
            return BadgeOver(self.fields.get("reason", ""))
        except ValueError:
            abort(400, _("Say why, in a word."))

    def days(self) -> int:
        told = self.fields.get("days", "")
        if told not in ("1", "7", "30"):
            abort(400, _("This form is not complete. Load the page again."))
        return int(told)

    def until(self) -> str:
        """A day, or ""."""
        told = self.fields.get("until", "").strip()
        if not told:
            return ""
        try:
            return date.fromisoformat(told).isoformat()
        except ValueError:
            abort(400, _("This is not a day. Leave it empty, or choose one."))

    def reason(self) -> str:
        return self.written("why") or abort(400, _("Say why, in a word."))


def reasons() -> list[tuple[str, str]]:
    """(key, word) of why a badge is nobody's any more."""
    return [
        (BadgeOver.LOST, _("lost")),
        (BadgeOver.REPLACED, _("replaced")),
        (BadgeOver.RETURNED, _("given back")),
        (BadgeOver.MISTAKE, _("a mistake")),
    ]


def _lose(form: Sent) -> RevokeBadge:
    member = form.member()
    return RevokeBadge(member, form.badge(member), form.over())


#: Of each act of the pages, how its form is read.
READ: Mapping[str, Callable[[Sent], PeopleAct]] = {
    "attach": lambda f: AttachBadge(f.name("code"), f.member()),
    "welcome": lambda f: Welcome(
        f.name("code"), f.name("category"), f.name_or_none("public"), f.days()
    ),
    "lose": _lose,
    "grant": lambda f: GrantClearance(f.member(), f.name("of"), f.until(), f.on("trains")),
    "revoke": lambda f: RevokeClearance(f.member(), f.name("of"), f.reason()),
}
