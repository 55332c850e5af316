"""The pages of a report: the year, and the lists behind its figures."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from flask import Blueprint, Response, abort, render_template, request, url_for

from kiosk.central.accounts import Role
from kiosk.central.book import NotReady
from kiosk.central.people import looking
from kiosk.central.report import asking, closing, lists, pdf, periods
from kiosk.central.report.files import files
from kiosk.central.report.lists import Narrowed
from kiosk.central.report.shown import Report
from kiosk.central.report.users import Definition
from kiosk.central.report.words import category, family, many, say
from kiosk.central.sheets import EXCEL, OPEN, Sheet, write
from kiosk.web.language import spoken
from machines.instants import Month

if TYPE_CHECKING:
    from kiosk.central.front import Front
    from kiosk.central.store import Central

#: Lines of a list that a page shows; its files have all of them.
SHOWN = 100
#: The month up to which the page opens on the year before: its report is being written then.
WRITTEN_UNTIL = 3
_TYPES = {"html": "text/html", "pdf": "application/pdf", "txt": "text/plain"}


def report_pages(front: Front, central: Central) -> Blueprint:
    """`/report`, and `/report/<year>/<list>`."""
    pages = front.blueprint("report", __name__, Role.ANIMATOR)
    front.entry("report.year", lambda: say("nav_report", spoken()), 50)

    @pages.errorhandler(NotReady)
    def not_ready(_: NotReady) -> tuple[str, int]:
        return render_template("report/nothing.html", word=_word, sentence=_word("not_ready")), 503

    def read() -> Report:
        number, lab, definition = _asked(central)
        with central.reader() as connection:
            _known_lab(connection, lab)
            return asking.read_report(connection, number, _now(central), lab, definition, spoken())

    @pages.get("/report")
    def year() -> str:
        with central.reader() as connection:
            labs = connection.execute("SELECT lab, name FROM usage_lab ORDER BY lab").fetchall()
            first = closing.first_month(connection)
        now = _now(central)
        shown = read()

        def link(opens: str) -> str:
            name, _, query = opens.partition("?")
            narrowed: dict[str, Any] = dict(parse_qsl(query, keep_blank_values=True))
            if shown.lab:
                narrowed.setdefault("lab", shown.lab)
            return url_for("report.behind", number=shown.year, name=name, **narrowed)

        return render_template(
            "report/page.html",
            report=shown,
            link=link,
            word=_word,
            years=range(now.year, (first.year if first else now.year) - 1, -1),
            labs=labs,
            definitions=tuple(Definition),
        )

    @pages.get("/report/file.<kind>")
    def file(kind: str) -> Response:
        if kind not in _TYPES:
            abort(404)
        shown = read()
        try:
            made = files(shown, with_pdf=kind == "pdf")
        except pdf.NoPdf:
            abort(501, _word("no_pdf"))
        name = f"{shown.name}.{kind}"
        return _download(made[name], name, _TYPES[kind])

    @pages.get("/report/<int:number>/<name>")
    def behind(number: int, name: str) -> str:
        made, narrowed, gone = _list(front, central, number, name)
        heads, rows, total = _table(made)
        return render_template(
            "report/list.html",
            word=_word,
            say=_say,
            many=_many,
            number=number,
            name=name,
            title=say(f"list_{name}", spoken()),
            period=periods.named(str(narrowed.month or number), spoken()),
            only=_only(central, narrowed),
            asked=dict(request.args),
            heads=heads,
            rows=rows[:SHOWN],
            more=max(0, len(rows) - SHOWN),
            count=len(rows),
            total=total,
            gone=", ".join(map(str, gone)),
        )

    @pages.get("/report/<int:number>/<name>.csv")
    def as_csv(number: int, name: str) -> Response:
        made, _, _ = _list(front, central, number, name)
        flavour = OPEN if request.args.get("flavour") == "open" else EXCEL
        return _download(write(made, flavour), f"{made.name}-{number}.csv", "text/csv")

    return pages


def _list(front: Front, central: Central, number: int, name: str) -> Any:
    if name not in lists.NAMES or not 2000 <= number <= 2999:
        abort(404)
    text = request.args.get("month")
    try:
        month = Month.parse(text) if text else None
    except ValueError:
        abort(400, _word("no_period"))
    narrowed = Narrowed(
        month,
        request.args.get("lab") or None,
        request.args.get("family"),
        request.args.get("category"),
    )
    with central.reader() as connection:
        _known_lab(connection, narrowed.lab)
        days = front.site.retention.sessions_days
        kept, gone = lists.months(number, name, narrowed, days, central.now_us())
        return lists.sheet(connection, number, name, narrowed, kept), narrowed, gone


def _only(central: Central, narrowed: Narrowed) -> str:
    """Of which lab, family and category a list is; "" for all of them."""
    with central.reader() as connection:
        lab = looking.labs(connection).get(narrowed.lab or "", narrowed.lab)
    of = None if narrowed.family is None else family(narrowed.family, spoken())
    whose = None if narrowed.category is None else category(narrowed.category, spoken())
    return " · ".join(filter(None, (lab, of, whose)))


def _table(made: Sheet) -> tuple[list[str], list[list[str]], list[str]]:
    """Heads, lines and totals as the file for a French spreadsheet has them."""
    text = write(made, EXCEL).decode().removeprefix(EXCEL.mark)
    heads, *rows, total = csv.reader(io.StringIO(text, newline=""), delimiter=EXCEL.delimiter)
    return heads, rows, total


def _asked(central: Central) -> tuple[int, str | None, Definition]:
    """The year, lab and definition of the address; 400 for what is none of these."""
    now = _now(central)
    try:
        written = now.year - (now.number <= WRITTEN_UNTIL)
        number = periods.parse_year(request.args.get("year") or str(written))
    except ValueError:
        abort(400, _word("bad_year"))
    try:
        definition = Definition(request.args.get("definition") or Definition.REPORT)
    except ValueError:
        abort(400, _word("bad_definition"))
    if number > now.year:
        abort(400, _word("bad_year"))
    return number, request.args.get("lab") or None, definition


def _known_lab(connection: Any, lab: str | None) -> None:
    if lab and not connection.execute("SELECT 1 FROM store WHERE lab = ?", (lab,)).fetchone():
        abort(404, _word("no_lab"))


def _now(central: Central) -> Month:
    return Month.of(central.now_us())


def _word(key: str) -> str:
    return say(key, spoken())


def _say(key: str, **values: object) -> str:
    return say(key, spoken(), **values)


def _many(key: str, number: int) -> str:
    return many(key, number, spoken())


def _download(content: bytes, name: str, kind: str) -> Response:
    response = Response(content, mimetype=kind)
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    response.headers["Cache-Control"] = "no-store"
    return response
