"""« Adhérents » on the tablet: badges that nobody has yet, who may use what, one member.

Whom an animator looks for is posted, never asked for in an address. A person is named by
a handle, a badge by one too. What changes by an act is asked for after it (`tablet.js`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from flask import Blueprint, Response, abort, g, render_template, request

from kiosk.clock import Clock
from kiosk.floor.acts import Desk
from kiosk.floor.people_view import GrantedView, OfView, PersonView
from kiosk.floor.view import LabView, Screens
from kiosk.web import activity_words, live, queue_words
from kiosk.web.authority import Authority
from kiosk.web.doing import do, key
from kiosk.web.handles import handle, who
from kiosk.web.language import _, speaking
from kiosk.web.people_forms import READ, Sent, reasons
from kiosk.web.people_rows import granted_rows, of_choices, person_rows, unknown_rows
from kiosk.web.tablet import Piece, painter, top
from kiosk.web.tablet_forms import people as everybody
from kiosk.web.words import clean

SHEETS = frozenset(("attach", "welcome", "lose", "grant", "revoke"))
#: Letters of a name that are looked for.
SOUGHT = 40


class PeopleDesk(Protocol):
    """What these pages ask of the floor: `kiosk.floor.people_desk.PeopleDesk`."""

    def ids(self) -> tuple[str, ...]: ...
    def find(self, sought: str) -> tuple[tuple[str, str], ...]: ...
    def person(self, roster_id: str) -> PersonView | None: ...
    def grantable(self) -> tuple[OfView, ...]: ...
    def granted(self) -> tuple[GrantedView, ...]: ...


class NobodyKnown:
    """`PeopleDesk` of a kiosk without one."""

    def ids(self) -> tuple[str, ...]:
        return ()

    def find(self, sought: str) -> tuple[tuple[str, str], ...]:
        return ()

    def person(self, roster_id: str) -> PersonView | None:
        return None

    def grantable(self) -> tuple[OfView, ...]:
        return ()

    def granted(self) -> tuple[GrantedView, ...]:
        return ()


def people_pages(
    screens: Screens,
    desk: Desk,
    people: PeopleDesk,
    authority: Authority,
    clock: Clock,
    streams: live.Streams,
    language: str,
) -> Blueprint:
    pages = Blueprint("people", __name__, url_prefix="/tablet/members")
    pages.before_request(authority.looking)

    @pages.route("", methods=["GET", "POST"])
    def page() -> str:
        """Posted: with who was looked for."""
        sought, of, view = request.form.get("sought", "")[:SOUGHT].strip(), _of(), screens.view()
        with speaking(language):
            return render_template(
                "people/page.html",
                lab=clean(view.name, 40),
                shown={piece.id: piece for piece in _all(view, of)},
                sought=sought,
                found=[(handle(i), clean(n, 40)) for i, n in people.find(sought)] if sought else [],
                choices=of_choices(people.grantable()),
                of=of,
            )

    @pages.get("/pieces")
    def pieces() -> str:
        of = _of()
        with speaking(language):
            return "\n".join(piece.html() for piece in _all(screens.view(), of))

    @pages.get("/events")
    def events() -> Response:
        return streams.open(screens, painter(_live, clock, language), g.seat)

    @pages.get("/one/<who>")
    def one(who: str) -> str:
        person, view = _person(who), screens.view()
        with speaking(language):
            shown = {piece.id: piece for piece in _one(view, person)}
            lab = clean(view.name, 40)
            return render_template("people/one.html", lab=lab, shown=shown, who=who)

    @pages.get("/one/<who>/pieces")
    def one_pieces(who: str) -> str:
        person = _person(who)
        with speaking(language):
            return "\n".join(piece.html() for piece in _one(screens.view(), person))

    @pages.get("/one/events")
    def one_events() -> Response:
        def draw(view: LabView, clock: Clock) -> Iterator[Piece]:
            yield top(view, clock, "members")

        return streams.open(screens, painter(draw, clock, language), g.seat)

    @pages.post("/act/<what>")
    def act(what: str) -> tuple[str, int]:
        if what not in READ:
            abort(404)
        with speaking(language):
            by, once = authority.acting(), key()
            sent = Sent(request.form, desk, people.person)
            told = do(desk, READ[what](sent), by, once)
            return ("", 200) if told.done else (queue_words.refusal(told), 409)

    @pages.get("/sheet/<what>")
    def sheet(what: str) -> str:
        """What a dialog of the page holds."""
        if what not in SHEETS:
            abort(404)
        told = request.args.get
        with speaking(language):
            person = _person(told("who", "")) if what in ("lose", "grant", "revoke") else None
            return render_template(
                f"people/{what}.html",
                code=clean(told("code", ""), 4),
                people=everybody(desk.faces()) if what == "attach" else [],
                person=person_rows(person, clock.now().paris().date()) if person else None,
                badge=told("badge", ""),
                choices=of_choices(people.grantable()),
                of=told("of", ""),
                categories=activity_words.categories(),
                publics=activity_words.publics(),
                reasons=reasons(),
                today=clock.now().paris().date(),
            )

    # -- what is drawn ------------------------------------------------------------------------

    def _live(view: LabView, clock: Clock) -> Iterator[Piece]:
        """What the floor's own picture shows: this alone comes by the stream."""
        yield top(view, clock, "members")
        yield Piece("unknown", "people/_unknown.html", {"rows": unknown_rows(view.unknown)})

    def _all(view: LabView, of: str) -> Iterator[Piece]:
        yield from _live(view, clock)
        granted, today = people.granted(), clock.now().paris().date()
        families = {m.slug: m.family for m in view.machines}
        wanted = (of, f"family:{families.get(of, '')}")
        able = [one for one in granted if one.clearance.of.of in wanted and not one.clearance.over]
        month = [
            one
            for one in granted
            if (last := one.clearance.last) and (last.year, last.month) == (today.year, today.month)
        ]
        yield Piece("able", "people/_able.html", {"rows": granted_rows(able, today), "of": of})
        yield Piece("ending", "people/_ending.html", {"rows": granted_rows(month, today)})

    def _one(view: LabView, person: PersonView) -> Iterator[Piece]:
        yield top(view, clock, "members")
        row = person_rows(person, clock.now().paris().date())
        yield Piece("person", "people/_person.html", {"person": row})

    def _person(told: str) -> PersonView:
        found = who(told, people.ids())
        return (people.person(found) if found else None) or abort(404, _("Choose a person."))

    def _of() -> str:
        told = request.args.get("of", "")
        return told if any(one.of == told for one in people.grantable()) else ""

    return pages
