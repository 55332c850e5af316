"""The pages of workshops: those of a year, one of them, who came."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from typing import TYPE_CHECKING

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from kiosk.central.accounts import Role
from kiosk.central.audit import Act
from kiosk.central.helloasso import booking, workshop_form, workshops
from kiosk.central.helloasso.workshop_form import Wrong
from kiosk.central.helloasso.workshops import Workshop
from kiosk.central.people import looking
from kiosk.central.people.words import publics
from kiosk.web.language import _
from kiosk.web.words import clean
from machines.instants import paris

if TYPE_CHECKING:
    from kiosk.central.front import Front
    from kiosk.central.store import Central


def workshop_pages(front: Front, central: Central) -> Blueprint:
    """`/workshops…`, for animators."""
    pages = front.blueprint("workshops", __name__, Role.ANIMATOR, url_prefix="/workshops")
    front.entry("workshops.all_", lambda: _("Workshops"), 30)

    @pages.get("")
    def all_() -> str:
        return _list("")

    @pages.post("")
    def hold() -> Answer | str:
        try:
            told = workshop_form.details(request.form)
        except Wrong as wrong:
            return _list(str(wrong))
        made = front.write(lambda connection, act: workshops.hold(connection, act, told))
        return _to(made)

    @pages.get("/<id_>")
    def one(id_: str) -> str:
        return _one(id_, "")

    @pages.post("/<id_>")
    def change(id_: str) -> Answer | str:
        try:
            told = workshop_form.details(request.form)
        except Wrong as wrong:
            return _one(id_, str(wrong))
        return _do(id_, lambda connection, act: workshops.change(connection, act, id_, told))

    @pages.post("/<id_>/cancel")
    def cancel(id_: str) -> Answer:
        off = request.form.get("cancelled") == "1"
        return _do(id_, lambda connection, act: workshops.cancel(connection, act, id_, off))

    @pages.post("/<id_>/present")
    def present(id_: str) -> Answer:
        """Every seat that the page showed is told, whether it is ticked or not."""
        shown = {int(no) for no in request.form.getlist("shown") if _number(no)}
        there = {int(no) for no in request.form.getlist("present") if _number(no)}
        ticks = {no: no in there for no in shown}
        return _do(id_, lambda connection, act: workshops.tick(connection, act, id_, ticks))

    @pages.post("/<id_>/seat")
    def seat(id_: str) -> Answer | str:
        name, minor = clean(request.form.get("name", ""), 80), bool(request.form.get("minor"))
        if not name:
            return _one(id_, _("A name is missing."))

        def write(connection: sqlite3.Connection, act: Act) -> None:
            workshops.seat(connection, id_, [booking.newcomer(connection, name, minor)])
            workshops.count(connection, id_)

        return _do(id_, write)

    @pages.post("/<id_>/leave")
    def leave(id_: str) -> Answer:
        no = request.form.get("no", "")
        if not _number(no):
            abort(400)
        return _do(id_, lambda connection, act: workshops.leave(connection, act, id_, int(no)))

    # -- what these have in common ------------------------------------------------------------

    def _list(said: str) -> str:
        today = paris(central.now_us()).date()
        asked = request.args.get("year", str(today.year))
        year = int(asked) if re.fullmatch(r"20\d\d", asked) else today.year
        with central.reader() as connection:
            shown, labs = workshops.listed(connection, year), looking.labs(connection)
        return render_template(
            "helloasso/workshops.html",
            shown=shown,
            year=year,
            labs=labs,
            publics=publics(),
            today=today,
            said=said,
            form=request.form,
        )

    def _one(id_: str, said: str) -> str:
        shown, labs = _known(id_)
        with central.reader() as connection:
            twice = [] if shown.cancelled else workshops.same_day(connection, shown)
        front.looked("workshop looked at", "", id_)
        return render_template(
            "helloasso/workshop.html",
            one=shown,
            twice=twice,
            labs=labs,
            publics=publics(),
            said=said,
            form=request.form,
        )

    def _known(id_: str) -> tuple[Workshop, dict[str, str]]:
        with central.reader() as connection:
            found, labs = workshops.workshop(connection, id_), looking.labs(connection)
        if found is None:
            abort(404)
        return found, labs

    def _do(id_: str, write: Callable[[sqlite3.Connection, Act], None]) -> Answer:
        _known(id_)
        front.write(write)
        return _to(id_)

    return pages


def _to(id_: str) -> Answer:
    return redirect(url_for("workshops.one", id_=id_), 303)


def _number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 7
