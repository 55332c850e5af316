"""`fablab helloasso`, as an operator types it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kiosk.cli import main
from kiosk.sites import read_central
from kiosk.store.disk import open_reader
from tests.central.helloasso.test_reading import RECORDINGS


@pytest.fixture
def site(tmp_path: Path) -> Path:
    file = tmp_path / "central.toml"
    file.write_text(
        '[central]\nname = "Central"\ndatabase = "central.db"\nruntime = "run"\n'
        'credentials = "."\nexports = "exports"\n'
    )
    return file


def take(site: Path, name: str, *more: str) -> int:
    shutil.copy(RECORDINGS / f"{name}.csv", site.parent)
    return main(["helloasso", str(site.parent / f"{name}.csv"), "--site", str(site), *more])


def members(site: Path) -> int:
    reader = open_reader(read_central(site).database)
    try:
        (count,) = reader.execute("SELECT count(*) FROM member").fetchone()
    finally:
        reader.close()
    return int(count)


def test_what_is_certain_is_taken_in_and_the_rest_is_told(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert take(site, "memberships-2026") == 1
    told = capsys.readouterr()
    assert "new 8" in told.out
    assert "memberships: 8 taken, 0 cancelled; import " in told.out
    assert "line 14: left out: Another line has this name" in told.err
    assert "line 15: Status: “Contesté”" in told.err
    assert members(site) == 8


def test_a_dry_run_writes_nothing_and_the_same_file_twice_changes_nothing(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    take(site, "memberships-2026", "--dry-run")
    assert "8 would be taken" in capsys.readouterr().out
    assert members(site) == 0
    take(site, "memberships-2026")
    capsys.readouterr()
    take(site, "memberships-2026")
    assert "0 taken" in capsys.readouterr().out
    assert members(site) == 8


@pytest.mark.parametrize(
    ("name", "said"), [("event-2026", "the pages of the central"), ("own", "the pages of")]
)
def test_what_must_be_told_first_is_left_to_the_pages(
    site: Path, capsys: pytest.CaptureFixture[str], name: str, said: str
) -> None:
    assert take(site, name) == 2
    assert said in capsys.readouterr().err


def test_a_file_that_is_none_is_one_sentence(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (site.parent / "x.csv").write_bytes(b"PK\0")
    assert main(["helloasso", str(site.parent / "x.csv"), "--site", str(site)]) == 2
    assert "zero bytes" in capsys.readouterr().err
    assert main(["helloasso", str(site.parent / "none.csv"), "--site", str(site)]) == 2
    assert "expected a CSV file" in capsys.readouterr().err
