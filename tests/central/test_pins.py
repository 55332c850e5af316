"""An animator's code: given on the central, brought down with the roster, kept as a hash alone."""

from __future__ import annotations

import io
import sqlite3
from pathlib import Path

import pytest
from werkzeug.security import check_password_hash

from kiosk.central import desk, roster
from kiosk.central.store import Central
from kiosk.cli import main
from kiosk.clock import SystemClock
from kiosk.sites import read_central
from kiosk.sync.roster import decode, encode
from machines.members import Member

ROSTER = "id;prénom;animateur\nM1;Inès;oui\nM2;Yann;non\n"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "badge-key").write_text("the key of the association\n")
    file = tmp_path / "central.toml"
    file.write_text(
        '[central]\nname = "Central"\ndatabase = "central.db"\nruntime = "run"\n'
        'credentials = "."\nexports = "exports"\n'
    )
    people = tmp_path / "members.csv"
    people.write_text(ROSTER)
    assert main(["roster", "import", str(people), "--site", str(file)]) == 0
    return file


def give(
    site: Path, monkeypatch: pytest.MonkeyPatch, member: str, *typed: str, remove: bool = False
) -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in typed)))
    more = ["--remove"] if remove else []
    return main(["roster", "pin", member, "--site", str(site), *more])


def people(site: Path) -> dict[str, Member]:
    """As a lab gets them: the bytes of the sync, read again."""
    central = Central(read_central(site).database, SystemClock())
    try:
        with central.reader() as book:
            return {m.id: m for m in decode(encode(roster.snapshot(book, "ccdv"))).members}
    finally:
        central.close()


def version(site: Path) -> int:
    central = Central(read_central(site).database, SystemClock())
    try:
        with central.reader() as book:
            return roster.snapshot(book, "ccdv").version
    finally:
        central.close()


def test_a_code_given_on_the_central_comes_down_with_the_roster(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = version(site)
    assert give(site, monkeypatch, "M1", "271828", "271828") == 0
    assert check_password_hash(people(site)["M1"].pin, "271828")
    assert people(site)["M2"].pin == ""
    assert version(site) > before, "the labs fetch it"


def test_the_digits_themselves_are_kept_nowhere(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(site, monkeypatch, "M1", "271828", "271828")
    for file in site.parent.rglob("*"):
        assert not file.is_file() or b"271828" not in file.read_bytes(), file


@pytest.mark.parametrize(
    ("member", "typed", "said"),
    [
        ("M1", ("271828", "271829"), "not the same twice"),
        ("M1", ("", ""), "nothing was typed"),
        ("M1", ("27182", "27182"), "expected six digits"),
        ("M1", ("27182a", "27182a"), "expected six digits"),
        ("M1", ("111111", "111111"), "too easy to guess"),
        ("M1", ("654321", "654321"), "too easy to guess"),
        ("M2", ("271828", "271828"), "M2: expected the id of an animator"),
        ("M9", ("271828", "271828"), "M9: expected the id of an animator"),
    ],
)
def test_what_is_no_code_of_an_animator_is_refused_in_one_sentence(
    site: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    member: str,
    typed: tuple[str, ...],
    said: str,
) -> None:
    capsys.readouterr()
    assert give(site, monkeypatch, member, *typed) == 2
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1
    assert {m.pin for m in people(site).values()} == {""}


def test_a_code_is_taken_away_and_goes_with_who_is_no_animator_any_more(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(site, monkeypatch, "M1", "271828", "271828")
    assert give(site, monkeypatch, "M1", remove=True) == 0
    assert people(site)["M1"].pin == ""
    give(site, monkeypatch, "M1", "271828", "271828")
    (site.parent / "members.csv").write_text(ROSTER.replace("oui", "non"))
    assert main(["roster", "import", str(site.parent / "members.csv"), "--site", str(site)]) == 0
    assert people(site)["M1"].pin == ""


def test_the_same_file_of_people_again_leaves_the_codes(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(site, monkeypatch, "M1", "271828", "271828")
    assert main(["roster", "import", str(site.parent / "members.csv"), "--site", str(site)]) == 0
    assert people(site)["M1"].pin


def test_a_central_s_file_of_before_there_were_codes_takes_them(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sqlite3.connect(read_central(site).database) as old:
        old.execute("DROP TABLE pin")
        old.execute("DELETE FROM _sqlite_migrations WHERE name = '002_pins'")
    old.close()
    assert give(site, monkeypatch, "M1", "271828", "271828") == 0


def test_a_running_central_gives_the_code(site: Path) -> None:
    central = Central(read_central(site).database, SystemClock())
    try:
        desk.answers(central, read_central(site))["roster-pin"](member="M1", pin="271828")
        with central.reader() as book:
            assert roster.snapshot(book, "ccdv").members[0].pin
    finally:
        central.close()
