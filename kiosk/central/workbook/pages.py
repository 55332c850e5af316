"""The page of exports: a month and a lab chosen, made beside the pages, fetched.

What was made is a task's result, kept for an hour, for who asked for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from kiosk.central import overview
from kiosk.central.accounts import Role
from kiosk.central.standing import standings
from kiosk.central.tasks import Full, Progress, Task
from kiosk.central.workbook.compared import compare
from kiosk.central.workbook.folder import STEPS, listed, month_files, packed
from kiosk.web.language import _, spoken
from machines.instants import Month

if TYPE_CHECKING:
    from kiosk.central.front import Front
    from kiosk.central.store import Central
    from kiosk.central.tasks import Tasks

KIND = "export"
#: Steps of a whole export: three months are read, then its files are made and packed.
_ALL = 3 + STEPS
#: Months that are offered: more are asked for on the command line.
_OFFERED = 36
_TYPES = {
    "zip": "application/zip",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
}


class Exported(NamedTuple):
    """The files of a month, as they are fetched. `lines` of use; `lists`: sessions among it."""

    name: str
    files: dict[str, bytes]
    lines: int
    lists: bool


def export_pages(front: Front, central: Central, tasks: Tasks) -> Blueprint:
    """`/exports…`, for animators: no name of anybody is in an export."""
    pages = front.blueprint("exports", __name__, Role.ANIMATOR, url_prefix="/exports")
    front.entry("exports.all_", lambda: _("Exports"), 47)

    @pages.get("")
    def all_() -> str:
        now = Month.of(central.now_us())
        with central.reader() as connection:
            labs = [(one.lab, one.name) for one in standings(connection)]
            (oldest,) = connection.execute(
                "SELECT min(month) FROM usage WHERE month > 0"
            ).fetchone()
        first = Month(oldest // 100, oldest % 100) if oldest else now
        chosen = request.args.get("month") or str(overview.before(now))
        return render_template(
            "workbook/all.html",
            months=[(str(one), overview.month_name(one, spoken())) for one in _months(first, now)],
            labs=labs,
            chosen=chosen,
            lab=request.args.get("lab", ""),
        )

    @pages.post("")
    def begin() -> Answer:
        month, lab = _month(central), request.form.get("lab") or None
        with central.reader() as connection:
            if lab and lab not in {one.lab for one in standings(connection)}:
                abort(404, _("This lab is not known here."))
        lists = listed(month, front.site.retention.sessions_days, central.now_us())
        name = f"{month}-{lab}" if lab else str(month)
        try:
            task = tasks.begin(KIND, _me(), lambda tell: _made(central, month, lab, lists, tell))
        except Full:
            abort(503, _("The central is busy. Try again in a minute."))
        front.looked("export made", detail=name)
        return redirect(url_for(".made", id_=task.id), 303)

    @pages.get("/<id_>")
    def made(id_: str) -> str | Answer | tuple[str, int]:
        task = _found(id_)
        if not task.over:
            return render_template("workbook/wait.html", task=task)
        if "HX-Request" in request.headers:
            answer = Response(status=204)
            answer.headers["HX-Redirect"] = request.path
            return answer
        if task.failed:
            return render_template("workbook/failed.html"), 409
        done: Exported = task.result
        sizes = {
            "xlsx": len(done.files[f"{done.name}.xlsx"]),
            "ods": len(done.files[f"{done.name}.ods"]),
            "zip": len(done.files["zip"]),
        }
        return render_template("workbook/made.html", done=done, id_=id_, sizes=sizes)

    @pages.get("/<id_>/<name>.<any(zip,xlsx,ods):kind>")
    def fetch(id_: str, name: str, kind: str) -> Response:
        done = _found(id_).result
        if not isinstance(done, Exported) or name != done.name:
            abort(404, _("This export is not there any more. Make it again."))
        raw = done.files["zip" if kind == "zip" else f"{name}.{kind}"]
        answer = Response(raw, mimetype=_TYPES[kind])
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
        return answer

    def _found(id_: str) -> Task:
        task = tasks.find(id_, KIND, _me())
        if task is None:
            abort(404, _("This export is not there any more. Make it again."))
        return task

    def _me() -> str:
        return front.needs(Role.ANIMATOR).by

    return pages


def _month(central: Central) -> Month:
    try:
        month = Month.parse(request.form.get("month", ""))
    except ValueError:
        abort(400, _("Expected a month, such as 2026-11."))
    if month > Month.of(central.now_us()):
        abort(400, _("This month is in the future."))
    return month


def _months(first: Month, last: Month) -> list[Month]:
    """The latest first."""
    found = [last]
    while found[-1] > first and len(found) < _OFFERED:
        found.append(overview.before(found[-1]))
    return found


def _made(central: Central, month: Month, lab: str | None, lists: bool, tell: Progress) -> Exported:
    with central.reader() as connection:
        compared = compare(connection, month, lab, lambda done, total: tell(done, _ALL))
    files = month_files(compared, lists, lambda done, total: tell(3 + done, _ALL))
    name = compared.now.name
    return Exported(name, {**files, "zip": packed(name, files)}, len(compared.now.rows), lists)
