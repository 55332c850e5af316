"""A file taken into the roster, taken in again, and undone."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.site import Memberships
from kiosk.central import figure_people
from kiosk.central.helloasso.lines import Brought, Field, Kind, Line, Status
from kiosk.central.helloasso.reading import read
from kiosk.central.helloasso.tables import forget_member
from kiosk.central.helloasso.taking import ChoiceError
from kiosk.central.people import book
from kiosk.store.disk import transaction
from tests.central.helloasso.shelf import Category, Desk, desk, file
from tests.central.helloasso.test_reading import raw


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Desk]:
    shelf = desk(tmp_path / "central.db")
    yield shelf
    shelf.connection.close()


def test_a_campaign_makes_its_members_and_their_memberships(there: Desk) -> None:
    there.take("memberships-2026")
    assert there.people() == {
        "Claire Martin": "2027-01-03",
        "Inès Benali": "2027-01-03",
        "Jean-Pierre Dupont": "2027-01-16",
        "Léa Martin": "2027-01-03",
        "Nadia Caron": "2027-02-01",
        "Paul Delattre": "2027-02-02",
        "Tom Martin": "2027-01-03",
        'Ève =HYPERLINK("x")': "2027-02-06",
    }


def test_the_same_file_twice_changes_nothing(there: Desk) -> None:
    there.take("memberships-2026")
    before = there.people()
    again = there.take("memberships-2026")
    assert there.people() == before
    assert set(there.lines(again).values()) == {"nothing", "left-out"}


def test_a_later_file_adds_what_is_new_and_cancels_what_was_cancelled(there: Desk) -> None:
    there.take("memberships-2026")
    later = there.take("memberships-2026-later")
    assert there.lines(later) == {2: "cancelled", 3: "nothing", 4: "created", 5: "created"}
    assert there.people()["Inès Benali"] == ""
    assert there.people()["Zoé Petit"] == "2027-01-20"


def test_the_order_in_which_lines_and_files_come_makes_the_same_roster(tmp_path: Path) -> None:
    found = []
    for seed in range(4):
        shelf = desk(tmp_path / f"{seed}.db")
        brought = file("memberships-2026")
        lines = list(brought.lines)
        random.Random(seed).shuffle(lines)
        shelf.take(replace(brought, lines=tuple(lines)))
        found.append(shelf.people())
        shelf.connection.close()
    assert all(one == found[0] for one in found)


def test_a_file_in_two_halves_is_the_file(tmp_path: Path) -> None:
    brought = file("memberships-2026")
    whole, halves = desk(tmp_path / "whole.db"), desk(tmp_path / "halves.db")
    whole.take(brought)
    for half in (brought.lines[:5], brought.lines):
        halves.take(replace(brought, lines=half))
    assert whole.people() == halves.people()
    whole.connection.close()
    halves.connection.close()


def test_a_homonym_is_left_out_until_somebody_says_who_it_is(there: Desk) -> None:
    brought = file("memberships-2026")
    (asked,) = [one for one in there.shown(brought) if one.choices[:1] == ("skip",)]
    first = there.take(brought)
    assert there.lines(first)[asked.line.number] == "left-out"
    again = there.take(brought, {asked.line.number: "create"})
    assert there.lines(again)[asked.line.number] == "created"
    names = [row[0] for row in there.connection.execute("SELECT first_name FROM member")]
    assert names.count("Tom") == 2


def test_a_renewal_is_one_more_membership_of_the_same_person(there: Desk) -> None:
    tom = there.join("Inès", "Benali", "ines.benali@exemple.fr")
    there.take("memberships-2026")
    (count,) = there.connection.execute(
        "SELECT count(*) FROM membership WHERE member = ?", (tom,)
    ).fetchone()
    assert count == 1
    assert list(there.people()).count("Inès Benali") == 1


def test_memberships_end_as_the_rule_of_the_central_says(there: Desk) -> None:
    there.take("memberships-2026", rule=Memberships(ends_on="08-31"))
    assert set(there.people().values()) == {"2026-08-31"}


def test_people_of_one_company_are_in_one_organisation(there: Desk) -> None:
    there.take("memberships-2026")
    rows = there.connection.execute("SELECT name, category FROM organisation ORDER BY name")
    assert rows.fetchall() == [
        ("Atelier Caron SARL", Category.COMPANY),
        ("Mairie de Guînes", Category.LOCAL_AUTHORITY),
    ]


def test_neither_an_address_nor_a_payer_nor_a_birth_date_is_kept(there: Desk) -> None:
    there.take("memberships-2026")
    kept = there.everything()
    for told in ("exemple", "Éric", "1988", "12/03", "mi-temps", "Espèces"):
        assert told not in kept


def test_a_line_that_is_not_any_more_what_was_shown_is_left_out_and_said(there: Desk) -> None:
    brought = file("memberships-windows")
    shown = there.shown(brought)
    there.join("Gaëlle", "Lefèvre")
    assert there.lines(there.take(brought, shown=shown)) == {2: "changed"}


def test_a_choice_that_was_not_offered_is_refused_and_nothing_is_written(there: Desk) -> None:
    with pytest.raises(ChoiceError):
        there.take("memberships-windows", {2: "join-7"})
    assert there.people() == {}


def test_an_import_is_undone_whole(there: Desk) -> None:
    before = there.people()
    imported = there.take("memberships-2026")
    assert there.undo(imported) == {"removed": 8}
    assert there.people() == before
    assert there.connection.execute("SELECT count(*) FROM organisation").fetchone() == (0,)
    assert there.connection.execute("SELECT count(*) FROM figure_membership").fetchone() == (0,)


def test_an_import_that_was_undone_can_be_taken_in_again(there: Desk) -> None:
    there.undo(there.take("memberships-2026"))
    there.take("memberships-2026")
    assert len(there.people()) == 8


def test_who_was_changed_since_stays_when_an_import_is_undone(there: Desk) -> None:
    imported = there.take("memberships-windows")
    (member,) = there.connection.execute("SELECT id FROM member").fetchone()
    with transaction(there.connection):
        one = book.person(there.connection, member)
        book.change(there.connection, there.act(), member, replace(one, public="retired"))
    assert there.undo(imported) == {"kept": 1}
    assert there.people() == {"Gaëlle Lefèvre": ""}


def test_who_got_a_clearance_since_stays_when_an_import_is_undone(there: Desk) -> None:
    imported = there.take("memberships-windows")
    (member,) = there.connection.execute("SELECT id FROM member").fetchone()
    with transaction(there.connection):
        book.grant(there.connection, there.act(), member, "laser")
    assert there.undo(imported) == {"kept": 1}


def test_who_used_a_machine_since_stays_when_an_import_is_undone(there: Desk) -> None:
    imported = there.take("memberships-windows")
    (member,) = there.connection.execute("SELECT id FROM member").fetchone()
    with transaction(there.connection):
        person = figure_people.year_person(there.connection, member, 2026)
        there.connection.execute(
            "INSERT INTO figure_made VALUES(202603, 'ccdv', 's', 'mug', 1, 'member', '', '', '',"
            " ?, 'individual', NULL, NULL, 0)",
            (person,),
        )
    assert there.undo(imported) == {"kept": 1}


def test_whoever_is_taken_out_again_is_in_no_figure(there: Desk) -> None:
    there.undo(there.take("memberships-2026"))
    for table in ("figure_person", "figure_membership"):
        assert there.connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


def test_what_an_import_added_to_somebody_is_taken_out_again(there: Desk) -> None:
    ines = there.join("Inès", "Benali")
    imported = there.take("memberships-2026")
    assert book.person(there.connection, ines).email
    there.undo(imported)
    assert book.person(there.connection, ines).email is None
    assert there.people() == {"Inès Benali": ""}


def test_a_cancellation_that_is_undone_gives_the_membership_back(there: Desk) -> None:
    there.take("memberships-2026")
    later = there.take("memberships-2026-later")
    assert there.undo(later) == {"removed": 2, "put-back": 1}
    assert there.people()["Inès Benali"] == "2027-01-03"
    assert there.lines(there.take("memberships-2026-later"))[2] == "cancelled"


def test_who_was_erased_does_not_come_back_with_the_same_file(there: Desk) -> None:
    there.take("memberships-windows")
    (member,) = there.connection.execute("SELECT id FROM member").fetchone()
    with transaction(there.connection):
        forget_member(there.connection, member)
        book.forget(there.connection, there.act(), member)
    again = there.take("memberships-windows")
    assert there.lines(again, "why") == {2: "erased"}
    assert there.people() == {}


def test_a_list_of_ones_own_brings_badges_and_last_days(there: Desk) -> None:
    fields = (
        Field.FIRST_NAME, Field.LAST_NAME, Field.CATEGORY, Field.EMAIL, Field.DAY, Field.UNTIL,
        Field.BADGE,
    )  # fmt: skip
    header = raw("own").decode().split("\r\n")[0].split(",")
    brought = read(raw("own"), dict(zip(header, fields, strict=False)))
    badges = {line.badge: "d1" for line in brought.lines if line.badge}
    there.take(brought, badges=badges)
    assert there.people() == {"Awa Diop": "2027-01-09", "Inès Benali": "2026-12-31"}
    assert there.connection.execute("SELECT digest FROM badge").fetchall() == [("d1",)]
    again = there.take(brought, badges=badges)
    assert set(there.lines(again).values()) == {"nothing"}


_PAYERS = st.sampled_from([(), ("a@b.fr",), ("c@d.fr",)])
_LINES = st.lists(
    st.builds(
        lambda first, last, emails, order, status, category, day: Line(
            0, first, last, status, order, date(2026, 1, day), emails=emails, category=category
        ),
        st.sampled_from(["Tom", "Léa", "Martin"]),
        st.sampled_from(["Martin", "Tom"]),
        _PAYERS,
        st.sampled_from("123"),
        st.sampled_from(Status),
        st.sampled_from([Category.INDIVIDUAL, Category.COMPANY]),
        st.integers(1, 3),
    ),
    max_size=8,
)


def _file(lines: list[Line]) -> Brought:
    numbered = tuple(replace(one, number=n) for n, one in enumerate(lines, 2))
    return Brought(Kind.MEMBERSHIPS, numbered, (), {})


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(_LINES, _LINES, st.randoms())
def test_in_any_history_the_same_file_again_changes_nothing_and_the_order_of_its_lines_says_nothing(
    tmp_path_factory: pytest.TempPathFactory,
    before: list[Line],
    lines: list[Line],
    dice: random.Random,
) -> None:
    shuffled = lines[:]
    dice.shuffle(shuffled)
    found = []
    for told in (lines, shuffled):
        shelf = desk(tmp_path_factory.mktemp("history") / "central.db")
        shelf.take(_file(before))
        shelf.take(_file(told))
        kept = shelf.memberships()
        again = shelf.take(_file(told))
        assert shelf.memberships() == kept
        assert set(shelf.lines(again).values()) <= {"nothing", "left-out"}
        found.append(kept)
        shelf.connection.close()
    assert found[0] == found[1]
