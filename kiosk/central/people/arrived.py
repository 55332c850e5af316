"""What labs decided while the central was away, taken in as their entries are folded.

Told once or often, early or late, the rows are the same: a decision is kept by its birth,
and placed anew when its boot's clock becomes known. What is about somebody nobody knows yet
waits for them; what is about somebody erased keeps no badge, and is shown to be looked at.

All functions work within the caller's transaction.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from typing import Protocol

from kiosk.central.audit import PROGRAM, Act
from kiosk.central.people import book, decisions
from kiosk.central.people.decisions import Decision
from kiosk.central.people.ids import is_erased, is_known, resolved
from kiosk.central.places import Near, unset_instants
from kiosk.central.statements import insert
from kiosk.store.codec import decode
from kiosk.web.words import clean
from machines.instants import SECOND, paris
from machines.journal import Birth, Entry, Personal, TapRefused
from machines.members import Category, Public
from machines.people_entries import (
    BadgeEnrolled,
    BadgeRevoked,
    ClearanceGranted,
    ClearanceRevoked,
    MemberProvisional,
    PeopleBody,
)
from machines.usage import Session

#: Letters of what a lab calls somebody, which goes to every other lab.
LONGEST = 60
#: Before the name of a decision among the subjects that wait for a clock.
NAME = "decision:"
#: A lab fetches its roster anew for the last use of a clearance no more often.
USED_EVERY = timedelta(days=7)

#: A badge that nobody knows is remembered so long: whoever stands there is enrolled now.
WAITS_US = 7 * 86_400 * SECOND


class Told(Protocol):
    """A fact that has arrived."""

    @property
    def lab(self) -> str: ...

    @property
    def entry(self) -> Entry: ...


def learn(connection: sqlite3.Connection, told: Iterable[Told]) -> set[str]:
    """Keeps every decision among the facts; the names of those that `settle` has to place."""
    names = set()
    for fact in told:
        entry, about = fact.entry, fact.entry.personal or Personal()
        if isinstance(entry.body, TapRefused) and entry.body.code and about.badge:
            _unknown(connection, fact.lab, entry, about.badge)
        if not isinstance(entry.body, PeopleBody):
            continue
        _upto(connection, fact.lab, entry.birth)
        name = NAME + str(entry.birth)
        insert(
            connection,
            "OR IGNORE INTO usage_unset",
            [(entry.birth.store, at.boot_no, at.boot_us, name) for at in unset_instants(entry)],
        )
        if not about.member:
            continue  # the retention or an erasure took it: there is nothing left to decide
        if isinstance(entry.body, MemberProvisional):
            _joined(connection, fact.lab, entry, about)
        else:
            member = resolved(connection, about.member)
            one = _decision(fact.lab, entry, member, about)
            decisions.keep(connection, [_bare(one) if is_erased(connection, member) else one])
        names.add(name)
    return names


def settle(connection: sqlite3.Connection, names: Collection[str]) -> None:
    """Places decisions in time, as far as the clocks are known, and folds what they are about."""
    if not names:
        return
    entries = [
        entry for name in sorted(names) if (entry := _entry(connection, name.removeprefix(NAME)))
    ]
    near = Near(connection, entries)
    touched = []
    for entry in entries:
        placed = near.of([entry]).place(entry.birth.store, entry.at)
        row = connection.execute(
            "UPDATE decision SET at_us = ? WHERE birth = ? RETURNING member, subject, kind",
            (placed.utc_us if placed else None, str(entry.birth)),
        ).fetchone()
        if row and is_known(connection, row[0]):
            touched.append(row)
    decisions.fold(connection, touched)
    book.raise_version(connection, Act(PROGRAM, 0))


def note_used(connection: sqlite3.Connection, sessions: Sequence[tuple[str, Session]]) -> None:
    """The last day on which somebody used what a clearance of theirs is for, by lab and session.

    Only of clearances that end by disuse, since nothing else asks for that day.
    """
    ending = {of for (of,) in connection.execute("SELECT of FROM rule WHERE unused_months > 0")}
    if not ending:
        return
    families = {
        (lab, slug): f"family:{family}"
        for lab, slug, family in connection.execute("SELECT lab, slug, family FROM usage_machine")
    }
    for lab, one in sessions:
        if one.member is None or one.began_us is None:
            continue
        day, member = paris(one.began_us).date(), resolved(connection, one.member)
        for of in {one.machine, families.get((lab, one.machine), "")} & ending:
            _used(connection, member, of, day)


def _used(connection: sqlite3.Connection, member: str, of: str, day: date) -> None:
    """Only of who has that clearance."""
    row = connection.execute(
        "SELECT day FROM clearance LEFT JOIN used USING (member, of) WHERE member = ? AND of = ?",
        (member, of),
    ).fetchone()
    if row is None or (row[0] and row[0] >= day.isoformat()):
        return
    connection.execute("INSERT OR REPLACE INTO used VALUES(?, ?, ?)", (member, of, day.isoformat()))
    if row[0] is None or day - date.fromisoformat(row[0]) >= USED_EVERY:
        book.raise_version(connection, Act(PROGRAM, 0))


# ---- one entry


def _upto(connection: sqlite3.Connection, lab: str, birth: Birth) -> None:
    connection.execute(
        "INSERT INTO decision_upto VALUES(?, ?, ?)"
        " ON CONFLICT(store) DO UPDATE SET seq = max(seq, excluded.seq)",
        (birth.store, lab, birth.seq),
    )


def _unknown(connection: sqlite3.Connection, lab: str, entry: Entry, digest: str) -> None:
    """A badge that somebody may enrol here by the code on its screen; the latest code counts."""
    code = entry.body.code if isinstance(entry.body, TapRefused) else ""
    connection.execute(
        "DELETE FROM unknown_badge WHERE seen_us < ?", (entry.at.wall_us - WAITS_US,)
    )
    known = "SELECT 1 FROM badge WHERE digest = ?"
    if not connection.execute(known, (digest,)).fetchone():
        connection.execute(
            "INSERT INTO unknown_badge VALUES(?, ?, ?, ?) ON CONFLICT(digest) DO UPDATE SET"
            " code = excluded.code, lab = excluded.lab, seen_us = excluded.seen_us"
            " WHERE seen_us <= excluded.seen_us",
            (digest, code, lab, entry.at.wall_us),
        )


def _joined(connection: sqlite3.Connection, lab: str, entry: Entry, about: Personal) -> None:
    body, member = entry.body, about.member or ""
    if not isinstance(body, MemberProvisional) or resolved(connection, member) != member:
        return
    if is_known(connection, member) or is_erased(connection, member):
        return
    act = Act(about.by or PROGRAM, entry.at.wall_us)
    one = book.Person(
        first_name=clean(body.label, LONGEST) or "?",
        category=Category(body.category) if body.category in set(Category) else Category.INDIVIDUAL,
        public=body.public if body.public in set(Public) else "",
    )
    book.join(connection, act, one, member, provisional=lab)
    if until := _day(body.until):
        book.take_membership(connection, act, member, until, source=book.PROVISIONAL)
    decisions.fold_of(connection, member)


def _decision(lab: str, entry: Entry, member: str, about: Personal) -> Decision:
    subject, until, trains, reason = "", None, False, ""
    match entry.body:
        case BadgeEnrolled():
            subject = about.badge or ""
        case BadgeRevoked(reason=reason):
            subject = about.badge or ""
        case ClearanceGranted(of=subject, until=text, trains=trains):
            day = _day(text)
            until = day.isoformat() if day else None
        case ClearanceRevoked(of=subject, reason=reason):
            pass
    kind, by = entry.body.kind, about.by or ""
    return Decision(str(entry.birth), lab, None, kind, member, subject, until, trains, reason, by)


def _bare(one: Decision) -> Decision:
    """Of somebody erased: that it came, and nothing that a badge or a person is found by."""
    return Decision(one.birth, one.lab, None, one.kind, one.member, "")


def _entry(connection: sqlite3.Connection, birth: str) -> Entry | None:
    born = Birth.parse(birth)
    row = connection.execute(
        "SELECT body FROM fact WHERE birth_store = ? AND birth_seq = ? AND nonce = ?",
        (bytes.fromhex(born.store), born.seq, born.nonce),
    ).fetchone()
    return decode(row[0], None) if row else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
