"""Whether a file fits a printer, and what is loaded there."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from machines import fit
from machines.fit import Profile, Unfit, filament, unfit
from machines.job_entries import Needs
from machines.order import Hindrance
from machines.spools import Loaded

PRUSA = Profile(
    "prusa", "mk4", ("MK4", "Original Prusa MK4"), (250, 210, 220), 0.4, 290, 110, "marlin"
)


def test_the_examples_of_the_docstrings_hold():
    assert doctest.testmod(fit).failed == 0


def reasons(found: tuple[Unfit, ...]) -> list[Hindrance]:
    return [one.why for one in found]


def test_a_file_that_says_nothing_fits_everywhere():
    assert unfit(Needs(), PRUSA) == ()


def test_a_file_of_this_printer_fits():
    needs = Needs("MK4", "PLA", 0.4, 230, 60, (250, 210, 220), "marlin")
    assert unfit(needs, PRUSA) == ()


@pytest.mark.parametrize("name", ["mk4", "MK 4", "original prusa MK4", "Original_Prusa-MK4"])
def test_a_printers_name_is_known_however_it_is_written(name):
    assert unfit(Needs(model=name), PRUSA) == ()


def test_another_printers_file_does_not_fit_and_the_name_is_told():
    assert unfit(Needs(model="Ender-3"), PRUSA) == ((Hindrance.MODEL, "Ender-3"),)


def test_a_printer_without_names_takes_any_model():
    assert unfit(Needs(model="Ender-3"), Profile()) == ()


@pytest.mark.parametrize("size", [(250.5, 10, 10), (10, 210.5, 10), (10, 10, 220.5)])
def test_a_part_that_is_longer_than_the_bed_in_one_direction_does_not_fit(size):
    assert reasons(unfit(Needs(size_mm=size), PRUSA)) == [Hindrance.BED]


def test_the_size_is_told_as_it_is_read():
    assert unfit(Needs(size_mm=(300, 200, 20)), PRUSA) == ((Hindrance.BED, "300 × 200 × 20"),)


def test_another_nozzle_is_told():
    assert unfit(Needs(nozzle_mm=0.6), PRUSA) == ((Hindrance.NOZZLE, "0.6"),)
    assert unfit(Needs(nozzle_mm=0.42), PRUSA) == ()


def test_a_file_hotter_than_the_printer_may_be_is_told_with_its_heat():
    assert unfit(Needs(nozzle_c=300), PRUSA) == ((Hindrance.HEAT, "300"),)
    assert unfit(Needs(bed_c=120), PRUSA) == ((Hindrance.HEAT, "120"),)
    assert unfit(Needs(nozzle_c=290, bed_c=110), PRUSA) == ()


def test_klipper_takes_files_for_marlin_and_marlin_none_for_klipper():
    assert unfit(Needs(flavour="klipper"), PRUSA) == ((Hindrance.FIRMWARE, "klipper"),)
    assert unfit(Needs(flavour="marlin"), Profile(firmware="klipper")) == ()


def test_a_job_for_one_printer_is_for_no_other_and_one_for_a_group_for_all_of_it():
    assert unfit(Needs(), PRUSA, wish="ender") == ((Hindrance.ELSEWHERE, "ender"),)
    assert unfit(Needs(), PRUSA, wish="prusa") == ()
    assert unfit(Needs(), PRUSA, wish="mk4") == ()


def test_all_that_is_in_the_way_is_told_at_once():
    needs = Needs("Ender-3", "ABS", 0.6, 300, 120, (400, 400, 400), "klipper")
    assert reasons(unfit(needs, PRUSA, "ender")) == [
        Hindrance.ELSEWHERE,
        Hindrance.MODEL,
        Hindrance.BED,
        Hindrance.NOZZLE,
        Hindrance.HEAT,
        Hindrance.FIRMWARE,
    ]


numbers = st.floats(0, 500)


@given(numbers, numbers, numbers, st.floats(0, 100))
def test_what_fits_a_bed_fits_every_larger_one(x, y, z, more):
    small, large = Profile(bed_mm=(x, y, z)), Profile(bed_mm=(x + more, y + more, z + more))
    needs = Needs(size_mm=(x, y, z))
    assert unfit(needs, small) == unfit(needs, large) == ()


# -- what is loaded ---------------------------------------------------------------------------

WHITE = Loaded("PLA", "white", 500.0)


def test_the_loaded_filament_will_do():
    assert filament(Needs(material="pla"), WHITE, colour="White", filament_g=120) == ()


def test_another_material_or_colour_is_changed_first():
    assert filament(Needs(material="PETG"), WHITE) == ((Hindrance.MATERIAL, "PETG"),)
    assert filament(Needs(material="PLA"), WHITE, colour="red") == ((Hindrance.COLOUR, "red"),)


def test_what_the_owner_asks_for_counts_more_than_what_the_file_was_sliced_for():
    assert filament(Needs(material="PETG"), WHITE, material="PLA") == ()


def test_a_spool_with_too_little_left_is_told_with_what_is_left():
    assert filament(Needs(), WHITE, filament_g=500.5) == ((Hindrance.GRAMS, "500"),)
    assert filament(Needs(), WHITE, filament_g=500) == ()
    assert filament(Needs(), Loaded("PLA"), filament_g=5000) == ()  # it was not weighed


def test_a_spool_that_should_be_empty_is_looked_at_first():
    assert reasons(filament(Needs(), Loaded("PLA", grams=0.0, empty=True))) == [Hindrance.GRAMS]


def test_a_printer_with_nothing_in_it_prints_nothing():
    assert reasons(filament(Needs(), Loaded(""))) == [Hindrance.MATERIAL]


def test_where_nobody_said_what_is_loaded_a_job_that_asks_waits_and_another_does_not():
    assert filament(Needs(material="PLA"), None) == ((Hindrance.MATERIAL, "PLA"),)
    assert filament(Needs(), None) == ()
