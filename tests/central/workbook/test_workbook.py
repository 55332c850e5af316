"""The workbook of a month: its figures, the same bytes twice, and nothing that runs in it."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import closing

import pytest

from kiosk.central.held_sheets import month_figures
from kiosk.central.workbook import making, ods, xlsx
from kiosk.central.workbook.compared import compare
from kiosk.central.workbook.folder import month_files, packed
from kiosk.central.workbook.model import Page, Table
from machines.instants import Month
from tests.central.hostile import NAMES, overrun
from tests.central.shelf import Shelf
from tests.central.workbook.month import NOVEMBER, full


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    shelf = full()
    with closing(shelf.connection):
        yield shelf


def pages(shelf: Shelf, lab: str | None = None) -> dict[str, Page]:
    return {page.name: page for page in making.pages(compare(shelf.connection, NOVEMBER, lab))}


def lines(table: Table) -> list[list[object]]:
    return [[cell.value for cell in row] for row in table.rows]


def test_a_month_has_its_ten_pages(shelf: Shelf) -> None:
    assert list(pages(shelf)) == [
        "Lisez-moi",
        "Synthèse",
        "Usagers",
        "Machines",
        "Impression 3D",
        "Laser",
        "Objets",
        "Ateliers",
        "Adhésions",
        "Sessions",
    ]


def test_numbers_stand_at_the_bars_of_one_figure_and_not_on_each_other(shelf: Shelf) -> None:
    drawn = {one.title: one.numbered for page in pages(shelf).values() for one in page.charts}
    assert drawn["Objets réalisés"]
    assert not drawn["Heures par famille de machines"]
    made = month_files(compare(shelf.connection, NOVEMBER))["2026-11.xlsx"]
    with zipfile.ZipFile(io.BytesIO(made)) as book:
        charts = [book.read(one).decode() for one in book.namelist() if "charts/chart" in one]
    assert len(charts) == len(drawn)
    for chart in charts:
        title = next(one for one in drawn if f">{one}<" in chart)
        assert ("<c:dLbls>" in chart) is drawn[title], title


def test_what_was_made_held_and_joined_is_counted_once(shelf: Shelf) -> None:
    figures = month_figures(shelf.book("2026-11"))
    assert {
        key: figures[key]
        for key in (
            "objets",
            "ateliers",
            "participants",
            "mineurs",
            "participants_h",
            "adhesions_nouvelles",
            "adhesions_renouvelees",
            "adhesions_annulees",
        )
    } == {
        "objets": 44,
        "ateliers": 3,
        "participants": 36,
        "mineurs": 26,
        "participants_h": 50_000 + 12_000 + 9_000,
        "adhesions_nouvelles": 1,
        "adhesions_renouvelees": 1,
        "adhesions_annulees": 1,
    }


def test_a_class_at_two_machines_is_welcomed_once_and_its_workshop_adds_nobody(
    shelf: Shelf,
) -> None:
    before = month_figures(shelf.book("2026-11", "doret"))
    both = month_figures(shelf.book("2026-11"))
    ccdv = month_figures(shelf.book("2026-11", "ccdv"))
    assert ccdv["passages"] == 1 + 12 + 1 + 1 + 25
    assert both["passages"] == ccdv["passages"] + before["passages"]
    assert both["accueillis"] == both["passages"] + 8 + 3


def test_open_days_leave_out_the_closure_and_weekends(shelf: Shelf) -> None:
    figures = month_figures(shelf.book("2026-11", "ccdv"))
    assert (figures["jours_ouverts"], figures["ouverture_h"]) == (14, 98_000)
    shelf.connection.execute("UPDATE usage_lab SET last_us = ?", (Month(2026, 12).starts_us,))
    figures = month_figures(shelf.book("2026-11", "ccdv"))
    assert (figures["jours_ouverts"], figures["ouverture_h"]) == (20, 140_000), "they have come"


def test_the_things_of_a_lab_have_the_names_that_it_gave_them(shelf: Shelf) -> None:
    kinds, detail = pages(shelf)["Objets"].tables
    assert lines(kinds) == [["Badge", 30, 0, 30], ["Mug", 12, 0, 12], ["Vase", 2, 0, 2]]
    assert kinds.totals == [None, 44, 0, 44]
    assert len(detail.rows) == 3


def test_a_month_stands_beside_the_one_before_and_a_year_ago(shelf: Shelf) -> None:
    (compared, *_) = pages(shelf)["Synthèse"].tables
    by_name = {row[0].value: [cell.value for cell in row[1:]] for row in compared.rows}
    assert by_name["Adhésions nouvelles"] == [1, 1, 0, 0, None]
    assert by_name["Ateliers"] == [3, 0, None, 0, None]


def test_the_workbook_of_one_lab_has_no_membership_and_says_why(shelf: Shelf) -> None:
    page = pages(shelf, "doret")["Adhésions"]
    assert not page.tables[0].rows
    assert "toute l'association" in page.notes[0]


def test_sessions_are_left_out_once_their_retention_is_over(shelf: Shelf) -> None:
    compared = compare(shelf.connection, NOVEMBER)
    with_lists, without = month_files(compared), month_files(compared, lists=False)
    assert set(with_lists) - set(without) == {
        f"{folder}/{name}.csv"
        for folder in ("excel", "donnees-ouvertes")
        for name in ("sessions", "impressions-et-marches", "objets", "non-dates")
    }
    assert "LES LISTES NE SONT PLUS" in without["LISEZMOI.txt"].decode()
    assert "LES LISTES NE SONT PLUS" not in with_lists["LISEZMOI.txt"].decode()
    last = making.pages(compared, lists=False)
    assert [page.name for page in last][-1] == "Adhésions"
    assert "ne sont plus listées" in " ".join(last[0].notes)
    for page in last:
        for table in page.tables:
            assert not any("pseudonyme" in head.name for head in table.heads)


def test_the_same_month_twice_is_the_same_bytes(shelf: Shelf) -> None:
    made = [month_files(compare(shelf.connection, NOVEMBER)) for _ in range(2)]
    assert made[0] == made[1]
    assert packed("2026-11", made[0]) == packed("2026-11", made[1])
    assert {"2026-11.xlsx", "2026-11.ods", "LISEZMOI.txt"} < set(made[0])


def test_no_name_that_anybody_typed_is_a_formula_or_an_address() -> None:
    shelf = overrun(*NAMES)
    compared = compare(shelf.connection, NOVEMBER)
    made, title, at = (
        making.pages(compared),
        making.title(compared.now),
        making.created(compared.now),
    )
    for raw in (xlsx.write(made, title, at), ods.write(made, title, at)):
        with zipfile.ZipFile(io.BytesIO(raw)) as file:
            text = "".join(file.read(name).decode() for name in file.namelist())
        formulas = re.findall(r"<f>([^<]*)</f>|table:formula=\"([^\"]*)\"", text)
        assert formulas
        for one in formulas:
            assert re.fullmatch(
                r"SUBTOTAL\(109,[A-Z]+\d+:[A-Z]+\d+\)"
                r"|of:=SUBTOTAL\(109;\[\.[A-Z]+\d+:\.[A-Z]+\d+\]\)",
                "".join(one),
            )
        assert "hyperlink" not in text.replace("HYPERLINK", "")
    shelf.connection.close()


def test_no_name_of_anybody_and_no_roster_id_is_in_a_workbook(shelf: Shelf) -> None:
    files = month_files(compare(shelf.connection, NOVEMBER))
    for name in ("2026-11.xlsx", "2026-11.ods"):
        with zipfile.ZipFile(io.BytesIO(files[name])) as file:
            text = b"".join(file.read(one) for one in file.namelist()).decode().casefold()
        for word in ("dupont", "ines", "yann", "vase.gcode", "maxence"):
            assert not re.search(rf"\b{word}\b", text), word
