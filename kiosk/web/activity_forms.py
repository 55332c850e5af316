"""The forms about a lab's activity, read into acts. What was sent is judged here as a form.

Whether it makes sense is the floor's to say; when a session began and ended, and what
there is to correct, is looked up in what the lab did lately.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from flask import abort
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import NotFound

from kiosk.floor.activity_acts import (
    ActivityAct,
    Change,
    CorrectSessions,
    CorrectWorkshop,
    EndParty,
    HoldWorkshop,
    Make,
    OpenParty,
    Recount,
)
from kiosk.floor.acts import Desk
from kiosk.floor.view import LabView
from kiosk.store.recent import Lately
from kiosk.web.language import _
from kiosk.web.tablet_forms import Form
from kiosk.web.words import clean
from machines.instants import PARIS, SECOND, paris, to_us
from machines.made_entries import Produced, Purpose, WorkshopHeld
from machines.made_fold import LONGEST_TITLE, Workshop, corrected, day_of, held_as
from machines.usage import Session

#: Letters of a public that an animator writes.
PUBLIC = 40


class Sent(Form):
    """A form of the page, with what the lab shows and did lately."""

    def __init__(
        self, fields: MultiDict[str, str], desk: Desk, view: LabView, lately: Lately, now_us: int
    ) -> None:
        super().__init__(fields, desk)
        self.fields = fields
        self.view = view
        self.lately = lately
        self.now_us = now_us

    def number(self, field: str, sentence: str) -> int:
        told = self.fields.get(field, "").strip()
        if not (told.isascii() and told.isdigit() and len(told) < 6):
            abort(400, sentence)
        return int(told)

    def public(self) -> str:
        return clean(self.fields.get("public_own", "") or self.fields.get("public", ""), PUBLIC)

    def reason(self) -> str:
        """What was written, else what was chosen; 400 where it is neither."""
        return self.written("why") or self.written("preset") or abort(400, _("Say why, in a word."))

    def day(self, field: str) -> str:
        told = self.fields.get(field, "")
        day = day_of(told)
        if day is None or day > paris(self.now_us).date() + timedelta(days=1):
            abort(400, _("Choose a day, up to today."))
        return told

    def session(self) -> Session:
        name = self.fields.get("session", "")
        found = next((s for s in self.lately.sessions if s.subject == name), None)
        return found or abort(404, _("This session is too old to be put right here."))

    def workshop(self) -> Workshop:
        name = self.fields.get("workshop", "")
        found = next((w for w in self.lately.workshops if w.subject == name), None)
        return found or abort(404, _("This workshop is too old to be put right here."))


def read(what: str, sent: Sent) -> ActivityAct:
    """The act of a form. 404 for a form that there is not, 400 for what makes no sense."""
    match what:
        case "open-party":
            return _open_party(sent)
        case "end-party":
            return EndParty(sent.name("group"))
        case "count-party":
            people = sent.number("people", _("How many people?"))
            party = next((p for p in sent.view.parties if p.group == sent.name("group")), None)
            if party is None:
                abort(409, _("This group session is over."))
            return CorrectSessions(party.sessions, (("party", str(people)),), sent.reason())
        case "count":
            return _make(sent, 1)
        case "make":
            return _make(sent, sent.number("count", _("How many were made?")))
        case "recount":
            count = sent.number("count", _("How many were made?"))
            return Recount(sent.name("produced"), count, sent.reason())
        case "hold-workshop":
            return HoldWorkshop(_workshop(sent))
        case "correct-workshop":
            return _correct_workshop(sent)
        case "correct-session":
            return _correct_session(sent)
    raise NotFound


def _open_party(sent: Sent) -> OpenParty:
    machines = tuple(sent.fields.getlist("machine"))
    if not machines:
        abort(400, _("Choose at least one machine."))
    people = sent.number("people", _("How many people?"))
    category = sent.fields.get("category", "individual")
    title = clean(sent.fields.get("title", ""), LONGEST_TITLE)
    return OpenParty(machines, people, category, sent.public(), title)


def _make(sent: Sent, count: int) -> Make:
    """`whose`: "association", "member" (who is chosen), or "party " and its group."""
    whose, item, machine = sent.name("whose"), sent.name("item"), sent.name_or_none("machine")
    day = sent.day("day") if sent.fields.get("day") else ""
    if day == paris(sent.now_us).date().isoformat():
        day = ""
    if whose == "association":
        return Make(Produced(item, count, Purpose.ASSOCIATION, machine, day=day))
    if whose.startswith("party "):
        group = whose.removeprefix("party ")
        return Make(Produced(item, count, Purpose.PARTY, machine, group=group, day=day))
    return Make(Produced(item, count, Purpose.MEMBER, machine, day=day), sent.member())


def _workshop(sent: Sent) -> WorkshopHeld:
    title = clean(sent.fields.get("title", ""), LONGEST_TITLE)
    minutes = sent.fields.get("minutes", "") or "own"
    if minutes == "own":
        length = sent.number("minutes_own", _("How long was it, in minutes?"))
    else:
        length = sent.number("minutes", _("How long was it, in minutes?"))
    people = sent.number("participants", _("How many people came?"))
    minors = sent.number("minors", _("How many minors?")) if sent.fields.get("minors") else 0
    if minors > people:
        abort(400, _("There are more minors than people."))
    held = WorkshopHeld(
        title, sent.day("day"), length, people, minors, sent.public(), sent.name_or_none("group")
    )
    if held_as(held) is None:
        abort(400, _("A workshop has a title, and lasts at most a day."))
    return held


def _correct_workshop(sent: Sent) -> CorrectWorkshop:
    before = sent.workshop()
    if sent.fields.get("void") in ("yes", "no"):
        changes: list[Change] = [("void", sent.fields["void"])]
    else:
        told = _workshop(sent)
        fields = ("title", "day", "minutes", "participants", "minors", "public", "group")
        changes = [
            (what, str(getattr(told, what)))
            for what in fields
            if str(getattr(told, what)) != str(getattr(before, what))
        ]
    if not changes:
        abort(400, _("Nothing was changed."))
    if any(corrected(before, *change) is None for change in changes):
        abort(400, _("A workshop has a title, and lasts at most a day."))
    return CorrectWorkshop(before.subject, tuple(changes), sent.reason())


def _correct_session(sent: Sent) -> CorrectSessions:
    before = sent.session()
    if sent.fields.get("void") in ("yes", "no"):
        voided = (("void", sent.fields["void"]),)
        return CorrectSessions((before.subject,), voided, sent.reason())
    changes = _times(sent, before)
    for what, old in (("machine", before.machine), ("category", before.category)):
        if (new := sent.name_or_none(what)) and new != old:
            changes.append((what, new))
    if "people" in sent.fields and sent.fields["people"].strip():
        people = sent.number("people", _("How many people?"))
        if people != before.party:
            changes.append(("party", str(people)))
    if "public" in sent.fields and (public := sent.public()) != before.public:
        changes.append(("public", public))
    member = ""
    if sent.fields.get("who") and (member := sent.member()) != before.member:
        changes.insert(0, ("member", ""))
    if not changes:
        abort(400, _("Nothing was changed."))
    return CorrectSessions((before.subject,), tuple(changes), sent.reason(), member)


def _times(sent: Sent, before: Session) -> list[Change]:
    """The beginning and the end as they are told, "10:05", of the day on which it began."""
    if before.began_us is None or before.reason is None:
        return []
    day = paris(before.began_us).date()
    began_us = _at(sent, "began", day, before.began_us)
    ended_us = _at(sent, "ended", day, before.ended_us)
    if ended_us is not None and ended_us < began_us and sent.fields.get("ended"):
        ended_us = _at(sent, "ended", day + timedelta(days=1), ended_us)  # past midnight
    if ended_us is None or not began_us <= ended_us <= sent.now_us:
        abort(400, _("The end comes after the beginning, and not after now."))
    if ended_us - began_us > 86_400 * SECOND:
        abort(400, _("A session lasts a day at most."))
    changes: list[Change] = []
    if began_us != before.began_us:
        changes.append(("began", paris(began_us).isoformat()))
    if ended_us != before.ended_us:
        changes.append(("ended", paris(ended_us).isoformat()))
    later = before.ended_us is not None and began_us > before.ended_us
    return changes[::-1] if later else changes  # each has to make sense after the one before


def _at(sent: Sent, field: str, day: date, before_us: int | None) -> int:
    """What was told, where that is another minute than before."""
    told = sent.fields.get(field, "")
    if before_us is not None and (not told or told == f"{paris(before_us):%H:%M}"):
        return before_us
    try:
        hour = time.fromisoformat(told)
    except ValueError:
        abort(400, _("An hour is such as 15:40."))
    return to_us(datetime.combine(day, hour.replace(tzinfo=None), tzinfo=PARIS))
