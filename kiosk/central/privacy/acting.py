"""What a page and the command line have done about one person's data, in the right order."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any, TypeVar

from config.site import CentralSite
from kiosk import admin
from kiosk.central import audit
from kiosk.central.audit import PROGRAM, Act
from kiosk.central.people.book import PeopleError
from kiosk.central.people.ids import resolved
from kiosk.central.privacy import erasure, own
from kiosk.central.privacy.erasure import Found
from kiosk.central.privacy.purge import WRITTEN_S
from kiosk.central.privacy.service import Forgetting
from kiosk.central.store import Busy, Central
from machines.instants import paris

T = TypeVar("T")


def erase(central: Central, forgetting: Forgetting, act: Act, member: str) -> tuple[Found, str]:
    """The record goes at once, its traces by the thread that forgets; what there was of them,
    and the receipt. Raises PeopleError, Busy."""
    with central.reader() as connection:
        member = resolved(connection, member)
        found = erasure.plan(connection, member)
    central.submit(lambda c: erasure.begin(c, act, member)).result(WRITTEN_S)
    with central.reader() as connection:
        erasure.entomb(connection, forgetting.tombstones)
    forgetting.nudge()
    return found, erasure.receipt(found, paris(act.now_us).date(), member)


def hand_out(central: Central, act: Act, member: str) -> own.Told:
    """Everything that is kept of them; the audit has a line of it. Raises PeopleError, Busy."""
    with central.reader() as connection:
        told = own.about(connection, member, act.now_us)
    _note(central, act, "exported", str(told["record"]["id"]))
    return told


def _note(central: Central, act: Act, verb: str, member: str) -> None:
    central.submit(lambda c: audit.note(c, act, verb, member)).result(WRITTEN_S)


def answers(
    central: Central, forgetting: Forgetting | None, site: CentralSite
) -> dict[str, admin.Answer]:
    """For the command line. Where no central runs, all of it is done before the answer."""

    def member_erase(member: str, really: bool) -> dict[str, Any]:
        def do() -> dict[str, Any]:
            if not really:
                with central.reader() as connection:
                    return {"found": _counts(erasure.plan(connection, member)), "receipt": ""}
            here = forgetting or Forgetting(central, site)
            act = Act(PROGRAM, central.now_us())
            found, receipt = erase(central, here, act, member)
            if forgetting is None:
                here.erase_now()
            return {"found": _counts(found), "receipt": receipt}

        return _told(do)

    def member_export(member: str, language: str) -> dict[str, str]:
        def do() -> dict[str, str]:
            told = hand_out(central, Act(PROGRAM, central.now_us()), member)
            return {"json": own.as_json(told), "html": own.as_html(told, language)}

        return _told(do)

    return {"member-erase": member_erase, "member-export": member_export}


def _counts(found: Found) -> dict[str, int]:
    return {name: getattr(found, name) for name in Found.__slots__}


def _told(do: Callable[[], T]) -> T:
    try:
        return do()
    except PeopleError as wrong:
        raise admin.AdminError(str(wrong)) from wrong
    except Busy as wrong:
        raise admin.AdminError(f"the central is busy ({wrong}): try again in a minute") from wrong
    except sqlite3.Error as wrong:
        raise admin.AdminError(f"nothing was erased ({wrong})") from wrong
