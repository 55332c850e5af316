"""Acting on the tablet: the sheets that ask for more than a tap, and the posts that act.

A post is answered by one sentence: 200 where it was done, 409 where the floor
said no, and 403 with a question where nobody said who acts (`kiosk.web.authority`).
"""

from __future__ import annotations

from typing import TypeVar

from flask import Blueprint, abort, render_template, request

from kiosk.floor.acts import Desk
from kiosk.floor.queue_view import JobView
from kiosk.floor.view import LabView, MachineView, Screens
from kiosk.web import queue_words
from kiosk.web.authority import Authority
from kiosk.web.doing import do, key
from kiosk.web.filament import MATERIALS, colours, filament
from kiosk.web.language import speaking
from kiosk.web.machine_page import machine_page
from kiosk.web.printer_card import printers
from kiosk.web.queue_rows import row
from kiosk.web.tablet_forms import READ, Form, people
from kiosk.web.words import clean

One = TypeVar("One", MachineView, JobView)

#: The sheets there are: each is a template, and asks for a machine, a job or neither.
SHEETS = {
    "cancel": "machine",
    "own": "machine",
    "filament": "machine",
    "open-session": "machine",
    "close-session": "machine",
    "condition": "machine",
    "job": "job",
    "withdraw": "job",
    "requeue": "job",
}


def tablet_acts(screens: Screens, desk: Desk, authority: Authority, language: str) -> Blueprint:
    pages = Blueprint("tablet_acts", __name__, url_prefix="/tablet")
    pages.before_request(authority.looking)

    @pages.post("/act/<what>")
    def act(what: str) -> tuple[str, int]:
        if what not in READ:
            abort(404)
        with speaking(language):
            by, once = authority.acting(), key()
            told = do(desk, READ[what](Form(request.form, desk)), by, once)
            return ("", 200) if told.done else (queue_words.refusal(told), 409)

    @pages.get("/sheet/<what>")
    def sheet(what: str) -> str:
        """What a dialog of the page holds."""
        if what not in SHEETS:
            abort(404)
        view = screens.view()
        with speaking(language):
            said = _job(view) if SHEETS[what] == "job" else _machine(view)
            return render_template(f"sheets/{what}.html", people=people(desk.faces()), **said)

    return pages


def _machine(view: LabView) -> dict[str, object]:
    machine = _found(view.machines, "slug", request.args.get("machine", ""))
    page = machine_page(view, machine.slug)
    return {
        "machine": machine.slug,
        "name": clean(machine.name, 40),
        "page": page,
        "materials": MATERIALS,
        "colours": colours(),
        "lately": _lately(view),
        "loaded": machine.printer.loaded if machine.printer else None,
    }


def _job(view: LabView) -> dict[str, object]:
    job = _found((*view.queue.jobs, *view.queue.over), "id", request.args.get("job", ""))
    return {"row": row(view, job), "wish": job.wish, "printers": printers(view)}


def _found(among: tuple[One, ...], field: str, told: str) -> One:
    return next((one for one in among if getattr(one, field) == told), None) or abort(404)


def _lately(view: LabView) -> list[dict[str, object]]:
    """What the lab's printers print from, each once: mostly what comes next, too."""
    loaded = [m.printer.loaded for m in view.machines if m.printer and m.printer.loaded]
    each = dict.fromkeys((clean(o.material, 20), clean(o.colour, 20)) for o in loaded)
    return [{"material": m, "colour": c, "shown": filament(m, c)} for m, c in each if m]
