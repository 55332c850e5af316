"""Who is behind the figures, without saying who: countable, and nobody's name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date

import pytest

from kiosk.central import figure_people as people
from kiosk.central.figure_people import Held
from kiosk.central.figures_tables import key_of
from tests.central.shelf import Shelf
from tests.field import Field


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    shelf = Shelf()
    with closing(shelf.connection):
        yield shelf


def joined(shelf: Shelf, member: str, category: str = "individual") -> None:
    shelf.connection.execute(
        "INSERT INTO member(id, first_name, last_name, category, animator, language, public)"
        " VALUES(?, 'Inès', 'Dupont', ?, 0, 'fr', 'student')",
        (member, category),
    )


def told(shelf: Shelf, table: str, columns: str) -> list[tuple[object, ...]]:
    return shelf.connection.execute(f"SELECT {columns} FROM {table} ORDER BY 1").fetchall()


def test_a_person_is_the_same_all_year_and_another_the_next(shelf: Shelf) -> None:
    one = people.year_person(shelf.connection, "m1", 2026)
    assert one == people.year_person(shelf.connection, "m1", 2026)
    assert one not in (
        people.year_person(shelf.connection, "m1", 2027),
        people.year_person(shelf.connection, "m2", 2026),
    )


def test_nobody_has_a_pseudonym_of_a_year_whose_key_is_gone(shelf: Shelf) -> None:
    key_of(shelf.connection, "year-2026")
    shelf.connection.execute("UPDATE secret SET key = x'' WHERE name = 'year-2026'")
    assert people.year_person(shelf.connection, "m1", 2026) is None
    lab = Field()
    lab.close(lab.open(member="m1"))
    shelf.lay(lab.entries)
    shelf.fold()
    assert shelf.rows("person") == [(None,)]


@pytest.mark.parametrize("first", ["merged", "folded"])
def test_whoever_was_known_twice_counts_once_whatever_came_first(shelf: Shelf, first: str) -> None:
    joined(shelf, "m1")
    lab = Field()
    lab.close(lab.open(member="visitor"))
    lab.close(lab.open(member="m1"))
    lab.make("mug", 2, member="visitor")
    shelf.lay(lab.entries)
    if first == "folded":
        shelf.fold()
    shelf.connection.execute("INSERT INTO alias VALUES('visitor', 'm1')")
    people.merge_people(shelf.connection, "visitor", "m1")
    shelf.fold()
    one = people.year_person(shelf.connection, "m1", 2026)
    assert set(shelf.rows("person")) == {(one,)}
    assert told(shelf, "figure_made", "person") == [(one,)]
    assert told(shelf, "figure_person", "person, category, public") == [
        (one, "individual", "student")
    ]


def test_a_membership_counts_when_it_was_taken_and_again_when_it_was_cancelled(
    shelf: Shelf,
) -> None:
    joined(shelf, "m1")
    people.membership_taken(shelf.connection, "7", "m1", date(2026, 9, 3), renewed=False)
    people.membership_taken(shelf.connection, "8", "m1", date(2026, 9, 4), renewed=True)
    people.membership_cancelled(shelf.connection, "7", date(2026, 10, 1))
    assert told(shelf, "figure_membership", "renewed, month, category, public, cancelled") == [
        (0, 202609, "individual", "student", 202610),
        (1, 202609, "individual", "student", None),
    ]
    people.membership_never_was(shelf.connection, "8")
    assert told(shelf, "figure_membership", "renewed") == [(0,)]


def test_no_name_and_no_roster_id_stand_in_the_figures(shelf: Shelf) -> None:
    joined(shelf, "member-one")
    lab = Field()
    lab.close(lab.open(member="member-one"))
    lab.make("mug", 1, member="member-one")
    shelf.lay(lab.entries)
    shelf.fold()
    people.membership_taken(shelf.connection, "7", "member-one", date(2026, 9, 3), renewed=False)
    held = Held("w1", "Initiation", date(2026, 11, 24), 120, 2)
    people.workshop_held(shelf.connection, held)
    who = ["member-one", people.participant("Inès Dupont"), None]
    people.participants_named(shelf.connection, "w1", who, 2026)
    for table in ("usage", "figure_made", "figure_person", "figure_membership",
                  "figure_participant", "figure_workshop"):  # fmt: skip
        text = str(told(shelf, table, "*")).casefold()
        assert "member-one" not in text
        assert "dupont" not in text
    assert [person is None for (person,) in told(shelf, "figure_participant", "person")] == [
        True,
        False,
        False,
    ]


def test_a_workshop_told_again_is_one_workshop_and_keeps_who_came(shelf: Shelf) -> None:
    held = Held("w1", "Initiation", date(2026, 11, 24), 120, 2, lab="ccdv")
    people.workshop_held(shelf.connection, held)
    people.participants_named(shelf.connection, "w1", [None], 2026)
    people.workshop_held(shelf.connection, Held("w1", "Laser", date(2026, 12, 1), 60, 3))
    assert told(shelf, "figure_workshop", "month, lab, title, participants") == [
        (202612, "", "Laser", 3)
    ]
    assert len(told(shelf, "figure_participant", "no")) == 1
    people.workshop_never_was(shelf.connection, "w1")
    assert not told(shelf, "figure_participant", "no")
