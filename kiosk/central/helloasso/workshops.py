"""Workshops written down at the central: when, how long, how many came, and who, for a while.

Whoever is named counts until somebody says that they were absent. Names are
forgotten when their time is over; how many came stays. Every change tells the
figures anew. All functions work within the caller's transaction.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from kiosk.central import audit, figure_people
from kiosk.central.audit import Act
from kiosk.central.figure_people import Held
from kiosk.central.people import looking
from machines.instants import PARIS, to_us
from machines.members import Public

#: Minutes and heads that are believed.
LONGEST_MIN, MOST = 24 * 60, 1000


class WorkshopError(ValueError):
    """`args[0]` is the field that cannot be: title, day, minutes, participants, minors, public."""


@dataclass(frozen=True, slots=True)
class Details:
    """`participants` and `minors` (of these) are counted, besides who is named."""

    title: str
    day: date
    minutes: int
    lab: str = ""  #: a slug; "": at none
    public: str = ""
    participants: int = 0
    minors: int = 0

    def __post_init__(self) -> None:
        wrong = {
            "title": not 1 <= len(self.title) <= 120,
            "day": not 2000 <= self.day.year < 2200,
            "minutes": not 1 <= self.minutes <= LONGEST_MIN,
            "participants": not 0 <= self.participants <= MOST,
            "minors": not 0 <= self.minors <= self.participants,
            "public": self.public not in ("", *Public),
        }
        for field, is_wrong in wrong.items():
            if is_wrong:
                raise WorkshopError(field)


@dataclass(frozen=True, slots=True)
class Seat:
    """One place that somebody has. `name` "": forgotten, or never told."""

    no: int
    name: str
    member: str = ""
    minor: bool = False
    present: bool | None = None
    cancelled: bool = False

    @property
    def counts(self) -> bool:
        return not self.cancelled and self.present is not False


@dataclass(frozen=True, slots=True)
class Workshop:
    id: str
    details: Details
    cancelled: bool
    forgotten: bool
    seats: tuple[Seat, ...]

    @property
    def came(self) -> int:
        return self.details.participants + sum(seat.counts for seat in self.seats)

    @property
    def minors(self) -> int:
        return self.details.minors + sum(seat.counts and seat.minor for seat in self.seats)


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who takes a place. `key`: of the line that told it; `email`: a digest."""

    name: str
    member: str = ""
    email: str = ""
    minor: bool = False
    key: str = ""


def workshop(connection: sqlite3.Connection, id_: str) -> Workshop | None:
    row = connection.execute(
        "SELECT title, day, minutes, lab, public, participants, minors, cancelled, forgotten"
        " FROM workshop WHERE id = ?",
        (id_,),
    ).fetchone()
    if row is None:
        return None
    title, day, minutes, lab, public, participants, minors, cancelled, forgotten = row
    told = Details(title, date.fromisoformat(day), minutes, lab, public, participants, minors)
    seats = connection.execute(
        "SELECT no, name, member, minor, present, cancelled FROM workshop_participant"
        " WHERE workshop = ? ORDER BY cancelled, name, no",
        (id_,),
    )
    return Workshop(id_, told, bool(cancelled), bool(forgotten), tuple(map(_seat, seats)))


@dataclass(frozen=True, slots=True)
class Listed:
    """A workshop of a lab or of the central, as the list shows it. `id` "": a lab's."""

    id: str
    title: str
    day: date
    lab: str  #: its name
    minutes: int
    came: int
    minors: int
    cancelled: bool = False


def listed(connection: sqlite3.Connection, year: int) -> list[Listed]:
    """Those of a year, the latest first: as they are counted, and the cancelled ones."""
    names = looking.labs(connection)
    rows = connection.execute(
        "SELECT CASE source WHEN 'central' THEN subject ELSE '' END, title, day, lab, minutes,"
        " participants, minors, 0 FROM figure_workshop"
        " WHERE month BETWEEN ?1 * 100 AND ?1 * 100 + 99"
        " UNION ALL SELECT id, title, day, lab, minutes, 0, 0, 1 FROM workshop"
        " WHERE cancelled AND substr(day, 1, 4) = CAST(?1 AS TEXT) ORDER BY 3 DESC, 2",
        (year,),
    )
    return [
        Listed(
            id_, title, date.fromisoformat(day), names.get(lab, lab), minutes, came, minors,
            bool(cancelled),
        )
        for id_, title, day, lab, minutes, came, minors, cancelled in rows
    ]  # fmt: skip


def same_day(connection: sqlite3.Connection, one: Workshop) -> list[str]:
    """Titles of the workshops that labs have written down for that day, at the same lab or
    where none is said: perhaps the same one, which would count twice."""
    rows = connection.execute(
        "SELECT title, lab FROM figure_workshop WHERE source = 'lab' AND day = ? ORDER BY 1",
        (one.details.day.isoformat(),),
    )
    return [title for title, lab in rows if one.details.lab in ("", lab)]


def latest(connection: sqlite3.Connection, at_most: int = 30) -> dict[str, str]:
    """Titles and days of the last workshops by id, those to which seats may be added."""
    rows = connection.execute(
        "SELECT id, title || ', ' || day FROM workshop WHERE NOT cancelled AND NOT forgotten"
        " ORDER BY day DESC LIMIT ?",
        (at_most,),
    )
    return dict(rows.fetchall())


