"""The web application of a lab: its pages put together over what the floor shows."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Mapping

from flask import Flask

from config.site import Association, Retention
from kiosk.clock import Clock, SystemClock
from kiosk.floor.acts import Desk
from kiosk.floor.invitations import Invitations
from kiosk.floor.view import Screens
from kiosk.store.recent import NothingRecent, Recent
from kiosk.web.activity import activity_pages
from kiosk.web.authority import Authority, install
from kiosk.web.bringing import Bringing
from kiosk.web.cameras import Cameras, NoCameras
from kiosk.web.data import data_pages
from kiosk.web.doing import Nobody, new_key
from kiosk.web.guard import guard
from kiosk.web.language import speak
from kiosk.web.live import Streams
from kiosk.web.member import member_pages
from kiosk.web.pairing import Forgetful, Pairing
from kiosk.web.people_pages import NobodyKnown, PeopleDesk, people_pages
from kiosk.web.server import CLOSING, LONGEST_BODY, THREADS
from kiosk.web.tablet import tablet_pages
from kiosk.web.tablet_acts import tablet_acts
from kiosk.web.tablet_bringing import tablet_bringing
from kiosk.web.touch import touch_pages
from kiosk.web.uploads import SLICE
from kiosk.web.who import who_pages

#: Live streams kept for the touch screen, however many tablets there are.
TOUCH_STREAMS = 4
TABLET_STREAMS = THREADS // 2 - TOUCH_STREAMS

#: Bytes of the largest request any page takes.
LONGEST_REQUEST = 64 * 1024


def create_app(
    screens: Screens,
    *,
    desk: Desk | None = None,
    authority: Authority | None = None,
    invitations: Invitations | None = None,
    bringing: Bringing | None = None,
    cameras: Cameras | None = None,
    recent: Recent | None = None,
    people: PeopleDesk | None = None,
    language: str = "fr",
    clock: Clock | None = None,
    hosts: Collection[str] = (),
    touch_from_anywhere: bool = False,
    address: Callable[[], str] = lambda: "",
    closing: threading.Event | None = None,
    health: Callable[[], Mapping[str, object]] = dict,
    retention: Retention | None = None,
    association: Association | None = None,
) -> Flask:
    """The pages over `screens`.

    `desk` carries out what animators and members do; without one, nobody does anything.
    `authority` knows who may; without one, every animator is unknown. `invitations` and
    `bringing`: of members to pages of their own, and of files; without them there are none.
    `cameras` has the snapshots of printers that have a camera. `recent` reads what the lab
    did lately; `people` knows its members.
    `language` is the tablet's. `hosts` are the DNS names under which the kiosk
    may be asked, besides its addresses and local names. `touch_from_anywhere`
    lets another machine be the touch screen. `address` is where phones find the kiosk,
    "" where they cannot. `closing`, once set, ends every
    live stream within a second. `health`: more for `/healthz`, nothing about a person.
    `retention` and `association`: what the page about people's data says.
    """
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = LONGEST_REQUEST
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    clock = clock or SystemClock()
    closing = closing or threading.Event()
    speak(app, lambda: language)
    guard(app, hosts)
    install(app)
    app.jinja_env.globals["new_key"] = new_key
    authority = authority or Authority(Pairing(Forgetful(), time.monotonic))
    touch_streams, tablet_streams = (
        Streams(TOUCH_STREAMS, closing),
        Streams(TABLET_STREAMS, closing, authority.may_look),
    )
    app.register_blueprint(touch_pages(screens, clock, touch_streams, touch_from_anywhere, address))
    tablet = tablet_pages(screens, clock, tablet_streams, cameras or NoCameras(), language)
    tablet.before_request(authority.looking)
    app.register_blueprint(tablet)
    app.register_blueprint(tablet_acts(screens, desk or Nobody(), authority, language))
    lately = recent or NothingRecent()
    activity = activity_pages(
        screens, desk or Nobody(), authority, lately, clock, tablet_streams, language
    )
    app.register_blueprint(activity)
    members = people_pages(
        screens,
        desk or Nobody(),
        people or NobodyKnown(),
        authority,
        clock,
        tablet_streams,
        language,
    )
    app.register_blueprint(members)
    if bringing:
        at_tablet = tablet_bringing(screens, desk or Nobody(), authority, bringing, language)
        app.register_blueprint(at_tablet)
        app.extensions[LONGEST_BODY] = SLICE
    app.register_blueprint(who_pages(authority, language))
    told = retention or Retention(), association or Association()
    app.register_blueprint(data_pages(screens, *told, language))
    app.jinja_env.globals["actor"] = authority.actor
    if invitations and bringing:
        own = member_pages(screens, desk or Nobody(), invitations, bringing, language)
        app.register_blueprint(own)

    @app.get("/healthz")
    def healthz() -> dict[str, object]:
        """For a machine that watches: whole figures, nothing about a person."""
        view = screens.view()
        told = ("revision", "journal_ok", "online", "unsent", "roster_age_s", "clock_set")
        shown = {name: getattr(view, name) for name in (*told, "readers_ok", "notices")}
        return shown | dict(health())

    app.extensions[CLOSING] = closing
    return app
