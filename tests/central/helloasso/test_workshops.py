"""Workshops at the central: written down, filled from an event's export, counted, forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from kiosk.central.helloasso import booking, taking, workshops
from kiosk.central.helloasso.lines import Brought, Status
from kiosk.central.helloasso.workshops import Details, Newcomer, WorkshopError
from kiosk.store.disk import transaction
from tests.central.helloasso.shelf import Desk, desk, file

MUG = Details("Atelier mug", date(2026, 3, 14), 120, "ccdv", participants=4, minors=1)


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Desk]:
    shelf = desk(tmp_path / "central.db")
    yield shelf
    shelf.connection.close()


def held(there: Desk, details: Details = MUG) -> str:
    with transaction(there.connection):
        return workshops.hold(there.connection, there.act(), details)


def seated(there: Desk, id_: str, *newcomers: Newcomer) -> None:
    with transaction(there.connection):
        workshops.seat(there.connection, id_, newcomers)
        workshops.count(there.connection, id_)


def figures(there: Desk) -> list[tuple[object, ...]]:
    rows = there.connection.execute(
        "SELECT month, lab, title, minutes, participants, minors FROM figure_workshop ORDER BY day"
    )
    return rows.fetchall()


def people(there: Desk) -> int:
    (count,) = there.connection.execute(
        "SELECT count(DISTINCT person) FROM figure_participant"
    ).fetchone()
    return int(count)


def book(there: Desk, brought: Brought, **choices: str) -> str:
    """Every rate a workshop of its own, as its name says."""
    shown = booking.seats_shown(there.connection, brought)
    where: dict[str, Details | str | None] = {
        one.name: one.workshop or Details(one.title, one.day or date(2026, 1, 1), one.minutes)
        for one in booking.groups(there.connection, shown, "Atelier")
    }
    told = taking.File("00", "atelier.csv", brought.kind)
    chosen = {int(line.removeprefix("_")): choice for line, choice in choices.items()}
    with transaction(there.connection):
        return booking.take_bookings(
            there.connection, there.act(), told, shown, brought.refused, chosen, where, brought
        )


def without_orders(brought: Brought, *orders: str) -> Brought:
    return replace(brought, lines=tuple(o for o in brought.lines if o.order not in orders))


def test_a_workshop_that_was_only_counted_is_a_figure(there: Desk) -> None:
    held(there)
    assert figures(there) == [(202603, "ccdv", "Atelier mug", 120, 4, 1)]


def test_a_workshop_that_is_changed_counts_as_it_is_now(there: Desk) -> None:
    id_ = held(there)
    with transaction(there.connection):
        told = replace(MUG, day=date(2026, 4, 1), participants=6)
        workshops.change(there.connection, there.act(), id_, told)
    assert figures(there) == [(202604, "ccdv", "Atelier mug", 120, 6, 1)]


def test_a_workshop_that_did_not_take_place_counts_nowhere_until_it_did(there: Desk) -> None:
    id_ = held(there)
    with transaction(there.connection):
        workshops.cancel(there.connection, there.act(), id_)
    assert figures(there) == []
    with transaction(there.connection):
        workshops.cancel(there.connection, there.act(), id_, cancelled=False)
    assert len(figures(there)) == 1


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("title", {"title": ""}),
        ("minutes", {"minutes": 0}),
        ("participants", {"participants": -1}),
        ("minors", {"minors": 5}),
        ("public", {"public": "martian"}),
    ],
)
def test_what_no_workshop_can_be_is_refused_by_its_field(field: str, wrong: dict) -> None:
    with pytest.raises(WorkshopError, match=field):
        replace(MUG, **wrong)


def test_who_was_absent_is_not_counted(there: Desk) -> None:
    id_ = held(there)
    seated(there, id_, Newcomer("Tom Martin", minor=True), Newcomer("Zoé Petit"))
    assert figures(there)[0][-2:] == (6, 2)
    with transaction(there.connection):
        workshops.tick(there.connection, there.act(), id_, {1: False, 2: True})
    assert figures(there)[0][-2:] == (5, 1)
    assert people(there) == 1


def test_a_member_who_comes_to_two_workshops_is_one_person(there: Desk) -> None:
    ines = there.join("Inès", "Benali")
    for _ in range(2):
        seated(there, held(there), Newcomer("Inès Benali", ines), Newcomer("Tom Martin"))
    assert people(there) == 2


def test_an_events_export_is_one_workshop_for_each_rate(there: Desk) -> None:
    book(there, file("event-2026"))
    assert figures(there) == [
        (202603, "", "Atelier mug", 120, 5, 2),
        (202603, "", "Atelier magnets", 60, 1, 0),
    ]


def test_two_seats_in_one_name_are_two_heads_and_one_person(there: Desk) -> None:
    book(there, file("event-2026"))
    assert people(there) == 5


def test_a_participant_who_is_a_member_is_that_member(there: Desk) -> None:
    ines = there.join("Inès", "Benali", "ines.benali@exemple.fr")
    book(there, file("event-2026"))
    rows = there.connection.execute(
        "SELECT name FROM workshop_participant WHERE member = ?", (ines,)
    )
    assert rows.fetchall() == [("Inès Benali",)]


def test_booking_makes_nobody_a_member(there: Desk) -> None:
    book(there, file("event-2026"))
    assert there.people() == {}


def test_the_same_event_twice_changes_nothing_and_a_later_file_adds_the_rest(there: Desk) -> None:
    whole = file("event-2026")
    book(there, without_orders(whole, "84200003"))
    book(there, whole)
    before = figures(there)
    book(there, whole)
    assert (
        figures(there)
        == before
        == [
            (202603, "", "Atelier mug", 120, 5, 2),
            (202603, "", "Atelier magnets", 60, 1, 0),
        ]
    )


def test_a_booking_that_was_cancelled_since_is_taken_out_and_its_undoing_puts_it_back(
    there: Desk,
) -> None:
    whole = file("event-2026")
    book(there, whole)
    cancelled = (
        replace(one, status=Status.CANCELLED) if one.order == "84200001" else one
        for one in whole.lines
    )
    gone = replace(whole, lines=tuple(cancelled))
    later = book(there, gone)
    assert figures(there)[0][-2:] == (4, 2)
    there.undo(later)
    assert figures(there)[0][-2:] == (5, 2)


def test_an_events_import_is_undone_whole(there: Desk) -> None:
    imported = book(there, file("event-2026"))
    there.undo(imported)
    assert figures(there) == []
    assert people(there) == 0


def test_a_workshop_that_somebody_added_to_since_stays_when_its_import_is_undone(
    there: Desk,
) -> None:
    imported = book(there, file("event-2026"))
    (id_,) = there.connection.execute("SELECT id FROM workshop WHERE minutes = 60").fetchone()
    seated(there, id_, Newcomer("Mia Hubert"))
    there.undo(imported)
    assert figures(there) == [(202603, "", "Atelier magnets", 60, 1, 0)]


def test_names_are_forgotten_and_the_figures_stay(there: Desk) -> None:
    book(there, file("event-2026"))
    before = figures(there), people(there)
    with transaction(there.connection):
        assert workshops.forget_participants(there.connection, date(2026, 3, 15)) == 5
        assert workshops.forget_participants(there.connection, date(2027, 3, 15)) == 1
        assert workshops.forget_participants(there.connection, date(2027, 3, 15)) == 0
        workshops.forget_participants(there.connection, date(2036, 3, 15))
    assert "Sofia" not in there.everything()
    assert there.connection.execute("SELECT DISTINCT name FROM import").fetchall() == [("…",)]
    for (id_,) in there.connection.execute("SELECT id FROM workshop").fetchall():
        with transaction(there.connection):
            workshops.count(there.connection, id_)
    book(there, file("event-2026"))
    assert (figures(there), people(there)) == before


@pytest.mark.parametrize(
    ("name", "title", "day", "minutes"),
    [
        ("Atelier mug 2 h du 14/03/2026", "Atelier mug", date(2026, 3, 14), 120),
        ("Badges - 1h30 - 3/4/2026", "Badges", date(2026, 4, 3), 90),
        ("Découverte laser", "Découverte laser", None, 120),
        ("Laser du 45/45/2026", "Laser", None, 120),
    ],
)
def test_a_rates_name_says_what_workshop_it_is(
    name: str, title: str, day: date | None, minutes: int
) -> None:
    told = booking.title_in(name), booking.day_in(name), booking.minutes_in(name)
    assert told == (title, day, minutes)
