"""`fablab report`, `close` and `verify`, as an operator types them."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.central.schema import open_writer
from kiosk.central.store import Central
from kiosk.cli import main
from kiosk.clock import SystemClock
from kiosk.sites import read_central
from tests.central.shelf import Shelf
from tests.central.test_export import november


@pytest.fixture
def site(tmp_path: Path) -> Path:
    file = tmp_path / "central.toml"
    file.write_text(
        '[central]\nname = "Central"\ndatabase = "central.db"\nruntime = "run"\n'
        'credentials = "."\nexports = "exports"\n'
    )
    shelf = Shelf.over(open_writer(read_central(file).database))
    november(shelf)
    shelf.connection.close()
    return file


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    """A day after what is closed, whatever day it is."""
    from dataclasses import replace

    from tests.field import paris_us

    real = SystemClock.now
    monkeypatch.setattr(
        SystemClock, "now", lambda self: replace(real(self), wall_us=paris_us("2027-02-01 10:00"))
    )


def ask(site: Path, *words: str) -> int:
    return main([*words, "--site", str(site)])


@pytest.mark.slow
def test_the_report_of_a_year_is_three_files(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = site.parent / "out"
    assert ask(site, "report", "2026", "--out", str(out)) == 0
    assert sorted(path.name for path in out.iterdir()) == [
        "rapport-2026.html",
        "rapport-2026.pdf",
        "rapport-2026.txt",
    ]
    assert "rapport-2026.pdf" in capsys.readouterr().out
    assert ask(site, "report", "2026", "--lab", "doret", "--definition", "people") == 0
    assert (site.parent / "exports/rapport-2026-doret.txt").is_file()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["report", "26"], "'26' is not a year: expected such as 2026"),
        (["report", "2031"], "2031 is in the future: expected 2027"),
        (["report", "2026", "--lab", "nope"], 'lab "nope": no entry of it is here'),
        (["close", "2026-1"], "is no period"),
        (["close", "2026-11"], "2026-10 comes before it"),
        (["verify", "2026-10"], "2026-10 is not closed"),
        (["verify", "october"], "is no period"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    site: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert ask(site, *words) == 2
    assert said in capsys.readouterr().err


def test_a_month_is_closed_and_verified_where_no_central_runs(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask(site, "close", "2026-10", "--incomplete") == 0
    assert "written" in capsys.readouterr().out
    assert ask(site, "close", "2026-10") == 0
    assert "closed already" in capsys.readouterr().out
    assert ask(site, "verify", "2026-10") == 0
    assert capsys.readouterr().out.count("as closed") == 5
    folder = site.parent / "exports/closed/2026-10"
    assert main(["verify", str(folder)]) == 0
    (folder / "chiffres.csv").write_bytes(b"periode")
    assert ask(site, "verify", "2026-10") == 1
    assert "chiffres.csv was changed" in capsys.readouterr().out
    assert ask(site, "close", "2026-10") == 2
    assert "move it away, and close again" in capsys.readouterr().err


def test_the_running_central_closes_when_the_command_line_asks(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from kiosk.admin import AdminSocket
    from kiosk.central.desk import SOCKET, answers

    paper = read_central(site)
    central = Central(paper.database, SystemClock())
    socket = AdminSocket(paper.runtime / SOCKET, answers(central, paper))
    socket.start()
    try:
        assert ask(site, "close", "2026-10", "--incomplete") == 0
        assert "keep this hash elsewhere" in capsys.readouterr().out
        assert ask(site, "verify", "2026-10") == 0
    finally:
        socket.stop()
        central.close()
