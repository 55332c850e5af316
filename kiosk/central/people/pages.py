"""The pages of members: found as one types, one with all that is theirs, joining in seconds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from kiosk.central import audit
from kiosk.central.accounts import Role
from kiosk.central.audit import Act
from kiosk.central.front import Front
from kiosk.central.people import acts, book, forms, looking, organisations, words
from kiosk.central.people.book import PeopleError, Person, Unknown
from kiosk.central.people.checks import checks
from kiosk.central.people.forms import Wrong
from kiosk.central.people.ids import is_known
from kiosk.central.people.lists import list_routes
from kiosk.credentials import CredentialError, credential
from kiosk.web.language import _
from kiosk.web.words import clean
from machines.badges import DigestKey
from machines.members import AgeBand, Category, Public

if TYPE_CHECKING:
    from sqlite3 import Connection


def people_pages(front: Front) -> Blueprint:
    """`/people…`: for animators to look and to give badges and clearances, the rest for
    administrators."""
    pages = front.blueprint("people", __name__, Role.ANIMATOR, url_prefix="/people")
    front.entry("people.members", lambda: _("Members"), 20)
    pages.context_processor(lambda: {"words": words, "today": today()})

    def today() -> date:
        return book.today(Act("", front.central.now_us()))

    def key() -> DigestKey:
        return DigestKey(credential(front.site.credentials, "badge-key"))

    @pages.get("")
    def members() -> str:
        typed, which = request.args.get("q", "")[:80], request.args.get("which", "")
        category = request.args.get("category", "")
        piece = "HX-Request" in request.headers
        with front.central.reader() as connection:
            rows = looking.everybody(connection)
            to_check = 0 if piece else checks(connection).count
        found = looking.found(rows, typed, which, category, today())
        if not piece:
            front.looked("listed", detail="members")
        return render_template(
            "people/_found.html" if piece else "people/members.html",
            found=found[: looking.SHOWN],
            more=max(0, len(found) - looking.SHOWN),
            everybody=len(rows),
            q=typed,
            which=which,
            category=category,
            to_check=to_check,
        )

    @pages.route("/new", methods=["GET", "POST"])
    def new() -> Answer | str | tuple[str, int]:
        front.needs(Role.ADMIN)
        if request.method == "GET":
            return _form(None, Person(request.args.get("name", "")[:60]))
        try:
            member = front.write(_join)
        except (Wrong, PeopleError) as wrong:
            return _form(None, _typed(), str(wrong)), 400
        front.say(_("Written down. Their badge can be attached now."))
        return redirect(url_for("people.member", member=member), 303)

    def _join(connection: Connection, act: Act) -> str:
        member = book.join(connection, act, forms.person(connection, request.form))
        if request.form.get("membership"):
            acts.do(connection, act, member, "renew", {}, front.site.memberships, key)
        return member

    @pages.get("/<member>")
    def member(member: str) -> str | Answer | tuple[str, int]:
        with front.central.reader() as connection:
            moved = connection.execute(
                "SELECT member FROM alias WHERE id = ?", (member,)
            ).fetchone()
        if moved:
            return redirect(url_for("people.member", member=moved[0]), 303)
        front.looked("looked", member) if _known(member) else abort(404)
        return _page(member)

    @pages.route("/<member>/edit", methods=["GET", "POST"])
    def edit(member: str) -> Answer | str | tuple[str, int]:
        front.needs(Role.ADMIN)
        known = _person(member)
        if request.method == "GET":
            return _form(member, known)
        try:
            front.write(
                lambda c, act: book.change(c, act, member, forms.person(c, request.form, known))
            )
        except (Wrong, PeopleError) as wrong:
            return _form(member, _typed(known), str(wrong)), 400
        front.say(_("Changed."))
        return redirect(url_for("people.member", member=member), 303)

    @pages.post("/<member>/do/<what>")
    def do(member: str, what: str) -> Answer | tuple[str, int]:
        if what not in acts.NEEDS:
            abort(404)
        front.needs(acts.NEEDS[what])
        rule = front.site.memberships
        form = request.form.to_dict()
        try:
            said = front.write(lambda c, act: acts.do(c, act, member, what, form, rule, key))
        except Unknown:
            abort(404)
        except (Wrong, PeopleError, CredentialError) as wrong:
            return _page(member, str(wrong)), 400
        front.say(said)
        return redirect(url_for("people.member", member=member), 303)

    @pages.route("/<member>/merge", methods=["GET", "POST"])
    def merge(member: str) -> Answer | str | tuple[str, int]:
        """Two steps: who it is, then what will be theirs; it cannot be undone."""
        front.needs(Role.ADMIN)
        typed, into = request.values.get("q", "")[:80], request.values.get("into", "")
        with front.central.reader() as connection:
            gone = _card(connection, member)
            rows = [row for row in looking.everybody(connection) if row.id != member]
            kept = _card(connection, into) if into else None
        if into == member:
            abort(400, _("One and the same member cannot be merged."))
        if request.method == "POST" and kept:
            front.write(lambda c, act: book.merge(c, act, member, into))
            front.say(_("They are one member now."))
            return redirect(url_for("people.member", member=into), 303)
        found = looking.found(rows, typed, "", "", today())[:20] if typed else []
        return render_template("people/merge.html", gone=gone, kept=kept, found=found, q=typed)

    @pages.route("/organisations", methods=["GET", "POST"])
    def organisations_() -> Answer | str | tuple[str, int]:
        said, code = "", 200
        if request.method == "POST":
            front.needs(Role.ADMIN)
            try:
                name, category = _organisation()
                front.write(lambda c, act: _written(c, act, name, category))
                front.say(_("Written down."))
                return redirect(url_for("people.organisations_"), 303)
            except (Wrong, PeopleError) as wrong:
                said, code = str(wrong), 400
        with front.central.reader() as connection:
            listed = organisations.listed(connection)
            people = [row for row in looking.everybody(connection) if row.organisation]
        front.looked("listed", detail="organisations")
        page = render_template("people/organisations.html", listed=listed, people=people, said=said)
        return page, code

    def _written(connection: Connection, act: Act, name: str, category: Category) -> None:
        if id_ := request.form.get("id", ""):
            organisations.change(connection, act, id_, name, category)
        else:
            organisations.found(connection, act, name, category)

    def _organisation() -> tuple[str, Category]:
        name = clean(request.form.get("name", ""), 100)
        if not name:
            raise Wrong(_("A name is missing."))
        if request.form.get("category") not in set(Category):
            raise Wrong(_("Choose a category."))
        return name, Category(request.form["category"])

    # -- drawn ----------------------------------------------------------------------------

    def _known(member: str) -> bool:
        with front.central.reader() as connection:
            return is_known(connection, member)

    def _person(member: str) -> Person:
        with front.central.reader() as connection:
            return _card(connection, member).person

    def _card(connection: Connection, member: str) -> looking.Card:
        try:
            return looking.card(connection, member)
        except Unknown:
            abort(404)

    def _typed(known: Person | None = None) -> Person:
        """What was typed, as far as it can be shown again."""
        form = request.form
        before = known or Person("")
        return replace(
            before,
            first_name=form.get("first_name", "")[:60],
            last_name=form.get("last_name", "")[:60],
            category=forms.one_of(Category, form.get("category"), before.category),
            public=forms.one_of(Public, form.get("public"), ""),
            age_band=forms.one_of(AgeBand, form.get("age_band"), before.age_band),
            guardian_on=forms.day_or_none(form.get("guardian_on", "")),
            organisation=form.get("organisation", "")[:60] or None,
            animator=bool(form.get("animator")),
            language=form.get("language", before.language)[:2],
        )

    def _form(member: str | None, person: Person, said: str = "") -> str:
        with front.central.reader() as connection:
            listed = organisations.listed(connection)
        until = acts.renewed(front.site.memberships, None, today())[1]
        return render_template(
            "people/form.html",
            member=member,
            person=person,
            said=said,
            organisations=listed,
            until=until,
        )

    def _page(member: str, said: str = "") -> str:
        with front.central.reader() as connection:
            card = _card(connection, member)
            return render_template(
                "people/member.html",
                card=card,
                said=said,
                renewed=acts.renewed(front.site.memberships, card.until, today()),
                machines=looking.machines(connection),
                families=looking.families(connection),
                called=looking.names(connection),
                labs=looking.labs(connection),
                lines=audit.lines(connection, member, 50),
            )

    list_routes(pages, front, today)
    return pages
