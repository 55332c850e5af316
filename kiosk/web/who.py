"""The pages that ask who is there: a tablet is paired, an animator gives their code or badge.

The dialog is a piece that any tablet page may hold (`_who.html` and `who.js`):
it opens by itself where an act was answered by « who? ».
"""

from __future__ import annotations

import logging
import math

from flask import (
    Blueprint,
    Response,
    abort,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response as Answer

from kiosk.store.disk import StoreError
from kiosk.web import csrf
from kiosk.web.authority import YEAR_S, Authority
from kiosk.web.cookies import keep, take_seat
from kiosk.web.handles import handle, who
from kiosk.web.language import _, speaking
from kiosk.web.limits import Tries
from kiosk.web.pins import Verdict
from kiosk.web.words import clean

log = logging.getLogger("web.who")


def who_pages(authority: Authority, language: str) -> Blueprint:
    pages = Blueprint("who", __name__, url_prefix="/tablet")
    pairings, pins = Tries(5, 5.0), Tries(6, 2.0)

    @pages.before_request
    def _looking() -> Answer | None:
        if request.endpoint != "who.pair":
            return authority.looking()
        take_seat()
        csrf.check()
        return None

    @pages.route("/pair", methods=["GET", "POST"])
    def pair() -> Answer | tuple[str, int]:
        """The one page of a tablet that is not paired."""
        with speaking(language):
            if request.method == "GET":
                return render_template("pair.html", wrong=""), 200
            pairings.check()
            try:
                secret = authority.pairing.pair(_digits("code"))
            except StoreError:
                abort(503, _("Nothing can be recorded right now. Ask a host."))
            if secret is None:
                log.warning("a wrong code to pair a tablet, from %s", request.remote_addr)
                wrong = _("This is not the code. Ask for a new one after five minutes.")
                return render_template("pair.html", wrong=wrong), 403
        paired = redirect(url_for("tablet.page"), 303)
        keep(paired, "tablet", secret, YEAR_S)
        return paired

    @pages.get("/who")
    def ask() -> str:
        """Who may act, and the two digits to find at the reader."""
        with speaking(language):
            return render_template(
                "_ask_who.html",
                people=[(handle(m.id), clean(m.short, 40)) for m in authority.animators()],
                code=authority.ask_badge(),
            )

    @pages.post("/who")
    def pin() -> tuple[str, int]:
        pins.check()
        animators = {member.id: member for member in authority.animators()}
        found = who(request.form.get("who", ""), animators)
        with speaking(language):
            if found is None:
                return _("Choose your name."), 400
            verdict = authority.try_pin(animators[found], _digits("pin"))
            return (_actor(), 200) if verdict.right else (_refused(verdict), 403)

    @pages.post("/who/badge")
    def badge() -> Response:
        """Asked every second while the dialog is open; 202 while nobody badged."""
        with speaking(language):
            if authority.badge_came():
                return make_response(_actor(), 200)
            return make_response({"code": authority.ask_badge()}, 202)

    @pages.post("/who/end")
    def end() -> str:
        authority.end()
        with speaking(language):
            return _actor()

    def _actor() -> str:
        return render_template("_actor.html", actor=authority.actor())

    return pages


def _digits(field: str) -> str:
    told = "".join(request.form.get(field, "").split())
    if len(told) != 6 or not (told.isascii() and told.isdigit()):
        abort(400, _("A code has six digits."))
    return told


def _refused(verdict: Verdict) -> str:
    if verdict.locked_s:
        minutes = math.ceil(verdict.locked_s / 60)
        return _("Code locked for %(minutes)s min. See a manager.", minutes=minutes)
    if verdict.left == 1:
        return _("Wrong code. 1 try left.")
    return _("Wrong code. %(left)s tries left.", left=verdict.left)
