"""`fablab journal`: what an operator sees, and the sentence for each mistake."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kiosk.cli import main
from kiosk.store.fork import fork
from machines.instants import WallQuality
from machines.journal import Personal, SessionOpened
from tests.store.file import File

SITE = """\
[lab]
slug = "essai"
name = "FabLab d'essai"

[kiosk]
database = "lab.db"

[machines.laser]
name = "Laser"
family = "laser"
sort = "bare"
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    path = tmp_path / "essai.toml"
    path.write_text(SITE)
    return path


@pytest.fixture
def taps(file: File) -> File:
    for machine in ("laser", "prusa", "press"):
        file.journal.append(SessionOpened(machine, "badge"), Personal(member="ines"))
    return file


def test_the_last_entries_are_shown_oldest_first_and_nobody_is_named(site, taps, capsys) -> None:
    assert main(["journal", "show", "--site", str(site), "--last", "2"]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in shown] == ["3", "4"]
    assert "2026-11-24T09:00:00" in shown[0]
    assert "session.opened" in shown[0]
    assert "machine=prusa" in shown[0]
    assert shown[0].endswith(" *")
    assert "ines" not in "".join(shown)


def test_a_time_that_was_not_known_is_marked(site, taps, capsys) -> None:
    taps.clock.quality = WallQuality.RESTORED
    taps.journal.append(SessionOpened("laser", "badge"))
    main(["journal", "show", "--site", str(site), "--last", "1"])
    assert "2026-11-24T09:00:00?" in capsys.readouterr().out


def test_entries_as_json_are_one_object_a_line(site, taps, capsys) -> None:
    assert main(["journal", "show", "--site", str(site), "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["seq"] for line in lines] == [1, 2, 3, 4]
    assert lines[1]["kind"] == "session.opened"
    assert lines[1]["data"]["machine"] == "laser"
    assert lines[1]["time"] == "2026-11-24T09:00:00+01:00"
    assert lines[1]["person"] is True


def test_after_a_fork_the_entries_before_it_are_still_shown(site, taps, capsys) -> None:
    fork(taps.journal, 2)
    assert main(["journal", "show", "--site", str(site), "--last", "3"]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in shown] == ["2", "1", "2"]
    assert [word for line in shown for word in line.split() if word.startswith("machine")] == [
        "machine=laser",
        "machine=prusa",
        "machine=press",
    ]


def test_an_entry_of_a_newer_version_is_shown_as_such(site, taps, capsys) -> None:
    body = taps.journal.rows(1, 1)[0].body.replace(b"session.opened", b"session.dreamt")
    taps.connection.execute("UPDATE entry SET body = ? WHERE seq = 4", (body,))
    assert main(["journal", "show", "--site", str(site), "--last", "1"]) == 0
    assert "'session.dreamt', version 1: unknown here" in capsys.readouterr().out


def test_a_whole_journal_is_told_whole(site, taps, capsys) -> None:
    assert main(["journal", "check", "--site", str(site)]) == 0
    assert capsys.readouterr().out == "4 entries in 1 store: whole\n"


def test_a_changed_entry_is_told_and_the_command_fails(site, taps, capsys) -> None:
    body = taps.journal.rows(1, 1)[0].body.replace(b"laser", b"mugs!")
    taps.connection.execute("UPDATE entry SET body = ? WHERE seq = 2", (body,))
    assert main(["journal", "check", "--site", str(site)]) == 1
    said = capsys.readouterr()
    assert "entry 2 does not follow from the one before" in said.err
    assert said.out == "4 entries in 1 store: 1 fault\n"


def test_a_lab_without_a_file_yet_is_one_sentence(site, capsys) -> None:
    assert main(["journal", "show", "--site", str(site)]) == 2
    assert "lab.db: no such file; a lab's file is made by `fablab run`" in capsys.readouterr().err


def test_a_site_file_that_is_not_there_is_one_sentence(tmp_path, capsys) -> None:
    assert main(["journal", "check", "--site", str(tmp_path / "no.toml")]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_file_of_another_program_is_one_sentence(site, tmp_path, capsys) -> None:
    (tmp_path / "lab.db").write_text("Dear diary, " * 100)
    assert main(["journal", "check", "--site", str(site)]) == 2
    assert "not a lab's file" in capsys.readouterr().err


def test_a_damaged_file_is_said_to_be_damaged(site, tmp_path, taps, capsys) -> None:
    taps.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    path = tmp_path / "lab.db"
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    assert main(["journal", "check", "--site", str(site)]) == 2
    told = capsys.readouterr().err
    assert told.startswith(f"{path}: damaged (")
    assert told.count("\n") == 1


@pytest.mark.parametrize("count", ["0", "-3", "many", "9999999999"])
def test_a_number_that_is_none_is_refused(site, capsys, count: str) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["journal", "show", "--site", str(site), f"--last={count}"])
    assert refused.value.code == 2
    assert "expected a number of entries from 1" in capsys.readouterr().err
