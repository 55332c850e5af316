"""The association's side of the known year, written at a central by its own book of people."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from kiosk.central.audit import Act
from kiosk.central.people import book
from kiosk.central.people.book import Person
from kiosk.store.disk import transaction
from machines.instants import PARIS, to_us
from machines.members import Category
from tests.truth.brought import Central
from tests.truth.town import PEOPLE
from tests.truth.year import SHUT, Year


def found(central: Central, year: Year) -> None:
    """Everybody, and what they belong to; the days on which the doors are shut."""
    with transaction(central.connection):
        act = _act(year.first)
        for id_ in sorted({person.organisation for person in PEOPLE} - {""}):
            category = id_.rpartition("-")[0]
            central.connection.execute(
                "INSERT INTO organisation VALUES(?, ?, ?)", (id_, id_.upper(), category)
            )
        for person in PEOPLE:
            of = person.organisation or None
            one = Person(person.id, category=Category(person.category), organisation=of)
            book.join(central.connection, act, one, person.id)
        for ahead in range(year.days + 40):
            day = year.first + timedelta(days=ahead)
            if (day.month, day.day) in SHUT:
                central.connection.execute(
                    "INSERT INTO closure(lab, first, last, why) VALUES('', ?1, ?1, 'congés')",
                    (day.isoformat(),),
                )
    _take_memberships(central, year)


def _take_memberships(central: Central, year: Year) -> None:
    """In the order of their days, and each cancelled before the next is taken or after it."""
    for joined in sorted(year.truth.joined, key=lambda one: one.day):
        with transaction(central.connection):
            until = joined.day + timedelta(days=364)
            act = _act(joined.day)
            number = book.take_membership(
                central.connection, act, joined.member, until, taken_on=joined.day
            )
            if joined.cancelled:
                act = _act(joined.cancelled)
                book.cancel_membership(central.connection, act, number, "payée deux fois")


def _act(day: date) -> Act:
    return Act("account:truth", to_us(datetime.combine(day, time(12), tzinfo=PARIS)))
