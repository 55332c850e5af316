"""Closing and verifying as the running central does it, for the command line and the page."""

from __future__ import annotations

import sqlite3
from typing import Any

from config.site import CentralSite
from kiosk.central import audit
from kiosk.central.audit import Act
from kiosk.central.report import closing, closings, folders, verify
from kiosk.central.report.closing import NotClosable
from kiosk.central.report.closings import MANIFEST, Closing
from kiosk.central.store import Central


def close(
    central: Central, site: CentralSite, period: str, by: str, incomplete: bool = False
) -> dict[str, Any]:
    """Closes a period, or writes anew what was closed; what to tell of it.

    Raises NotClosable, NotReady, folders.Changed, Busy and ValueError, with a sentence.
    """
    with central.reader() as reader:
        known = closings.of(reader, period)
        if known is not None:
            return _again(reader, site, known)
        made = closing.draft(
            reader, period, by, central.now_us(), site.retention.sessions_days, incomplete
        )
    central.submit(lambda writer: _seal(writer, made)).result()
    target = folders.sealed(site.exports, period)
    folders.put(made.files, target)
    if made.sessions:
        folders.put(made.sessions, folders.sessions(site.exports, period))
    return _answer(made.closing, str(target), True, len(made.adjusted), list(made.late))


def _seal(writer: sqlite3.Connection, made: closing.Draft) -> None:
    closing.seal(writer, made)
    audit.note(writer, Act(made.closing.by, made.closing.at_us), "close", "", made.closing.period)


def _again(reader: sqlite3.Connection, site: CentralSite, known: Closing) -> dict[str, Any]:
    target = folders.sealed(site.exports, known.period)
    made = closings.files(reader, known.period)
    if MANIFEST not in made:
        raise NotClosable("not_kept", period=known.period)
    new = folders.put(made, target)
    return _answer(known, str(target), new, 0, [])


def _answer(
    closing: Closing, folder: str, written: bool, adjusted: int, late: list[str]
) -> dict[str, Any]:
    return {
        "period": closing.period,
        "folder": folder,
        "manifest": closing.manifest,
        "written": written,
        "adjusted": adjusted,
        "late": late,
        "sessions_until": closing.sessions_until,
    }


def checks(central: Central, site: CentralSite, period: str) -> list[verify.Check]:
    """Raises ValueError for what is not closed, NotReady."""
    with central.reader() as reader:
        return verify.of_period(reader, site.exports, period)
