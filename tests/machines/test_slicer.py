"""What is read of a file's comments, for each slicer, and of any bytes at all."""

from __future__ import annotations

import base64
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from machines.slicer import Sliced, period_s, sliced
from machines.thumbnails import HEAVIEST, thumbnail, thumbnails

RECORDINGS = Path(__file__).parents[1] / "recordings" / "gcode"


def read(name: str) -> Sliced:
    data = (RECORDINGS / f"{name}.gcode").read_bytes()
    return sliced(data[:2000], data[-2000:])


def test_prusaslicer_says_time_filament_material_printer_nozzle_and_heat() -> None:
    told = read("prusaslicer")
    assert (told.slicer, told.version) == ("PrusaSlicer", "2.9.0+linux-x64-GTK3")
    assert told.estimated_s == 26 * 60 + 23  # the normal mode, not the silent one
    assert (told.filament_mm, told.filament_g) == (3142.27, 9.37)
    assert (told.material, told.model, told.nozzle_mm) == ("PLA", "MK4", 0.4)
    assert (told.nozzle_c, told.bed_c, told.layer_mm) == (230, 60, 0.2)
    assert told.flavour == "marlin"


def test_only_the_tools_that_print_count_for_the_material_and_all_for_the_grams() -> None:
    told = read("prusaslicer_tools")
    assert told.material == "PETG+PLA"
    assert (told.filament_mm, told.filament_g) == (1500.75, 4.5)
    assert told.estimated_s == 93784
    assert told.nozzle_mm == 0.4


def test_superslicer_writes_as_prusaslicer_does() -> None:
    told = read("superslicer")
    assert (told.slicer, told.version, told.flavour) == ("SuperSlicer", "2.5.59", "klipper")
    assert (told.estimated_s, told.filament_g, told.nozzle_mm) == (492, 1.5, 0.6)
    assert [(t.kind, t.width, t.height) for t in told.thumbnails] == [("jpg", 48, 32)]


def test_orcaslicer_has_its_figures_at_the_end_and_its_name_in_a_block() -> None:
    told = read("orcaslicer")
    assert (told.slicer, told.version, told.model) == ("OrcaSlicer", "2.2.0", "Creality K1")
    assert (told.estimated_s, told.filament_g, told.material) == (831, 4.6, "PETG")
    assert (told.nozzle_c, told.bed_c) == (245, 80)


def test_bambu_studios_whole_time_counts_not_the_models_alone() -> None:
    told = read("bambustudio")
    assert (told.slicer, told.version) == ("Bambu Studio", "01.10.01.50")
    assert told.estimated_s == 9 * 60 + 3
    assert (told.filament_mm, told.filament_g) == (75.74, 0.23)
    assert (told.model, told.material) == ("Bambu Lab A1 mini", "PLA")


def test_cura_counts_in_seconds_and_in_metres_for_each_extruder() -> None:
    told = read("cura")
    assert (told.slicer, told.version, told.model) == ("Cura", "5.8.1", "Creality Ender-3")
    assert (told.estimated_s, told.filament_mm, told.layer_mm) == (2710, 1750, 0.2)
    assert told.filament_g is None, "it says none, and none is made up"
    assert told.flavour == "marlin"


def test_an_ultimaker_has_a_header_of_its_own() -> None:
    told = read("cura_griffin")
    assert (told.slicer, told.version, told.model) == ("Cura", "5.8.1", "Ultimaker S5")
    assert (told.estimated_s, told.nozzle_mm, told.flavour) == (480, 0.4, "griffin")


def test_simplify3d_says_it_in_words() -> None:
    told = read("simplify3d")
    assert (told.slicer, told.version) == ("Simplify3D", "4.1.2")
    assert (told.estimated_s, told.filament_mm, told.filament_g) == (1500, 2210.4, 6.59)


def test_a_file_of_no_slicer_says_nothing() -> None:
    assert read("plain") == Sliced()


def test_grams_come_from_the_density_where_only_the_length_is_said() -> None:
    told = sliced(
        b"; filament used [mm] = 1000\n; filament used [g] = 0.00\n"
        b"; filament_density = 1.24\n; filament_diameter = 1.75\n"
    )
    assert told.filament_g == pytest.approx(2.98, abs=0.01)


def test_a_printers_name_cannot_turn_a_page_around() -> None:
    told = sliced("; printer_model = MK\u202e4\x07\n; filament_type = P\u200bLA\n".encode())
    assert (told.model, told.material) == ("MK4", "PLA")


