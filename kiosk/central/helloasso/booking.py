"""An event's export as workshops: one for each rate that was booked, and who comes to it.

A seat is known again by order, number and name. Whoever is no member counts as
a participant; nobody becomes a member by booking.
"""

from __future__ import annotations

import re
import secrets
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from kiosk.central import audit
from kiosk.central.audit import Act
from kiosk.central.helloasso import cells, workshops
from kiosk.central.helloasso.known import digests, known
from kiosk.central.helloasso.lines import Brought, Line, Refused
from kiosk.central.helloasso.matching import (
    CANCEL,
    CREATE,
    SKIP,
    Candidate,
    Known,
    Outcome,
    Proposal,
    Taken,
    Why,
    proposals,
)
from kiosk.central.helloasso.taking import Done, File, chosen, note_refused
from kiosk.central.helloasso.workshops import Details, Newcomer
from machines.members import AgeBand

_DAY = r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}"
_HOURS = r"(\d{1,2})\s*(?:h|heures?)(?:\s*(\d{2}))?\b"


@dataclass(frozen=True, slots=True)
class Group:
    """The seats of one rate: what workshop they are, as far as its name says."""

    name: str
    title: str
    day: date | None
    minutes: int
    seats: int  #: that stand
    workshop: str = ""  #: where seats of it were taken in before


def group_of(line: Line) -> str:
    """By what the seats of one event are told apart: the rate, or the ticket's name."""
    return line.rate or ("" if line.ticket.startswith("http") else line.ticket)


def seats_shown(connection: sqlite3.Connection, brought: Brought) -> tuple[Proposal, ...]:
    """What would become of each line. One name that has two seats is two seats."""
    there = Known(known(connection).people, _taken(connection))
    found = proposals(brought.lines, there, digests(connection))
    return tuple(_seat(one) for one in found)


def groups(
    connection: sqlite3.Connection, shown: Sequence[Proposal], fallback: str
) -> tuple[Group, ...]:
    """In the order of their days. `fallback`: the title where the rate has no name."""
    by_name: dict[str, list[Proposal]] = {}
    for one in shown:
        by_name.setdefault(group_of(one.line), []).append(one)
    rows = connection.execute("SELECT key, workshop FROM workshop_participant WHERE key <> ''")
    held = dict(rows.fetchall())
    found = [
        Group(
            name,
            title_in(name) or fallback,
            day_in(name),
            minutes_in(name),
            sum(one.line.status.stands for one in some),
            next((held[one.key] for one in some if one.key in held), ""),
        )
        for name, some in by_name.items()
    ]
    return tuple(sorted(found, key=lambda one: (one.day or date.max, one.name)))


def take_bookings(
    connection: sqlite3.Connection,
    act: Act,
    file: File,
    shown: Sequence[Proposal],
    refused: Sequence[Refused],
    choices: Mapping[int, str],
    where: Mapping[str, Details | str | None],
    brought: Brought,
) -> str:
    """The id of the import. `where` by group: a new workshop, the id of one, None to leave out.

    Raises ChoiceError.
    """
    imported = secrets.token_hex(6)
    connection.execute(
        "INSERT INTO import(id, sha256, name, kind, by, at_us, workshop)"
        " VALUES(?, ?, ?, ?, ?, ?, '')",
        (imported, file.sha256, file.name, file.kind, act.by, act.now_us),
    )
    now = {one.line.number: one for one in seats_shown(connection, brought)}
    places: dict[str, str] = {}
    for name, place in where.items():
        if isinstance(place, Details):
            place = workshops.hold(connection, act, place, imported)
        places[name] = place or ""
    for one in shown:
        choice, fresh = chosen(one, choices), now[one.line.number]
        done, member = Done.CHANGED, ""
        if (fresh.outcome, fresh.candidates) == (one.outcome, one.candidates):
            place = places.get(group_of(one.line), "")
            done, member = _take(connection, imported, one, choice, place)
        connection.execute(
            "INSERT INTO import_line(import, line, key, outcome, why, done, member)"
            " VALUES(?, ?, ?, ?, ?, ?, ?)",
            (imported, one.line.number, one.key, one.outcome, one.why, done, member),
        )
    note_refused(connection, imported, refused)
    _count(connection, imported, places)
    audit.note(connection, act, "imported", "", imported)
    return imported


def _take(
    connection: sqlite3.Connection, imported: str, one: Proposal, choice: str, place: str
) -> tuple[Done, str]:
    """What was done with a line, and whose seat it is, where that is a member's."""
    if choice == "":
        return Done.NOTHING, ""
    if choice == CANCEL:
        connection.execute(
            "UPDATE workshop_participant SET cancelled = 1 WHERE key = ?", (one.key,)
        )
        return Done.CANCELLED, ""
    if choice == SKIP or not place:
        return Done.LEFT_OUT, ""
    joins = choice != CREATE
    member = one.candidates[int(choice.removeprefix("join-"))].member if joins else ""
    line = one.line
    email = digests(connection).email(line.emails[0]) if line.emails else ""
    minor = line.age in (AgeBand.CHILD, AgeBand.TEEN)
    workshops.seat(
        connection, place, [Newcomer(line.name, member, email, minor, one.key)], imported
    )
    return Done.JOINED if joins else Done.CREATED, member


