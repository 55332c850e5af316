"""The page of openings: open days of each month, and the days on which labs were closed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from kiosk.central import closures, overview
from kiosk.central.accounts import Role
from kiosk.central.closures import LONGEST_DAYS, LONGEST_WHY, Closed
from kiosk.central.held import openings_in
from kiosk.central.held_sheets import thousandths
from kiosk.central.standing import standings
from kiosk.central.texts import hours
from kiosk.web.language import _, spoken
from kiosk.web.words import clean
from machines.instants import Month, paris
from machines.openings import Openings

if TYPE_CHECKING:
    from kiosk.central.front import Front
    from kiosk.central.store import Central


def closures_pages(front: Front, central: Central) -> Blueprint:
    """`/openings…`, for animators: they know when their lab was closed."""
    pages = front.blueprint("openings", __name__, Role.ANIMATOR, url_prefix="/openings")
    front.entry("openings.year", lambda: _("Openings"), 45)

    @pages.get("")
    def year() -> str:
        return _year(_asked(), "")

    @pages.post("")
    def add() -> Answer | tuple[str, int]:
        one = _read(0)
        if isinstance(one, str):
            return _year(_asked(), one), 400
        front.write(lambda c, act: closures.add(c, act, one))
        return redirect(url_for(".year", year=one.first.year), 303)

    @pages.post("/holidays")
    def holidays() -> Answer:
        asked, chosen = _asked(), set(request.form.getlist("day"))
        with central.reader() as connection:
            known = closures.closures(connection, asked)
        new = [
            Closed("", day, day, name)
            for day, name in closures.proposed(asked, known)
            if day.isoformat() in chosen
        ]
        front.write(lambda c, act: closures.add(c, act, *new))
        return redirect(url_for(".year", year=asked), 303)

    @pages.post("/<int:id_>")
    def change(id_: int) -> Answer | tuple[str, int]:
        one = _read(id_)
        if isinstance(one, str):
            return _year(_asked(), one), 400
        if not front.write(lambda c, act: closures.change(c, act, one)):
            abort(404, _("This closure is not there any more."))
        return redirect(url_for(".year", year=one.first.year), 303)

    @pages.post("/<int:id_>/remove")
    def remove(id_: int) -> str:
        gone = front.write(lambda c, act: closures.remove(c, act, id_))
        if gone is None:
            abort(404, _("This closure is not there any more."))
        return _year(gone.first.year, "", gone)

    def _asked() -> int:
        told = request.values.get("year", "")
        if not told:
            return paris(central.now_us()).year
        if not (told.isascii() and told.isdigit() and 2000 <= int(told) < 2999):
            abort(400, _("Expected a year, such as 2026."))
        return int(told)

    def _year(asked: int, said: str, gone: Closed | None = None) -> str:
        with central.reader() as connection:
            labs = {one.lab: one.name for one in standings(connection)}
            known = closures.closures(connection, asked)
            months = [
                (month, {one.lab: one.openings for one in openings_in(connection, month)})
                for month in (Month(asked, number) for number in range(1, 13))
            ]
        return render_template(
            "openings/year.html",
            year=asked,
            labs=labs,
            closed=known,
            proposed=list(closures.proposed(asked, known)),
            months=[(overview.month_name(month, spoken()), found) for month, found in months],
            totals=_totals(labs, [found for _month, found in months]),
            hours=lambda us: hours(thousandths(us), spoken()),
            said=said,
            gone=gone,
            form=request.form,
        )

    def _read(id_: int) -> Closed | str:
        """What a form says, or the sentence that says what is wrong with it."""
        lab, why = request.form.get("lab", ""), clean(request.form.get("why", ""), LONGEST_WHY)
        with central.reader() as connection:
            if lab and lab not in {one.lab for one in standings(connection)}:
                return _("This lab is not known here.")
        first = _day(request.form.get("first", ""))
        last = _day(request.form.get("last", "")) if request.form.get("last") else first
        if first is None or last is None:
            return _("Expected a day, such as 2026-12-24.")
        if last < first:
            return _("The last day comes before the first one.")
        if last - first >= timedelta(days=LONGEST_DAYS):
            return _("A closure lasts a year at most.")
        return Closed(lab, first, last, why, id_)

    return pages


def _day(told: str) -> date | None:
    try:
        day = date.fromisoformat(told)
    except ValueError:
        return None
    return day if 2000 <= day.year < 2999 else None


def _totals(labs: dict[str, str], months: list[dict[str, Openings]]) -> dict[str, tuple[int, int]]:
    """Open days of the year of each lab, and how long they were."""
    found = {}
    for lab in labs:
        mine = [month[lab] for month in months if lab in month]
        found[lab] = (sum(one.days for one in mine), sum(one.lasting_us for one in mine))
    return found
