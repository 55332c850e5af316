"""The units: what systemd itself says of them, as rendered for an installed prefix."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from systemd.render import main, render, secrets

#: The worst exposure let through, in tenths of systemd-analyze's figure (0 is best).
EXPOSURE = {"fablab-relays": 10, "fablab-central": 15, "fablab-kiosk": 20, "fablab-browser": 70}


def _analyze(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    tool = shutil.which("systemd-analyze")
    if tool is None:
        if os.environ.get("CI"):
            pytest.fail("systemd-analyze is missing: apt install systemd")
        pytest.skip("systemd-analyze is missing: apt install systemd")
    return subprocess.run([tool, *arguments], capture_output=True, text=True, check=False)


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A prefix with something to start in it, a key, and the units rendered for both."""
    command = tmp_path / "prefix/current/bin/fablab"
    command.parent.mkdir(parents=True)
    command.write_text("#!/bin/sh\n")
    command.chmod(0o755)
    etc = tmp_path / "etc"
    etc.mkdir()
    (etc / "badge-key").write_bytes(bytes(32))
    (etc / "site.toml").touch()
    units = tmp_path / "units"
    assert main(["--prefix", f"{tmp_path}/prefix", "--etc", str(etc), "--out", str(units)]) == 0
    return units


@pytest.mark.parametrize("unit", EXPOSURE)
def test_systemd_accepts_the_unit(unit: str, installed: Path) -> None:
    text = (installed / f"{unit}.service").read_text()
    if unit == "fablab-browser" and not Path("/usr/bin/cage").exists():
        (installed / f"{unit}.service").write_text(text.replace("/usr/bin/cage", sys.executable))
    found = _analyze("verify", installed / f"{unit}.service")
    assert (found.returncode, found.stderr) == (0, "")


@pytest.mark.parametrize(("unit", "worst"), EXPOSURE.items())
def test_the_unit_is_shut_in(unit: str, worst: int, installed: Path) -> None:
    file = installed / f"{unit}.service"
    found = _analyze("security", "--offline=yes", f"--threshold={worst}", file)
    assert found.returncode == 0, found.stdout.splitlines()[-1:]


@pytest.mark.parametrize("unit", ["fablab-kiosk", "fablab-relays", "fablab-central"])
def test_a_process_that_hangs_is_started_again(unit: str, installed: Path) -> None:
    text = (installed / f"{unit}.service").read_text()
    assert {"Type=notify", "WatchdogSec=30", "Restart=always"} <= set(text.splitlines())


def test_however_the_keeper_ended_its_relays_are_driven_off(installed: Path) -> None:
    text = (installed / "fablab-relays.service").read_text()
    assert re.search(r"^ExecStopPost=\S+/fablab relays --all-off --site ", text, re.MULTILINE)


def test_the_kiosk_is_handed_the_keys_that_are_there(installed: Path) -> None:
    text = (installed / "fablab-kiosk.service").read_text()
    assert re.findall(r"^LoadCredential=(\S+):\S+/etc/(\S+)$", text, re.MULTILINE) == [
        ("badge-key", "badge-key")
    ]
    assert "LoadCredential" not in (installed / "fablab-relays.service").read_text()


def test_a_file_that_is_no_key_is_not_handed_over(tmp_path: Path) -> None:
    for name in ("site.toml", "ca.pem", "badge-key", ".hidden", "odd name"):
        (tmp_path / name).touch()
    (tmp_path / "folder").mkdir()
    assert list(secrets(tmp_path)) == ["badge-key"]
    assert list(secrets(tmp_path / "nowhere")) == []


def test_nothing_is_left_to_fill_in() -> None:
    for name, text in render(Path("/opt/fablab"), Path("/etc/fablab"), ["badge-key"]).items():
        assert not re.search(r"@[A-Z]+@", text), name
