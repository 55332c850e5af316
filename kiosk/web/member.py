"""A member's own page, on their phone: bring a file, see when its turn comes, take it back.

The touch screen shows its address after a badge (`kiosk.floor.invitations`);
the first browser that opens it has it for what is left of ten minutes. Nothing
of anybody else is on it. What a member may do with a job, the floor decides.
"""

from __future__ import annotations

import math
from collections import OrderedDict

from flask import (
    Blueprint,
    Response,
    abort,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response as Answer

from kiosk.floor.acts import Act, Desk, Order, Submit, Told, Withdraw
from kiosk.floor.invitations import Invitations, Visit
from kiosk.floor.queue_view import JobView
from kiosk.floor.view import Screens
from kiosk.web import csrf, queue_words
from kiosk.web.bringing import PICTURES, Bringing, read_wish
from kiosk.web.cookies import keep, kept
from kiosk.web.doing import do, key
from kiosk.web.filament import MATERIALS, colours
from kiosk.web.language import LANGUAGES, _, speaking
from kiosk.web.limits import Tries
from kiosk.web.member_view import mine, printers
from kiosk.web.uploads import upload_routes
from kiosk.web.words import clean
from machines.job_entries import Ordered

#: The cookie of a member's browser.
COOKIE = "member"


def member_pages(
    screens: Screens, desk: Desk, invitations: Invitations, bringing: Bringing, language: str
) -> Blueprint:
    pages = Blueprint("member", __name__, url_prefix="/moi")
    openings = Tries(10, 3.0)
    said = Said()

    @pages.before_request
    def _mine_only() -> Answer | None:
        if request.endpoint == "member.open":
            return None
        secret = kept(COOKIE)
        visit = invitations.visit(secret)
        if visit is None:
            with speaking(_spoken(language)):
                return _over()
        g.visit = visit
        csrf.seat(secret)
        csrf.check()
        return None

    @pages.get("/<token>")
    def open(token: str) -> Answer:
        """From the code on the touch screen: the address is spent, and leaves the browser's bar."""
        openings.check()
        if request.method == "HEAD":  # what reads codes may look first: nothing is spent
            return make_response("")
        secret = invitations.open(token, kept(COOKIE))
        visit = invitations.visit(secret or "")
        if secret is None or visit is None:
            with speaking(_spoken(language)):
                return _over()
        mine_now = redirect(url_for("member.page"), 303)
        # Lax: a phone's reader of codes may be a page of its own that leads here.
        keep(mine_now, COOKIE, secret, visit.left_s, samesite="Lax")
        return mine_now

    @pages.get("")
    def page() -> str:
        view, visit = screens.view(), _visit()
        with speaking(_spoken(language)):
            return render_template(
                "member.html",
                lab=clean(view.name, 40),
                left_min=math.ceil(visit.left_s / 60),
                said=said.pop(kept(COOKIE)),
                jobs=mine(view, visit.member, _pictured),
                printers=printers(view),
                materials=MATERIALS,
                colours=colours(),
            )

    @pages.get("/jobs")
    def jobs() -> str:
        """Asked every few seconds by the page."""
        with speaking(_spoken(language)):
            left_min = math.ceil(_visit().left_s / 60)
            own = mine(screens.view(), _visit().member, _pictured)
            return render_template("_member_jobs.html", jobs=own, left_min=left_min)

    upload_routes(pages, bringing.uploads, lambda: kept(COOKIE))

    @pages.post("/file")
    def bring() -> Answer:
        once, visit = key(), _visit()
        wish = read_wish(request.form, screens.view())
        with (
            speaking(_spoken(language)),
            bringing.uploads.take(kept(COOKIE), request.form.get("upload", "")) as file,
        ):
            brought = bringing.bring(file, wish, "phone")
            if brought.entry is None:
                return _say(*brought.said)
            told = do(desk, Submit(brought.entry, brought.name, visit.member), visit.member, once)
            bringing.settle(brought.entry, told)
            if not told.done:
                return _say(queue_words.refusal(told))
            return _say(_("Your file is in the queue."), *brought.said)

    @pages.post("/withdraw")
    def withdraw() -> Answer:
        with speaking(_spoken(language)):
            told = _do(Withdraw(_own().id))
            return _say(_("Taken out of the queue.") if told.done else queue_words.refusal(told))

    @pages.post("/cancel")
    def cancel() -> Answer:
        with speaking(_spoken(language)):
            job = _own()
            told = _do(Order(job.machine, job.print, Ordered.CANCEL))
            sent = _("The printer was told to stop.")
            return _say(sent if told.done else queue_words.refusal(told))

    @pages.get("/picture/<job>")
    def picture(job: str) -> Response:
        found = bringing.picture(_own(job).file)
        if found is None:
            abort(404)
        return Response(found.read_bytes(), mimetype=PICTURES[found.suffix])

    def _pictured(file: str) -> bool:
        return bringing.picture(file) is not None

    def _own(number: str = "") -> JobView:
        """The job that the form names, of this member's."""
        number, queue = number or request.form.get("job", ""), screens.view().queue
        own = (job for job in (*queue.jobs, *queue.over) if job.owner_id == _visit().member)
        job = next((job for job in own if job.id == number), None)
        return job or abort(404, _("This job is gone."))

    def _do(act: Act) -> Told:
        return do(desk, act, _visit().member, key())

    def _say(*sentences: str) -> Answer:
        said.put(kept(COOKIE), sentences)
        return redirect(url_for("member.page"), 303)

    return pages


class Said:
    """What the next page of a browser says first, once."""

    #: Browsers whose page was never asked for again are forgotten.
    MOST = 50

    def __init__(self) -> None:
        self._said: OrderedDict[str, tuple[str, ...]] = OrderedDict()

    def put(self, secret: str, sentences: tuple[str, ...]) -> None:
        self._said[secret] = sentences
        while len(self._said) > self.MOST:
            self._said.popitem(last=False)

    def pop(self, secret: str) -> tuple[str, ...]:
        return self._said.pop(secret, ())


def _visit() -> Visit:
    visit: Visit = g.visit
    return visit


def _spoken(language: str) -> str:
    """The phone's language, where it is one of ours."""
    return request.accept_languages.best_match(LANGUAGES) or language


def _over() -> Answer:
    if request.method != "GET":
        abort(403, _("Your ten minutes are over. Present your badge at the kiosk again."))
    return make_response(render_template("member_over.html"), 403)
