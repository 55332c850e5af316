"""A lab's activity as words: parties under way, what was counted, workshops, sessions. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from kiosk.floor.view import LabView, PartyView
from kiosk.store.recent import Correction, Lately
from kiosk.web import activity_words as said
from kiosk.web.language import _
from kiosk.web.words import clean, duration, time_of_day
from machines.instants import SECOND, paris
from machines.made_entries import Purpose
from machines.made_fold import Made, Workshop
from machines.usage import Session

#: Sessions that nobody ended, shown at once.
TO_CHECK = 8

#: A person's name by roster id; "" where nobody is known by it.
Name = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class PartyRow:
    group: str
    title: str
    count: int
    people: str
    whom: str
    machines: str
    animator: str
    since: str
    working: str  #: machines that work now


@dataclass(frozen=True, slots=True)
class CountRow:
    item: str
    name: str
    count: int  #: of the day


@dataclass(frozen=True, slots=True)
class MadeRow:
    subject: str
    what: str
    count: int
    whose: str
    when: str
    fixed: str


@dataclass(frozen=True, slots=True)
class WorkshopRow:
    subject: str
    title: str
    day: str
    length: str
    people: str
    whom: str
    void: bool
    fixed: str


@dataclass(frozen=True, slots=True)
class SessionRow:
    subject: str
    machine: str
    whose: str
    day: str
    when: str
    used: str
    tone: str
    state: str
    fixed: str  #: what was put right, by whom and why


def party_rows(view: LabView) -> tuple[PartyRow, ...]:
    return tuple(_party(party, view) for party in view.parties)


def _party(party: PartyView, view: LabView) -> PartyRow:
    machines = {machine.slug: machine for machine in view.machines}
    there = [machines[slug] for slug in party.machines if slug in machines]
    return PartyRow(
        party.group,
        clean(party.title) or _("Group session"),
        party.people,
        said.people(party.people),
        _whom(party.category, party.public),
        ", ".join(clean(machine.name, 40) for machine in there),
        clean(party.animator, 40),
        duration(party.since_s // 60 * 60),
        ", ".join(clean(machine.name, 40) for machine in there if machine.working),
    )


def _whom(category: str, public: str) -> str:
    words = [said.category(category), *([said.public(public)] if public else [])]
    return ", ".join(words)


def counts(view: LabView, lately: Lately, today: date) -> tuple[CountRow, ...]:
    """What is counted in this lab, and how many today."""
    return tuple(
        CountRow(
            item.slug,
            said.item(item, item.slug),
            sum(m.count for m in lately.made if m.item == item.slug and m.day == today),
        )
        for item in view.items
    )


def made_rows(view: LabView, lately: Lately, day: date, name: Name) -> tuple[MadeRow, ...]:
    """What was made on a day, the last noted first."""
    items = {item.slug: item for item in view.items}
    of_day = sorted((m for m in lately.made if m.day == day), key=lambda m: -(m.told_us or 0))

    def row(made: Made) -> MadeRow:
        return MadeRow(
            made.subject,
            said.item(items.get(made.item), made.item),
            made.count,
            _whose(made, name),
            hour(made.told_us),
            _fixed(lately.corrected(made.subject), name),
        )

    return tuple(row(made) for made in of_day)


def _whose(made: Made, name: Name) -> str:
    match made.purpose:
        case Purpose.PARTY:
            return _("Group session")
        case Purpose.ASSOCIATION:
            return _("For the association")
    return clean(name(made.member), 40) if made.member else _("A member")


def workshop_rows(lately: Lately, name: Name) -> tuple[WorkshopRow, ...]:
    """The last one first."""

    def row(held: Workshop) -> WorkshopRow:
        return WorkshopRow(
            held.subject,
            clean(held.title),
            day_word(held.day),
            said.hours(held.minutes),
            said.people(held.participants),
            said.public(held.public) if held.public else "",
            held.void,
            _fixed(lately.corrected(held.subject), name),
        )

    held = sorted(lately.workshops, key=lambda w: (w.day, w.told_us or 0), reverse=True)
    return tuple(row(one) for one in held)


def session_rows(
    sessions: Iterable[Session], lately: Lately, names: Mapping[str, str], name: Name
) -> tuple[SessionRow, ...]:
    """The last one first. `names` of machines by slug."""

    def row(session: Session) -> SessionRow:
        tone, state = said.state(session)
        used_us = session.used_us
        return SessionRow(
            session.subject,
            clean(names.get(session.machine, session.machine), 40),
            _who(session, name),
            day_word(paris(session.began_us).date()) if session.began_us is not None else "",
            f"{hour(session.began_us)} – {hour(session.ended_us)}",
            duration(used_us / SECOND) if session.reason and used_us is not None else "",
            tone,
            state,
            _fixed(lately.corrected(session.subject), name),
        )

    return tuple(row(s) for s in sorted(sessions, key=lambda s: -(s.began_us or 0)))


def _who(session: Session, name: Name) -> str:
    if session.party:
        return f"{_('Group session')} · {said.people(session.party)}"
    return (clean(name(session.member), 40) if session.member else "") or _("A member")


def of_day(lately: Lately, day: date, machine: str = "") -> list[Session]:
    """Sessions that began on a day of Paris."""
    return [
        s
        for s in lately.sessions
        if s.began_us is not None and paris(s.began_us).date() == day and machine in ("", s.machine)
    ]


def to_check(lately: Lately) -> list[Session]:
    """Sessions that nobody ended and nobody put right since, the last ones first."""
    left = [s for s in lately.sessions if said.state(s)[0] == "check"]
    return sorted(left, key=lambda s: -(s.began_us or 0))[:TO_CHECK]


def _fixed(told: tuple[Correction, ...], name: Name) -> str:
    """« Corrigé par Noé A. (fin) : badge oublié »."""
    if not told:
        return ""
    last = told[-1]
    same = [one for one in told if (one.by, one.why) == (last.by, last.why)]
    fields = ", ".join(dict.fromkeys(said.field(one.what) for one in same))
    by = clean(name(last.by), 40) if last.by else ""
    why = clean(last.why, 120) or "—"
    return _("Put right by %(by)s (%(what)s): %(why)s", by=by or _("a host"), what=fields, why=why)


def hour(at_us: int | None) -> str:
    if at_us is None:
        return "…"
    at = paris(at_us)
    return time_of_day(f"{at.hour} h {at.minute:02d}")


def day_word(day: date) -> str:
    """« mar. 24/11 »."""
    days = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
    return f"{days[day.weekday()]} {day:%d/%m}"
