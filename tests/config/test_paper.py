"""`fablab check`: what a person reads before a kiosk is started."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.checks import warnings
from config.load import SiteError
from kiosk import paper
from kiosk.cli import main
from kiosk.sites import read_central
from tests.config.paper import GOOD, load

BARE = """\
[lab]
slug = "essai"
name = "FabLab d'essai"
[machines.mugs]
name = "Presse à mugs"
family = "press"
sort = "bare"
"""


def test_each_machine_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "lab.toml"
    path.write_text(GOOD)
    lines = "\n".join(paper.lab(load(path)))
    # fmt: off
    assert lines.split("\n\n")[-1].splitlines() == [
        "  laser  Laser          laser       interlocked  clearance  relay 17, drop after 3 s  grbl /dev/serial/by-id/grbl",  # noqa: E501
        "  mk4    MK4            3d-printer  watched      anyone     not switched              octoprint http://mk4.local",  # noqa: E501
        "  drill  Perceuse       drill       interlocked  anyone     relay 18, drop after 3 s  sense 22",  # noqa: E501
        "  mugs   Presse à mugs  press       bare         anyone     not switched              not measured",  # noqa: E501
    ]
    # fmt: on
    assert "  wednesday  09:00-12:30 13:30-18:00" in lines
    assert "  reader laser  em18     at laser      /dev/serial/by-id/laser" in lines


def test_where_phones_find_the_kiosk_is_said(tmp_path: Path) -> None:
    path = tmp_path / "lab.toml"
    for told, said in (
        ("", "none: listen is 127.0.0.1"),
        ('[kiosk]\nlisten = "0.0.0.0"\n', "port 8080 of this computer's address"),
        ('[kiosk]\naddress = "http://kiosk.lan"\n', "http://kiosk.lan"),
    ):
        path.write_text(BARE + told)
        assert f"  phones     {said}" in paper.lab(load(path))


def test_a_printer_says_what_the_queue_may_send_it(tmp_path: Path) -> None:
    path = tmp_path / "lab.toml"
    path.write_text(GOOD + "[machines.mk4.printer]\nbed_mm = [250, 210, 220]\nnozzle_mm = 0.6\n")
    (mk4,) = [line for line in paper.lab(load(path)) if line.startswith("  mk4")]
    assert mk4.endswith("  queue, bed 250x210x220, nozzle 0.6, plate always")


def test_the_queues_rules_are_said_where_there_is_a_queue(tmp_path: Path) -> None:
    path = tmp_path / "lab.toml"
    path.write_text(GOOD)
    assert not any(line.startswith("  queue") for line in paper.lab(load(path)))
    printer = "[machines.mk4.printer]\n"
    for told, said in (
        (
            "",
            "5 jobs and 24 h waiting per person; approved: above 8 h; files up to 200 MB, kept 30",
        ),
        ("waiting_at_most = 0\nhours_at_most = 0\n", "any number waiting per person; approved"),
        ("approve_all = true\nhours_at_most = 0\n", "5 jobs waiting per person; approved: all;"),
        ("approve_above_h = 0\n", "approved: none; files"),
        ("files_kept_days = 0\n", "MB, kept for ever"),
    ):
        path.write_text(GOOD + printer + f"[queue]\n{told}")
        (line,) = [line for line in paper.lab(load(path)) if line.startswith("  queue")]
        assert said in line


def test_only_what_octoprint_drives_prints_from_the_queue(tmp_path: Path) -> None:
    path = tmp_path / "lab.toml"
    path.write_text(BARE + '[machines.mugs.printer]\nfirmware = "marlin3"\nbed_mm = [250, 210]\n')
    with pytest.raises(SiteError, match="three lengths in mm such as"):
        load(path)
    path.write_text(BARE + '[machines.mugs.printer]\nfirmware = "marlin3"\n')
    with pytest.raises(SiteError) as refused:
        load(path)
    assert refused.value.problems == (
        f'{path}: [machines.mugs.printer]: only a machine whose [….driver] is "octoprint" prints'
        " from a queue",
        f'{path}: [machines.mugs.printer] firmware = "marlin3": expected "marlin", "klipper",'
        ' "reprapfirmware"',
    )


def test_a_good_file_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "lab.toml"
    path.write_text(BARE)
    assert main(["check", "--site", str(path)]) == 0
    out, err = capsys.readouterr()
    assert "FabLab d'essai (essai), fr: 1 machines" in out
    assert "central    none: this lab is alone" in out
    assert err == ""


def test_a_bad_file_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "lab.toml"
    path.write_text(BARE.replace("bare", "bear"))
    assert main(["check", "--site", str(path)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err == (
        f'{path}: [machines.mugs] sort = "bear": expected "interlocked", "watched" or "bare"\n'
    )


def test_what_will_be_regretted_is_said_and_not_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "lab.toml"
    path.write_text(BARE + '[readers.desk]\nkind = "rdm6300"\nport = "/dev/ttyUSB0"\n')
    assert main(["check", "--site", str(path)]) == 0
    assert capsys.readouterr().err == (
        f'{path}: [readers.desk] port = "/dev/ttyUSB0": '
        "changes with the order of plugging in; take its /dev/serial/by-id/ name\n"
    )


def test_a_printer_that_drops_a_print_is_said(tmp_path: Path) -> None:
    path = tmp_path / "lab.toml"
    path.write_text(GOOD.replace("clearance = true", "outlives = true"))
    [doubt] = warnings(load(path))
    assert doubt.at == ("machines", "laser", "relay", "when_lost")


def test_a_relay_that_is_on_before_the_keeper_is_said(tmp_path: Path) -> None:
    path = tmp_path / "lab.toml"
    path.write_text(GOOD.replace("line = 17", "line = 5"))
    [doubt] = warnings(load(path))
    assert "high from power-on until the keeper runs" in doubt.sentence
    path.write_text(GOOD.replace("line = 17", 'line = 5\nactive = "low"'))
    assert warnings(load(path)) == []


def test_the_centrals_file_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "central.toml"
    path.write_text('[central]\nname = "Central"\ndatabase = "central.db"\n')
    assert main(["check", "--site", str(path)]) == 0
    assert f"ledger     {tmp_path}/central.db" in capsys.readouterr().out


def test_a_central_says_its_rules_about_people(tmp_path: Path) -> None:
    path = tmp_path / "central.toml"
    path.write_text('[central]\nname = "Central"\n')
    said = paper.central(read_central(path))
    assert "  joined     for 12 months" in said
    assert "  answers    nobody is said: write [association]" in said
    path.write_text(
        '[central]\nname = "Central"\n[memberships]\nends_on = "08-31"\nlasts_at_least_days = 90\n'
        '[clearances.laser]\nof = "laser"\nmonths = 24\nunused_months = 12\n'
        '[association]\nname = "Les FabLabs"\n[retention]\nsessions_days = 0\n'
    )
    assert paper.central(read_central(path))[-4:] == [
        "  joined     until 08-31, for 90 days at least",
        "  clearance  laser: 24 months after it was granted, 12 months without use",
        "  kept       who did what: until it is erased; years closed by 03-31",
        "  answers    Les FabLabs",
    ]


def test_a_lab_says_what_else_it_counts(tmp_path: Path) -> None:
    path = tmp_path / "lab.toml"
    path.write_text(BARE + '[items.key-ring]\nname = "porte-clés"\n')
    assert "  counts     porte-clés (key-ring)" in paper.lab(load(path))
