"""The plug is pulled at any instant: no acknowledged tap is lost, no file is damaged.

The journal and the set-up of its connection are the shipped ones; only what
lies beneath SQLite is simulated. Each weak setting is switched on on purpose
and must be caught: a simulator that finds nothing proves nothing.

FABLAB_SOAK is how many cuts there are, instead of 300.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import apsw
import pytest

from kiosk.store.check import check
from kiosk.store.codec import CodecError
from kiosk.store.disk import APPLICATION_ID, Connection, StoreError, settle, transaction
from kiosk.store.journal import Journal
from kiosk.store.schema import STATEMENTS
from machines.journal import Personal, SessionOpened
from tests.store.file import clock
from tests.store.powercut import Disk, PowerCut

pytestmark = pytest.mark.slow

CUTS = max(300, int(os.environ.get("FABLAB_SOAK", "0")))
TAPS = 40
OPENED = SessionOpened("laser", "badge")
INES = Personal(member="ines", badge="s11.8:0123456789abcdef0123456789abcdef")

SetUp = Callable[[Connection], None]


def shipped(connection: Connection) -> None:
    """A checkpoint comes every 20 pages, so that there are some within 40 taps."""
    settle(connection)
    connection.execute("PRAGMA wal_autocheckpoint = 20").fetchall()


def weak(setting: str) -> SetUp:
    def set_up(connection: Connection) -> None:
        shipped(connection)
        connection.execute(setting).fetchall()

    return set_up


@dataclass
class Toll:
    """What the cuts cost: how many lost an acknowledged tap, how many damaged the file."""

    lost: int = 0
    damaged: int = 0
    wrong: list[str] = field(default_factory=list)


def provision(disk: Disk, set_up: SetUp) -> None:
    """A new lab's file, as `open_writer` makes it: its tables in one commit."""
    connection = disk.connect()
    set_up(connection)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}").fetchall()
    with transaction(connection):
        for statement in STATEMENTS:
            connection.execute(statement).fetchall()
    Journal(connection, clock(), random.Random(0).randbytes).begin_boot("1.0")
    connection.close()


def day(disk: Disk, set_up: SetUp, acknowledged: list[str]) -> None:
    """The kiosk starts, and members tap; each birth noted is a member who saw « C'est parti »."""
    connection = disk.connect()
    try:
        set_up(connection)
        journal = Journal(connection, clock(), random.Random(1).randbytes)
        journal.begin_boot("1.0")
        for tap in range(TAPS):
            if tap % 5 == 0:
                journal.checkpoint("laser", "beam", bytes([tap]) * 60)
            acknowledged.append(str(journal.append(OPENED, INES).birth))
    finally:
        connection.close()


def pull_the_plug(set_up: SetUp, cuts: int, folder_syncs: bool = True) -> Toll:
    """`cuts` days, each cut short at its own instant, and what is found afterwards."""
    toll = Toll()
    whole = _ready(set_up, folder_syncs)
    day(whole, set_up, [])
    for cut in range(cuts):
        chance = random.Random(f"cut {cut}")
        disk, acknowledged = _ready(set_up, folder_syncs), []
        begun = disk.operations
        disk.cut_at = chance.randrange(begun + 1, whole.operations + 1)
        with suppress(PowerCut, apsw.Error):  # some of SQLite's own words for it
            day(disk, set_up, acknowledged)
        disk.cut_at = None
        _look(disk.after_cut(chance), set_up, acknowledged, toll, cut)
    return toll


def _ready(set_up: SetUp, folder_syncs: bool) -> Disk:
    disk = Disk(folder_syncs=folder_syncs)
    provision(disk, set_up)
    return disk


def _look(disk: Disk, set_up: SetUp, acknowledged: list[str], toll: Toll, cut: int) -> None:
    connection = disk.connect()
    try:
        set_up(connection)
        (verdict,) = connection.execute("PRAGMA integrity_check").fetchone()
        journal = Journal(connection, clock())
        journal.begin_boot("1.0")
        told = [str(entry.birth) for _, entry in journal.entries()]
        faults = [] if verdict == "ok" else [verdict]
        faults += check(journal).faults
        journal.append(OPENED, INES)
        faults += check(journal).faults
    except (apsw.Error, StoreError, CodecError) as wrong:
        faults, told = [str(wrong)], acknowledged
    finally:
        connection.close()
    toll.damaged += bool(faults)
    toll.lost += not set(acknowledged) <= set(told)
    toll.wrong += [f"cut {cut}: {fault}" for fault in faults]


def test_an_acknowledged_tap_survives_the_plug_pulled_at_any_instant() -> None:
    toll = pull_the_plug(shipped, CUTS)
    assert (toll.lost, toll.damaged, toll.wrong) == (0, 0, [])


@pytest.mark.parametrize("setting", ["PRAGMA synchronous = NORMAL", "PRAGMA synchronous = OFF"])
def test_a_weaker_disk_setting_is_caught_losing_taps(setting: str) -> None:
    assert pull_the_plug(weak(setting), 60).lost > 0


def test_a_disk_setting_without_any_sync_is_caught_damaging_the_file() -> None:
    assert pull_the_plug(weak("PRAGMA synchronous = OFF"), 100).damaged > 0


def test_a_wal_whose_name_is_not_durable_is_caught_losing_taps() -> None:
    assert pull_the_plug(shipped, 60, folder_syncs=False).lost > 0
