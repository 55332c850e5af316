"""A file brought at the tablet, by an animator for a member."""

from __future__ import annotations

from flask import Blueprint, Response, abort, g, render_template, request

from kiosk.floor.acts import Desk, Submit
from kiosk.floor.view import Screens
from kiosk.web import queue_words
from kiosk.web.authority import Authority
from kiosk.web.bringing import PICTURES, Bringing, read_wish
from kiosk.web.doing import do, key
from kiosk.web.filament import MATERIALS, colours
from kiosk.web.language import _, speaking
from kiosk.web.member_view import printers
from kiosk.web.tablet_forms import Form, people
from kiosk.web.uploads import upload_routes


def tablet_bringing(
    screens: Screens, desk: Desk, authority: Authority, bringing: Bringing, language: str
) -> Blueprint:
    pages = Blueprint("tablet_bringing", __name__, url_prefix="/tablet")
    pages.before_request(authority.looking)
    upload_routes(pages, bringing.uploads, lambda: g.seat)

    @pages.get("/sheet/bring")
    def sheet() -> str:
        with speaking(language):
            return render_template(
                "sheets/bring.html",
                people=people(desk.faces()),
                printers=printers(screens.view()),
                materials=MATERIALS,
                colours=colours(),
            )

    @pages.post("/file")
    def bring() -> tuple[str, int]:
        """The file that was sent, as a job: answered by what is to be known of it."""
        with speaking(language):
            by, once = authority.acting(), key()
            member = Form(request.form, desk).member()
            wish = read_wish(request.form, screens.view())
            with bringing.uploads.take(g.seat, request.form.get("upload", "")) as file:
                brought = bringing.bring(file, wish, "tablet")
            if brought.entry is None:
                return " ".join(brought.said), 409
            told = do(desk, Submit(brought.entry, brought.name, member), by, once)
            bringing.settle(brought.entry, told)
            if not told.done:
                return queue_words.refusal(told), 409
            return " ".join((_("The file is in the queue."), *brought.said)), 200

    @pages.get("/picture/<file>")
    def picture(file: str) -> Response:
        """What the slicer drew of a job's file."""
        queue = screens.view().queue
        known = any(job.file == file for job in (*queue.jobs, *queue.over))
        found = bringing.picture(file) if known else None
        if found is None:
            abort(404)
        return Response(found.read_bytes(), mimetype=PICTURES[found.suffix])

    @pages.app_template_global("pictured")
    def pictured(file: str) -> bool:
        return bringing.picture(file) is not None

    return pages
