"""What stands in the cells of a sheet, whatever anybody named their machines."""

from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.central.columns import Column, Kind
from kiosk.central.export import files
from kiosk.central.sheets import EXCEL, OPEN, Sheet, guarded, write
from machines.journal import MachineDescribed, SiteDescribed
from tests.central.hostile import NAMES, overrun
from tests.central.shelf import Shelf
from tests.central.test_export import read
from tests.field import Field


@given(st.text(max_size=20))
def test_no_text_is_a_formula_or_breaks_its_line_and_every_other_comes_back(text: str) -> None:
    column = Column("text", "Texte", "", "")
    raw = write(Sheet("x", [column], [{"text": text}]), OPEN)
    assert len(raw.decode().split("\r\n")) == 4
    (_, row, _) = csv.reader(io.StringIO(raw.decode(), newline=""))
    cell = guarded(text)
    assert row == [cell]
    assert not re.match(r"\s*[=+\-@]", cell)
    if text.isprintable():
        assert cell in (text, "'" + text)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("=1+1;@SUM(A1)", "'=1+1;@SUM(A1)"),
        ("\n =HYPERLINK(1)", "'  =HYPERLINK(1)"),
        ("＝1+1", "'＝1+1"),
        ("deux\r\nlignes", "deux  lignes"),
        ("nul\0", "nul "),
        ("\u202eresal", " resal"),
        ('Presse "A3"; neuve', 'Presse "A3"; neuve'),
    ],
)
def test_a_hostile_name_is_one_plain_cell_in_both_flavours(name: str, shown: str) -> None:
    shelf, lab = Shelf(), Field()
    machine = MachineDescribed("laser", name, "laser", "watched")
    lab.write(SiteDescribed("ccdv", "CCDV", (machine,), ((),) * 7))
    lab.close(lab.open())
    shelf.lay(lab.entries)
    shelf.fold()
    made = files(shelf.book("2026-11"))
    (row, _) = read(made["donnees-ouvertes/sessions.csv"])
    (same, _) = read(made["excel/sessions.csv"], ";")
    assert row["machine_nom"] == same["Nom de la machine"] == shown


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_name_anywhere_runs_in_no_sheet_and_leaks_no_file_or_person(name: str) -> None:
    shelf = overrun(name)
    made = files(shelf.book("2026-11"))
    for flavour, delimiter in (("donnees-ouvertes", ","), ("excel", ";")):
        for path in (path for path in made if path.startswith(flavour)):
            text = made[path].decode("utf-8-sig")
            heads, *lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
            assert {len(line) for line in lines} == {len(heads)}
            assert text.count("\r\n") == text.count("\n") == len(lines) + 1
            assert not any(re.match(r"\s*[=+\-@＝]", cell) for line in lines for cell in line)
    (works, sessions) = (
        read(made[f"donnees-ouvertes/{sheet}.csv"])[:-1]
        for sheet in ("impressions-et-marches", "sessions")
    )
    told = {"machine", "machine_nom", "lieu_nom", "famille", "categorie", "matiere", "nature"}
    for row in works:
        shown = {key for key, value in row.items() if guarded(name) in value}
        assert shown <= told | {"reference"}
    assert {row["usager"][:2] for row in sessions} == {"U-"}
    shelf.connection.close()


def test_a_figure_below_zero_keeps_its_sign_and_its_size() -> None:
    column = Column("h", "H", "", "", Kind.THOUSANDTHS)
    made = write(Sheet("x", [Column("a", "A", "", ""), column], [{"a": "b", "h": -5}]), EXCEL)
    assert made.decode("utf-8-sig").splitlines()[1] == "b;-0,005"


def test_thousandths_are_written_whole() -> None:
    column = Column("h", "H", "", "", Kind.THOUSANDTHS, summed=True)
    made = write(
        Sheet("x", [Column("a", "A", "", ""), column], [{"a": "b", "h": 5}, {"h": 1234567}]), EXCEL
    )
    assert made.decode("utf-8-sig").splitlines()[1:] == ["b;0,005", ";1234,567", "TOTAL;1234,572"]
