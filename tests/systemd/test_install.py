"""The installer of a Pi: what it says it would do, and what it refuses."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
CCDV = HOUSE / "config/sites/ccdv.toml"


def _install(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [HOUSE / "systemd/install.sh", *arguments], capture_output=True, text=True, check=False
    )


def test_a_dry_run_says_every_step_and_does_none(tmp_path: Path) -> None:
    done = _install("--kiosk", CCDV, "--root", tmp_path / "pi", "--dry-run")
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "pi").exists()
    for step in (
        "-m venv",
        "pip install",
        "check --site",
        "fablab-relays.service",
        "current",
        "/usr/local/bin",
    ):
        assert step in done.stdout


def test_a_lab_has_no_central_and_a_central_no_relays(tmp_path: Path) -> None:
    lab = _install("--kiosk", CCDV, "--root", tmp_path, "--dry-run").stdout
    central = _install("--central", CCDV, "--root", tmp_path, "--dry-run").stdout
    assert "fablab-central.service" not in lab
    assert "fablab-central.service" in central
    assert "fablab-relays.service" not in central


def test_the_central_is_given_what_makes_a_pdf_and_a_lab_is_not() -> None:
    assert "pdf]" in _install("--central", CCDV, "--dry-run").stdout
    assert "pdf" not in _install("--kiosk", CCDV, "--dry-run").stdout


def test_a_keeper_that_runs_is_not_restarted() -> None:
    steps = _install("--kiosk", CCDV, "--dry-run").stdout
    assert "systemctl start fablab-relays" in steps
    assert "systemctl restart fablab-relays" not in steps.replace("printing: systemctl", "")


def test_nobody_else_may_read_the_keys() -> None:
    assert "chmod -R o= /etc/fablab\n" in _install("--kiosk", CCDV, "--dry-run").stdout


def test_strict_lines_are_asked_for_once(tmp_path: Path) -> None:
    boot = tmp_path / "boot/firmware/config.txt"
    boot.parent.mkdir(parents=True)
    boot.write_text("dtparam=audio=on\n")
    assert "strict_gpiod" in _install("--kiosk", CCDV, "--root", tmp_path, "--dry-run").stdout
    boot.write_text("dtparam=audio=on\ndtparam=strict_gpiod\n")
    assert "strict_gpiod" not in _install("--kiosk", CCDV, "--root", tmp_path, "--dry-run").stdout


def test_uninstalling_leaves_journals_and_keys(tmp_path: Path) -> None:
    for kept in ("var/lib/fablab/lab.db", "etc/fablab/badge-key"):
        (tmp_path / kept).parent.mkdir(parents=True)
        (tmp_path / kept).touch()
    unit = tmp_path / "etc/systemd/system/fablab-kiosk.service"
    unit.parent.mkdir(parents=True)
    unit.touch()
    (tmp_path / "opt/fablab/0.1.0").mkdir(parents=True)
    assert _install("--uninstall", "--root", tmp_path).returncode == 0
    left = {str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*") if p.is_file()}
    assert left == {"var/lib/fablab/lab.db", "etc/fablab/badge-key"}
    assert not (tmp_path / "opt/fablab").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "expected --kiosk SITE.toml, --central SITE.toml or --uninstall"),
        (["--kiosk", "nowhere.toml"], "--kiosk nowhere.toml: expected a site file"),
        (["--kiosk"], "--kiosk (nothing): expected a site file"),
        (["--kiosk", CCDV, "--central", CCDV], "expected one of them, once"),
        (["--kiosk", CCDV, "--prefix", "here", "--dry-run"], "--prefix here: expected a path"),
        (["--wheel", "none.whl"], "--wheel none.whl: no such file"),
        (["--frobnicate"], "--frobnicate: expected --kiosk FILE"),
    ],
)
def test_a_wrong_word_is_answered_in_a_sentence(arguments: list[str | Path], said: str) -> None:
    done = _install(*arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
