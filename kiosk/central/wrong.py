"""What a page says where something is wrong: a sentence, whoever asks and whatever for."""

from __future__ import annotations

import math

from flask import Response, render_template, request
from werkzeug.exceptions import HTTPException, default_exceptions

from kiosk.web.language import _
from kiosk.web.pins import Verdict


def of_labs() -> bool:
    """Whether a lab asks, and no browser: also for what the labs' routes do not have."""
    return request.path.startswith("/v1/")


def said(error: HTTPException) -> HTTPException | Response | tuple[str, int]:
    """The page of an error; for a piece of a page its sentence alone."""
    code = error.code or 500
    if code < 400 or of_labs():
        return error
    return _answer(_sentence(error, code), code)


def busy() -> Response | tuple[str, int]:
    return _answer(_("The central has much to do. Try again in a moment."), 503)


def knock(verdict: Verdict) -> str:
    """Why somebody may not log in."""
    if verdict.locked_s:
        minutes = math.ceil(verdict.locked_s / 60)
        return _("Too many wrong tries. Come back in %(minutes)s min.", minutes=minutes)
    return _("This name and this password do not go together.")


def _answer(sentence: str, code: int) -> Response | tuple[str, int]:
    if "HX-Request" in request.headers:
        return Response(f"{sentence}\n", code, mimetype="text/plain")
    return render_template("central/wrong.html", sentence=sentence), code


def _sentence(error: HTTPException, code: int) -> str:
    usual = default_exceptions.get(code)
    if error.description and (usual is None or error.description != usual.description):
        return error.description
    match code:
        case 404:
            return _("There is no such page.")
        case 405:
            return _("This page cannot be asked like that.")
        case 413:
            return _("This is too long.")
        case 400:
            return _("Something in this request cannot be read.")
    return _("Something went wrong here. The log of the central says what.")