def hold(
    connection: sqlite3.Connection, act: Act, details: Details, imported: str | None = None
) -> str:
    """A new one; its id."""
    id_ = secrets.token_hex(8)
    connection.execute(
        "INSERT INTO workshop(id, title, day, minutes, lab, public, participants, minors, import)"
        " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (id_, *_cells(details), imported),
    )
    audit.note(connection, act, "workshop held", "", id_)
    count(connection, id_)
    return id_


def change(connection: sqlite3.Connection, act: Act, id_: str, details: Details) -> None:
    connection.execute(
        "UPDATE workshop SET title = ?, day = ?, minutes = ?, lab = ?, public = ?,"
        " participants = ?, minors = ? WHERE id = ?",
        (*_cells(details), id_),
    )
    audit.note(connection, act, "workshop changed", "", id_)
    count(connection, id_)


def cancel(connection: sqlite3.Connection, act: Act, id_: str, cancelled: bool = True) -> None:
    """It did not take place, or did after all."""
    connection.execute("UPDATE workshop SET cancelled = ? WHERE id = ?", (cancelled, id_))
    audit.note(connection, act, "workshop cancelled" if cancelled else "workshop held", "", id_)
    count(connection, id_)


def seat(
    connection: sqlite3.Connection,
    id_: str,
    newcomers: Iterable[Newcomer],
    imported: str | None = None,
) -> None:
    """Each takes the next place. The figures are told by who calls (`count`)."""
    (last,) = connection.execute(
        "SELECT coalesce(max(no), 0) FROM workshop_participant WHERE workshop = ?", (id_,)
    ).fetchone()
    connection.executemany(
        "INSERT INTO workshop_participant(workshop, no, key, name, email, member, minor, import)"
        " VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (id_, no, one.key, one.name, one.email, one.member, one.minor, imported)
            for no, one in enumerate(newcomers, last + 1)
        ],
    )


def tick(
    connection: sqlite3.Connection, act: Act, id_: str, present: Mapping[int, bool | None]
) -> None:
    """Who was there, by their places; None: nobody said."""
    connection.executemany(
        "UPDATE workshop_participant SET present = ? WHERE workshop = ? AND no = ?",
        [(told, id_, no) for no, told in present.items()],
    )
    audit.note(connection, act, "workshop changed", "", id_)
    count(connection, id_)


def leave(connection: sqlite3.Connection, act: Act, id_: str, no: int) -> None:
    """A place that was taken by mistake."""
    connection.execute("DELETE FROM workshop_participant WHERE workshop = ? AND no = ?", (id_, no))
    audit.note(connection, act, "workshop changed", "", id_)
    count(connection, id_)


def count(connection: sqlite3.Connection, id_: str) -> None:
    """Tells the figures what there is now. Whoever is forgotten stays who they were there."""
    one = workshop(connection, id_)
    if one is None or one.cancelled:
        figure_people.workshop_never_was(connection, id_)
        return
    told = one.details
    held = Held(
        id_, told.title, told.day, told.minutes, one.came, one.minors, told.public, told.lab
    )
    figure_people.workshop_held(connection, held)
    if not one.forgotten:
        figure_people.participants_named(
            connection, id_, _identities(connection, id_), told.day.year
        )


def forget_participants(connection: sqlite3.Connection, before_day: date) -> int:
    """Takes the names out of the workshops before that day; of how many places.

    How many came, and how many people these were, stays. A place is still known by the digest
    of its line: the same file brings nobody back. What files that were brought before that day
    were called goes as well, since some are called after a person.
    """
    connection.execute(
        "UPDATE import SET name = '…' WHERE at_us < ?",
        (to_us(datetime.combine(before_day, time(), tzinfo=PARIS)),),
    )
    old = "(SELECT id FROM workshop WHERE day < ?)"
    day = before_day.isoformat()
    done = connection.execute(
        "UPDATE workshop_participant SET name = '', email = '', member = ''"
        f" WHERE (name <> '' OR member <> '') AND workshop IN {old}",
        (day,),
    )
    connection.execute("UPDATE workshop SET forgotten = 1 WHERE day < ?", (day,))
    return done.rowcount


def _identities(connection: sqlite3.Connection, id_: str) -> list[str | None]:
    rows = connection.execute(
        "SELECT name, email, member FROM workshop_participant WHERE workshop = ?"
        " AND NOT cancelled AND present IS NOT 0 ORDER BY no",
        (id_,),
    )
    return [
        member or (figure_people.participant(name, email) if name else None)
        for name, email, member in rows
    ]


def _seat(row: tuple[int, str, str, int, int | None, int]) -> Seat:
    no, name, member, minor, present, cancelled = row
    there = None if present is None else bool(present)
    return Seat(no, name, member, bool(minor), there, bool(cancelled))


def _cells(told: Details) -> tuple[object, ...]:
    return (
        told.title,
        told.day.isoformat(),
        told.minutes,
        told.lab,
        told.public,
        told.participants,
        told.minors,
    )
