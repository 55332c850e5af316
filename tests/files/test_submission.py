"""How a file becomes a job, and why it may not."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from config.site import Queue
from kiosk.files.refused import FileRefused
from kiosk.files.store import Files
from kiosk.files.submission import Submission, Wish, submission
from machines.fit import Profile

RECORDINGS = Path(__file__).parents[1] / "recordings" / "gcode"
MK4 = Profile("mk4", "prusas", ("MK4",), (250, 210, 220))
ENDER = Profile("ender", "", ("Creality Ender-3",), (220, 220, 250), nozzle_at_most_c=250)
K1 = Profile("k1", "", ("Creality K1",), (220, 220, 250), firmware="klipper")
LAB = (MK4, ENDER, K1)
ANY = Wish()
PRINT = b"G28\nG90\nM83\nG1 Z0.2\nG1 X10 Y10\nG1 X20 Y10 E1\n"


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path, 10_000_000)


def submitted(
    files: Files, data: bytes | str, wish: Wish = ANY, printers=LAB, **rules
) -> Submission:
    if isinstance(data, str):
        data = (RECORDINGS / f"{data}.gcode").read_bytes()
    received = files.receive(io.BytesIO(data), len(data), "part.gcode")
    return submission(received, wish, printers, Queue(**rules), "phone")


def refused(files: Files, *args, **kwargs) -> tuple[str, str, int]:
    with pytest.raises(FileRefused) as why:
        submitted(files, *args, **kwargs)
    return why.value.key, why.value.detail, why.value.line


def test_a_file_of_prusaslicer_is_a_job_that_knows_its_time_grams_and_needs(files: Files) -> None:
    job = submitted(files, "prusaslicer", Wish("mk4", "PLA", "orange")).entry
    assert (job.wish, job.material, job.colour, job.source) == ("mk4", "PLA", "orange", "phone")
    assert (job.estimated_s, job.estimate_from) == (1583, "slicer")
    assert (job.filament_mm, job.filament_g) == (3142.27, 9.37)
    assert (job.needs.model, job.needs.material, job.needs.nozzle_mm) == ("MK4", "PLA", 0.4)
    assert (job.needs.nozzle_c, job.needs.bed_c, job.needs.flavour) == (230, 60, "marlin")
    assert job.needs.size_mm == (111, 111, 15)
    assert job.slicer == "PrusaSlicer 2.9.0+linux-x64-GTK3"
    assert job.approval == ()


@pytest.mark.parametrize("name", ["cura", "orcaslicer"])
def test_a_file_for_another_printer_of_the_lab_is_taken_too(files: Files, name: str) -> None:
    assert submitted(files, name).entry.approval == ()


def test_a_file_that_fits_no_printer_is_refused_with_the_reason_of_most(files: Files) -> None:
    assert refused(files, "superslicer")[:2] == ("unfit-model", "VORON_V2_250")
    assert refused(files, PRINT + b"G1 X260 E1\n")[:2] == ("unfit-bed", "260 × 10 × 1")
    assert refused(files, PRINT + b"M109 S300\n")[:2] == ("unfit-heat", "300")
    assert refused(files, PRINT, printers=())[0] == "unfit-elsewhere"


def test_a_file_for_one_printer_is_judged_by_that_one(files: Files) -> None:
    hot = PRINT + b"M109 S260\nM104 S0\n"
    assert submitted(files, hot).entry.approval == ()
    assert refused(files, hot, Wish("ender"))[0] == "unfit-heat"
    assert submitted(files, "prusaslicer", Wish("prusas")).entry.wish == "prusas"


def test_a_command_that_every_printer_refuses_is_said_with_its_line(files: Files) -> None:
    assert refused(files, PRINT + b"M500\n") == ("command", "M500", 7)
    assert refused(files, PRINT + b"@pause\n") == ("host", "@PAUSE", 7)
    assert refused(files, b"G28\n") == ("no-print", "", 0)
    assert refused(files, b"a letter to my aunt\n")[0] == "no-print"


def test_a_command_that_one_printer_refuses_waits_for_an_animator(files: Files) -> None:
    m906 = PRINT + b"M906 E900\n"
    assert submitted(files, m906).entry.approval == ("command:M906 E900 (7)",)
    assert refused(files, m906, Wish("mk4"))[0] == "command"


def test_an_unknown_command_waits_for_an_animator(files: Files) -> None:
    assert submitted(files, PRINT + b"M1234 S1\n").entry.approval == ("unknown:M1234 S1 (7)",)


def test_a_long_print_waits_for_an_animator_as_the_rules_say(files: Files) -> None:
    long = PRINT + b";TIME:30000\n"
    assert submitted(files, long).entry.approval == ("long",)
    assert submitted(files, long, approve_above_h=0).entry.approval == ()
    assert submitted(files, long, approve_above_h=9).entry.approval == ()


def test_a_heater_left_on_is_only_said(files: Files) -> None:
    told = submitted(files, PRINT + b"M104 S200\n")
    assert told.entry.approval == ()
    assert [(f.key, f.detail) for f in told.warnings] == [("hot", "nozzle")]


def test_no_file_makes_an_entry_that_grows_without_end(files: Files) -> None:
    strange = b"".join(b"M%d\n" % n for n in range(5000, 5200))
    assert len(submitted(files, PRINT + strange).entry.approval) == 10
