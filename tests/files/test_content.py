"""What a file is by its name and its first bytes, and how it is called on a page."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.files.content import NAME_AT_MOST, check_name, check_start, check_text, clean_name
from kiosk.files.refused import FileRefused


@pytest.mark.parametrize(
    "name", ["mug.gcode", "MUG.GCODE", "mug.gco", "a.b.g", "été.gc", "../x.gcode"]
)
def test_gcode_is_taken_by_its_name(name: str) -> None:
    check_name(name)


@pytest.mark.parametrize(
    ("name", "key"),
    [("mug.3mf", "project"), ("mug.gcode.3mf", "project"), ("mug.stl", "model"),
     ("mug.STEP", "model"), ("mug.bgcode", "bgcode"), ("mug.zip", "archive"),
     ("mug.ufp", "archive"),
     ("mug.exe", "suffix"), ("mug", "suffix"), ("", "suffix"), ("gcode", "suffix"),
     (".gcode/mug", "suffix"), ("mug.gcode\u202e3mf.", "suffix")],
)  # fmt: skip
def test_another_kind_of_file_is_called_by_its_name(name: str, key: str) -> None:
    with pytest.raises(FileRefused) as refused:
        check_name(name)
    assert refused.value.key == key


@pytest.mark.parametrize(
    ("first", "key"),
    [(b"PK\x03\x04\x14\x00\x06\x00[Content_Types].xml", "project"),
     (b"PK\x03\x04..3D/3dmodel", "project"),
     (b"PK\x03\x04\x14\x00readme.txt", "archive"), (b"GCDE\x01\x00", "bgcode"),
     (b"\x1f\x8b\x08", "archive"), (b"solid mug\n facet", "model")],
)  # fmt: skip
def test_a_file_is_what_its_first_bytes_are_whatever_it_is_called(first: bytes, key: str) -> None:
    with pytest.raises(FileRefused) as refused:
        check_start(first)
    assert refused.value.key == key


def test_letters_of_any_country_are_text_and_a_nul_is_not() -> None:
    check_text("; pièce de José\r\nG1 X1\t; 零件\n".encode())
    check_text("; pièce".encode("latin-1"))
    with pytest.raises(FileRefused):
        check_text(b"G1 X1\x00")


@pytest.mark.parametrize(
    ("name", "shown"),
    [("../../etc/passwd.gcode", "passwd.gcode"), ("C:\\parts\\mug.gcode", "mug.gcode"),
     ("mug\u202eedocg.gcode", "mugedocg.gcode"), ("a\x00b\nc.gcode", "abc.gcode"),
     ("e\u0301te\u0301.gcode", "été.gcode"), ("<script>.gcode", "<script>.gcode"),
     ("  mug   two .gcode ", "mug two .gcode")],
)  # fmt: skip
def test_a_name_is_shown_without_what_would_deceive(name: str, shown: str) -> None:
    assert clean_name(name) == shown


def test_a_long_name_keeps_its_end() -> None:
    shown = clean_name("a" * 300 + ".gcode")
    assert len(shown) == NAME_AT_MOST
    assert shown.endswith("a….gcode")


@given(st.text(max_size=400))
def test_any_name_is_short_of_one_line_and_reads_from_left_to_right(name: str) -> None:
    shown = clean_name(name)
    assert len(shown) <= NAME_AT_MOST
    assert "/" not in shown
    assert not [c for c in shown if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")]
    assert clean_name(shown) == shown
