"""The tablet of the animators: the machines at a glance, one machine, and the queue; live.

A page holds pieces, each with an id (its top, the errands, a card per machine…).
The stream and the polls bring pieces that `tablet.js` puts in place by their id:
all of them at first, then those that differ from what this stream sent before.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from flask import Blueprint, Response, abort, g, render_template
from markupsafe import Markup

from kiosk.clock import Clock
from kiosk.floor.view import LabView, Screens
from kiosk.web import live
from kiosk.web.cameras import Cameras
from kiosk.web.cards import cards
from kiosk.web.errands import errands
from kiosk.web.language import _, speaking
from kiosk.web.machine_page import machine_page
from kiosk.web.queue_rows import owners, row, rows
from kiosk.web.queue_words import failures
from kiosk.web.sentences import notices
from kiosk.web.words import clean, time_of_day


@dataclass(frozen=True)
class Piece:
    """A part of a page that is replaced as a whole, and what is to be read on it."""

    id: str
    template: str
    said: Mapping[str, object]

    def html(self) -> Markup:
        return self._html

    @cached_property
    def _html(self) -> Markup:
        return Markup(render_template(self.template, **self.said))


Draw = Callable[[LabView, Clock], Iterator[Piece]]


def tablet_pages(
    screens: Screens, clock: Clock, streams: live.Streams, cameras: Cameras, language: str
) -> Blueprint:
    pages = Blueprint("tablet", __name__, url_prefix="/tablet")
    all_machines = once(machines)

    def page_of(template: str, draw: Draw, **more: object) -> str:
        view = screens.view()
        with speaking(language):
            shown = {piece.id: piece for piece in draw(view, clock)}
            return render_template(template, lab=clean(view.name, 40), shown=shown, **more)

    def pieces_of(draw: Draw) -> str:
        with speaking(language):
            return "\n".join(piece.html() for piece in draw(screens.view(), clock))

    @pages.get("")
    def page() -> str:
        printers = [f"card-{n}" for n, m in enumerate(cards(screens.view())) if m.printer]
        return page_of("tablet.html", all_machines, printers=printers)

    @pages.get("/cards")
    def every_piece() -> str:
        return pieces_of(all_machines)

    @pages.get("/events")
    def events() -> Response:
        return streams.open(screens, painter(all_machines, clock, language), g.seat)

    @pages.get("/queue")
    def queue() -> str:
        return page_of("tablet_queue.html", queue_pieces)

    @pages.get("/queue/pieces")
    def every_queue_piece() -> str:
        return pieces_of(queue_pieces)

    @pages.get("/queue/events")
    def queue_events() -> Response:
        return streams.open(screens, painter(queue_pieces, clock, language), g.seat)

    @pages.get("/machine/<slug>")
    def machine(slug: str) -> str:
        draw = _known(slug)
        return page_of("tablet_machine.html", draw, slug=slug)

    @pages.get("/machine/<slug>/pieces")
    def every_machine_piece(slug: str) -> str:
        return pieces_of(_known(slug))

    @pages.get("/machine/<slug>/events")
    def machine_events(slug: str) -> Response:
        return streams.open(screens, painter(_known(slug), clock, language), g.seat)

    @pages.get("/camera/<slug>")
    def camera(slug: str) -> Response:
        """The last picture of a printer; 404 where there is none."""
        picture, mime, _age_s = cameras.snapshot(slug) or abort(404)
        return Response(picture, mimetype=mime)

    def _known(slug: str) -> Draw:
        if all(one.slug != slug for one in screens.view().machines):
            abort(404, _("There is no such machine."))
        return lambda view, clock: machine_pieces(view, clock, slug)

    return pages


def once(draw: Draw) -> Draw:
    """For all who look: a view is drawn by the first of them, and what is as before not anew.

    Only of what offers no act: each tablet has keys of its own.
    """
    lock = threading.Lock()
    last: tuple[LabView, dict[str, Piece]] | None = None

    def drawn(view: LabView, clock: Clock) -> Iterator[Piece]:
        nonlocal last
        with lock:
            if last is None or last[0] is not view:
                before = last[1] if last else {}
                pieces = {piece.id: piece for piece in draw(view, clock)}
                last = view, pieces | {k: old for k, old in before.items() if old == pieces.get(k)}
            return iter(last[1].values())

    return drawn


def machines(view: LabView, clock: Clock) -> Iterator[Piece]:
    """All machines at a glance."""
    yield top(view, clock, "machines")
    shown = cards(view)
    yield Piece("errands", "_errands.html", {"errands": errands(view, shown)})
    for card in shown:
        yield Piece(f"card-{card.number}", "_card.html", {"card": card})


def queue_pieces(view: LabView, clock: Clock) -> Iterator[Piece]:
    yield top(view, clock, "queue")
    yield Piece("jobs", "_jobs.html", {"rows": rows(view)})
    yield Piece("over", "_over.html", {"rows": tuple(row(view, job) for job in view.queue.over)})
    yield Piece("owners", "_owners.html", {"owners": owners(view)})


def machine_pieces(view: LabView, clock: Clock, slug: str) -> Iterator[Piece]:
    """One machine's; nothing of a machine that is gone."""
    yield top(view, clock, "machines")
    if page := machine_page(view, slug):
        card = page.card
        loaded = card.queue.filament if card.queue else None
        more = {"loaded": loaded, "member": card.member, "word": card.word, "slug": slug}
        told = {"acts": page.acts, "slug": slug, "failures": failures()}
        yield Piece("machine", "_machine.html", {"card": card, "why": page.why})
        if page.acts:
            yield Piece("acts", "_machine_acts.html", told)
            yield Piece("coming", "_machine_coming.html", {"coming": page.coming})
        yield Piece("more", "_machine_more.html", {"page": page.more, **more})


def painter(draw: Draw, clock: Clock, language: str) -> live.Paint:
    """Draws and sends only the pieces that say something else than those sent before."""
    sent: dict[str, Piece] = {}

    def paint(view: LabView) -> str:
        with speaking(language):
            fresh = [piece for piece in draw(view, clock) if sent.get(piece.id) != piece]
            sent.update((piece.id, piece) for piece in fresh)
            return live.frame("\n".join(piece.html() for piece in fresh)) if fresh else ""

    return paint


def top(view: LabView, clock: Clock, here: str) -> Piece:
    """The head of the page: which lab, how it stands with the central, what to know."""
    said = {
        "here": here,
        "lab": clean(view.name, 40),
        "central": view.central,
        "online": view.online,
        "unsent": view.unsent,
        "time": time_of_day(f"{clock.now().paris():%H h %M}") if view.clock_set else "",
        "notices": notices(view),
        "waiting": sum(job.state in ("waiting", "to-approve") for job in view.queue.jobs),
        "queue": any(machine.printer for machine in view.machines),
        "unknown": len(view.unknown),
    }
    return Piece("top", "_top.html", said)
