"""The tablet of the animators: every machine at a glance, live, to read only.

The page holds numbered pieces (its top, the errands, a card per machine). The
stream and the polls bring pieces that htmx puts in place by their id: all of
them at first, then those that differ from what this stream sent before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

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
            shown = cards(view)
            return render_template(
                "tablet.html",
                **_top(view, clock),
                errands=errands(shown),
                printers=[card for card in shown if card.printer],
                others=[card for card in shown if not card.printer],
            )

    @pages.get("/cards")
    def every_piece() -> str:
        with speaking(language):
            return "\n".join(piece.html() for piece in pieces(screens.view(), clock))

    @pages.get("/events")
    def events() -> Response:
        return streams.open(screens, _painter(clock, language))

    return pages


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the page that is replaced as a whole, and what is to be read on it."""

    id: str
    template: str
    said: dict[str, object]

    def html(self) -> str:
        """As htmx takes it from a message, and puts it in place by its id."""
        return render_template(self.template, swap=True, **self.said)


def pieces(view: LabView, clock: Clock) -> Iterator[Piece]:
    yield Piece("top", "_top.html", _top(view, clock))
    shown = cards(view)
    yield Piece("errands", "_errands.html", {"errands": errands(shown)})
    for card in shown:
        yield Piece(f"card-{card.number}", "_card.html", {"card": card})


def _painter(clock: Clock, language: str) -> live.Paint:
    """Draws and sends only the pieces that say something else than those sent before."""
    sent: dict[str, Piece] = {}

    def paint(view: LabView) -> str:
        with speaking(language):
            fresh = [piece for piece in pieces(view, clock) if sent.get(piece.id) != piece]
            sent.update((piece.id, piece) for piece in fresh)
            return live.frame("\n".join(piece.html() for piece in fresh)) if fresh else ""

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