def undo_bookings(connection: sqlite3.Connection, imported: str) -> int:
    """Its seats are free again, those that it cancelled taken; a workshop that it made and
    nobody else has a seat in is gone. How many lines were put back."""
    touched = {
        id_
        for (id_,) in connection.execute(
            "SELECT workshop FROM workshop_participant WHERE import = ? OR key IN"
            " (SELECT key FROM import_line WHERE import = ? AND done = ?)",
            (imported, imported, Done.CANCELLED),
        )
    }
    connection.execute("DELETE FROM workshop_participant WHERE import = ?", (imported,))
    connection.execute(
        "UPDATE workshop_participant SET cancelled = 0 WHERE key IN"
        " (SELECT key FROM import_line WHERE import = ? AND done = ?)",
        (imported, Done.CANCELLED),
    )
    gone = connection.execute(
        "DELETE FROM workshop WHERE import = ? AND participants = 0 AND id NOT IN"
        " (SELECT workshop FROM workshop_participant) RETURNING id",
        (imported,),
    ).fetchall()
    for id_ in touched | {id_ for (id_,) in gone}:
        workshops.count(connection, id_)
    rows = connection.execute(
        "UPDATE import_line SET undone = 'put-back' WHERE import = ? AND done IN (?, ?, ?)"
        " RETURNING line",
        (imported, Done.CREATED, Done.JOINED, Done.CANCELLED),
    )
    return len(rows.fetchall())


def newcomer(connection: sqlite3.Connection, name: str, minor: bool) -> Newcomer:
    """Somebody who is written down by hand: a member, where one alone has this name."""
    first, _, last = name.partition(" ")
    (found,) = proposals(
        [Line(1, first, last, order="by hand")],
        Known(known(connection).people),
        digests(connection),
    )
    sure = found.outcome is Outcome.RENEWED
    return Newcomer(name, found.candidates[0].member if sure else "", minor=minor)


def title_in(name: str) -> str:
    """
    >>> title_in("Atelier mug 2 h du 14/03/2026")
    'Atelier mug'
    """
    text = re.sub(rf"\b(du|le)?\s*{_DAY}", " ", name, flags=re.IGNORECASE)
    text = re.sub(_HOURS, " ", text, flags=re.IGNORECASE)
    return " ".join(text.split()).strip(" -–,:()")


def day_in(name: str) -> date | None:
    found = re.search(_DAY, name)
    if found is None:
        return None
    try:
        return cells.day(found[0])
    except cells.Unread:
        return None


def minutes_in(name: str) -> int:
    """Of « 2 h » or « 1 h 30 »; two hours where nothing is said. A clock time is no length.

    >>> minutes_in("Atelier 1 h 30"), minutes_in("Samedi à 14 h"), minutes_in("Atelier mug")
    (90, 120, 120)
    """
    for found in re.finditer(_HOURS, name, re.IGNORECASE):
        minutes = int(found[1]) * 60 + int(found[2] or 0)
        if 0 < minutes <= 8 * 60:
            return minutes
    return 120


def _seat(one: Proposal) -> Proposal:
    if any(candidate.line for candidate in one.candidates) and one.outcome is not Outcome.MATCHED:
        return Proposal(one.line, one.key, Outcome.NEW, Why.NOBODY, seat=True)
    if one.why in (Why.BY_HAND, Why.KNOWN):  # a membership of the same order takes no seat
        mine = (Candidate(one.member),)
        return Proposal(one.line, one.key, Outcome.RENEWED, Why.EMAIL_AND_NAME, mine, seat=True)
    return replace(one, seat=True)


def _taken(connection: sqlite3.Connection) -> dict[str, Taken]:
    rows = connection.execute(
        "SELECT key, p.cancelled FROM workshop_participant p JOIN workshop w ON w.id = p.workshop"
        " WHERE key <> '' AND NOT w.cancelled"
    )
    return {key: Taken("seat", not cancelled) for key, cancelled in rows}


def _count(connection: sqlite3.Connection, imported: str, places: Mapping[str, str]) -> None:
    touched = {place for place in places.values() if place}
    touched |= {
        id_
        for (id_,) in connection.execute(
            "SELECT workshop FROM workshop_participant WHERE key IN"
            " (SELECT key FROM import_line WHERE import = ? AND done = ?)",
            (imported, Done.CANCELLED),
        )
    }
    for id_ in sorted(touched):
        workshops.count(connection, id_)
