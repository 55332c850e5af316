"""What systemd hears of a process that it started: ready, alive, stopping."""

from __future__ import annotations

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from systemd.render import render

#: Real seconds, of WatchdogSec=30, in which a process has to have said that it lives.
DEADLINE_S = 25.0

LAB = """
[lab]
slug = "ccdv"
name = "CCDV"
[kiosk]
port = {port}
database = "lab.db"
runtime = "run"
[machines.press]
name = "Presse"
family = "press"
sort = "bare"
"""
CENTRAL = """
[central]
name = "Central"
port = {port}
database = "central.db"
runtime = "run"
exports = "exports"
"""

pytestmark = pytest.mark.slow


def _environment(unit: str, etc: Path) -> dict[str, str]:
    """What the unit gives its process, with `etc` for the folder of its credentials."""
    text = render(etc, etc)[f"{unit}.service"].replace("%t", str(etc))
    set_there = re.findall(r"^Environment=(.+)$", text, re.MULTILINE)
    pairs = (word.split("=", 1) for line in set_there for word in shlex.split(line))
    return dict(pairs) | {"CREDENTIALS_DIRECTORY": str(etc / "keys")}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@pytest.mark.parametrize(
    ("unit", "verb", "site"),
    [("fablab-kiosk", "run", LAB), ("fablab-central", "central", CENTRAL)],
)
def test_systemd_is_told_that_it_is_ready_that_it_lives_and_that_it_stops(
    unit: str, verb: str, site: str, tmp_path: Path
) -> None:
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys/badge-key").write_text("a key of the association\n")
    file = tmp_path / "site.toml"
    file.write_text(site.format(port=_free_port()))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(DEADLINE_S)
        told = {"NOTIFY_SOCKET": str(tmp_path / "notify")}
        process = subprocess.Popen(
            [sys.executable, "-m", "kiosk", verb, "--site", file],
            env=os.environ | _environment(unit, tmp_path) | told,
        )
        try:
            assert [systemd.recv(100) for _ in range(2)] == [b"READY=1", b"WATCHDOG=1"]
            process.send_signal(signal.SIGTERM)
            while systemd.recv(100) != b"STOPPING=1":
                pass
            assert process.wait(DEADLINE_S) == 0
        finally:
            process.kill()
            process.wait()
