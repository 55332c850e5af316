"""The central's pages: every lab at a glance, and one page per lab and month.

Read only, for whoever is logged in (`kiosk.central.front`). A page shows no person:
figures, machines, what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, abort, render_template, request, send_from_directory
from werkzeug.exceptions import HTTPException

from kiosk.central import overview, texts
from kiosk.central.front import asked_language
from kiosk.central.month import month_rows
from kiosk.central.standing import standings
from machines.instants import Month

if TYPE_CHECKING:
    from kiosk.central.store import Central

#: The colours and shapes that every page of the product shares.
_SHARED = Path(__file__).parents[1] / "web" / "static"

_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'"
)


def create_pages(central: Central) -> Blueprint:
    """`/` and `/lab/<slug>`, in the language of `?lang=` or of the browser."""
    pages = Blueprint(
        "central",
        __name__,
        template_folder="templates",
        static_folder="static",
        static_url_path="/static/central",
    )

    @pages.get("/static/tokens.css")
    def tokens() -> Response:
        return send_from_directory(_SHARED, "tokens.css")

    @pages.get("/")
    def labs() -> str:
        language, month, now_us = asked_language(), Month.of(central.now_us()), central.now_us()
        with central.reader() as connection:
            shown = [
                overview.lab_shown(one, month_rows(connection, month, one.lab), now_us, language)
                for one in standings(connection)
            ]
        return _page("labs", language, month, labs=shown)

    @pages.get("/lab/<slug>")
    def lab(slug: str) -> str:
        language, now_us = asked_language(), central.now_us()
        now = Month.of(now_us)
        month = _month(language, now)
        with central.reader() as connection:
            standing = next((one for one in standings(connection) if one.lab == slug), None)
            if standing is None:
                abort(404, texts.say("not_found", language))
            rows = month_rows(connection, month, slug)
            machines = overview.machine_rows(connection, slug, rows, language)
            bars = overview.year(connection, slug, month, language)
        return _page(
            "lab",
            language,
            month,
            lab=overview.lab_shown(standing, rows, now_us, language),
            known=overview.known(rows, language),
            bars=bars,
            machines=machines,
            prints=overview.print_rows(rows, language),
            categories=overview.category_rows(rows, language),
            columns=overview.heads(language),
            earlier=overview.before(month),
            later=month.next if month < now else None,
        )

    pages.after_request(_close)
    pages.register_error_handler(HTTPException, _sorry)
    return pages


def _page(name: str, language: str, month: Month, **more: Any) -> str:
    return render_template(
        f"central/{name}.html",
        language=language,
        other="en" if language == "fr" else "fr",
        asked=month,
        month_name=overview.month_name(month, language),
        say=_saying(language),
        **more,
    )


def _saying(language: str) -> Callable[..., str]:
    return lambda key, *values: texts.say(key, language, *values)


def _month(language: str, now: Month) -> Month:
    """The month asked for, the present one by default; 400 for what is none."""
    text = request.args.get("month")
    try:
        return Month.parse(text) if text is not None else now
    except ValueError:
        abort(400, texts.say("bad_month", language))


def _sorry(error: HTTPException) -> tuple[str, int]:
    language = asked_language()
    return (
        render_template(
            "central/sorry.html",
            language=language,
            other="en" if language == "fr" else "fr",
            asked=None,
            say=_saying(language),
            sentence=error.description,
        ),
        error.code or 500,
    )


def _close(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if request.endpoint in ("central.labs", "central.lab"):
        response.headers["Cache-Control"] = "no-store"
    return response
