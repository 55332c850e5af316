"""`fablab export` and `fablab roster import`, as an operator types them."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk import admin
from kiosk.central import desk, roster
from kiosk.central.schema import open_writer
from kiosk.central.store import Central
from kiosk.cli import main
from kiosk.clock import SystemClock
from kiosk.sites import read_central
from kiosk.store.disk import as_owner, open_reader
from kiosk.store.disk import open_writer as open_lab
from tests.central.shelf import Shelf
from tests.central.test_schema import lay_old
from tests.field import Field

SERVICE = 4711  #: a user that is nobody here
ROSTER = "id;prénom;badges;adhésion jusqu’au\nM1;Inès;0A00123456;2027-06-30\nM2;Yann;;hier\n"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "badge-key").write_text("the key of the association\n")
    file = tmp_path / "central.toml"
    file.write_text(
        '[central]\nname = "Central"\ndatabase = "central.db"\nruntime = "run"\n'
        'credentials = "."\nexports = "exports"\n'
    )
    (tmp_path / "members.csv").write_text(ROSTER)
    return file


def bring(site: Path, *more: str) -> int:
    return main(["roster", "import", str(site.parent / "members.csv"), "--site", str(site), *more])


def members(site: Path) -> list[str]:
    reader = open_reader(read_central(site).database)
    try:
        return [member.id for member in roster.snapshot(reader, "ccdv").members]
    finally:
        reader.close()


def lived(site: Path) -> None:
    """A central's file in which one session was held at the beginning of this year."""
    shelf = Shelf.over(open_writer(read_central(site).database))
    lab = Field("2026-01-10 10:00")
    session = lab.open()
    lab.advance(hours=2)
    lab.close(session)
    shelf.lay(lab.entries)
    shelf.fold()
    shelf.connection.close()


# ---- the roster


def test_a_roster_is_taken_in_where_no_central_runs(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bring(site) == 1
    told = capsys.readouterr()
    assert told.out.startswith("members: 1 new, 0 changed, 0 unchanged; lines refused: 1")
    assert 'members.csv: line 3: member_until = "hier": expected a day' in told.err
    assert members(site) == ["M1"]


def test_a_dry_run_says_what_would_be_and_writes_nothing(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bring(site, "--dry-run")
    assert "members: 1 would be new" in capsys.readouterr().out
    assert members(site) == []


@pytest.fixture
def running(site: Path) -> Iterator[Central]:
    paper = read_central(site)
    central = Central(paper.database, SystemClock())
    door = admin.AdminSocket(paper.runtime / desk.SOCKET, desk.answers(central, paper))
    door.start()
    yield central
    door.stop()
    central.close()


def test_the_running_central_takes_a_roster_in(site: Path, running: Central) -> None:
    assert bring(site) == 1
    with running.reader() as connection:
        assert [member.id for member in roster.snapshot(connection, "ccdv").members] == ["M1"]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"name\nInes\n", 'line 1: "name": no column id: expected one named id or identifiant'),
        (b"id;nom\n", 'line 1: "id, nom": no column first_name: expected one named first_name or'),
        (b"", "the file is empty"),
        (b"\xef\xbb\xbf\r\n", "the file is empty"),
        ("id;prénom\n".encode("utf-16"), "this is not a CSV file"),
        (b'id;first_name\nM1;"Ines\n', "line 2: unexpected end of data"),
        (b"id;first_name\n" + b"M1;Ines\n" * (1 << 20), "the file is too long: expected at most"),
    ],
)
def test_a_file_that_is_no_roster_is_one_sentence_that_names_it(
    site: Path, running: Central, capsys: pytest.CaptureFixture[str], raw: bytes, said: str
) -> None:
    (site.parent / "members.csv").write_bytes(raw)
    assert bring(site) == 2
    told = capsys.readouterr().err
    assert told.startswith(f"{site.parent / 'members.csv'}: {said}")
    assert told.count("\n") == 1


def test_a_folder_is_no_roster(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (site.parent / "members.csv").unlink()
    (site.parent / "members.csv").mkdir()
    assert bring(site) == 2
    assert capsys.readouterr().err.endswith("members.csv: Is a directory: expected a CSV file\n")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        ("members.csv", "members.csv: No such file"),
        ("badge-key", "badge-key: not there: expected the key badge-key"),
        ("central.toml", "central.toml"),
    ],
)
def test_what_is_missing_is_said_in_one_line(
    site: Path, capsys: pytest.CaptureFixture[str], spoil: str, said: str
) -> None:
    (site.parent / spoil).unlink()
    assert bring(site) == 2
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1


