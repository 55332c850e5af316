"""What a month holds beside the use of machines: things made, workshops, memberships, openings.

Read within the caller's transaction, as it is printed. Memberships belong to the
association: the month of one lab has none. So do workshops that were held in no lab.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from kiosk.central.month import UseRow, number_of
from kiosk.central.statements import among
from machines.instants import Month, paris
from machines.made import ITEMS
from machines.openings import Closure, Openings, Told, of_month, week_of

#: Microseconds are nothing to a workshop: its minutes, in thousandths of an hour, times people.
_PER_MINUTE = 1000 / 60


class MadeRow(NamedTuple):
    """Things made, as one entry told them and others corrected it. `day`: ISO, None: undated."""

    lab: str
    lab_name: str
    subject: str
    item: str
    item_name: str
    pieces: int
    purpose: str
    machine: str
    machine_name: str
    session: str
    group: str
    person: str | None
    category: str | None
    day: str | None
    corrected: bool


class WorkshopRow(NamedTuple):
    """A workshop. `counted`: its party is among the sessions, and its people in `passages`.

    `people`: the pseudonyms of those who were named.
    """

    lab: str
    lab_name: str
    subject: str
    title: str
    day: str
    minutes: int
    participants: int
    minors: int
    public: str
    group: str
    source: str
    corrected: bool
    counted: bool
    people: tuple[str, ...] = ()

    @property
    def lasting(self) -> int:
        """Thousandths of an hour."""
        return round(self.minutes * _PER_MINUTE)

    @property
    def hours(self) -> int:
        """Thousandths of an hour, of all participants."""
        return round(self.minutes * _PER_MINUTE * self.participants)


class MembershipRow(NamedTuple):
    """A membership taken, or one cancelled; `what` is the figure that it counts in."""

    what: str
    person: str | None
    category: str
    public: str


class OpenRow(NamedTuple):
    """`openings.unknown` days had hours that nobody told."""

    lab: str
    lab_name: str
    openings: Openings


class PersonKnown(NamedTuple):
    """What is kept of somebody for a year, by their pseudonym."""

    category: str
    public: str
    organisation: str | None
    organisation_category: str | None
    age_band: str


@dataclass(frozen=True, slots=True)
class Held:
    """All of it, of one month. `undated`: things that no clock dates, of the whole ledger."""

    made: list[MadeRow] = field(default_factory=list)
    undated: list[MadeRow] = field(default_factory=list)
    workshops: list[WorkshopRow] = field(default_factory=list)
    memberships: list[MembershipRow] = field(default_factory=list)
    openings: list[OpenRow] = field(default_factory=list)
    people: dict[str, PersonKnown] = field(default_factory=dict)


def held_in(
    connection: sqlite3.Connection, month: Month, lab: str | None, rows: Iterable[UseRow]
) -> Held:
    """`rows`: the month's rows of use, whose people are looked up."""
    workshops = _workshops(connection, month, lab)
    made = _made(connection, number_of(month), lab)
    persons = {row.person for row in rows} | {one.person for one in made}
    persons |= {person for one in workshops for person in one.people}
    return Held(
        made,
        _made(connection, 0, lab),
        workshops,
        [] if lab else _memberships(connection, month),
        openings_in(connection, month, lab, so_far=True),
        people_known(connection, month.year, sorted(filter(None, persons))),
    )


def sums(made: Iterable[MadeRow], workshops: Iterable[WorkshopRow]) -> Counter[str]:
    """The figures of some of them; the keys are those of `machines.figures`."""
    found = Counter({"objets": sum(row.pieces for row in made)})
    for held in workshops:
        found["ateliers"] += 1
        found["participants"] += held.participants
        found["mineurs"] += held.minors
        found["participants_h"] += held.hours
    return found


def welcomed(passages: int, workshops: Iterable[WorkshopRow]) -> int:
    """Nobody twice who came to a workshop that was a party at the machines."""
    return passages + sum(held.participants for held in workshops if not held.counted)


def joined(rows: Iterable[MembershipRow]) -> Counter[str]:
    return Counter(row.what for row in rows)


def people_known(
    connection: sqlite3.Connection, year: int, persons: Sequence[str]
) -> dict[str, PersonKnown]:
    """Those of a year of whom anything is kept."""
    rows = among(
        connection,
        "SELECT person, category, public, organisation, organisation_category, age_band"
        " FROM figure_person WHERE year = ? AND person IN ({keys})",
        persons,
        year,
    )
    return {person: PersonKnown(*rest) for person, *rest in rows}


