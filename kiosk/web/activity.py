"""« Activité » on the tablet: group sessions, what was made, workshops, and the last sessions.

What is under way comes from the floor's picture, live; what was is read from the journal
(`kiosk.store.recent`) when the page is asked for, after each act, and twice a minute.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import chain

from flask import Blueprint, Response, abort, g, render_template, request

from kiosk.clock import Clock
from kiosk.floor.acts import Desk
from kiosk.floor.view import LabView, Screens
from kiosk.store.disk import StoreError
from kiosk.store.recent import Lately, Recent
from kiosk.web import activity_words as said
from kiosk.web import live, queue_words
from kiosk.web.activity_forms import Sent, read
from kiosk.web.activity_rows import (
    counts,
    made_rows,
    of_day,
    party_rows,
    session_rows,
    to_check,
    workshop_rows,
)
from kiosk.web.authority import Authority
from kiosk.web.doing import do, key
from kiosk.web.language import _, speaking
from kiosk.web.tablet import Piece, painter, top
from kiosk.web.tablet_forms import people
from kiosk.web.words import clean
from machines.instants import paris
from machines.made_fold import day_of

log = logging.getLogger("web.activity")

SHEETS = frozenset(
    ("open-party", "end-party", "count-party", "make", "recount", "workshop", "session")
)


def activity_pages(
    screens: Screens,
    desk: Desk,
    authority: Authority,
    recent: Recent,
    clock: Clock,
    streams: live.Streams,
    language: str,
) -> Blueprint:
    pages = Blueprint("activity", __name__, url_prefix="/tablet/activity")
    pages.before_request(authority.looking)

    @pages.get("")
    def page() -> str:
        day, machine = _asked()
        view = screens.view()
        with speaking(language):
            shown = {piece.id: piece for piece in _all(view, day, machine)}
            return render_template(
                "activity/page.html",
                lab=clean(view.name, 40),
                shown=shown,
                day=day,
                machine=machine,
                machines=[(m.slug, clean(m.name, 40)) for m in view.machines],
                today=_today(),
            )

    @pages.get("/pieces")
    def pieces() -> str:
        day, machine = _asked()
        with speaking(language):
            return "\n".join(piece.html() for piece in _all(screens.view(), day, machine))

    @pages.get("/events")
    def events() -> Response:
        return streams.open(screens, painter(_live, clock, language), g.seat)

    @pages.post("/act/<what>")
    def act(what: str) -> tuple[str, int]:
        with speaking(language):
            by, once = authority.acting(), key()
            view, now = screens.view(), clock.now()
            sent = Sent(request.form, desk, view, _lately(), now.wall_us)
            told = do(desk, read(what, sent), by, once)
            if not told.done:
                return queue_words.refusal(told), 409
            return said.opened(told, view), 200

    @pages.get("/sheet/<what>")
    def sheet(what: str) -> str:
        """What a dialog of the page holds."""
        if what not in SHEETS:
            abort(404)
        view, lately = screens.view(), _lately()
        asked = request.args.get
        with speaking(language):
            return render_template(
                f"activity/{what}.html",
                view=view,
                people=people(desk.faces()),
                machines=[(m, clean(m.name, 40)) for m in view.machines],
                categories=said.categories(),
                publics=said.publics(),
                reasons=said.reasons(),
                items=[(item.slug, said.item(item, item.slug)) for item in view.items],
                parties=party_rows(view),
                groups=_groups(lately),
                today=_today(),
                party=next((p for p in party_rows(view) if p.group == asked("group")), None),
                made=next((m for m in lately.made if m.subject == asked("produced")), None),
                held=next((w for w in lately.workshops if w.subject == asked("workshop")), None),
                session=next((s for s in lately.sessions if s.subject == asked("session")), None),
                rows=_rows(view, lately, asked("session", "")),
                item=asked("item", ""),
                clock_time=_clock_time,
            )

    def _live(view: LabView, clock: Clock) -> Iterator[Piece]:
        """What the floor's own picture shows: this alone comes by the stream."""
        yield top(view, clock, "activity")
        yield Piece("parties", "activity/_parties.html", {"rows": party_rows(view)})

    def _all(view: LabView, day: date, machine: str) -> Iterator[Piece]:
        return chain(_live(view, clock), _read(view, day, machine))

    def _read(view: LabView, day: date, machine: str) -> Iterator[Piece]:
        lately, today = _lately(), _today()
        names = {m.slug: m.name for m in view.machines}
        shown = session_rows(of_day(lately, day, machine), lately, names, _name)
        left = session_rows(to_check(lately), lately, names, _name)
        counters = {"counts": counts(view, lately, today), "parties": party_rows(view)}
        made = {"rows": made_rows(view, lately, day, _name), "is_today": day == today}
        yield Piece("counters", "activity/_counters.html", counters)
        yield Piece("made", "activity/_made.html", made)
        yield Piece("workshops", "activity/_workshops.html", {"rows": workshop_rows(lately, _name)})
        yield Piece("left", "activity/_left.html", {"rows": left})
        yield Piece("sessions", "activity/_sessions.html", {"rows": shown})

    def _rows(view: LabView, lately: Lately, subject: str) -> list[object]:
        names = {m.slug: m.name for m in view.machines}
        mine = [s for s in lately.sessions if s.subject == subject]
        return list(session_rows(mine, lately, names, _name))

    def _lately() -> Lately:
        """Nothing, where the journal cannot be read: the rest of the page is worth having."""
        try:
            return recent.read()
        except (StoreError, sqlite3.Error) as wrong:
            log.warning("what the lab did lately is not shown: %s", wrong)
            return Lately()

    def _name(roster_id: str) -> str:
        return next((face.name for face in desk.faces() if face.id == roster_id), "")

    def _today() -> date:
        return paris(clock.now().wall_us).date()

    def _asked() -> tuple[date, str]:
        """The day and the machine that the page was asked for: today, and all of them."""
        day = day_of(request.args.get("day", "")) or _today()
        return min(day, _today() + timedelta(days=1)), request.args.get("machine", "")[:120]

    return pages


def _groups(lately: Lately) -> list[tuple[str, str]]:
    """(group, how it is called) of the last group sessions."""
    found: dict[str, str] = {}
    for session in sorted(lately.sessions, key=lambda s: -(s.began_us or 0)):
        if session.group and session.group not in found and session.began_us is not None:
            day = paris(session.began_us)
            title = clean(session.title, 40) or _("Group session")
            found[session.group] = f"{title} · {day:%d/%m} · {said.people(session.party)}"
    return list(found.items())[:12]


def _clock_time(at_us: int | None) -> str:
    """What an <input type=time> takes."""
    return "" if at_us is None else f"{paris(at_us):%H:%M}"