def test_a_file_that_another_process_has_is_said(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    central = Central(read_central(site).database, SystemClock())
    try:
        assert bring(site) == 2
    finally:
        central.close()
    assert "stop that one first" in capsys.readouterr().err


# ---- the export


def test_a_ledger_of_an_earlier_version_is_exported_once_it_is_brought_up_to_date(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database = read_central(site).database
    lay_old(database)
    assert main(["export", "2026-11", "--site", str(site)]) == 2
    assert "start `fablab central` once" in capsys.readouterr().err
    open_writer(database).close()
    assert main(["export", "2026-11", "--site", str(site)]) == 0


def test_a_month_is_exported_to_its_folder_and_twice_the_same(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lived(site)
    folder = site.parent / "exports" / "2026-01"
    made = []
    for _ in range(2):
        assert main(["export", "2026-01", "--site", str(site)]) == 0
        made.append({p: p.read_bytes() for p in folder.rglob("*") if p.is_file()})
    assert made[0] == made[1]
    assert len(made[0]) == 23
    told = capsys.readouterr().out
    assert f"{folder}: 1 lines of use" in told
    assert "single sessions are not listed any more" in told


def test_one_lab_and_another_folder_may_be_asked_for(site: Path, tmp_path: Path) -> None:
    lived(site)
    out = tmp_path / "elsewhere"
    asked = ["export", "2026-01", "--site", str(site), "--lab", "ccdv", "--out", str(out)]
    assert main(asked) == 0
    assert [p.name for p in out.iterdir()] == ["2026-01-ccdv"]


def test_an_empty_month_is_exported_and_said_to_be_empty(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lived(site)
    assert main(["export", "2026-02", "--site", str(site)]) == 0
    assert "nothing was used in that month" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["2026-13"], "'2026-13' is not a month: expected year-month, such as 2026-11"),
        (["novembre"], "'novembre' is not a month"),
        (["2999-11"], "2999-11 is in the future: expected"),
        (["2026-01", "--lab", "paris"], 'lab "paris": no entry of it is here'),
        (["2026-01", "--out", "/dev/null/x"], "expected a folder that can be written"),
    ],
)
def test_what_cannot_be_exported_is_said_in_one_line(
    site: Path, capsys: pytest.CaptureFixture[str], asked: list[str], said: str
) -> None:
    lived(site)
    assert main(["export", *asked, "--site", str(site)]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1


def test_without_a_ledger_there_is_nothing_to_export(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", "2026-01", "--site", str(site)]) == 2
    assert "no ledger is there" in capsys.readouterr().err
    open_writer(read_central(site).database).close()
    assert main(["export", "2026-01", "--site", str(site)]) == 2
    assert "no lab has sent anything yet" in capsys.readouterr().err


def test_a_folder_of_somebody_is_not_exported_over(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lived(site)
    mine = site.parent / "2026-01" / "holidays.jpg"
    mine.parent.mkdir()
    mine.write_bytes(b"mine")
    assert main(["export", "2026-01", "--site", str(site), "--out", str(site.parent)]) == 2
    assert "holidays.jpg: no export wrote this: move it away" in capsys.readouterr().err
    assert mine.read_bytes() == b"mine"


@pytest.mark.parametrize("what", ["garbage", "folder", "torn"])
def test_a_ledger_that_cannot_be_read_is_said_by_every_command(
    site: Path, capsys: pytest.CaptureFixture[str], what: str
) -> None:
    path = read_central(site).database
    match what:
        case "garbage":
            path.write_bytes(b"Dear diary, " * 1000)
        case "folder":
            path.mkdir()
        case _:
            lived(site)
            whole = path.read_bytes()
            path.write_bytes(whole[:8192] + b"\xff" * (len(whole) - 8192))
    for asked in (["node", "list"], ["export", "2026-01"], ["central"]):
        assert main([*asked, "--site", str(site)]) == 2
        told = capsys.readouterr().err
        assert told.startswith(f"{path}: ")
        assert told.count("\n") == 1
    assert bring(site) == 2
    assert capsys.readouterr().err.startswith(f"{path}: ")


def test_a_labs_file_is_no_ledger(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    open_lab(read_central(site).database).close()
    assert main(["export", "2026-01", "--site", str(site)]) == 2
    told = capsys.readouterr().err
    assert "expected the ledger of a central" in told
    assert told.count("\n") == 1


def test_facts_are_folded_by_the_running_central(site: Path, running: Central) -> None:
    lab = Field("2026-01-10 10:00")
    lab.close(lab.open())
    running.submit(lambda book: Shelf.over(book).lay(lab.entries)).result()
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with running.reader() as connection:
            if connection.execute("SELECT count(*) FROM usage").fetchone() == (1,):
                break
        time.sleep(0.02)
    assert main(["export", "2026-01", "--site", str(site)]) == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="root alone can be somebody else")
def test_what_root_exports_or_brings_belongs_to_the_central_which_deletes_it_in_its_time() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = folder / "central.toml"
        file.write_text(
            '[central]\nname = "Central"\ndatabase = "state/central.db"\nruntime = "run"\n'
            'credentials = "."\nexports = "state/exports"\n'
        )
        (folder / "state").mkdir()
        os.chown(folder / "state", SERVICE, SERVICE)
        folder.chmod(0o755)
        with as_owner(folder / "state/central.db"):
            lived(file)
        assert main(["export", "2026-01", "--site", str(file)]) == 0
        assert main(["node", "add", "ccdv-1", "--lab", "ccdv", "--site", str(file)]) == 0
        assert os.geteuid() == os.getegid() == 0
        written = list((folder / "state").rglob("*"))
        assert len(written) > 10
        assert {(p.stat().st_uid, p.stat().st_gid) for p in written} == {(SERVICE, SERVICE)}
        assert main(["export", "2026-01", "--site", str(file), "--out", str(folder / "out")]) == 0
        assert (folder / "out/2026-01").stat().st_uid == 0
