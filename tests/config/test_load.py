"""A site file: what it becomes, and what is said of each kind of mistake."""

from __future__ import annotations

import re
from datetime import time
from pathlib import Path

import pytest

from config.load import SiteError, is_central, load_central, load_site
from config.site import Sort, WhenLost
from tests.config.paper import DRIVERS, GOOD, READERS, LaserOptions, changed, complaints, load


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "lab.toml"
    path.write_text(GOOD)
    return path


def test_a_good_file_becomes_a_lab(good: Path) -> None:
    site = load(good)
    assert [m.slug for m in site.machines] == ["laser", "mk4", "drill", "mugs"]
    laser = site.machine("laser")
    assert laser.sort is Sort.INTERLOCKED
    assert laser.relay is not None
    assert laser.relay.when_lost is WhenLost.DROP
    assert laser.driver is not None
    assert laser.driver.options == LaserOptions(port="/dev/serial/by-id/grbl")
    assert site.readers[1].machine == "laser"
    assert site.hours.days[2][0].closes == time(12, 30)


def test_a_site_says_under_which_names_it_is_asked(tmp_path: Path) -> None:
    path = tmp_path / "lab.toml"
    path.write_text(changed("port = 8080", 'port = 8080\nhosts = ["kiosk.example.org"]'))
    assert load(path).hosts == ("kiosk.example.org",)


def test_a_relative_path_is_beside_the_file(good: Path) -> None:
    assert load(good).database == good.parent / "lab.db"


def test_a_relative_serial_port_is_beside_the_file(tmp_path: Path) -> None:
    path = tmp_path / "lab.toml"
    path.write_text(changed("/dev/serial/by-id/desk", "desk"))
    site = load(path)
    assert site.readers[0].port == str(tmp_path / "desk")
    assert site.readers[1].port == "/dev/serial/by-id/laser"


