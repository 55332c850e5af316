"""Lists to print and to take along: who may use what, what ends this month, what to check.

Each is a page and a CSV of the same rows; a name that a spreadsheet would take for a
formula is guarded there (`kiosk.central.sheets`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from sqlite3 import Connection
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, render_template, request

from kiosk.central import audit
from kiosk.central.accounts import Role
from kiosk.central.columns import Column
from kiosk.central.people import looking, words
from kiosk.central.people.checks import checks
from kiosk.central.sheets import EXCEL, Sheet, write
from kiosk.web.language import _

if TYPE_CHECKING:
    from kiosk.central.front import Front


@dataclass(frozen=True, slots=True)
class Listing:
    """One list as it is shown: a title, heads, and for each line the member's id and cells."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    nothing: str


def may_use(connection: Connection, of: str, today: date) -> Listing:
    """Who may use a machine today: by its own clearance, or by that of its family.

    Of a family: whoever may use one of its machines; the line says which.
    """
    called = looking.machines(connection)
    wanted = (of, *_alike(connection, of))
    rows = [
        (
            one.id,
            (
                one.name,
                words.of_words(one.of, called),
                words.day(one.since),
                words.day(one.last),
                _("yes") if one.trains else "",
                words.day(one.member_until),
            ),
        )
        for one in looking.entitled(connection, wanted)
        if one.good(today) and one.member_until and one.member_until >= today
    ]
    heads = (
        _("Name"),
        _("Clearance"),
        _("Since"),
        _("Until"),
        _("Trains others"),
        _("Membership until"),
    )
    title = _("Who may use: %(machine)s", machine=called.get(of) or words.family(of))
    return Listing(title, heads, tuple(rows), _("Nobody may use it today."))


def _alike(connection: Connection, of: str) -> list[str]:
    """The family of a machine as a clearance names it; of a family, its machines."""
    machines = connection.execute("SELECT slug, family FROM usage_machine WHERE NOT retired")
    pairs = [(slug, f"family:{family}") for slug, family in machines]
    return [family for slug, family in pairs if slug == of] + [
        slug for slug, family in pairs if family == of
    ]


def _is_of(connection: Connection, of: str) -> bool:
    """Whether it is a machine or a family: nothing else that is typed stands in the audit."""
    families = {f"family:{one}" for one in looking.families(connection)}
    return of in looking.machines(connection) or of in families


def clearances_ending(connection: Connection, today: date) -> Listing:
    first, last = looking.month_of(today)
    called = looking.machines(connection)
    ending = [one for one in looking.entitled(connection) if one.last and first <= one.last <= last]
    rows = [
        (one.id, (one.name, words.of_words(one.of, called), words.day(one.last)))
        for one in sorted(ending, key=lambda one: (one.last or last, words.plain(one.name)))
    ]
    heads = (_("Name"), _("Clearance"), _("Until"))
    title = _("Clearances that end this month")
    return Listing(title, heads, tuple(rows), _("No clearance ends this month."))


def memberships_ending(connection: Connection, today: date) -> Listing:
    first, last = looking.month_of(today)
    ending = [
        row
        for row in looking.everybody(connection)
        if not row.left and row.until and first <= row.until <= last
    ]
    rows = [
        (row.id, (row.name, row.organisation, words.day(row.until)))
        for row in sorted(ending, key=lambda row: (row.until or last, words.plain(row.name)))
    ]
    heads = (_("Name"), _("Organisation"), _("Membership until"))
    title = _("Memberships that end this month")
    return Listing(title, heads, tuple(rows), _("No membership ends this month."))


ENDING: dict[str, Callable[[Connection, date], Listing]] = {
    "clearances": clearances_ending,
    "memberships": memberships_ending,
}


def csv_of(listing: Listing, name: str) -> bytes:
    """As a French spreadsheet opens it; the totals line has how many there are."""
    columns = [Column(str(n), head, "", "") for n, head in enumerate(listing.heads)]
    rows = [{str(n): cell for n, cell in enumerate(cells)} for _id, cells in listing.rows]
    return write(Sheet(name, columns, rows, {"1": str(len(rows))}), EXCEL)


def list_routes(pages: Blueprint, front: Front, today: Callable[[], date]) -> None:
    """`/people/lists…`, `/people/checks` and `/people/audit`."""

    def listing(connection: Connection, which: str, of: str) -> Listing:
        if which == "may-use" and _is_of(connection, of):
            return may_use(connection, of, today())
        if which not in ENDING:
            abort(404)
        return ENDING[which](connection, today())

    @pages.get("/lists")
    def lists() -> str:
        with front.central.reader() as connection:
            return render_template(
                "people/lists.html",
                machines=looking.machines(connection),
                families=looking.families(connection),
            )

    @pages.get("/lists/<which>")
    def one_list(which: str) -> str:
        of = request.args.get("of", "")[:60]
        with front.central.reader() as connection:
            shown = listing(connection, which, of)
        front.looked("listed", detail=f"{which} {of}".strip())
        return render_template("people/list.html", shown=shown, which=which, of=of)

    @pages.get("/lists/<which>.csv")
    def one_csv(which: str) -> Response:
        of = request.args.get("of", "")[:60]
        with front.central.reader() as connection:
            shown = listing(connection, which, of)
        front.looked("listed", detail=f"{which} {of} csv".replace("  ", " "))
        answer = Response(csv_of(shown, which), mimetype="text/csv")
        answer.headers["Content-Disposition"] = f'attachment; filename="{which}.csv"'
        return answer

    @pages.get("/checks")
    def to_check() -> str:
        with front.central.reader() as connection:
            found, labs = checks(connection), looking.labs(connection)
        front.looked("listed", detail="checks")
        return render_template("people/checks.html", found=found, labs=labs)

    @pages.get("/audit")
    def log() -> str:
        front.needs(Role.ADMIN)
        about = request.args.get("about", "")[:40]
        before = request.args.get("before", "")
        oldest = int(before) if before.isdigit() and len(before) < 16 else 2**62
        with front.central.reader() as connection:
            lines: Sequence[audit.Line] = audit.lines(connection, about, 100, oldest)
            called, broken = looking.names(connection), audit.broken(connection)
            machines = looking.machines(connection)
        front.looked("audit looked at", about)
        return render_template(
            "people/audit.html",
            lines=lines,
            called=called,
            broken=broken,
            about=about,
            machines=machines,
        )
