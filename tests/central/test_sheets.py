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
