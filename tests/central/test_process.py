"""The central as a process: what cannot be had is said, and nothing is kept that was opened."""

from __future__ import annotations

import socket
from dataclasses import replace
from pathlib import Path

import pytest

from config.site import CentralSite, Expiry
from kiosk.central import roster
from kiosk.central.process import CannotListen, Process
from kiosk.clock import SystemClock
from machines.members import ClearanceRule


@pytest.fixture
def site(tmp_path: Path) -> CentralSite:
    return CentralSite("Central", port=0, database=tmp_path / "c.db", runtime=tmp_path / "run")


def test_a_busy_port_is_said_and_the_file_is_free_again(site: CentralSite) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        busy = replace(site, port=taken.getsockname()[1])
        with pytest.raises(CannotListen, match=r"not to be had .*; stop what uses it"):
            Process(busy, SystemClock())
    Process(busy, SystemClock()).close()


def test_where_the_socket_cannot_be_made_the_port_is_free_again(site: CentralSite) -> None:
    site.runtime.write_text("no folder")
    with socket.create_server(("127.0.0.1", 0)) as free:
        asked = replace(site, port=free.getsockname()[1])
    with pytest.raises(CannotListen):
        Process(asked, SystemClock())
    socket.create_server(("127.0.0.1", asked.port)).close()
    site.runtime.unlink()
    Process(asked, SystemClock()).close()


def test_the_rules_of_the_file_are_in_the_roster_and_raise_it_once(site: CentralSite) -> None:
    told = replace(site, expiries=(Expiry("laser", "family:laser", 0, 6),))
    versions = []
    for one in (told, told, site):
        process = Process(one, SystemClock())
        with process.central.reader() as connection:
            seen = roster.snapshot(connection, "ccdv")
        versions.append((seen.version, dict(seen.rules)))
        process.close()
    assert versions[0] == versions[1]
    assert versions[0][1] == {"family:laser": ClearanceRule(0, 6)}
    assert versions[2][0] > versions[1][0]
    assert versions[2][1] == {}
