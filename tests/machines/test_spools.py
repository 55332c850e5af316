"""What printers print from, counted down by prints."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from machines import spools
from machines.instants import Instant, WallQuality
from machines.job_entries import JobSubmitted, Needs, SpoolLoaded
from machines.journal import PrintEnded, Result
from machines.spools import DENSITY, ROUNDING_G, Loaded, after, file_g, grams

AT = Instant(1, 0, 0, WallQuality.NTP)


def fold(
    entries: list[SpoolLoaded | PrintEnded], before: dict[str, Loaded] | None = None
) -> dict[str, Loaded]:
    left: dict[str, Loaded | None] = {**(before or {})}
    for entry in entries:
        left[entry.machine] = after(left.get(entry.machine), entry)
    return {machine: loaded for machine, loaded in left.items() if loaded is not None}


def test_the_examples_of_the_docstrings_hold():
    assert doctest.testmod(spools).failed == 0


def ended(
    machine: str = "prusa",
    filament_g: float | None = None,
    filament_mm: float | None = None,
    result: Result = Result.DONE,
    material: str = "",
) -> PrintEnded:
    return PrintEnded(
        "p", machine, None, result, AT, AT, 0, 0, 0, filament_mm,
        filament_g=filament_g, material=material,
    )  # fmt: skip


def test_a_metre_of_pla_weighs_three_grams():
    assert grams(1000, "PLA") == grams(1000, " pla ") == pytest.approx(2.98)
    assert grams(330_000, "PLA") == pytest.approx(1000, rel=0.02)  # a spool of a kilogram


def test_a_material_that_nobody_knows_has_no_weight():
    assert grams(1000, "moon dust") is None
    assert grams(None, "PLA") is None


def test_prints_count_a_spool_down():
    left = fold([SpoolLoaded("prusa", "PLA", "white", 500), ended(filament_g=120)])
    assert left == {"prusa": Loaded("PLA", "white", 380.0)}


def test_a_print_that_tells_its_length_only_is_weighed_by_what_is_loaded():
    left = fold([SpoolLoaded("prusa", "PETG", grams=500), ended(filament_mm=10_000)])
    assert left["prusa"].grams == pytest.approx(500 - 10 * 3.05, abs=0.1)


def test_a_print_is_weighed_by_what_was_loaded_then_if_it_says_so():
    spool = SpoolLoaded("prusa", "PETG", grams=500)
    left = fold([spool, ended(filament_mm=10_000, material="PLA")])
    assert left["prusa"].grams == pytest.approx(500 - 10 * 2.98, abs=0.1)


def test_a_failed_print_counts_what_was_printed_of_it():
    spool = SpoolLoaded("prusa", "PLA", grams=500)
    left = fold([spool, ended(filament_g=20, result=Result.FAILED)])
    assert left["prusa"].grams == 480


def test_a_spool_that_gave_more_than_it_had_is_at_nothing_and_says_so():
    spool = SpoolLoaded("prusa", "PLA", grams=100)
    assert fold([spool, ended(filament_g=120)])["prusa"] == Loaded("PLA", grams=0.0, empty=True)
    assert fold([spool, ended(filament_g=100)])["prusa"] == Loaded("PLA", grams=0.0)


def test_a_spool_that_should_be_empty_stays_so_until_somebody_changes_it():
    spool = SpoolLoaded("prusa", "PLA", grams=100)
    left = fold([spool, ended(filament_g=120), ended(filament_g=0.005)])
    assert left["prusa"].empty


def test_a_new_spool_begins_anew():
    left = fold([SpoolLoaded("prusa", "PLA", grams=10), ended(filament_g=20)])
    assert after(left["prusa"], SpoolLoaded("prusa", "ABS", grams=750)) == Loaded("ABS", grams=750)


def test_a_spool_that_was_not_weighed_stays_so():
    left = fold([SpoolLoaded("prusa", "PLA"), ended(filament_g=120)])
    assert left == {"prusa": Loaded("PLA")}


def test_a_printer_takes_from_its_own_spool_alone():
    spools = [SpoolLoaded("prusa", "PLA", grams=500), SpoolLoaded("ender", "PLA", grams=500)]
    left = fold([*spools, ended("ender", filament_g=50), ended("nobody", filament_g=50)])
    assert {machine: loaded.grams for machine, loaded in left.items()} == {
        "prusa": 500,
        "ender": 450,
    }


entries = st.lists(
    st.builds(
        SpoolLoaded,
        st.sampled_from(["prusa", "ender"]),
        st.sampled_from([*DENSITY, "dust", ""]),
        grams=st.none() | st.floats(0, 1000),
    )
    | st.builds(
        ended,
        st.sampled_from(["prusa", "ender"]),
        st.none() | st.floats(0, 400),
        st.none() | st.floats(0, 90_000),
        st.sampled_from(Result),
    ),
    max_size=12,
)


@given(entries)
def test_no_spool_ever_has_less_than_nothing_and_prints_never_fill_one(entries):
    left: dict[str, Loaded] = {}
    for entry in entries:
        before, left = left, fold([entry], left)
        for machine, loaded in left.items():
            assert loaded.grams is None or loaded.grams >= 0
            if isinstance(entry, PrintEnded) and machine in before:
                assert (loaded.grams or 0) <= (before[machine].grams or 0)


@given(entries, st.integers(0, 12))
def test_a_kiosk_that_starts_again_knows_the_same_spools(entries, cut):
    assert fold(entries[cut:], fold(entries[:cut])) == fold(entries)


@given(st.lists(st.floats(0, 400), max_size=8))
def test_what_is_left_and_what_was_printed_make_the_whole_spool(prints):
    left = fold([SpoolLoaded("prusa", "PLA", grams=1000.0), *(ended(filament_g=g) for g in prints)])
    loaded = left["prusa"]
    assert loaded.empty == (sum(prints) > 1000 + ROUNDING_G)
    assert loaded.grams == pytest.approx(max(0, 1000 - sum(prints)))


def test_a_file_that_tells_its_length_alone_is_weighed_in_the_material_it_is_for():
    def takes_g(**more) -> float | None:
        return file_g(JobSubmitted("ab", 1, "tablet", **more), "ABS")

    assert takes_g(filament_g=40.0, filament_mm=1000.0) == 40.0
    assert takes_g(filament_mm=1000.0, material="PETG", needs=Needs(material="PLA")) == 3.05
    assert takes_g(filament_mm=1000.0, needs=Needs(material="PLA")) == 2.98
    assert takes_g(filament_mm=1000.0) == 2.5
    assert takes_g() is None
