"""The roster: a file taken in, every bad line told, and what each lab gets of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.central import projection, roster, roster_file
from kiosk.central.audit import PROGRAM, Act
from kiosk.central.csv_file import CsvError
from kiosk.central.roster import Report
from machines.badges import DigestKey
from machines.members import Category

KEY = DigestKey(b"a key of the association", n=2)
HEADER = "id,first_name,last_name,category,member_until,clearances,badges,animator,labs\n"
INES = 'M1,Inès,Duval,particulier,2027-01-31,laser|family:3d-printer@2026-12-31,"211,62915",oui,\n'
YANN = "M2,Yann,,entreprise,31/01/2027,,0A00112233,non,ccdv\n"


@pytest.fixture
def book() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    for part in (projection, roster):
        part.create(connection)
    yield connection
    connection.close()


def bring(book: sqlite3.Connection, text: str | bytes, dry_run: bool = False) -> Report:
    raw = text.encode() if isinstance(text, str) else text
    file = roster.digested(roster_file.read(raw), KEY)
    return roster.take_in(book, file, Act(PROGRAM, 1_000_000), dry_run=dry_run)


def counts(report: Report) -> tuple[int, int, int]:
    return report.new, report.changed, report.unchanged


def test_a_file_brings_members_with_all_that_it_says(book: sqlite3.Connection) -> None:
    assert counts(bring(book, HEADER + INES + YANN)) == (2, 0, 0)
    ines, yann = roster.snapshot(book, "ccdv").members
    assert (ines.first_name, ines.initial, ines.animator) == ("Inès", "D", True)
    assert ines.badges == (KEY.digest("00D3F5C3"),)
    assert [(c.of, c.until) for c in ines.clearances] == [
        ("family:3d-printer", date(2026, 12, 31)),
        ("laser", None),
    ]
    assert (yann.category, yann.member_until) == (Category.COMPANY, date(2027, 1, 31))


def test_a_lab_gets_its_own_members_and_those_of_every_lab(book: sqlite3.Connection) -> None:
    bring(book, HEADER + INES + YANN)
    assert [m.id for m in roster.snapshot(book, "doret").members] == ["M1"]


def test_the_same_file_again_changes_nothing_and_no_lab_fetches_it(
    book: sqlite3.Connection,
) -> None:
    first = bring(book, HEADER + INES + YANN)
    again = bring(book, HEADER + YANN + INES)
    assert counts(again) == (0, 0, 2)
    assert again.version == first.version


def test_a_dry_run_says_the_same_and_writes_nothing(book: sqlite3.Connection) -> None:
    before = list(book.iterdump())
    dry = bring(book, HEADER + INES + YANN, dry_run=True)
    assert counts(dry) == (2, 0, 0)
    assert list(book.iterdump()) == before


def test_a_column_that_is_not_there_leaves_what_is_known(book: sqlite3.Connection) -> None:
    bring(book, HEADER + INES)
    assert counts(bring(book, "id;prénom;adhésion jusqu’au\nM1;Inès;30/06/2027\n")) == (0, 1, 0)
    (ines,) = roster.snapshot(book, "ccdv").members
    assert (ines.member_until, len(ines.badges)) == (date(2027, 6, 30), 1)


def test_an_empty_cell_takes_away(book: sqlite3.Connection) -> None:
    bring(book, HEADER + INES)
    bring(book, "id,first_name,badges,clearances\nM1,Inès,,laser\n")
    (ines,) = roster.snapshot(book, "ccdv").members
    assert (ines.badges, [c.of for c in ines.clearances]) == ((), ["laser"])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_the_spreadsheets_of_both_suites_are_read(book: sqlite3.Connection, encoding: str) -> None:
    text = "Identifiant;Prénom;Catégorie;Animatrice\r\nM1;Zoé;collectivité;non\r\n"
    assert counts(bring(book, text.encode(encoding))) == (1, 0, 0)
    (zoe,) = roster.snapshot(book, "ccdv").members
    assert (zoe.first_name, zoe.category) == ("Zoé", Category.LOCAL_AUTHORITY)


BAD = [
    ("M 1,Inès,,,,,,,", 'id = "M 1": expected an id'),
    ("M1,,,,,,,,", 'first_name = "": expected a first name'),
    ("M1,Inès,,wizard,,,,,", 'category = "wizard": expected particulier'),
    ("M1,Inès,,,31/02/2027,,,,", 'member_until = "31/02/2027": expected a day'),
    ("M1,Inès,,,,laser@soon,,,", 'clearances = "soon": expected a day'),
    ("M1,Inès,,,,La Ser,,,", 'clearances = "La Ser": expected a machine or family'),
    ("M1,Inès,,,,,12345678901,,", 'badges = "…01": expected a badge number'),
    ("M1,Inès,,,,,,maybe,", 'animator = "maybe": expected yes or no'),
    ("M1,Inès,,,,,,,Le Lab", 'labs = "Le Lab": expected the slug'),
    ("M1,Inès", "2 cells: expected 9"),
]


@pytest.mark.parametrize(("line", "said"), BAD)
def test_a_bad_line_is_refused_with_its_number_and_the_others_are_taken(
    book: sqlite3.Connection, line: str, said: str
) -> None:
    report = bring(book, HEADER + YANN + "\n" + line + "\n")
    (refused,) = report.refused
    assert refused.startswith(f"line 4: {said}")
    assert counts(report) == (1, 0, 0)


def test_no_badge_number_is_ever_shown(book: sqlite3.Connection) -> None:
    bring(book, HEADER + "M3,Ana,,,,,0A00D3F5C3,,\n")
    report = bring(book, HEADER + INES + YANN + "M2,Twice,,,,,,,\nM9,X,,,,,0A00D3F5ZZ,,\n")
    text = "\n".join(report.refused)
    assert len(report.refused) == 3
    for number in ("D3F5", "211,62915", "13890", "00112233"):
        assert number not in text


def test_an_id_or_a_badge_twice_is_refused(book: sqlite3.Connection) -> None:
    again = YANN.replace("M2", "M3")
    report = bring(book, HEADER + INES + YANN + again + INES)
    assert report.refused == (
        "line 4: a badge: expected one of its own: line 3 has it",
        'line 5: id = "M1": expected each id once; it is on line 2 already',
    )


def test_a_badge_of_somebody_not_in_the_file_is_refused(book: sqlite3.Connection) -> None:
    bring(book, HEADER + YANN)
    (refused,) = bring(book, HEADER + YANN.replace("M2", "M7")).refused
    assert refused.endswith("member M2 of the roster has it")


def test_two_members_may_exchange_their_badges(book: sqlite3.Connection) -> None:
    head = "id,first_name,badges\n"
    bring(book, head + "M1,Inès,0A00000001\nM2,Yann,0A00000002\n")
    report = bring(book, head + "M1,Inès,0A00000002\nM2,Yann,0A00000001\n")
    assert (counts(report), report.refused) == ((0, 2, 0), ())


def test_a_line_that_keeps_its_badge_since_it_was_refused_refuses_who_wanted_it(
    book: sqlite3.Connection,
) -> None:
    head = "id,first_name,badges\n"
    bring(book, head + "M1,Inès,0A00000001\nM2,Yann,0A00000002\nM3,Zoé,0A00000003\n")
    report = bring(book, head + "M1,Inès,0A00000002\nM2,Yann,0A00000003\n")
    assert [line[:6] for line in report.refused] == ["line 2", "line 3"]
    assert counts(report) == (0, 0, 0)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "the file is empty"),
        (b"name,badge\nInes,1\n", "no column id"),
        (b"id,id,first_name\n1,2,3\n", "stands there twice"),
        (b'id,first_name\nM1,"In"es"\n', "line 2"),
        (b"PK\x03\x04\0\0", "zero bytes"),
    ],
)
def test_a_file_that_is_no_roster_is_refused_as_a_whole(raw: bytes, said: str) -> None:
    with pytest.raises(CsvError, match=said):
        roster_file.read(raw)


@given(st.binary(max_size=300), st.text(max_size=200))
def test_whatever_stands_in_the_file_it_is_read_or_refused(raw: bytes, text: str) -> None:
    for told in (raw, (HEADER + text).encode(errors="replace")):
        try:
            roster_file.read(told)
        except CsvError:
            continue


def test_the_version_never_falls_below_the_clock(book: sqlite3.Connection) -> None:
    file = roster.digested(roster_file.read((HEADER + INES).encode()), KEY)
    report = roster.take_in(book, file, Act(PROGRAM, 1_764_000_000_000_000))
    assert report.version == 1_764_000_000
