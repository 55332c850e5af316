"""What a file does, and what is said of it for a printer."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.files.content import check_text
from kiosk.files.refused import FileRefused
from machines.fit import Profile, unfit
from machines.gcode import LONGEST_LINE, Examiner, Facts, needs
from machines.gcode_codes import BY_FIRMWARE, Severity
from machines.gcode_judge import Finding, judge
from machines.gcode_moves import FARTHEST_MM
from machines.order import Hindrance
from machines.slicer import Sliced, sliced

RECORDINGS = Path(__file__).parents[1] / "recordings" / "gcode"
MK4 = Profile(bed_mm=(250, 210, 220))
KLIPPER = Profile(firmware="klipper")
PRINT = "G28\nG90\nM83\nG1 Z0.2\nG1 X10 Y10\nG1 X20 Y10 E1\n"


def examined(text: str | bytes, step: int = 1 << 20) -> Facts:
    data = text.encode() if isinstance(text, str) else text
    examiner = Examiner()
    for at in range(0, len(data), step):
        examiner.feed(data[at : at + step])
    return examiner.facts()


def recorded(name: str) -> bytes:
    return (RECORDINGS / f"{name}.gcode").read_bytes()


def said(text: str, profile: Profile = MK4) -> list[tuple[str, Severity]]:
    return [(f.key, f.severity) for f in judge(examined(PRINT + text), profile)]


# -- what slicers write passes --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "profile"),
    [("prusaslicer", MK4), ("cura", MK4), ("simplify3d", MK4), ("plain", MK4),
     ("superslicer", KLIPPER), ("orcaslicer", KLIPPER)],
)  # fmt: skip
def test_a_file_as_its_slicer_makes_it_needs_nobodys_eyes(name: str, profile: Profile) -> None:
    assert judge(examined(recorded(name)), profile) == ()


def test_a_file_of_a_bambu_asks_a_marlins_animator() -> None:
    found = judge(examined(recorded("bambustudio")), MK4)
    assert {f.key for f in found} == {"unknown"}
    assert all(f.severity is Severity.APPROVE for f in found)
    assert found[0] == Finding("unknown", Severity.APPROVE, 37, "G392 S0")


def test_a_tool_left_hot_is_said() -> None:
    assert [f[0] for f in said("M104 T1 S200\nM104 T0 S0")] == ["hot"]
    assert [f[0] for f in said("T1\nM104 S200\nT0\nM104 S0")] == ["hot"], "the tool in use"
    assert said("M104 S200\nM140 S60\nM104 S0\nM140 S0") == []
    assert said("M104 S200\nEND_PRINT", KLIPPER) == [], "a lab's own macro cools down"


# -- what a command may do ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command",
    ["M500", "M502", "M504", "M997", "M28 x.g", "M29", "M30 x.g", "M112", "M303 E0 S200",
     "M92 E400", "M206 Z-1", "M851 Z-2", "M906 E900"],
)  # fmt: skip
def test_what_outlasts_the_print_is_refused(command: str) -> None:
    assert said(command) == [("command", Severity.REFUSE)]


@pytest.mark.parametrize(
    "command",
    ["M500", "m500", "M0500", "M 500", "  M500", "\tM500", "N12 M500*36", "M500 ; save",
     "G1 X10 M500", "G1 X10 E1M500", "G4 P0 M500", "M104 S0 M500", "M500\r",
     "G28 M107 M500", "M106 S0 M107 M500 M107", 'G28 M32 "x" M500', "\u000bM500", "\u000cM500",
     "\u00a0M500", "\u2028M500", "N-1 M500", "; a note\rM500\r; another", "G28\rM500"],
)  # fmt: skip
def test_a_command_is_found_however_it_is_written(command: str) -> None:
    assert ("command", Severity.REFUSE) in said(command)


def test_a_file_of_old_macs_is_read_line_by_line_as_octoprint_prints_it() -> None:
    old = (PRINT + "; " + "x" * LONGEST_LINE + "\nM500\n").replace("\n", "\r")
    for step in (1 << 20, 4096, 7):
        found = judge(examined(old, step), MK4)
        assert found == (Finding("command", Severity.REFUSE, 8, "M500"),), step


@pytest.mark.parametrize("step", [1, 2, 3, 1 << 20])
def test_a_line_end_of_two_bytes_is_one_wherever_it_is_cut(step: int) -> None:
    found = judge(examined((PRINT + "\nM500\n").replace("\n", "\r\n"), step), MK4)
    assert found == (Finding("command", Severity.REFUSE, 8, "M500"),)


def test_a_mark_of_unicode_at_the_beginning_is_no_command() -> None:
    assert judge(examined(b"\xef\xbb\xbf" + PRINT.encode()), MK4) == ()


def test_a_value_that_is_only_worked_out_while_printing_waits_for_an_animator() -> None:
    assert said("M104 S{100+300}") == [("unknown", Severity.APPROVE)]
    assert said("G1 X{move.axes[0].max}") == [("unknown", Severity.APPROVE)]
    assert said("M117 {done}") == []


@pytest.mark.parametrize(
    "line",
    [
        "; M500",
        "G1 X10 ; M500",
        "M117 Layer M500",
        'M862.3 P "M500"',
        'M73 "M500"',
        ";@pause",
        "M118 done",
    ],
)
def test_a_text_is_no_command(line: str) -> None:
    assert said(line) == []


@pytest.mark.parametrize(
    "line", ["@pause", "M118 //action:cancel", "M118 E1 //action:x", "//action:y"]
)
def test_what_octoprint_would_act_on_is_refused(line: str) -> None:
    assert said(line) == [("host", Severity.REFUSE)]


def test_an_unknown_command_waits_for_an_animator() -> None:
    assert said("M1234") == [("unknown", Severity.APPROVE)]
    assert said("BREW_COFFEE") == [("unknown", Severity.APPROVE)]
    assert said("M81") == [("command", Severity.APPROVE)], "a known one that switches the power"


def test_a_klippers_own_macros_pass_and_others_wait() -> None:
    assert said("PRINT_START BED_TEMP=60\nPRINT_END", KLIPPER) == []
    assert said("print_end", KLIPPER) == [], "Klipper does not mind small letters"
    assert said("MY_MACRO", KLIPPER) == [("unknown", Severity.APPROVE)]
    assert said("SAVE_CONFIG", KLIPPER) == [("command", Severity.REFUSE)]
    assert said("RUN_SHELL_COMMAND CMD=x", KLIPPER) == [("command", Severity.REFUSE)]


def test_a_finding_tells_the_line_and_what_stands_there() -> None:
    found = judge(examined(PRINT + "; a comment\n\nM500 ; save\nM500"), MK4)
    assert found == (Finding("command", Severity.REFUSE, 9, "M500"),)


def test_commands_are_counted_the_frequent_ones_too() -> None:
    facts = examined(PRINT + "M204 S900\n" * 7 + "M104 S200\n" * 3 + "m204 s900\n")
    assert {code.word: code.count for code in facts.codes}.items() >= {"M204": 8, "M104": 3}.items()


def test_what_is_refused_comes_before_what_is_only_said() -> None:
    order = [severity for _, severity in said("M1234\nM104 S200\nM500")]
    assert order == [Severity.REFUSE, Severity.APPROVE, Severity.WARN]


@pytest.mark.parametrize("firmware", BY_FIRMWARE)
def test_no_command_is_in_two_lists(firmware: str) -> None:
    codes = BY_FIRMWARE[firmware]
    lists = (codes.known, codes.refused, codes.suspect, codes.warned)
    assert [a & b for a, b in combinations(lists, 2) if a & b] == []
    for code in ("G1", "M104", "M109", "M140", "M190", "M204", "M600"):
        assert codes.severity(code) is None
    for code in ("M500", "M997", "M30", "M112", "M303"):
        assert codes.severity(code) is Severity.REFUSE


# -- no G-code ------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "; only comments\n", "\n\n\n"])
def test_a_file_without_a_command_is_no_gcode(text: str) -> None:
    assert [f.key for f in judge(examined(text), MK4)] == ["not-gcode"]


@pytest.mark.parametrize("step", [1 << 20, 4096])
def test_a_line_longer_than_any_is_no_gcode(step: int) -> None:
    long = PRINT + "G" * (LONGEST_LINE + 1) + "\n" + PRINT
    assert [f.key for f in judge(examined(long, step), MK4)] == ["not-gcode"]
    fits = PRINT + "M117 " + "x" * (LONGEST_LINE - 10) + "\n" + PRINT
    assert judge(examined(fits, step), MK4) == ()
    assert judge(examined(PRINT + ";" + "x" * (3 * LONGEST_LINE), 4096), MK4) == ()


@pytest.mark.parametrize("line", ["M106\n", "G28 M106\n", "X\n"])
def test_a_file_of_little_else_than_odd_commands_is_not_read_to_its_end(
    monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    monkeypatch.setattr("machines.gcode.OTHERS_AT_MOST", 5_000)
    assert examined(PRINT + line * 2_000, 4096).readable
    assert [f.key for f in judge(examined(PRINT + line * 6_000, 4096), MK4)] == ["not-gcode"]
    began = process_time()
    assert not examined(PRINT + line * 1_000_000, 1 << 16).readable
    assert process_time() - began < 2


def test_moves_without_filament_print_nothing() -> None:
    facts = examined("G28\nG1 X10 Y10\nG1 X20\n")
    assert [f.key for f in judge(facts, MK4)] == ["no-print"]
    assert [f.key for f in judge(examined("M104 S0\n"), MK4)] == ["no-print"]


# -- heat -----------------------------------------------------------------------------------------


def test_the_hottest_counts_and_a_heater_may_be_waited_for_by_r() -> None:
    facts = examined("M104 S215\nM109 R250.5\nM104 S200\nM140 S60\nM190 R110\n")
    assert (facts.nozzle_c, facts.bed_c) == (250.5, 110)


def test_a_klippers_heat_stands_in_its_macros() -> None:
    facts = examined("PRINT_START EXTRUDER_TEMP=245 BED_TEMP=80\n")
    assert (facts.nozzle_c, facts.bed_c, facts.hot) == (245, 80, ())
    facts = examined("SET_HEATER_TEMPERATURE HEATER=extruder TARGET=230\n")
    assert (facts.nozzle_c, facts.hot) == (230, ("nozzle",))
    facts = examined("SET_HEATER_TEMPERATURE HEATER=\"extruder\" TARGET='230'\n")
    assert (facts.nozzle_c, facts.hot) == (230, ("nozzle",))
    facts = examined("SET_HEATER_TEMPERATURE TARGET=120 HEATER=heater_bed\n")
    assert (facts.bed_c, facts.nozzle_c) == (120, None)


@pytest.mark.parametrize(
    "heat",
    ["S300", "s300", "S+300", "S 300", "S00000300", "T0 S300", "R300.0", "XS300", "S   300",
     "S0000000000300", "F1 S20 B300", "S20 M109 S300", "S20\rM109 S300", "S20\n\u000cM109 S300",
     "S20\nG1 X1 G10 P0 S300", "S20\nM145 S0 H300"],
)  # fmt: skip
def test_a_heat_is_read_however_it_is_written(heat: str) -> None:
    assert examined(f"M109 {heat}\n").nozzle_c == 300


def test_a_file_of_too_many_commands_hides_none_behind_them() -> None:
    many = "".join(f"M{number}\n" for number in range(2000, 2400))
    found = judge(examined(PRINT + many + "M500\n"), MK4)
    assert [f.key for f in found] == ["not-gcode"]


def test_a_tool_of_reprapfirmware_is_heated_by_g10_and_a_retraction_is_no_heat() -> None:
    facts = examined("G10 P0 R180 S235\n")
    assert (facts.nozzle_c, facts.hot) == (235, ("nozzle",))
    assert examined("G10 P0 S235 R180\nG10 P0 S0 R0\n").hot == ()
    assert examined("G10 S1\nG11\n").nozzle_c is None


def test_a_file_too_hot_for_one_printer_fits_another() -> None:
    wants = needs(Sliced(), examined(PRINT + "M109 S300\n"))
    assert [why.why for why in unfit(wants, Profile(nozzle_at_most_c=290))] == [Hindrance.HEAT]
    assert unfit(wants, Profile(nozzle_at_most_c=320)) == ()


def test_what_a_file_does_counts_before_what_its_comments_say() -> None:
    told = sliced(b"; temperature = 200\n; first_layer_bed_temperature = 60\n")
    wants = needs(told, examined(PRINT + "M109 S240\n"))
    assert (wants.nozzle_c, wants.bed_c) == (240, 60)


# -- where it moves -------------------------------------------------------------------------------


def test_the_size_is_what_is_printed_not_where_it_parks() -> None:
    facts = examined(PRINT + "G1 X240 Y200\nG1 Z150\n")
    assert facts.printed_mm == (20, 10, 1)
    assert facts.high_mm == (240, 200, 150)


def test_a_height_counts_once_something_is_printed_there() -> None:
    assert examined(PRINT + "G1 Z30\nG1 X11 E1\nG1 Z90\n").printed_mm[2] == 30
    assert examined(PRINT + "G1 Z30\nG1 E-2\nG1 X11\n").printed_mm[2] == 1
    assert examined("G90\nG1 X5 Y5 Z12 E3\n").printed_mm[2] == 12


def test_a_height_of_an_earlier_chunk_counts_too() -> None:
    text = "G90\nG1 Z30\n" + "G1 X1 Y1\n" * 50 + "G1 X2 E1\n"
    assert examined(text, 16).printed_mm[2] == 30


def test_relative_moves_are_added_up() -> None:
    facts = examined("G28\nG91\nG1 X60 E1\nG1 X60 E1\nG90\nG1 X10 E1\n")
    assert facts.printed_mm[0] == 120


def test_after_g92_positions_are_counted_from_there() -> None:
    facts = examined("G28\nG90\nG1 X100 E1\nG92 X0\nG1 X50 E1\n")
    assert facts.printed_mm[0] == 150
    facts = examined("G28\nG90\nG1 X100 E1\nG92 E0\nG1 X50 E1\n")
    assert facts.printed_mm[0] == 100


def test_an_axis_that_is_homed_leaves_the_others_where_they_are() -> None:
    facts = examined("G28\nG90\nG1 X10 Y50 E1\nG28 X\nG91\nG1 X5 Y60 E1\n")
    assert facts.printed_mm[:2] == (10, 110)


def test_inches_are_inches() -> None:
    assert examined("G20\nG90\nG1 X10 Y1 E1\n").printed_mm[:2] == (254, 26)


@pytest.mark.parametrize(
    "move", ["g1 x150 e1", "G1X150E1", "G01 X150 E1", "N5 G1 X150 E1*99", " G1  X150  E1",
             "G1 E1 X150", "G1 F900 X150.0 E1", "G1 X+150 E1", "G1 X0150 E1",
             "G2 X150 Y1 I5 J5 E1"],
)  # fmt: skip
def test_a_move_is_seen_however_it_is_written(move: str) -> None:
    assert examined(f"G90\n{move}\n").printed_mm[0] == 150


def test_a_word_that_looks_like_a_coordinate_is_none() -> None:
    facts = examined(PRINT + "M201 X9000 Y9000 Z500\nM117 X900\nG29 P9 X208 Y-40 W32\n")
    assert (facts.high_mm, facts.low_mm) == ((20, 10, 1), (0, 0, 0))


def test_moves_far_beside_the_bed_wait_for_an_animator_and_a_purge_does_not() -> None:
    assert said("G1 X10 Y-4\nG1 Y221") == []
    found = judge(examined(PRINT + "G1 X300 Y-60\n"), MK4)
    assert [f.detail for f in found] == ["X 300", "Y -60"]


def test_a_part_larger_than_the_bed_does_not_fit() -> None:
    wants = needs(Sliced(), examined("G90\nG1 X251 Y10 E1\n"))
    assert [why.why for why in unfit(wants, MK4)] == [Hindrance.BED]
    wants = needs(Sliced(), examined("G90\nG1 X250.000 Y10 E1\n"))
    assert unfit(wants, MK4) == ()


def test_a_coordinate_of_no_printer_is_as_far_as_any() -> None:
    assert examined("G90\nG1 X999999999999999999 E1\n").printed_mm[0] == FARTHEST_MM


def test_a_file_that_changes_its_ways_all_the_time_is_looked_at() -> None:
    assert not examined(PRINT + "G1 " + "X300 " * 100).followed
    facts = examined(PRINT + "G91\nG90\n" * 30_000)
    assert not facts.followed
    assert [f.key for f in judge(facts, MK4)] == ["wild"]
    assert needs(Sliced(), facts).size_mm is None


@pytest.mark.parametrize(
    "line",
    ["G1 " + "X300 " * 3000, "M117 " + "Z" * 15_000, "FOO " + "X1" * 7000, "G1 Z9\nM117 ZZZ",
     "G91\nG1 X1 E1\nG90", "G92 X1", "M500", "G1X1Y1", "N1 G1 X1", " " * 15_000,
     "M118 " + "M1" * 7000, "G28 " + "M1" * 7000, "G1 {" * 3000, "\r" * 9000,
     "FOO " + "BED" * 5000, "G1 " + "X-" * 7000, "G1 " + "Z" * 15_000,
     "G1 Z9 " + "E-1 Z9 " * 2000],
    ids=range(18),
)  # fmt: skip
def test_no_lines_make_it_slow(line: str) -> None:
    """400 kB: what is slow here takes minutes, not the seconds that are allowed."""
    data = (line + "\n").encode()
    data = PRINT.encode() + data * (400_000 // len(data))
    began = process_time()
    examined(data)
    assert process_time() - began < 2


# -- any file -------------------------------------------------------------------------------------

NUMBERS = st.floats(-300, 300).map(lambda mm: f"{mm:.3f}") | st.integers(-300, 300).map(str)
PARTS = st.tuples(st.sampled_from("XYZEF"), NUMBERS).map("".join)
MOVES = st.lists(PARTS, min_size=1, max_size=4, unique_by=lambda part: part[0]).map(
    lambda parts: "G1 " + " ".join(parts)
)
MODES = st.sampled_from(["G90", "G91", "G28", "G28 X", "G92 E0", "G92 X5 Y-3", "G20", "G21"])
OTHERS = st.sampled_from(
    ["M204 S900", "; X500", "M117 X1", "", "M104 S200", "EXCLUDE_OBJECT NAME=X1"]
)


def _walked(lines: list[str]) -> tuple[list[float], list[float], bool]:
    """The plain way: one line after another, as a printer does."""
    at, shift, low, high = [0.0] * 3, [0.0] * 3, [0.0] * 3, [0.0] * 3
    relative, scale, pushed = False, 1.0, False
    for line in lines:
        word, *rest = line.partition(";")[0].split() or [""]
        parts = {part[0]: part[1:] for part in rest}
        axes = {"XYZ".index(a): float(n) * scale for a, n in parts.items() if a in "XYZ" and n}
        if word == "G1":
            pushed = pushed or ("E" in parts and not parts["E"].startswith("-"))
            for axis, mm in axes.items():
                at[axis] = (at[axis] if relative else shift[axis]) + mm
                low[axis], high[axis] = min(low[axis], at[axis]), max(high[axis], at[axis])
        elif word == "G28":
            for axis in ["XYZ".index(a) for a in parts] or range(3):
                at[axis] = shift[axis] = 0.0
        elif word == "G92":
            for axis, mm in axes.items():
                shift[axis] = at[axis] - mm
        elif word in ("G90", "G91"):
            relative = word == "G91"
        elif word in ("G20", "G21"):
            scale = 25.4 if word == "G20" else 1.0
    return low, high, pushed


@given(st.lists(MOVES | MODES | OTHERS, max_size=40), st.integers(1, 200))
def test_in_any_file_every_move_is_inside_and_no_more_than_a_millimetre(
    lines: list[str], step: int
) -> None:
    low, high, pushed = _walked(lines)
    if max(map(abs, low + high)) > 1900:
        return  # beyond any printer: cut off
    facts = examined("\n".join(lines), step)
    for axis in range(3):
        assert facts.low_mm[axis] - 1e-6 <= low[axis] < facts.low_mm[axis] + 1 + 1e-6
        assert facts.high_mm[axis] - 1 - 1e-6 < high[axis] <= facts.high_mm[axis] + 1e-6
        assert facts.printed_mm[axis] <= facts.high_mm[axis]
    assert facts.pushes == pushed


@given(
    st.sampled_from(sorted(path.stem for path in RECORDINGS.glob("*.gcode"))), st.integers(1, 999)
)
def test_at_any_cut_of_the_bytes_the_facts_are_the_same(name: str, step: int) -> None:
    assert examined(recorded(name), step) == examined(recorded(name))


@given(st.binary(max_size=2000), st.integers(1, 300))
def test_any_bytes_at_all_are_examined(data: bytes, step: int) -> None:
    assert isinstance(judge(examined(data, step), MK4), tuple)


# -- as OctoPrint sends it ------------------------------------------------------------------------

PIECES = [b"M500", b"m0500 ", b"M 500", b"M104 S400", b"G1 X10 E1", b"G28", b"M117 ", b"N12 ",
          b"N-3",
          b"*55", b"\n", b"\r", b"\r\n", b"\x0b", b"\x0c", b"\t", b" ", b";", b"\\", b"(",
          b'"', b"/",
          b"\xef\xbb\xbf", b"\xc2\xa0", b"\xc2\x85", b"\xe2\x80\xa8", b"\xe3\x80\x80", b"\xff",
          b"\x1b", "\u017f".encode(), "é".encode()]  # fmt: skip


def _sent(data: bytes) -> Iterator[str]:
    """What OctoPrint 1.11.8 sends of a file (octoprint/util/comm.py: PrintingGcodeFileInformation,
    process_gcode_line, strip_comment)."""
    text = io.TextIOWrapper(io.BytesIO(data), "utf-8-sig", "replace", newline="")
    for line in text:
        code, escaped = "", False
        for letter in line:
            if letter == ";" and not escaped:
                break
            code += letter
            escaped = letter == "\\" and not escaped
        if code.strip():
            yield code.strip()


def _stores(line: str) -> bool:
    """Whether a Marlin takes it for M500. Source: Marlin, src/gcode/parser.cpp."""
    return re.match(r" *(?:N-?\d+ *)?[Mm] *0*500(?!\d)", line) is not None


def _heats(line: str) -> bool:
    return re.match(r" *(?:N-?\d+ *)?[Mm] *0*104(?!\d) *S400", line) is not None


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12).map(b"".join), st.integers(1, 40))
def test_whatever_octoprint_would_send_was_seen_here(data: bytes, step: int) -> None:
    try:
        check_text(data)
    except FileRefused:
        return  # not taken at all
    facts = examined(PRINT.encode() + data, step)
    lines = list(_sent(PRINT.encode() + data))
    found = {finding.severity for finding in judge(facts, MK4)}
    if any(map(_stores, lines)):
        assert found & {Severity.REFUSE, Severity.APPROVE}
    if any(map(_heats, lines)):
        assert facts.nozzle_c == 400 or found & {Severity.REFUSE, Severity.APPROVE}
