"""The frame of the central's pages: who is there, what they may see, in which language.

Every route needs a role: that of its blueprint, made by `front.blueprint`. A blueprint that
did not come from there is for administrators alone, so that a page is never open by
mistake. Labs' requests (`/v1/`) have their tokens and do not come by here.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import TimeoutError as TooSlow
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Flask,
    Response,
    copy_current_request_context,
    g,
    redirect,
    render_template,
    request,
    send_from_directory,
    url_for,
)
from werkzeug.exceptions import Forbidden, HTTPException
from werkzeug.wrappers import Response as Answer

from kiosk.central import accounts, audit, wrong
from kiosk.central.accounts import Known, Role
from kiosk.central.audit import Act
from kiosk.central.entrance import REMEMBERED, Entrance
from kiosk.central.people.ids import is_erased, is_known
from kiosk.central.store import Busy
from kiosk.web import csrf
from kiosk.web.cookies import keep, keep_seat, kept, take_seat
from kiosk.web.guard import HEADERS, at_the_kiosk, check
from kiosk.web.language import LANGUAGES, _, speak, spoken
from kiosk.web.limits import Tries

if TYPE_CHECKING:
    from config.site import CentralSite
    from kiosk.central.store import Central

T = TypeVar("T")

WEB = Path(__file__).parents[1] / "web"
#: Seconds for which a page waits until what it asked for is written.
WRITTEN_S = 20.0
#: What strangers may have: the log-in, and the look of a page.
OPEN = {"front.login", "front.shared", "front.healthz", "central.static", "central.tokens"}
YEAR_S = 365 * 86_400
#: Bytes of a post that is no file; who takes files says more (`Front.takes`).
LONGEST_FORM = 256 * 1024


@dataclass(frozen=True, slots=True)
class Entry:
    """A page in the navigation."""

    endpoint: str
    label: Callable[[], str]  #: said when it is shown, in the language of the page
    role: Role
    order: int


class Front:
    """Put over `app` before any of its pages. For any thread."""

    def __init__(
        self,
        app: Flask,
        central: Central,
        site: CentralSite,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self.central = central
        self.site = site
        self._roles: dict[str, Role] = {}
        self._entries: list[Entry] = []
        self.health: list[Callable[[], dict[str, object]]] = []  #: more for `/healthz`
        self._longest: dict[str, int] = {}
        self._entrance = Entrance(seconds)
        self._lock = threading.Lock()
        self._said: dict[str, str] = {}  #: by seat
        self._knocks = Tries(6, 2.0, seconds)
        app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
        speak(app, asked_language, WEB / "translations")
        csrf.tokens(app)
        app.jinja_env.globals |= {
            "actor": self.actor,
            "navigation": self.navigation,
            "said_before": self.said,
            "Role": Role,
        }
        app.jinja_env.globals["central_name"] = site.name
        app.before_request(self._look)
        app.after_request(_head)
        app.register_error_handler(HTTPException, wrong.said)
        app.register_error_handler(Busy, lambda error: wrong.busy())
        app.register_error_handler(TooSlow, lambda error: wrong.busy())
        app.register_blueprint(self._own())

    # -- for the packages of pages ------------------------------------------------------------

    def blueprint(
        self, name: str, import_name: str, role: Role, url_prefix: str | None = None
    ) -> Blueprint:
        """A blueprint whose every route needs that role."""
        pages = Blueprint(name, import_name, url_prefix=url_prefix)
        self.guard(pages, role)
        return pages

    def guard(self, pages: Blueprint, role: Role) -> None:
        """A blueprint made elsewhere: its every route needs that role, but what is in `OPEN`."""
        self._roles[pages.name] = role

    def entry(
        self, endpoint: str, label: Callable[[], str], order: int, role: Role = Role.ANIMATOR
    ) -> None:
        """Puts a page into the navigation: `front.entry("x.page", lambda: _("X"), 20)`."""
        self._entries.append(Entry(endpoint, label, role, order))

    def takes(self, endpoint: str, longest: int) -> None:
        """A page that is sent a file of at most so many bytes."""
        self._longest[endpoint] = longest

    def actor(self) -> Known | None:
        """Who is logged in, in the request under way; None on the log-in page."""
        known: Known | None = g.get("actor")
        return known

    def needs(self, role: Role) -> Known:
        """Who is logged in, once they have that role: 403 else. For one route among others."""
        known = self.actor()
        if known is None or known.role < role:
            raise Forbidden(_("Only an administrator may do this."))
        return known

    def act(self) -> Act:
        """What whoever is logged in does now: one for each transaction."""
        return Act(self.needs(Role.ANIMATOR).by, self.central.now_us())

    def write(self, do: Callable[[sqlite3.Connection, Act], T]) -> T:
        """Does `do(connection, act)` in a transaction of its own, and waits for it.

        What it says is in the language of the page. A central that has too much to do is 503.
        """
        act, here = self.act(), copy_current_request_context(do)
        return self.central.submit(lambda c: here(c, act)).result(WRITTEN_S)

    def say(self, sentence: str) -> None:
        """What was done, said at the top of the next page of this browser."""
        with self._lock:
            self._said[g.seat] = sentence
            while len(self._said) > REMEMBERED:
                del self._said[next(iter(self._said))]

    def said(self) -> str:
        """What `say` left for this browser, once."""
        with self._lock:
            return self._said.pop(g.get("seat", ""), "")

    def looked(self, verb: str, subject: str = "", detail: str = "") -> None:
        """Notes that whoever is logged in looked at somebody's data.

        A `subject` that is nobody's id is left out: a name typed in an address stays nowhere.
        """

        def note(connection: sqlite3.Connection, act: Act) -> None:
            somebody = is_known(connection, subject) or is_erased(connection, subject)
            audit.note(connection, act, verb, subject if somebody else "", detail)

        self.write(note)

    def navigation(self) -> list[tuple[str, str, bool]]:
        """(address, label, whether it is this page's) of what whoever is logged in may see."""
        known = self.actor()
        mine = [one for one in self._entries if known and one.role <= known.role]
        here = request.blueprint
        return [
            (url_for(one.endpoint), one.label(), one.endpoint.split(".")[0] == here)
            for one in sorted(mine, key=lambda one: one.order)
        ]

    # -- each request -------------------------------------------------------------------------

    def _look(self) -> Answer | None:
        if wrong.of_labs():
            return None
        take_seat()
        check(self.site.hosts)
        request.max_content_length = self._longest.get(request.endpoint or "", LONGEST_FORM)
        if request.endpoint is None or request.endpoint in OPEN:
            csrf.check()
            return None
        g.actor = self._known()
        if g.actor is None:
            if request.method == "GET" and "HX-Request" not in request.headers:
                path = request.full_path.rstrip("?")
                return redirect(url_for("front.login", next=path if path != "/" else None), 303)
            raise Forbidden(_("You are not logged in any more. Load the page again."))
        csrf.check()
        self.needs(self._roles.get(request.blueprint or "", Role.ADMIN))
        return None

    def _known(self) -> Known | None:
        secret = kept("login")
        if not secret:
            return None
        with self.central.reader() as connection:
            return self._entrance.who(secret, lambda by: accounts.known(connection, by))

    # -- its own pages ------------------------------------------------------------------------

    def _own(self) -> Blueprint:
        pages = Blueprint("front", __name__)
        self._roles["front"] = Role.ANIMATOR

        @pages.route("/login", methods=["GET", "POST"])
        def login() -> Answer | str | tuple[str, int]:
            if request.method == "GET":
                return render_template("central/login.html", said="", next=_next())
            self._knocks.check()
            return self._log_in(request.form.get("name", ""), request.form.get("word", ""))

        @pages.post("/logout")
        def logout() -> Answer:
            self.looked("log-out")
            self._entrance.leave(kept("login"))
            return redirect(url_for("front.login"), 303)

        @pages.get("/static/shared/<path:name>")
        def shared(name: str) -> Response:
            return send_from_directory(WEB / "static", name)

        @pages.get("/healthz")
        def healthz() -> dict[str, object]:
            """For a machine that watches: figures, nothing about a person."""
            with self.central.reader() as connection:
                (labs,) = connection.execute("SELECT count(DISTINCT lab) FROM store").fetchone()
            told: dict[str, object] = {"ok": True, "labs": labs}
            for more in self.health:
                told |= more()
            return told

        return pages

    def _log_in(self, name: str, word: str) -> Answer | tuple[str, int]:
        with self.central.reader() as connection:
            known = accounts.named(connection, name[:120])
        verdict, secret = self._entrance.knock(
            known, request.remote_addr or "", word[: accounts.LONGEST], name[:120]
        )
        if secret or verdict.wrong:
            verb = "log-in" if secret else "log-in refused"
            act = Act(known.by if known else "", self.central.now_us())
            self.central.submit(lambda c: audit.note(c, act, verb)).result(WRITTEN_S)
        if not secret:
            said = wrong.knock(verdict)
            return render_template("central/login.html", said=said, next=_next(), name=name), 403
        self._entrance.leave(kept("login"))  # whoever was logged in by this browser before
        answer = redirect(_next() or url_for("central.labs"), 303)
        keep(answer, "login", secret)
        return answer


def _next() -> str:
    """Where to go after the log-in: a page of ours, or ""."""
    told = request.values.get("next", "")
    parts = urlsplit(told)
    ours = not parts.scheme and not parts.netloc and told.startswith("/") and "\\" not in told
    return told if ours and not told.startswith("//") and told.isprintable() else ""


def asked_language() -> str:
    """That of `?lang=`, of this browser's last choice, or of the browser."""
    for told in (request.args.get("lang", ""), kept("lang")):
        if told in LANGUAGES:
            return told
    return request.accept_languages.best_match(LANGUAGES) or "fr"


def _head(response: Response) -> Response:
    if wrong.of_labs():
        return response
    response.headers.update(HEADERS)
    if request.is_secure or at_the_kiosk():
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if request.endpoint not in OPEN or request.endpoint == "front.login":
        response.headers["Cache-Control"] = "no-store"
    if request.args.get("lang") in LANGUAGES:
        keep(response, "lang", spoken(), YEAR_S)
    keep_seat(response)
    return response
