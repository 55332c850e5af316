"""The pages of imports: a file brought, looked at line by line, taken in, undone.

A file that was brought is a task's result (`waiting.py`): nothing of it is kept on disk.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from typing import TYPE_CHECKING, TypeVar

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from kiosk.central import tasks as long_work
from kiosk.central.accounts import Role
from kiosk.central.csv_file import LONGEST, CsvError
from kiosk.central.helloasso import records, undoing, waiting, words, workshop_form
from kiosk.central.helloasso.columns import OFFERED
from kiosk.central.helloasso.lines import Field
from kiosk.central.helloasso.rows import rows_shown
from kiosk.central.helloasso.taking import ChoiceError
from kiosk.central.helloasso.undoing import NoImport
from kiosk.central.helloasso.waiting import DryRun, Unreadable, Untold
from kiosk.central.people import looking
from kiosk.central.people.words import day, instant
from kiosk.web.language import _
from kiosk.web.words import clean

if TYPE_CHECKING:
    from kiosk.central.front import Front
    from kiosk.central.store import Central
    from kiosk.central.tasks import Task, Tasks

T = TypeVar("T")

#: Files of one person that are kept at once, of which each may be some 8 MB: the last ones.
AT_ONCE = 3
READING, TAKING = "import-reading", "import-taking"


def helloasso_pages(front: Front, central: Central, tasks: Tasks) -> Blueprint:
    """`/imports…`, for administrators."""
    pages = front.blueprint("imports", __name__, Role.ADMIN, url_prefix="/imports")
    front.entry("imports.all_", lambda: _("Imports"), 40, Role.ADMIN)
    brought: dict[str, list[Task]] = {}
    front.takes("imports.bring", LONGEST + 65_536)

    @pages.get("")
    def all_() -> str:
        with central.reader() as connection:
            done = records.all_(connection)
        return render_template("helloasso/all.html", done=done, words=words)

    @pages.post("")
    def bring() -> Answer | tuple[str, int]:
        file = request.files.get("file")
        if file is None or not file.filename:
            abort(400, _("Choose a file first."))
        with closing(file):
            raw, name = file.read(LONGEST + 1), clean(file.filename, 80)
        return _begin(raw, name, None)

    @pages.get("/file/<id_>")
    def file(id_: str) -> Answer | str | tuple[str, int]:
        task = _found(READING, id_)
        if not task.over:
            return render_template("helloasso/wait.html", task=task, reading=True)
        if "HX-Request" in request.headers:
            return _whole(request.path)
        match task.result:
            case Unreadable(flaw, line, what):
                return _sorry(words.flaw(flaw, line, what))
            case Untold() as untold:
                return _columns(id_, untold, "")
            case DryRun() as dry:
                return _dry(id_, dry)
        return _sorry(_("This file could not be read: %(why)s.", why=task.failed))

    @pages.post("/file/<id_>/columns")
    def columns(id_: str) -> Answer | str:
        untold = _result(id_, Untold)
        chosen = {n: request.form.get(f"column-{n}", "") for n in range(len(untold.header))}
        try:
            mapping = untold.mapping(chosen)
        except CsvError as wrong:
            return _columns(id_, untold, words.flaw(wrong.flaw, wrong.line, wrong.what), chosen)
        return _begin(untold.raw, untold.name, mapping)

    @pages.post("/file/<id_>/choice")
    def choice(id_: str) -> Answer | str:
        """One or many choices kept; for a script, the sentence that says what will be done."""
        dry = _result(id_, DryRun)
        _choose(dry)
        if "HX-Request" in request.headers:
            return render_template("helloasso/_doing.html", dry=dry, id_=id_)
        show, page = request.form.get("show", ""), request.form.get("page", "1")
        return redirect(url_for(".file", id_=id_, show=show, page=page), 303)

    @pages.post("/file/<id_>/take")
    def take(id_: str) -> Answer | str:
        dry = _result(id_, DryRun)
        _choose(dry)
        if dry.groups:
            return _book(id_, dry)
        act, rule = front.act(), front.site.memberships
        began = _work(TAKING, lambda tell: waiting.take(central, act, dry, rule, tell))
        tasks.drop(_found(READING, id_))
        return redirect(url_for(".taking", id_=began.id), 303)

    @pages.get("/taking/<id_>")
    def taking(id_: str) -> Answer | str | tuple[str, int]:
        task = _found(TAKING, id_)
        if not task.over:
            return render_template("helloasso/wait.html", task=task, reading=False)
        if task.failed:
            return _sorry(_("Nothing was taken in: %(why)s.", why=task.failed))
        address = url_for(".one", imported=task.result)
        return _whole(address) if "HX-Request" in request.headers else redirect(address, 303)

    @pages.get("/<imported>")
    def one(imported: str) -> str:
        with central.reader() as connection:
            found = records.one(connection, imported)
            lines = records.noted(connection, imported)
        if found is None:
            abort(404)
        front.looked("import looked at", "", imported)
        return render_template("helloasso/one.html", found=found, lines=lines, words=words)

    @pages.post("/<imported>/undo")
    def undo(imported: str) -> Answer:
        try:
            front.write(lambda connection, act: undoing.undo(connection, act, imported))
        except NoImport:
            abort(404, _("This import is undone already."))
        return redirect(url_for(".one", imported=imported), 303)

    pages.app_template_global("moment")(instant)
    pages.app_template_global("date")(day)

    # -- what these have in common ------------------------------------------------------------

    def _begin(raw: bytes, name: str, mapping: Mapping[str, Field] | None) -> Answer:
        credentials = front.site.credentials
        task = _work(
            READING,
            lambda tell: waiting.bring(central, credentials, raw, name, mapping, tell),
        )
        mine = brought.setdefault(task.owner, [])
        mine.append(task)
        while len(mine) > AT_ONCE:
            tasks.drop(mine.pop(0))
        return redirect(url_for(".file", id_=task.id), 303)

    def _work(kind: str, work: Callable[[long_work.Progress], object]) -> Task:
        try:
            return tasks.begin(kind, front.act().by, work)
        except long_work.Full:
            abort(503, _("The central has much to do. Try again in a moment."))

    def _found(kind: str, id_: str) -> Task:
        task = tasks.find(id_, kind, front.act().by)
        if task is None:
            abort(404, _("This file is not kept any more. Bring it again."))
        return task

    def _result(id_: str, wanted: type[T]) -> T:
        result = _found(READING, id_).result
        if not isinstance(result, wanted):
            abort(404, _("This file is not kept any more. Bring it again."))
        return result

    def _book(id_: str, dry: DryRun) -> Answer | str:
        """An event's seats are few: they are taken in at once."""
        dry.told = {name: value[:200] for name, value in request.form.items()}
        try:
            where = workshop_form.where(dry.groups, dry.told)
        except workshop_form.Wrong as wrong:
            return _dry(id_, dry, str(wrong))
        imported = waiting.book(central, front.act(), dry, where)
        tasks.drop(_found(READING, id_))
        return redirect(url_for(".one", imported=imported), 303)

    def _dry(id_: str, dry: DryRun, said: str = "") -> str:
        with central.reader() as connection:
            forms = workshop_form.of_groups(connection, dry.groups, dry.told)
            labs = looking.labs(connection)
            shown = rows_shown(
                connection,
                dry,
                request.args.get("show", ""),
                request.args.get("page", 1, type=int),
            )
        return render_template(
            "helloasso/dry.html",
            dry=dry,
            id_=id_,
            shown=shown,
            words=words,
            forms=forms,
            labs=labs,
            said=said,
        )

    return pages


def _columns(id_: str, untold: Untold, said: str, chosen: Mapping[int, str] | None = None) -> str:
    told = {place: untold.fields.get(name, "") for place, name in enumerate(untold.header)}
    return render_template(
        "helloasso/columns.html",
        id_=id_,
        untold=untold,
        said=said,
        told=chosen or told,
        offered=[(one, words.field(one)) for one in OFFERED],
    )


def _choose(dry: DryRun) -> None:
    """Every `choice-<line>` of the form. 400 for what was not offered."""
    for name, value in request.form.items():
        number = name.removeprefix("choice-")
        if number == name or not number.isdecimal():
            continue
        try:
            dry.choose(int(number), value)
        except ChoiceError:
            abort(400, _("Something in this request cannot be read."))


def _whole(address: str) -> Answer:
    """Has the script that waited open a page, in place of a piece of it."""
    return Response(headers={"HX-Redirect": address})


def _sorry(sentence: str) -> tuple[str, int]:
    return render_template("helloasso/sorry.html", sentence=sentence), 400
