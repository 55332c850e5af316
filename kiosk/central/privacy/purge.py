"""One purge at the central: everything whose time is over, in steps that no lab waits for."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from config.site import CentralSite, Retention
from kiosk.central import audit
from kiosk.central.audit import PROGRAM, Act
from kiosk.central.helloasso.workshops import forget_participants
from kiosk.central.privacy import erasure, facts, keys, mixing
from kiosk.central.report import folders
from kiosk.central.store import Central
from kiosk.forgetting.tombstones import Tombstones
from machines.instants import Month, paris
from machines.members import months_after
from machines.retention import DAY_US, Terms

#: Facts of one step: 5 ms (2026-11-25); a batch of a lab is taken in between two.
STEP = 250
WRITTEN_S = 60.0


@dataclass(frozen=True, slots=True)
class Purged:
    """What one purge did, as the page and `/healthz` tell it. Counts, and nobody's name."""

    entries: int = 0
    quarantined: int = 0
    members: int = 0
    participants: int = 0
    audit: int = 0
    sessions: int = 0  #: folders of exported sessions
    years: int = 0  #: keys destroyed
    months: int = 0  #: in which nobody knows any more which session was whose


def purge(central: Central, site: CentralSite, now_us: int) -> Purged:
    """Raises StoreError, OSError, Busy. What was done by then stays done."""
    kept, today = site.retention, paris(now_us).date()
    entries = forget_facts(central, kept, now_us)
    members = _members(central, site, now_us)

    def rest(connection: sqlite3.Connection) -> Purged:
        return Purged(
            entries,
            _quarantine(connection, kept, now_us),
            members,
            _participants(connection, kept, today),
            _audit(connection, kept, today, now_us),
            0,
            len(keys.destroy_due(connection, today, kept.year_closed_by)),
        )

    done = central.submit(rest).result(WRITTEN_S)
    with central.reader() as connection:
        over = folders.let_go(connection, site.exports, today.isoformat())
    expired = len(over) + _folders(site.exports, kept, now_us)
    return replace(done, sessions=expired, months=_mix(central, kept, now_us))


# ---- facts


def forget_facts(central: Central, kept: Retention, now_us: int) -> int:
    """The personal parts of what is older than kept; how many."""
    terms = Terms.of_days(kept.sessions_days, kept.file_names_days)
    with central.reader() as connection:
        due = facts.due(connection, terms, now_us)
    blank(central, due.arrived)

    def note(connection: sqlite3.Connection) -> None:
        (last,) = connection.execute("SELECT coalesce(max(arrived), 0) FROM fact").fetchone()
        connection.execute("INSERT OR REPLACE INTO arrived_by VALUES(?, ?)", (now_us, last))
        connection.execute("DELETE FROM arrived_by WHERE at_us < ?", (now_us - 400 * DAY_US,))
        connection.execute("UPDATE purge SET clean = ?", (due.clean,))

    central.submit(note).result(WRITTEN_S)
    return len(due.arrived)


def blank(central: Central, arrived: list[int]) -> None:
    for first in range(0, len(arrived), STEP):
        central.submit(_blanking(arrived[first : first + STEP])).result(WRITTEN_S)


def _blanking(some: Iterable[int]) -> Callable[[sqlite3.Connection], None]:
    def do(connection: sqlite3.Connection) -> None:
        connection.executemany(
            "UPDATE fact SET personal = NULL WHERE arrived = ?", [(one,) for one in some]
        )

    return do


def _quarantine(connection: sqlite3.Connection, kept: Retention, now_us: int) -> int:
    """What no version has understood for as long names nobody any more; its body waits on.
    Badges that nobody attached are forgotten too."""
    if not kept.sessions_days:
        return 0
    before_us = now_us - kept.sessions_days * DAY_US
    connection.execute(  # a lab whose clock is ahead keeps none for longer
        "DELETE FROM unknown_badge WHERE coalesce(seen_us, 0) NOT BETWEEN ? AND ?",
        (before_us + 1, now_us + DAY_US),
    )
    done = connection.execute(
        "UPDATE quarantine SET personal = NULL WHERE personal IS NOT NULL AND since_us <= ?",
        (before_us,),
    )
    return done.rowcount


# ---- people


def ended(connection: sqlite3.Connection, before: date) -> list[str]:
    """Whose membership ended, or who left, before that day, or who joined before it and never
    was a member. Animators stay until they are said to have left."""
    rows = connection.execute(
        "SELECT id, left_on, joined_us, animator,"
        " (SELECT max(until) FROM membership WHERE member = member.id AND cancelled_on IS NULL),"
        " (SELECT max(cancelled_on) FROM membership WHERE member = member.id)"
        " FROM member ORDER BY id"
    )
    found = []
    for id_, left_on, joined_us, animator, until, cancelled in rows:
        joined = paris(joined_us).date().isoformat() if joined_us else ""
        last = left_on or until or cancelled or joined
        if last and last < before.isoformat() and (left_on or not animator):
            found.append(id_)
    return found


def _members(central: Central, site: CentralSite, now_us: int) -> int:
    if not site.retention.members_months:
        return 0
    before = months_after(paris(now_us).date(), -site.retention.members_months)
    with central.reader() as connection:
        over = ended(connection, before)
    for member in over:
        central.submit(_forgetting(member, now_us)).result(WRITTEN_S)
    if over:
        with central.reader() as connection:
            erasure.entomb(connection, Tombstones(central.path))
    return len(over)


def _forgetting(member: str, now_us: int) -> Callable[[sqlite3.Connection], tuple[str, ...]]:
    return lambda connection: erasure.begin(connection, Act(PROGRAM, now_us), member)


def _participants(connection: sqlite3.Connection, kept: Retention, today: date) -> int:
    """Who came to a workshop: the names go, how many came stays."""
    if not kept.participants_months:
        return 0
    return forget_participants(connection, months_after(today, -kept.participants_months))


def _audit(connection: sqlite3.Connection, kept: Retention, today: date, now_us: int) -> int:
    if not kept.audit_months:
        return 0
    days = (today - months_after(today, -kept.audit_months)).days
    return audit.prune(connection, now_us - days * DAY_US, now_us)


def _mix(central: Central, kept: Retention, now_us: int) -> int:
    with central.reader() as connection:
        due = mixing.due(connection, kept.sessions_days, now_us)
        steps = [step for month in due for step in mixing.steps(connection, month, now_us)]
    for step in steps:
        central.submit(step).result(WRITTEN_S)
    return len(due)


def _folders(exports: Path, kept: Retention, now_us: int) -> int:
    """Monthly exports, which list sessions, once these are older than kept; they can be
    written again, without them. What is sealed lists none."""
    if not kept.sessions_days or not exports.is_dir():
        return 0
    gone = 0
    for folder in exports.iterdir():
        try:
            month = Month.parse(folder.name[:7])
        except ValueError:
            continue
        if month.ends_us + kept.sessions_days * DAY_US <= now_us:
            shutil.rmtree(folder) if folder.is_dir() else folder.unlink()
            gone += 1
    return gone
