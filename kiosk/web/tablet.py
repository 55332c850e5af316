"""The tablet of the animators: every machine at a glance, live, to read only.

The page holds numbered pieces (its top, the errands, a card per machine). The
stream and the polls bring pieces that htmx puts in place by their id: all of
them at first, then those that differ from what this stream sent before.
"""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, Response, render_template

from kiosk.clock import Clock
from kiosk.floor.view import LabView, Screens
from kiosk.web import live
from kiosk.web.cards import cards, errands
from kiosk.web.language import speaking
from kiosk.web.sentences import notices
from kiosk.web.words import clean, time_of_day


def tablet_pages(screens: Screens, clock: Clock, streams: live.Streams, language: str) -> Blueprint:
    pages = Blueprint("tablet", __name__, url_prefix="/tablet")

    @pages.get("")
    def page() -> str:
        view = screens.view()
        with speaking(language):
            printers, others = cards(view)
            return render_template(
                "tablet.html",
                **_top(view, clock),
                errands=errands(view),
                printers=printers,
                others=others,
            )

    @pages.get("/cards")
    def every_piece() -> str:
        with speaking(language):
            return "\n".join(html for _, html in pieces(screens.view(), clock))

    @pages.get("/events")
    def events() -> Response:
        return streams.open(screens, _painter(clock, language))

    return pages


def pieces(view: LabView, clock: Clock) -> Iterator[tuple[str, str]]:
    """Each piece of the page by its id, as htmx takes it from a message."""
    yield "top", render_template("_top.html", swap=True, **_top(view, clock))
    yield "errands", render_template("_errands.html", swap=True, errands=errands(view))
    for group in cards(view):
        for card in group:
            yield f"card-{card.number}", render_template("_card.html", swap=True, card=card)


def _painter(clock: Clock, language: str) -> live.Paint:
    """Sends the pieces that differ from those sent before on this stream."""
    sent: dict[str, str] = {}

    def paint(view: LabView) -> str:
        with speaking(language):
            fresh = {i: html for i, html in pieces(view, clock) if sent.get(i) != html}
        sent.update(fresh)
        return live.frame("\n".join(fresh.values())) if fresh else ""

    return paint


def _top(view: LabView, clock: Clock) -> dict[str, object]:
    """The head of the page: which lab, how it stands with the central, what to know."""
    return {
        "lab": clean(view.name, 40),
        "central": view.central,
        "online": view.online,
        "unsent": view.unsent,
        "time": time_of_day(f"{clock.now().paris():%H h %M}") if view.clock_set else "",
        "notices": notices(view),
    }
