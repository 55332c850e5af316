"""Who looks at the tablet's pages, and who acts there.

Looking needs a paired tablet, or the kiosk's own browser. Acting needs, besides,
an animator's name and code, or their badge at the reader: for five minutes from
the last act, in that browser alone. Nothing of it outlives the kiosk's process
but the list of tablets.

A blueprint has its pages looked at by `pages.before_request(authority.looking)`;
a view that acts begins with `by = authority.acting()`.
"""

from __future__ import annotations

import hmac
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, Response, g, redirect, request, url_for
from werkzeug.exceptions import Forbidden
from werkzeug.wrappers import Response as Answer

from kiosk.floor.tablets import AskingTablets
from kiosk.web import csrf
from kiosk.web.cookies import keep, keep_seat, kept, take_seat
from kiosk.web.guard import at_the_kiosk
from kiosk.web.language import _
from kiosk.web.pairing import Pairing
from kiosk.web.pins import Pins, Verdict
from machines.authority import Acting, began
from machines.job_entries import PinRefused
from machines.journal import Personal
from machines.members import Member

#: A tablet stays paired for a year.
YEAR_S = 365 * 86_400
#: What a page is told with a 403 where nobody acts: to ask who is there.
ASK_HEADER = "X-Ask"
#: The kiosk's own browser, which needs no pairing.
AT_THE_KIOSK = "kiosk"
#: Browsers remembered; a lab has a few. Those that acted longest ago go first.
REMEMBERED = 200

Animators = Callable[[], tuple[Member, ...]]
Note = Callable[[PinRefused, Personal], object]


class NobodyActs(Forbidden):
    """Nobody said who acts here, or too long ago."""

    def __init__(self) -> None:
        super().__init__(_("Say who you are first: your name and your code."))


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts here, for a page: as they are called, and for how long yet."""

    name: str
    left_s: float


class Authority:
    """For any thread.

    `animators`: those of the roster now. `note` writes a wrong code down. `tablets` are those
    that ask for a badge at the reader.
    """

    def __init__(
        self,
        pairing: Pairing,
        animators: Animators = tuple,
        note: Note = lambda refused, personal: None,
        tablets: AskingTablets | None = None,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self.pairing = pairing
        self.animators = animators
        self._note = note
        self._seconds = seconds
        self._tablets = tablets or AskingTablets(seconds)
        self._pins = Pins(seconds)
        self._lock = threading.Lock()
        self._acting: dict[str, tuple[Acting, str]] = {}  #: by seat, with a secret of its own

    # -- looking ------------------------------------------------------------------------------

    def looking(self) -> Answer | None:
        """Before each request of a page for tablets: where it may not look, it is asked to pair.

        A post has to come from a page of ours (`kiosk.web.csrf`).
        """
        device = self._device()
        if device is None:
            if request.method == "GET" and "HX-Request" not in request.headers:
                return redirect(url_for("who.pair"), 303)
            raise Forbidden(_("This tablet is not paired. Load the page again."))
        g.device = device
        take_seat()
        csrf.check()
        return None

    def may_look(self) -> bool:
        """Whether the browser that asks still may: its tablet may have been removed meanwhile."""
        return self._device() is not None

    def _device(self) -> str | None:
        tablet = self.pairing.tablet(kept("tablet"))
        if tablet:
            return tablet.number
        return AT_THE_KIOSK if at_the_kiosk() else None

    # -- acting -------------------------------------------------------------------------------

    def acting(self) -> str:
        """The roster id of who acts here: for five minutes more. Raises NobodyActs (403)."""
        with self._lock:
            acting = self._current()
            if acting is None:
                raise NobodyActs
            _, secret = self._acting[g.seat]
            self._acting[g.seat] = acting.extended(self._seconds()), secret
            return acting.by

    def actor(self) -> Actor | None:
        """Who acts here; asking does not make it last longer."""
        with self._lock:
            acting = self._current()
        member = acting and next((m for m in self.animators() if m.id == acting.by), None)
        if not acting or not member:
            return None
        return Actor(member.short, acting.until_s - self._seconds())

    def try_pin(self, member: Member, pin: str) -> Verdict:
        """That animator acts here from now on, where that is their code."""
        verdict = self._pins.check(member.id, g.device, member.pin, pin)
        if verdict.right:
            self._begin(member.id)
        elif verdict.wrong:
            refused = PinRefused(g.device, locked=verdict.locked_s > 0)
            self._note(refused, Personal(member=member.id))
        return verdict

    def ask_badge(self) -> str:
        """The two digits that the animator will find at the reader."""
        return self._tablets.ask(g.seat)

    def badge_came(self) -> bool:
        """Whether an animator allowed this tablet at the reader; who it was acts from now on."""
        by = self._tablets.allowed(g.seat)
        if by is None or all(member.id != by for member in self.animators()):
            return False
        self._begin(by)
        return True

    def end(self) -> None:
        """« Terminer », or the tablet went to sleep."""
        with self._lock:
            self._acting.pop(g.seat, None)

    def _begin(self, by: str) -> None:
        with self._lock:
            self._acting.pop(g.seat, None)
            g.acting = secrets.token_urlsafe(32)
            self._acting[g.seat] = began(by, g.device, self._seconds()), g.acting
            while len(self._acting) > REMEMBERED:
                del self._acting[next(iter(self._acting))]

    def _current(self) -> Acting | None:
        """Who left the animators meanwhile acts no more.

        A seat alone is not enough: somebody may have known it, or set it, before.
        """
        acting, secret = self._acting.get(g.get("seat", ""), (None, ""))
        if acting is None or not acting.lasts(g.device, self._seconds()):
            return None
        told = g.get("acting") or kept("acting")
        if not hmac.compare_digest(told.encode(), secret.encode()):
            return None
        return acting if any(m.id == acting.by for m in self.animators()) else None


def install(app: Flask) -> None:
    """Give each browser that took a seat its cookie, and say where nobody acts."""
    csrf.tokens(app)

    @app.errorhandler(NobodyActs)
    def _ask(error: NobodyActs) -> Response:
        said = Response(f"{error.description}\n", 403, mimetype="text/plain")
        said.headers[ASK_HEADER] = "who"
        return said

    @app.after_request
    def _keep(response: Response) -> Response:
        keep_seat(response)
        if acting := g.get("acting"):
            keep(response, "acting", acting)
        return response
