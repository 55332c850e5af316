"""The demo's association: who its members are beside their badges, and what they took each year.

Invented, the same for the same first day, and written by the product's own book of people.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from kiosk.central.audit import PROGRAM, Act
from kiosk.central.people import book
from kiosk.central.people.book import Person
from machines.instants import PARIS, to_us
from machines.members import AgeBand, Category, Public

#: The demo's administrator of the central, and a password that no real one would have.
ADMIN, PASSWORD = "Claire", "six mugs et un badge"

#: Of the organisations whose people have a badge: by the badge's member.
ORGANISATIONS = (
    ("Repair Café du Calaisis", Category.ASSOCIATION, ("M0019", "M0020", "M0021", "M0022")),
    ("Dentelle & Fils", Category.COMPANY, ("M0023", "M0024")),
    ("Atelier Kerbrat", Category.COMPANY, ("M0025", "M0026")),
    ("Ville de Calais", Category.LOCAL_AUTHORITY, ("M0027", "M0028")),
    ("Collège Martin-Luther-King", Category.SCHOOL, ("M0029", "M0030")),
)
#: Members without a badge: they come to workshops, or not yet.
FIRST_NAMES = (
    "Adèle", "Basile", "Cléa", "Denis", "Esther", "Farid", "Gwen", "Hélène", "Ilyes", "Jade",
    "Kévin", "Lina", "Malo", "Nora", "Oscar", "Paula", "Quentin", "Rose", "Solène", "Théo",
    "Ursule", "Valentin", "Wassim", "Xavier", "Yasmine", "Zélie", "Arthur", "Bérénice", "Cyril",
    "Dounia", "Émile", "Flora", "Gaspard", "Hana", "Isaac", "Juliette",
)  # fmt: skip
LAST_NAMES = ("Bailly", "Caron", "Delattre", "Évrard", "Fournier", "Gallet", "Hénin", "Maes")
RATES = {
    Category.INDIVIDUAL: "Adhésion individuelle",
    Category.COMPANY: "Adhésion entreprise",
    Category.ASSOCIATION: "Adhésion association",
    Category.LOCAL_AUTHORITY: "Adhésion collectivité",
    Category.SCHOOL: "Adhésion établissement",
}
#: Those who let it end, were cancelled, or are minors (the last with its guardian's word).
LAPSED, CANCELLED = ("M0003",), ("M0012",)
MINORS = {"M0014": AgeBand.TEEN, "M0016": AgeBand.TEEN, "M0018": AgeBand.CHILD}


def associate(connection: sqlite3.Connection, first: date, last: date) -> None:
    """Within the caller's transaction: people from `first` on, as they are on `last`."""
    chance = random.Random(f"{first.year}-association")
    act = Act(PROGRAM, _noon(first))
    members = [id_ for (id_,) in connection.execute("SELECT id FROM member ORDER BY id")]
    _organise(connection, act)
    for member in members:
        _describe(connection, act, member, chance)
    for joined in _more(connection, first, last, chance):
        members.append(joined)
    for member in members:
        _memberships(connection, member, first, last, chance)


def _organise(connection: sqlite3.Connection, act: Act) -> None:
    for number, (name, category, people) in enumerate(ORGANISATIONS, 1):
        id_ = f"O{number:04d}"
        connection.execute("INSERT INTO organisation VALUES(?, ?, ?)", (id_, name, category))
        for member in people:
            known = book.person(connection, member)
            book.change(connection, act, member, replace(known, organisation=id_))


def _describe(connection: sqlite3.Connection, act: Act, member: str, chance: random.Random) -> None:
    known = book.person(connection, member)
    band = MINORS.get(member, AgeBand.ADULT)
    known = replace(known, age_band=band, public=_public(known.category, band, chance))
    if band is not AgeBand.ADULT:
        known = replace(known, guardian_on=book.today(act))
    book.change(connection, act, member, known)


def _public(category: Category, band: AgeBand, chance: random.Random) -> str:
    if band is not AgeBand.ADULT:
        return Public.PUPIL
    if category is not Category.INDIVIDUAL:
        return ""
    return chance.choice(["", *list(Public)[:1], *list(Public)[2:6]])


def _more(
    connection: sqlite3.Connection, first: date, last: date, chance: random.Random
) -> Iterator[str]:
    for name in FIRST_NAMES:
        day = first + timedelta(days=chance.randrange((last - first).days))
        category = chance.choices(list(RATES), (12, 1, 1, 0, 0))[0]
        band = chance.choices(list(AgeBand), (8, 1, 1))[0]
        band = band if category is Category.INDIVIDUAL else AgeBand.ADULT
        one = Person(
            name,
            chance.choice(LAST_NAMES),
            category,
            _public(category, band, chance),
            band,
            day if band is not AgeBand.ADULT and chance.random() < 0.7 else None,
        )
        yield book.join(connection, Act(PROGRAM, _noon(day)), one)


def _memberships(
    connection: sqlite3.Connection, member: str, first: date, last: date, chance: random.Random
) -> None:
    """One a year from some day on; most are renewed, some late."""
    joined_us, category = connection.execute(
        "SELECT joined_us, category FROM member WHERE id = ?", (member,)
    ).fetchone()
    spread = 330 if (last - first).days > 365 else 1  # in a short past, all of them at once
    day = max(_day(joined_us), first + timedelta(days=chance.randrange(spread)))
    while day <= last:
        until = day + timedelta(days=364)
        act = Act(PROGRAM, _noon(day))
        number = book.take_membership(
            connection, act, member, until, taken_on=day, source="helloasso",
            reference=f"{chance.randrange(10**8):08d}", rate=RATES[Category(category)],
        )  # fmt: skip
        if member in CANCELLED and day.year == last.year:
            book.cancel_membership(connection, act, number, "payée deux fois")
        if member in LAPSED or (member > "M0030" and chance.random() < 0.3):
            return
        late = chance.randrange(20) if member > "M0030" else -chance.randrange(25)
        day = until + timedelta(days=1 + late)


def _day(us: int) -> date:
    return datetime.fromtimestamp(us / 1_000_000, PARIS).date()


def _noon(day: date) -> int:
    return to_us(datetime.combine(day, time(12), tzinfo=PARIS))