def test_twenty_extruders_alike_have_one_nozzle() -> None:
    assert sliced(b"; nozzle_diameter = " + b"0.4," * 20).nozzle_mm == 0.4
    assert len(sliced(b"; printer_model = " + b"x" * 900).model) == 80


def test_extruders_that_differ_have_no_nozzle_in_common() -> None:
    assert sliced(b"; nozzle_diameter = 0.4,0.6\n").nozzle_mm is None


def test_what_is_said_first_counts() -> None:
    assert sliced(b";TIME:100\n", b";TIME:200\n").estimated_s == 100


def test_a_figure_that_no_print_has_is_nobodys() -> None:
    assert sliced(b";TIME:99999999999999999999\n").estimated_s is None
    assert sliced(b";TIME:0\n").estimated_s is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1d 2h 3m 4s", 93784.0), ("48s", 48.0), ("2 hours 5 minutes", 7500.0), ("", None)],
)
def test_a_period_is_read_as_slicers_write_it(text: str, seconds: float | None) -> None:
    assert period_s(text) == seconds


# -- pictures -------------------------------------------------------------------------------------


def test_the_largest_picture_is_last_and_a_qoi_is_left_out() -> None:
    found = read("prusaslicer").thumbnails
    assert [(t.kind, t.width, t.height) for t in found] == [("png", 16, 16), ("png", 48, 32)]


def _block(data: bytes, said: str = "16x16") -> bytes:
    text = base64.b64encode(data).decode()
    lines = "".join(f"; {text[at : at + 78]}\n" for at in range(0, len(text), 78))
    return f"; thumbnail begin {said} {len(text)}\n{lines}; thumbnail end\n".encode()


def test_a_picture_is_what_its_bytes_are_whatever_its_comment_says() -> None:
    png = read("prusaslicer").thumbnails[0].data
    assert thumbnails(_block(png, "9999x9999"))[0].width == 16
    assert thumbnails(_block(b"<svg onload=alert(1)>")) == ()
    assert thumbnails(_block(png).replace(b"; iVBOR", b"; !iVBOR")) == (), "it is spoilt"
    assert thumbnails(b"; thumbnail begin 16x16 8\n; !!!!\n; thumbnail end\n") == ()


def test_a_picture_too_wide_or_too_heavy_is_left_out() -> None:
    png = read("prusaslicer").thumbnails[0].data
    wide = png[:16] + (641).to_bytes(4, "big") + png[20:]
    assert thumbnail(png) is not None
    assert thumbnail(wide) is None
    assert thumbnail(png + bytes(HEAVIEST)) is None


@given(st.binary(max_size=3000), st.binary(max_size=300))
def test_any_bytes_at_all_are_read(head: bytes, tail: bytes) -> None:
    assert isinstance(sliced(head, tail), Sliced)


KEYS = ("TIME", "filament used [g]", "filament_type", "nozzle_diameter", "printer_model",
        "estimated printing time (normal mode)", "temperature", "Filament used",
        "gcode_flavor", "generated by X")  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(KEYS), st.sampled_from("=:"), st.text(max_size=40))))
def test_any_value_of_a_known_comment_is_read(lines: list[tuple[str, str, str]]) -> None:
    text = "".join(f"; {key} {sign} {value}\n" for key, sign, value in lines)
    told = sliced(text.encode("utf-8", "replace"))
    assert told.estimated_s is None or told.estimated_s > 0
    assert told.filament_g is None or told.filament_g > 0


@pytest.mark.parametrize(
    "noise",
    [b"; thumbnail begin 1x1 1\n" * 20_000, b";" + b" " * 500_000, b"; a" + b" b" * 250_000,
     b"; time" + b" " * 500_000 + b"\n", b"generated by " * 40_000, b"1" * 500_000,
     b"; estimated printing time (normal mode) = " + b"1" * 500_000,
     b"; total estimated time: " + b"1 " * 250_000, b"; TIME: " + b"1" * 500_000,
     b"; filament_type = " + b"PLA;" * 100_000 + b"\n; filament used [mm] = " + b"1," * 50_000],
    ids=range(10),
)  # fmt: skip
def test_no_bytes_make_it_slow(noise: bytes) -> None:
    """Half a megabyte each: what is slow here takes minutes, not the second that is allowed."""
    began = process_time()
    sliced(noise, noise)
    assert process_time() - began < 3
