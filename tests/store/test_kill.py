"""The kiosk's process is killed while badges are tapped: what it acknowledged is there, once."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from kiosk.store.check import check
from kiosk.store.disk import open_reader
from kiosk.store.journal import Journal
from tests.store.file import clock

pytestmark = pytest.mark.slow

KILLS = 8
#: Taps that a lab of its own process acknowledges, one line each, until it is killed.
LAB = """
import pathlib, sys
from kiosk.clock import SystemClock
from kiosk.store.store import Store
from machines.journal import Personal, SessionOpened

store = Store(pathlib.Path(sys.argv[1]), SystemClock())
waiting = []
while True:
    waiting.append(store.append(SessionOpened("laser", "badge"), Personal(member="ines")))
    store.checkpoint("laser", "beam", b"1 h")
    if len(waiting) > 5:
        print(waiting.pop(0).result().birth, flush=True)
"""


def test_what_a_killed_kiosk_acknowledged_is_in_the_journal_once(tmp_path: Path) -> None:
    path, acknowledged = tmp_path / "lab.db", []
    for kill in range(KILLS):
        acknowledged += _tap_until_killed(path, after=20 + 13 * kill)
    with closing(open_reader(path)) as reader:
        journal = Journal(reader, clock())
        told = [str(entry.birth) for _, entry in journal.entries()]
        assert check(journal).faults == ()
    assert len(acknowledged) >= 20 * KILLS
    assert len(set(told)) == len(told)
    assert set(acknowledged) <= set(told)


def _tap_until_killed(path: Path, after: int) -> list[str]:
    lab = subprocess.Popen(
        [sys.executable, "-c", LAB, str(path)], stdout=subprocess.PIPE, text=True
    )
    with lab:
        assert lab.stdout is not None
        births = [lab.stdout.readline().strip() for _ in range(after)]
        lab.kill()
        rest = [line.strip() for line in lab.stdout if line.endswith("\n")]
    return births + rest
