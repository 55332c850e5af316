"""`fablab relays` on the command line: what an operator or systemd sees of it."""

from __future__ import annotations

import signal
import socket
import subprocess
from pathlib import Path

import pytest

from kiosk.cli import main
from tests.keeper.keeping import DEADLINE_S, KeeperProcess, KioskProcess

pytestmark = pytest.mark.slow


def run(keeper: KeeperProcess, *more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        keeper.command(*more), capture_output=True, text=True, timeout=DEADLINE_S, check=False
    )


def test_show_says_what_is_on_so_that_nobody_restarts_the_keeper_in_mid_print(
    keeper: KeeperProcess, kiosk: KioskProcess
) -> None:
    assert run(keeper, "--show").returncode == 0
    kiosk.on("prusa")
    done = run(keeper, "--show")
    assert done.returncode == 3
    assert ["prusa", "on"] in [line.split() for line in done.stdout.splitlines()]
    assert "laser                off (started" in done.stdout
    assert keeper.on() == {"prusa"}


def test_show_says_so_where_no_keeper_runs(tmp_path: Path) -> None:
    done = run(KeeperProcess(tmp_path), "--show")
    assert done.returncode == 2
    assert "no relay keeper runs" in done.stderr


def test_all_off_asks_the_keeper_that_runs(keeper: KeeperProcess, kiosk: KioskProcess) -> None:
    kiosk.on("laser", "prusa")
    assert run(keeper, "--all-off").returncode == 0
    assert keeper.on() == set()
    kiosk.wait_for_report("prusa", on=False, why="stopped", dropped=True)
    assert keeper.is_running()


def test_all_off_works_where_the_keeper_was_killed(
    keeper: KeeperProcess, kiosk: KioskProcess
) -> None:
    kiosk.on("laser", "prusa")
    keeper.end(signal.SIGKILL)
    assert keeper.on() == {"laser", "prusa"}
    assert run(keeper, "--all-off").returncode == 0
    assert keeper.on() == set()


def test_all_off_says_so_where_the_keeper_hangs(keeper: KeeperProcess) -> None:
    keeper.send(signal.SIGSTOP)
    done = run(keeper, "--all-off")
    assert done.returncode == 2
    assert "does not answer" in done.stderr


def test_a_second_keeper_is_refused_and_touches_no_line(
    keeper: KeeperProcess, kiosk: KioskProcess
) -> None:
    kiosk.on("laser")
    done = run(keeper)
    assert done.returncode == 2
    assert "another relay keeper runs" in done.stderr
    assert "Traceback" not in done.stderr
    assert keeper.on() == {"laser"}
    assert kiosk.ask("set", "prusa", "on")


def test_systemd_is_told_when_it_is_ready_and_that_it_lives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(DEADLINE_S)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        keeper = KeeperProcess(tmp_path)
        keeper.start()
        assert [systemd.recv(100) for _ in range(2)] == [b"READY=1", b"WATCHDOG=1"]
        keeper.end()
        said = b""
        while said != b"STOPPING=1":
            said = systemd.recv(100)


def test_a_site_file_that_is_not_there_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["relays", "--site", str(tmp_path / "none.toml"), "--mock"]) == 2
    assert "none.toml" in capsys.readouterr().err


def test_a_trace_of_real_lines_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["relays", "--site", "x.toml", "--trace", "t"]) == 2
    assert "--mock" in capsys.readouterr().err


def test_a_runtime_directory_that_cannot_be_made_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keeper = KeeperProcess(tmp_path)
    (tmp_path / "run").write_text("a file, not a directory")
    assert main(["relays", "--site", str(keeper.site), "--mock"]) == 2
    assert "expected a runtime directory" in capsys.readouterr().err
