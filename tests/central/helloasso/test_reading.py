"""HelloAsso's files as lines: every shape, and what may be wrong with a line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.central.csv_file import CsvError, Flaw
from kiosk.central.helloasso import cells
from kiosk.central.helloasso.columns import kind_of
from kiosk.central.helloasso.lines import Brought, Field, Kind, Line, Status, Wanted
from kiosk.central.helloasso.reading import beginning, read
from machines.badges import canonical
from machines.members import AgeBand, Category, Public

RECORDINGS = Path(__file__).parents[2] / "recordings" / "helloasso"


def raw(name: str) -> bytes:
    return (RECORDINGS / f"{name}.csv").read_bytes()


def file(name: str) -> Brought:
    return read(raw(name))


def who(brought: Brought, first: str, nth: int = 0) -> Line:
    return [line for line in brought.lines if line.first_name == first][nth]


@pytest.mark.parametrize(
    ("name", "kind", "lines", "refused"),
    [
        ("memberships-2026", Kind.MEMBERSHIPS, 12, 2),
        ("memberships-2026-later", Kind.MEMBERSHIPS, 4, 0),
        ("memberships-windows", Kind.MEMBERSHIPS, 1, 0),
        ("memberships-2021", Kind.OLD_MEMBERSHIPS, 3, 0),
        ("event-2026", Kind.EVENT, 8, 0),
        ("own", Kind.OWN, 2, 2),
    ],
)
def test_each_file_is_told_by_its_columns(name: str, kind: Kind, lines: int, refused: int) -> None:
    brought = file(name)
    assert (brought.kind, len(brought.lines), len(brought.refused)) == (kind, lines, refused)


def test_one_payer_of_three_memberships_is_three_members() -> None:
    family = [line for line in file("memberships-2026").lines if line.order == "84120012"]
    assert [line.first_name for line in family] == ["Tom", "Léa", "Claire"]
    assert [line.age for line in family] == [AgeBand.CHILD, AgeBand.TEEN, None]
    assert {line.emails for line in family} == {("claire.martin@exemple.fr",)}


def test_every_status_is_read_and_cash_counts() -> None:
    stands = {line.status: line.status.stands for line in file("memberships-2026").lines}
    assert stands == {
        Status.VALID: True,
        Status.OFFLINE: True,
        Status.PENDING: False,
        Status.CANCELLED: False,
        Status.REFUNDED: False,
    }


def test_a_status_that_is_unknown_and_a_day_that_is_none_are_said_with_their_line() -> None:
    found = [(one.number, one.field, one.found, one.wanted) for one in _refused()]
    assert found == [
        (15, Field.STATUS, "Contesté", Wanted.STATUS),
        (16, Field.DAY, "31/02/2026 19:21", Wanted.DAY),
    ]


def _refused() -> tuple[object, ...]:
    return file("memberships-2026").refused


def test_a_company_and_a_town_hall_are_told_by_their_rate_or_name() -> None:
    brought = file("memberships-2026")
    assert who(brought, "Nadia").category is Category.COMPANY
    assert who(brought, "Nadia").amount_cents == 120_000
    assert who(brought, "Paul").category is Category.LOCAL_AUTHORITY
    assert who(brought, "Paul").organisation == "Mairie de Guînes"


def test_a_name_in_capitals_is_written_as_names_are() -> None:
    assert who(file("memberships-2026"), "Inès").last_name == "Benali"
    assert cells.name("DE LA TOUR-D'AUVERGNE") == "De La Tour-D'Auvergne"


def test_windows_1252_other_names_and_another_order_are_the_same_to_us() -> None:
    (line,) = file("memberships-windows").lines
    assert (line.name, line.order, line.day) == ("Gaëlle Lefèvre", "84130001", date(2026, 3, 1))
    assert (line.rate, line.public, line.amount_cents) == ("Étudiante", Public.STUDENT, 500)


def test_the_format_before_2022_is_read_too() -> None:
    brought = file("memberships-2021")
    jean, mina = who(brought, "Jean-Pierre"), who(brought, "Mina")
    assert (jean.public, jean.emails) == (Public.RETIRED, ("jp.dupont@exemple.fr",))
    assert (mina.category, mina.organisation) == (Category.ASSOCIATION, "Les Amis du phare")


def test_a_seat_has_its_number_so_that_one_name_may_take_two() -> None:
    seats = [line for line in file("event-2026").lines if line.first_name == "Sofia"]
    assert len({line.identity for line in seats}) == 2
    assert [line.age for line in seats] == [None, AgeBand.CHILD]


def test_no_payers_name_and_no_birth_date_is_kept_and_the_page_can_say_so() -> None:
    brought = file("memberships-2026")
    assert "1988" not in repr(brought.lines)
    assert {"Nom payeur", "Prénom payeur", "Carte d'adhérent", "Charte lue"} <= set(brought.left)


def test_the_columns_of_a_list_of_ones_own_are_told() -> None:
    header, first = beginning(raw("own"))
    assert first[0][0] == "Inès"
    mapping = {
        "Prénom": Field.FIRST_NAME,
        "Nom de famille": Field.LAST_NAME,
        "N° badge": Field.BADGE,
    }
    brought = read(raw("own"), mapping | {header[2]: Field.CATEGORY})
    assert [line.name for line in brought.lines] == ["Inès Benali", "Awa Diop"]
    assert who(brought, "Inès").badge == canonical("0A00D2F5C3")
    assert [one.wanted for one in brought.refused] == [Wanted.BADGE, Wanted.CATEGORY]
    assert "Remarque" in brought.left


def test_a_badge_that_is_none_is_not_shown_whole() -> None:
    with pytest.raises(cells.Unread) as wrong:
        cells.badge("0A00D2F5C3-12345")
    assert wrong.value.found == "…45"


@pytest.mark.parametrize(
    ("told", "flaw"),
    [
        (b"", Flaw.EMPTY),
        (b"PK\x03\x04\0", Flaw.NO_TEXT),
        (b"a;b\nc;d\n", Flaw.COLUMN_MISSING),
        ("Référence commande;Statut\n1;Validé\n".encode(), Flaw.COLUMN_MISSING),
        (b'first name;email\n"Ines;x\n', Flaw.QUOTES),
    ],
)
def test_what_is_no_such_file_is_refused_as_a_whole(told: bytes, flaw: Flaw) -> None:
    with pytest.raises(CsvError) as wrong:
        read(told)
    assert wrong.value.flaw is flaw


def test_a_line_with_more_cells_than_there_are_columns_is_refused() -> None:
    (refused,) = read(b"first name;name\nInes;x;y\n").refused
    assert (refused.number, refused.wanted) == (2, Wanted.FEWER_CELLS)


@pytest.mark.parametrize(
    ("text", "cents"),
    [("5,00", 500), ("5", 500), ("1 234,50 €", 123_450), ("-3,5 €", -350), ("", None)],
)
def test_amounts_are_read_as_they_are_written(text: str, cents: int | None) -> None:
    assert cells.cents(text) == cents


@given(st.binary(max_size=300), st.text(max_size=200))
def test_whatever_stands_in_the_file_it_is_read_or_refused(some: bytes, text: str) -> None:
    header = raw("memberships-2026").split(b"\r\n", 1)[0]
    for told in (some, header + b"\r\n" + text.encode(errors="replace")):
        try:
            brought = read(told)
        except CsvError:
            continue
        assert all(line.first_name for line in brought.lines)


@given(st.permutations(range(15)))
def test_columns_in_any_order_say_the_same(order: list[int]) -> None:
    rows = [
        row.split(";") for row in raw("memberships-2026-later").decode("utf-8-sig").split("\r\n")
    ]
    shuffled = "\r\n".join(";".join(row[place] for place in order) for row in rows if len(row) > 1)
    assert read(shuffled.encode()).lines == file("memberships-2026-later").lines


def test_a_header_that_drifted_still_says_what_it_is() -> None:
    header = [
        "N° commande",
        " STATUT de la  commande ",
        "Référence de commande :",
        "Nom participant",
    ]
    assert kind_of(header) is Kind.EVENT
