"""The page of closings: what is closed, what is to be, and whether it is as it was closed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, redirect, render_template, request, url_for

from kiosk.central.accounts import Role
from kiosk.central.book import NotReady
from kiosk.central.people import words
from kiosk.central.report import acting, closing, closings, folders, periods
from kiosk.central.report.closing import NotClosable
from kiosk.central.report.words import many, say
from kiosk.web.language import spoken
from machines.instants import Month

if TYPE_CHECKING:
    from kiosk.central.front import Front
    from kiosk.central.store import Central


def closing_pages(front: Front, central: Central) -> Blueprint:
    """`/closings`: animators look and verify, administrators close."""
    pages = front.blueprint("closing", __name__, Role.ANIMATOR)
    front.entry("closing.closed", lambda: say("nav_closed", spoken()), 60)

    def shown(said: str = "", checks: Any = (), period: str = "", code: int = 200) -> Any:
        with central.reader() as connection:
            done = closings.all_of(connection)
            first = closing.first_month(connection)
        waiting = _open(first, {one.period for one in done}, Month.of(central.now_us()))
        return render_template(
            "report/closed.html",
            word=_word,
            say=_say,
            many=_many,
            done=[(one, words.instant(one.at_us), _by(one.by)) for one in done],
            named=lambda period: periods.named(period, spoken()),
            day=words.day,
            open=waiting,
            later=[periods.named(one, spoken()) for one in waiting[1:]],
            said=said,
            checks=checks,
            period=period,
        ), code

    @pages.get("/closings")
    def closed() -> Any:
        return shown()

    @pages.post("/closings/<period>/verify")
    def verified(period: str) -> Any:
        try:
            checks = acting.checks(central, front.site, str(periods.parse(period)))
        except NotReady:
            return shown(_word("not_ready"), code=503)
        except ValueError:
            return shown(_word("no_period"), code=404)
        return shown("", checks, period)

    @pages.post("/closings/<period>/close")
    def close(period: str) -> Any:
        actor = front.needs(Role.ADMIN)
        incomplete = request.form.get("incomplete") == "yes"
        try:
            acting.close(central, front.site, period, actor.by, incomplete)
        except NotReady:
            return shown(_word("not_ready"), code=503)
        except (NotClosable, folders.Changed) as wrong:
            return shown(wrong.said(spoken()), period=period, code=409)
        except ValueError:
            return shown(_word("no_period"), code=404)
        return redirect(url_for("closing.closed"), 303)

    return pages


def _by(by: str) -> str:
    return by.partition(":")[2] or by


def _open(first: Month | None, done: set[str], now: Month) -> list[str]:
    """Periods that are over and not closed, in their turn."""
    waiting: list[str] = []
    month = first
    while month is not None and month < now:
        if str(month) not in done:
            waiting.append(str(month))
        if month.number == 12 and str(month.year) not in done:
            waiting.append(str(month.year))
        month = month.next
    return waiting


def _word(key: str) -> str:
    return say(key, spoken())


def _say(key: str, **values: object) -> str:
    return say(key, spoken(), **values)


def _many(key: str, number: int) -> str:
    return many(key, number, spoken())