MISTAKES = [
    # what is changed, into what, what is said
    (
        "port = 8080",
        'port = 8080\nhosts = "kiosk.example.org"',
        '[kiosk] hosts = "kiosk.example.org": expected a list such as ["one", "two"]',
    ),
    (
        "port = 8080",
        'port = 8080\nhosts = ["https://kiosk.example.org"]',
        '[kiosk] hosts = ["https://kiosk.example.org"]: expected names such as'
        ' ["kiosk.fablab.example"]',
    ),
    (
        "port = 8080",
        'port = 8080\naddress = "kiosk.example.org"',
        '[kiosk] address = "kiosk.example.org": expected an address such as'
        ' "http://192.168.1.20:8080"',
    ),
    (
        "line = 17",
        'line = "17"',
        '[machines.laser.relay] line = "17": expected a whole number',
    ),
    (
        'port = "/dev/serial/by-id/grbl"',
        'port = "/dev/serial/by-id/grbl"\nbaudrate = "fast"',
        '[machines.laser.driver] baudrate = "fast": expected a number such as 115200',
    ),
    (
        'port = "/dev/serial/by-id/grbl"',
        'port = "/dev/serial/by-id/grbl"\nbaud = 9600',
        '[machines.laser.driver] baud = 9600: no such key here; did you mean "baudrate"?',
    ),
    (
        'kind = "grbl"',
        'kind = "grlb"',
        '[machines.laser.driver] kind = "grlb": expected a kind of driver: octoprint or grbl; '
        'did you mean "grbl"?',
    ),
    (
        'kind = "grbl"\n',
        "",
        "[machines.laser.driver] kind is missing: expected a kind of driver: octoprint or grbl",
    ),
    (
        'kind = "em18"',
        'kind = "rfid"',
        '[readers.laser] kind = "rfid": expected a kind of reader: rdm6300 or em18',
    ),
    (
        'machine = "laser"',
        'machine = "lazer"',
        '[readers.laser] machine = "lazer": no such machine; did you mean "laser"?',
    ),
    (
        'sort = "watched"',
        'sort = "watch"',
        '[machines.mk4] sort = "watch": expected "interlocked", "watched" or "bare"',
    ),
    ('name = "MK4"\n', "", '[machines.mk4] name is missing: expected a text in "quotes"'),
    (
        "clearance = true",
        "clearance = 1",
        "[machines.laser] clearance = 1: expected true or false",
    ),
    (
        "clearance = true",
        "clearence = true",
        '[machines.laser] clearence = true: no such key here; did you mean "clearance"?',
    ),
    (
        "idle_after_min = 10",
        "idle_after_min = -10",
        "[machines.laser] idle_after_min = -10.0: expected 0 or more",
    ),
    (
        "idle_after_min = 10",
        "idle_after_min = nan",
        "[machines.laser] idle_after_min = NaN: expected a number between -1e9 and 1e9",
    ),
    (
        "line = 18",
        "line = 17",
        "[machines.drill.relay] line = 17: [machines.laser.relay] line has it already",
    ),
    (
        "line = 22",
        "line = 18",
        "[machines.drill.sense] line = 18: [machines.drill.relay] line has it already",
    ),
    (
        "line = 22",
        "line = 40",
        "[machines.drill.sense] line = 40: expected a BCM number from 0 to 27",
    ),
    (
        "line = 22",
        'line = 22\nactive = "up"',
        '[machines.drill.sense] active = "up": expected "high" or "low"',
    ),
    (
        "line = 17",
        "line = 17\ndrop_after_s = 1",
        "[machines.laser.relay] drop_after_s = 1.0: "
        "expected 2 or more: the kiosk's heart beats once a second",
    ),
    (
        "line = 17",
        "line = 17\nhold_at_most_h = 24",
        "[machines.laser.relay] hold_at_most_h = 24.0: expected 12 at most",
    ),
    (
        "[machines.laser.relay]\nline = 17\n",
        "",
        '[machines.laser] sort = "interlocked": '
        "an interlocked machine has a relay: add its [….relay] table",
    ),
    (
        'sort = "bare"',
        'sort = "watched"',
        '[machines.mugs] sort = "watched": a watched machine has a [….driver] or a [….sense] table',
    ),
    (
        'sort = "watched"',
        'sort = "bare"',
        '[machines.mk4] sort = "bare": a machine that is measured is "watched" or "interlocked"',
    ),
    (
        'family = "press"\nsort = "bare"',
        'family = "press"\nsort = "bare"\nrelay = { line = 5 }',
        '[machines.mugs] sort = "bare": a machine with a relay is "interlocked"',
    ),
    ("[machines.laser.relay]\nline = 17", "relay = 17", "[machines.laser] relay = 17: "),
    (
        'port = "/dev/serial/by-id/laser"',
        'port = "/dev/serial/by-id/desk"',
        '[readers.laser] port = "/dev/serial/by-id/desk": [readers.desk] port has it already',
    ),
    (
        'port = "/dev/serial/by-id/grbl"',
        'port = "/dev/serial/by-id/desk"',
        '[machines.laser.driver] port = "/dev/serial/by-id/desk": '
        "[readers.desk] port has it already",
    ),
    ("port = 8080", "port = 2300", "[machines.laser.driver] tap_port = 2300: "),
    ("port = 8080", "port = 80800", "[kiosk] port = 80800: expected a port from 1 to 65535"),
    (
        'url = "https://central.example.org"',
        'url = "central"',
        '[central] url = "central": expected an address such as https://central.example.org',
    ),
    (
        'slug = "essai"',
        'slug = "L\'Essai"',
        '[lab] slug = "L\'Essai": expected small letters, digits and -, at most 32 of them',
    ),
    (
        'slug = "essai"',
        'slug = "essai"\nlanguage = "de"',
        '[lab] language = "de": expected "fr" or "en"',
    ),
    ('name = "MK4"', 'name = "Laser"', '[machines.mk4] name = "Laser": '),
    ('name = "MK4"', 'name = " "', '[machines.mk4] name = " ": expected a name of 1 to 60'),
    ('name = "MK4"', 'name = "a\\nb"', '[machines.mk4] name = "a\\nb": expected a text of one'),
    ("[machines.mugs]", '[machines."Mugs !"]', '[machines."Mugs !"]: expected small letters'),
    (
        "wednesday =",
        "wensday =",
        '[lab.hours] wensday = "09:00-12:30 13:30-18:00": expected a day: monday, tuesday, '
        'wednesday, thursday, friday, saturday or sunday; did you mean "wednesday"?',
    ),
    (
        "09:00-12:30 13:30-18:00",
        "9h-12h",
        '[lab.hours] wednesday = "9h-12h": expected hours such as "09:00-12:30 13:30-18:00"',
    ),
    (
        "09:00-12:30 13:30-18:00",
        "12:00-09:00",
        '[lab.hours] wednesday = "12:00-09:00": 12:00-09:00 closes before it opens; ',
    ),
    (
        "09:00-12:30 13:30-18:00",
        "09:00-12:30 12:00-18:00",
        '[lab.hours] wednesday = "09:00-12:30 12:00-18:00": '
        "12:00-18:00 begins before 09:00-12:30 has ended",
    ),
    ("[kiosk]", "[kiosks]", '[kiosks]: no such table; did you mean "kiosk"?'),
    ("[kiosk]", "[readers]\nx = 1\n[kiosk]", "[readers] x = 1: expected a table"),
]


@pytest.mark.parametrize(("old", "new", "said"), MISTAKES, ids=[m[2][:60] for m in MISTAKES])
def test_a_mistake_is_named_with_its_place(old: str, new: str, said: str, tmp_path: Path) -> None:
    found = complaints(tmp_path, changed(old, new))
    assert [complaint[: len(said)] for complaint in found] == [said]


