"""Figures and names as they are read."""

from __future__ import annotations

import unicodedata

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from kiosk.web.language import speaking
from kiosk.web.words import LONGEST, clean, degrees, duration, middle, percent, time_of_day


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "moins d’1 min"),
        (59.9, "moins d’1 min"),
        (60, "1 min"),
        (3599, "59 min"),
        (3600, "1 h 00"),
        (4805, "1 h 20"),
        (360_000, "100 h 00"),
        (-5, "moins d’1 min"),
    ],
)
def test_a_duration_is_said_as_people_say_it(app: Flask, seconds: float, said: str) -> None:
    with app.app_context(), speaking("fr"):
        assert duration(seconds).replace("\xa0", " ") == said


def test_a_figure_never_breaks_across_lines(app: Flask) -> None:
    with app.app_context(), speaking("fr"):
        assert " " not in duration(4805)
        assert " " not in time_of_day("15 h 40")
        assert degrees(21.4, None) == "21\xa0°C"


def test_the_clock_is_written_as_each_language_writes_it(app: Flask) -> None:
    with app.app_context(), speaking("en"):
        assert time_of_day("15 h 40") == "15:40"
    with app.app_context(), speaking("fr"):
        assert time_of_day("15 h 40") == "15\xa0h\xa040"


@given(st.text())
def test_a_cleaned_name_is_one_short_line_that_reads_forwards(name: str) -> None:
    shown = clean(name)
    assert len(shown) <= LONGEST
    assert shown == " ".join(shown.split())
    assert not [c for c in shown if unicodedata.category(c) in ("Cc", "Cf", "Cs")]


@given(st.text(), st.integers(min_value=8, max_value=60))
def test_a_file_name_cut_in_its_middle_keeps_both_ends(name: str, longest: int) -> None:
    shown = middle(name, longest)
    whole = clean(name)
    assert len(shown) <= longest
    assert shown == whole or (whole.startswith(shown[:2]) and whole.endswith(shown[-2:]))


@given(st.floats())
def test_no_figure_of_a_lying_device_makes_a_page_stumble(figure: float) -> None:
    assert percent(figure) in (None, *range(101))
    assert len(duration(figure)) < 20
    assert 0 < len(degrees(figure, figure)) < 20
