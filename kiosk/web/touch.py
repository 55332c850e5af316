"""The touch screen: its page, its live stream, and the fingers on it.

The server draws every screen, once, from one template: the page shows the first
one, the stream brings each next one ready to be put in place.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import msgspec
from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as Answer

from kiosk.clock import Clock
from kiosk.floor.view import LabView, Screens, Touch
from kiosk.web import live
from kiosk.web.guard import at_the_kiosk
from kiosk.web.language import LANGUAGES, speaking
from kiosk.web.qr import qr
from kiosk.web.screen import picture
from kiosk.web.words import clean, time_of_day

#: Bytes of what a finger says; the longest real one is under 150.
LONGEST_TOUCH = 512
#: A countdown that ends this much sooner or later than the page believes is sent again.
DRIFT_S = 1.5


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


def touch_pages(
    screens: Screens,
    clock: Clock,
    streams: live.Streams,
    anywhere: bool,
    address: Callable[[], str],
) -> Blueprint:
    """`anywhere`: whether the touch screen may be another machine than the kiosk. `address`:
    where phones find the kiosk, "" where they cannot."""
    pages = Blueprint("touch", __name__)

    @pages.before_request
    def _here_only() -> Answer | None:
        here = anywhere or at_the_kiosk()
        if not here and request.endpoint != "touch.page":
            abort(403, "The touch screen answers on the kiosk itself only: see /tablet.")
        return None if here else redirect(url_for("tablet.page"), 303)

    @pages.get("/")
    def page() -> str:
        screen = draw(screens.view(), clock, address)
        with speaking(screen.language):
            # The screen was drawn, and escaped, by its own template.
            return render_template("touch.html", screen=screen, stage=Markup(screen.html))

    @pages.get("/screen.json")
    def screen() -> Response:
        drawn = draw(screens.view(), clock, address)
        return Response(msgspec.json.encode(drawn), mimetype="application/json")

    @pages.get("/screen/events")
    def events() -> Response:
        return streams.open(screens, _Painter(clock, address))

    @pages.post("/touch")
    def touch() -> tuple[str, int]:
        finger = _finger()
        _check(finger, screens)
        screens.touch(finger.what, finger.value)
        return "", 204

    return pages


def draw(view: LabView, clock: Clock, address: Callable[[], str]) -> Drawn:
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
            link=_link(drawn.invitation, address),
            qr=qr,
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


class _Painter:
    """What one page was sent last, and so what it needs next."""

    def __init__(self, clock: Clock, address: Callable[[], str]) -> None:
        self._clock = clock
        self._address = address
        self._last: Drawn | None = None
        self._ends_s = math.inf

    def __call__(self, view: LabView) -> str:
        drawn = draw(view, self._clock, self._address)
        ends_s = math.inf if drawn.until_s is None else time.monotonic() + drawn.until_s
        last, self._last = self._last, drawn
        if last is None or not self._alike(last, drawn, ends_s):
            self._ends_s = ends_s
            return live.frame(msgspec.json.encode(drawn).decode(), "screen")
        if last.revision != drawn.revision:
            return live.frame(str(drawn.revision), "same")
        return ""

    def _alike(self, last: Drawn, drawn: Drawn, ends_s: float) -> bool:
        """Whether the page shows all of it: the countdown it was given runs by itself."""
        in_time = ends_s == self._ends_s or abs(ends_s - self._ends_s) < DRIFT_S
        return in_time and (last.key, last.html) == (drawn.key, drawn.html)


def _link(invitation: str, address: Callable[[], str]) -> str:
    """The member's own page, as a phone opens it; "" where there is none."""
    base = address() if invitation else ""
    return f"{base}/moi/{invitation}" if base else ""


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
        case Touch.TABLET:
            if finger.value not in screens.view().screen.tablets:
                abort(400, "No such tablet asks for the badge that was read.")
        case Touch.MORE | Touch.LESS:
            if all(one.item != finger.value for one in screens.view().screen.counters):
                abort(400, "Nothing of that name is counted on the screen.")
        case Touch.GRANT:
            people = screens.view().screen.people
            shown = (*people.grants, *((people.of,) if people.of else ()))
            if all(one.of != finger.value for one in shown):
                abort(400, "No such clearance is on the screen.")
        case _ if finger.value:
            abort(400, f"The touch {finger.what} has no value.")
