"""« Vos données »: what this lab keeps of people, for how long, and whom to ask. For anybody.

Drawn from the lab's `[retention]` and `[association]` alone, by the same words as the
notice on the wall: nothing of a person is on it.
"""

from __future__ import annotations

from flask import Blueprint, render_template, request

from config.site import Association, Retention
from kiosk.central.privacy.notice import notice, said
from kiosk.central.privacy.sheets import HEADS
from kiosk.floor.view import Screens
from kiosk.web.language import LANGUAGES, speaking
from kiosk.web.words import clean


def data_pages(
    screens: Screens, retention: Retention, association: Association, language: str
) -> Blueprint:
    pages = Blueprint("data", __name__)

    @pages.get("/donnees")
    def page() -> str:
        """In the browser's language, or in that of `?lang=`."""
        asked = request.args.get("lang", "")
        best = request.accept_languages.best_match(LANGUAGES) or language
        spoken = asked if asked in LANGUAGES else best
        with speaking(spoken):
            return render_template(
                "data.html",
                lab=clean(screens.view().name, 40),
                notice=notice(retention, association, spoken),
                heads=[said(head, spoken) for head in HEADS],
                other="en" if spoken == "fr" else "fr",
            )

    return pages
