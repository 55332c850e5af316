"""The pages about people's data: what is kept and when it goes, the sheets, and one member's.

For administrators; the notice is for everybody who may log in.
"""

from __future__ import annotations

import sqlite3
from datetime import date
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from config.site import CentralSite
from kiosk.central import audit
from kiosk.central.accounts import Role
from kiosk.central.front import Front
from kiosk.central.people import book
from kiosk.central.people.ids import is_erased, resolved
from kiosk.central.privacy import acting, erasure, keys, own, sheets
from kiosk.central.privacy.notice import kept
from kiosk.central.privacy.service import Forgetting, Standing
from kiosk.central.report import pdf
from kiosk.central.report.words import say
from kiosk.central.store import Central
from kiosk.web.language import _, spoken
from machines.instants import paris

if TYPE_CHECKING:
    from kiosk.central.privacy.erasure import Found


def privacy_pages(
    front: Front, central: Central, site: CentralSite, forgetting: Forgetting
) -> Blueprint:
    pages = front.blueprint("privacy", __name__, Role.ANIMATOR, "/privacy")
    front.entry("privacy.page", lambda: _("Data"), 80, Role.ADMIN)

    @pages.get("/")
    def page() -> str:
        front.needs(Role.ADMIN)
        with central.reader() as connection:
            years = keys.alive(connection)
            broken = audit.broken(connection)
        standing = forgetting.standing()
        closes = site.retention.year_closed_by
        return render_template(
            "privacy/page.html",
            standing=standing,
            purged=_moment(standing.purged_us),
            done=_done(standing),
            years=[(year, _said(keys.last_day(year, closes))) for year in years],
            kept=kept(site.retention, spoken()),
            broken=broken,
            association=site.association,
        )

    @pages.get("/notice")
    def notice() -> str:
        return sheets.notice_html(site.retention, site.association, _asked(), *_style())

    @pages.get("/notice.pdf")
    def notice_pdf() -> Response:
        html = sheets.notice_html(site.retention, site.association, _asked())
        return _file(_pdf(html, central), "application/pdf", f"notice-{_asked()}.pdf")

    @pages.get("/register")
    def register() -> str:
        front.needs(Role.ADMIN)
        return sheets.register_html(site.retention, site.association, _asked(), *_style())

    @pages.get("/register.md")
    def register_md() -> Response:
        front.needs(Role.ADMIN)
        text = sheets.register_markdown(site.retention, site.association, _asked())
        return _file(text.encode(), "text/markdown", f"registre-{_asked()}.md")

    @pages.get("/member/<member>")
    def member(member: str) -> str | tuple[str, int]:
        front.needs(Role.ADMIN)
        with central.reader() as connection:
            member = resolved(connection, member)
            gone = is_erased(connection, member)
            person = None if gone else _person(connection, member)
            found = None if gone else erasure.plan(connection, member)
        if gone:
            return render_template("privacy/erased.html", receipt="", id=member), 410
        front.looked("looked at what is kept", member)
        return render_template(
            "privacy/member.html", id=member, person=person, lines=_lines(found), said=""
        )

    @pages.get("/member/<member>/data.<kind>")
    def data(member: str, kind: str) -> Response:
        front.needs(Role.ADMIN)
        if kind not in ("json", "html"):
            abort(404)
        try:
            told = acting.hand_out(central, front.act(), member)
        except book.Unknown:
            abort(404, _("Nobody of that number is in the roster."))
        if kind == "json":
            return _file(own.as_json(told).encode(), "application/json", "donnees.json")
        return _file(own.as_html(told, spoken()).encode(), "text/html", "donnees.html")

    @pages.post("/member/<member>/erase")
    def erase(member: str) -> Answer | str | tuple[str, int]:
        front.needs(Role.ADMIN)
        if request.form.get("sure") != "yes":
            return redirect(url_for("privacy.member", member=member), 303)
        try:
            found, receipt = acting.erase(central, forgetting, front.act(), member)
        except book.Unknown:
            abort(404, _("Nobody of that number is in the roster."))
        return render_template(
            "privacy/erased.html", receipt=receipt, lines=_lines(found), id=member
        )

    return pages


def _person(connection: sqlite3.Connection, member: str) -> book.Person:
    try:
        return book.person(connection, member)
    except book.Unknown:
        abort(404, _("Nobody of that number is in the roster."))


def _lines(found: Found | None) -> list[tuple[str, int]]:
    """What would go, and how much of it."""
    if found is None:
        return []
    return [
        (_("Record"), found.record),
        (_("Memberships"), found.memberships),
        (_("Badges held"), found.badges),
        (_("Clearances"), found.clearances),
        (_("Decisions about badges and clearances"), found.decisions),
        (_("Names at workshops"), found.workshops),
        (_("Entries of the labs’ journals that say who it was"), found.entries),
    ]


def _done(standing: Standing) -> list[tuple[str, int]]:
    told = standing.told
    return [
        (_("entries that say no more who it was"), told.entries),
        (_("members whose time was over"), told.members),
        (_("names at workshops"), told.participants),
        (_("lines of the audit"), told.audit),
        (_("folders of exported sessions"), told.sessions),
        (_("keys of years"), told.years),
        (_("months in which no session is anybody’s any more"), told.months),
    ]


def _asked() -> str:
    told = request.args.get("in", "")
    return told if told in ("fr", "en") else spoken()


def _style() -> tuple[str, str]:
    """The addresses of a sheet's style and icon: a page of ours may not have its own."""
    return (
        url_for("central.static", filename="privacy.css"),
        url_for("front.shared", name="favicon.svg"),
    )


def _pdf(html: str, central: Central) -> bytes:
    try:
        return pdf.render(html.encode(), central.now_us())
    except pdf.NoPdf:
        abort(501, say("no_pdf", spoken()))


def _file(content: bytes, mimetype: str, name: str) -> Response:
    answer = Response(content, mimetype=mimetype)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _moment(at_us: int | None) -> str:
    if at_us is None:
        return ""
    at = paris(at_us)
    return f"{_said(at.date())} {at:%H:%M}"


def _said(day: date) -> str:
    return f"{day:%d/%m/%Y}" if spoken() == "fr" else f"{day:%Y-%m-%d}"