def test_every_mistake_of_a_file_is_said_at_once(tmp_path: Path) -> None:
    text = changed("line = 17", 'line = "17"').replace("clearance = true", "clearance = 1")
    text = text.replace('name = "MK4"\n', "").replace("[kiosk]", "[kiosks]")
    assert len(complaints(tmp_path, text)) == 4


def test_a_file_without_a_lab_or_a_machine_says_both(tmp_path: Path) -> None:
    assert complaints(tmp_path, "") == ["[lab] is missing", "[machines] is missing"]


def test_a_slip_of_the_pen_is_said_with_its_line(tmp_path: Path) -> None:
    [complaint] = complaints(tmp_path, GOOD.replace("[kiosk]", "[kiosk"))
    assert complaint.startswith("not TOML: ")
    assert "at line 8" in complaint


def test_a_file_of_another_encoding_is_said_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "lab.toml"
    path.write_bytes(GOOD.encode("latin-1"))
    with pytest.raises(SiteError, match=r"line 61: not UTF-8"):
        load(path)


def test_a_missing_file_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match=r"nowhere\.toml: No such file or directory: expected a s"):
        load(tmp_path / "nowhere.toml")


def test_a_folder_is_no_site_file(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match="Is a directory"):
        load(tmp_path)


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "lab.toml"
    path.write_bytes(b"#" * 3_000_000)
    with pytest.raises(SiteError, match="larger than"):
        load(path)


def test_tables_nested_without_end_are_refused(tmp_path: Path) -> None:
    [complaint] = complaints(tmp_path, "a = " + "[" * 100_000)
    assert complaint.startswith("not TOML")


def test_the_central_has_a_file_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "central.toml"
    path.write_text('[central]\nname = "Central"\nexports = "out"\n')
    assert is_central(path)
    assert load_central(path).exports == tmp_path / "out"


def test_a_mistake_in_the_centrals_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "central.toml"
    path.write_text("[central]\nport = 70000\n[lab]\n")
    with pytest.raises(SiteError) as error:
        load_central(path)
    assert [problem.removeprefix(f"{path}: ") for problem in error.value.problems] == [
        '[central] name is missing: expected a text in "quotes"',
        "[lab]: no such table; expected [central], [retention], [memberships], [clearances],"
        " [association]",
    ]


def test_a_lab_is_not_taken_for_a_central(good: Path) -> None:
    assert not is_central(good)


def test_a_driver_that_this_computer_lacks_is_named(good: Path) -> None:
    with pytest.raises(SiteError, match=r"expected a kind of driver: grbl$"):
        load_site(good, {"grbl": DRIVERS["grbl"]}, READERS)


MORE = """
[items.coaster]
name = "Dessous de verre"

[retention]
sessions_days = 60
"""


def test_a_lab_counts_things_of_its_own_beside_those_of_every_lab(tmp_path: Path) -> None:
    path = tmp_path / "lab.toml"
    path.write_text(
        changed("[machines.mugs]", '[machines.mugs]\nmakes = ["mug", "coaster"]') + MORE
    )
    site = load(path)
    assert site.machine("mugs").makes == ("mug", "coaster")
    assert [item.name for item in site.items] == ["Dessous de verre"]
    assert site.retention.sessions_days == 60


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ('[items.mug]\nname = "Mug"', "[items.mug]: every lab counts that: leave it out"),
        ("[retention]\nsessions_days = -1", "sessions_days = -1: expected 0 to 36500"),
        ('[retention]\nyear_closed_by = "31/03"', 'expected a month and a day such as "03-31"'),
    ],
)
def test_a_mistake_about_things_or_retention_is_named(
    tmp_path: Path, wrong: str, said: str
) -> None:
    path = tmp_path / "lab.toml"
    path.write_text(GOOD + "\n" + wrong)
    with pytest.raises(SiteError, match=re.escape(said)):
        load(path)


def test_the_central_says_how_long_memberships_and_clearances_last(tmp_path: Path) -> None:
    path = tmp_path / "central.toml"
    path.write_text(
        '[central]\nname = "Central"\n[memberships]\nends_on = "08-31"\n'
        '[clearances.laser]\nof = "laser"\nunused_months = 6\n[association]\nname = "MDNI"\n'
    )
    central = load_central(path)
    assert central.memberships.ends_on == "08-31"
    assert [(e.of, e.unused_months) for e in central.expiries] == [("laser", 6)]
    assert central.association.name == "MDNI"
    path.write_text('[central]\nname = "C"\n[memberships]\nends_on = "31 août"')
    with pytest.raises(SiteError, match="month and a day"):
        load_central(path)
