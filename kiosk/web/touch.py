"""The touch screen: its page, its live stream, and the fingers on it.

The server draws every screen, once, from one template: the page shows the first
one, the stream brings each next one ready to be put in place.
"""

from __future__ import annotations

import msgspec
from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as Answer

from kiosk.clock import Clock
from kiosk.floor.view import LabView, Screens, Touch
from kiosk.web import live
from kiosk.web.guard import from_here
from kiosk.web.language import LANGUAGES, speaking
from kiosk.web.screen import picture
from kiosk.web.words import clean, time_of_day

#: Bytes of what a finger says; the longest real one is under 150.
LONGEST_TOUCH = 512


class Finger(msgspec.Struct, forbid_unknown_fields=True):
    """What is posted to /touch."""

    what: Touch
    value: str = ""


class Drawn(msgspec.Struct):
    """One screen on its way to the page. `key` stays the same while the screen is the same."""

    revision: int
    key: str
    kind: str
    language: str
    until_s: float | None
    said: str
    html: str


def touch_pages(screens: Screens, clock: Clock, streams: live.Streams, anywhere: bool) -> Blueprint:
    """`anywhere`: whether the touch screen may be another machine than the kiosk."""
    pages = Blueprint("touch", __name__)

    @pages.before_request
    def _here_only() -> Answer | None:
        here = anywhere or from_here()
        if not here and request.endpoint != "touch.page":
            abort(403, "The touch screen answers on the kiosk itself only: see /tablet.")
        return None if here else redirect(url_for("tablet.page"), 303)

    @pages.get("/")
    def page() -> str:
        screen = draw(screens.view(), clock)
        with speaking(screen.language):
            # The screen was drawn, and escaped, by its own template.
            return render_template("touch.html", screen=screen, stage=Markup(screen.html))

    @pages.get("/screen.json")
    def screen() -> Response:
        drawn = draw(screens.view(), clock)
        return Response(msgspec.json.encode(drawn), mimetype="application/json")

    @pages.get("/screen/events")
    def events() -> Response:
        return streams.open(screens, _painter(clock))

    @pages.post("/touch")
    def touch() -> tuple[str, int]:
        finger = _finger()
        _check(finger, screens)
        screens.touch(finger.what, finger.value)
        return "", 204

    return pages


def draw(view: LabView, clock: Clock) -> Drawn:
    """The screen of a view, in the language of the person before it."""
    screen = view.screen
    with speaking(screen.language):
        drawn = picture(view)
        html = render_template(
            "screen.html",
            picture=drawn,
            lab=clean(view.name, 40),
            time=_time(view, clock),
            counts=screen.until_s is not None,
        )
    return Drawn(
        view.revision,
        clean(f"{screen.kind}:{screen.machine}:{screen.refusal}"),
        screen.kind,
        screen.language if screen.language in LANGUAGES else LANGUAGES[0],
        screen.until_s,
        drawn.said,
        html,
    )


def _painter(clock: Clock) -> live.Paint:
    """Sends a screen when anything on it differs from the last one sent."""
    last: Drawn | None = None

    def paint(view: LabView) -> str:
        nonlocal last
        drawn = draw(view, clock)
        if last is not None and _alike(last, drawn):
            return ""
        last = drawn
        return live.frame(msgspec.json.encode(drawn).decode(), "screen")

    return paint


def _alike(last: Drawn, drawn: Drawn) -> bool:
    """Whether the page needs no word of it: only the countdown it runs itself has moved."""
    return (last.revision, last.html) == (drawn.revision, drawn.html)


def _time(view: LabView, clock: Clock) -> str:
    return time_of_day(f"{clock.now().paris():%H h %M}") if view.clock_set else ""


def _finger() -> Finger:
    if request.mimetype != "application/json":
        abort(415, 'A touch is JSON: {"what": "machine", "value": "laser"}.')
    request.max_content_length = LONGEST_TOUCH
    try:
        return msgspec.json.decode(request.get_data(cache=False), type=Finger)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
        abort(400, f"This is no touch: {wrong}.")


def _check(finger: Finger, screens: Screens) -> None:
    """Only what is on a screen can be touched."""
    match finger.what:
        case Touch.MACHINE:
            if all(m.slug != finger.value for m in screens.view().machines):
                abort(400, "There is no such machine in this lab.")
        case Touch.LANGUAGE:
            if finger.value not in LANGUAGES:
                abort(400, f"The screen speaks {' or '.join(LANGUAGES)}.")
        case _ if finger.value:
            abort(400, f"The touch {finger.what} has no value.")
