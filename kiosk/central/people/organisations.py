"""Organisations: a company, an association, a school, whose people have its category."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from kiosk.central import audit, figure_people
from kiosk.central.audit import Act
from kiosk.central.people import book
from kiosk.central.people.ids import new_id
from machines.members import Category


@dataclass(frozen=True, slots=True)
class Organisation:
    id: str
    name: str
    category: str
    people: int  #: of these, those who did not leave


def found(connection: sqlite3.Connection, act: Act, name: str, category: Category) -> str:
    """A new one; its id."""
    made = new_id(connection, "O")
    connection.execute("INSERT INTO organisation VALUES(?, ?, ?)", (made, name, category))
    audit.note(connection, act, "organisation", detail=made)
    return made


def change(
    connection: sqlite3.Connection, act: Act, id_: str, name: str, category: Category
) -> None:
    """Its people have its category from now on. Raises Unknown."""
    row = connection.execute(
        "UPDATE organisation SET name = ?, category = ? WHERE id = ? RETURNING id",
        (name, category, id_),
    ).fetchone()
    if row is None:
        raise book.Unknown(f"{id_}: no organisation of that id")
    people = connection.execute(
        "UPDATE member SET category = ? WHERE organisation = ? AND category <> ? RETURNING id",
        (category, id_, category),
    ).fetchall()
    for (member,) in people:
        figure_people.note_again(connection, member, book.today(act).year)
    if people:
        book.raise_version(connection, act)
    audit.note(connection, act, "organisation", detail=id_)


def listed(connection: sqlite3.Connection) -> list[Organisation]:
    """In the order of their names."""
    rows = connection.execute(
        "SELECT o.id, o.name, o.category, count(m.id) FROM organisation o"
        " LEFT JOIN member m ON m.organisation = o.id AND m.left_on IS NULL"
        " GROUP BY o.id ORDER BY o.name COLLATE NOCASE, o.id"
    )
    return [Organisation(*row) for row in rows]