def _made(connection: sqlite3.Connection, number: int, lab: str | None) -> list[MadeRow]:
    names = {item.slug: item.name for item in ITEMS}
    rows = connection.execute(
        "SELECT f.lab, coalesce(l.name, f.lab), f.subject, f.item, i.name, f.count, f.purpose,"
        " f.machine, coalesce(m.name, f.machine), f.session, f.grp, f.person, f.category, f.day,"
        " f.corrected FROM figure_made f LEFT JOIN usage_lab l ON l.lab = f.lab"
        " LEFT JOIN usage_machine m ON m.lab = f.lab AND m.slug = f.machine"
        " LEFT JOIN figure_item i ON i.lab = f.lab AND i.slug = f.item"
        f" WHERE f.month = :month AND {_which(lab, 'f')}"
        " ORDER BY f.lab, f.day, coalesce(f.told_us, 0), f.subject",
        {"month": number, "lab": lab},
    ).fetchall()
    return [
        MadeRow._make((*row[:4], row[4] or names.get(row[3], row[3]), *row[5:])) for row in rows
    ]


def _workshops(connection: sqlite3.Connection, month: Month, lab: str | None) -> list[WorkshopRow]:
    named: dict[str, list[str]] = {}
    rows = connection.execute(
        "SELECT w.lab, coalesce(l.name, w.lab), w.subject, w.title, w.day, w.minutes,"
        " w.participants, w.minors, w.public, w.grp, w.source, w.corrected,"
        " EXISTS(SELECT 1 FROM usage u WHERE u.grp = w.grp AND u.grp <> '' AND u.lab = w.lab"
        " AND u.first) FROM figure_workshop w LEFT JOIN usage_lab l ON l.lab = w.lab"
        f" WHERE w.month = :month AND {_which(lab, 'w')} ORDER BY w.lab, w.day, w.subject",
        {"month": number_of(month), "lab": lab},
    ).fetchall()
    for subject, person in among(
        connection,
        "SELECT workshop, person FROM figure_participant WHERE person IS NOT NULL"
        " AND workshop IN ({keys}) ORDER BY workshop, no",
        [row[2] for row in rows],
    ):
        named.setdefault(subject, []).append(person)
    return [WorkshopRow._make((*row, tuple(named.get(row[2], ())))) for row in rows]


def _memberships(connection: sqlite3.Connection, month: Month) -> list[MembershipRow]:
    rows = connection.execute(
        "SELECT CASE renewed WHEN 0 THEN 'adhesions_nouvelles' ELSE 'adhesions_renouvelees' END"
        " AS what, person, category, public, subject FROM figure_membership WHERE month = :month"
        " UNION ALL SELECT 'adhesions_annulees', person, category, public, subject"
        " FROM figure_membership WHERE cancelled = :month ORDER BY 1, 3, 4, 5",
        {"month": number_of(month)},
    ).fetchall()
    return [MembershipRow(*row[:4]) for row in rows]


def openings_in(
    connection: sqlite3.Connection, month: Month, lab: str | None = None, so_far: bool = False
) -> list[OpenRow]:
    """Of each lab that ever told its hours. `so_far`: without the days that are still to come."""
    closures = connection.execute("SELECT lab, first, last FROM closure").fetchall()
    closures += _to_come(connection) if so_far else []
    told: dict[tuple[str, str], list[Told]] = {}
    for slug, name, from_us, week in connection.execute(
        "SELECT h.lab, coalesce(l.name, h.lab), h.from_us, h.week FROM figure_hours h"
        f" LEFT JOIN usage_lab l ON l.lab = h.lab WHERE {_which(lab, 'h')}"
        " ORDER BY h.lab, h.from_us",
        {"lab": lab},
    ):
        told.setdefault((slug, name), []).append(Told(from_us, week_of(json.loads(week))))
    return [
        OpenRow(slug, name, of_month(month, hours, closed_days(closures, slug)))
        for (slug, name), hours in told.items()
    ]


def _to_come(connection: sqlite3.Connection) -> list[tuple[str, str, str]]:
    """The days after the last of which any lab told something: nobody was open yet."""
    (last_us,) = connection.execute("SELECT max(last_us) FROM usage_lab").fetchone()
    if not last_us:
        return []
    return [("", (paris(last_us).date() + timedelta(days=1)).isoformat(), "9999-12-31")]


def closed_days(rows: Iterable[tuple[str, str, str]], lab: str) -> list[Closure]:
    """Those of (lab, first, last) that close that lab; a closure of lab "" closes all."""
    return [
        Closure(date.fromisoformat(first), date.fromisoformat(last))
        for of, first, last in rows
        if of in ("", lab)
    ]


def _which(lab: str | None, table: str) -> str:
    return f"{table}.lab = :lab" if lab else "true"
