"""How the file is opened, and a disk that is really full."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from kiosk.central import schema
from kiosk.store.ballast import Ballast
from kiosk.store.check import check
from kiosk.store.disk import APPLICATION_ID, StoreError, open_reader, open_writer
from kiosk.store.store import Store
from machines.journal import SessionOpened
from tests.store.file import clock

MEGABYTE = 1024 * 1024
OPENED = SessionOpened("laser", "badge")


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("secure_delete", 1),
        ("busy_timeout", 5000),
        ("application_id", APPLICATION_ID),
    ],
)
def test_the_one_writing_connection_is_set_up_to_lose_nothing(tmp_path, setting, value) -> None:
    with closing(open_writer(tmp_path / "lab.db")) as connection:
        assert connection.execute(f"PRAGMA {setting}").fetchone() == (value,)


@pytest.mark.parametrize("make", [open_writer, schema.open_writer], ids=["lab", "central"])
def test_what_stands_on_the_disk_is_for_its_owner_alone(tmp_path, make) -> None:
    before = os.umask(0o022)
    try:
        with closing(make(tmp_path / "fablab.db")) as connection:
            connection.execute("CREATE TABLE tap(badge)")
            modes = {file.name: file.stat().st_mode & 0o777 for file in tmp_path.iterdir()}
    finally:
        os.umask(before)
    assert modes == dict.fromkeys(("fablab.db", "fablab.db-wal", "fablab.db-shm"), 0o600)


def test_opening_a_whole_file_again_changes_nothing_in_it(tmp_path: Path) -> None:
    path = tmp_path / "lab.db"
    open_writer(path).close()
    before = path.read_bytes()
    open_writer(path).close()
    assert path.read_bytes() == before


def test_a_tap_shows_to_a_reader_at_once(tmp_path: Path) -> None:
    store = Store(tmp_path / "lab.db", clock())
    entry = store.append(OPENED).result(10)
    with closing(open_reader(tmp_path / "lab.db")) as reader:
        assert reader.execute("SELECT max(seq) FROM entry").fetchone() == (entry.birth.seq,)
    assert store.close()


# -- the ballast ------------------------------------------------------------------------------


def test_the_ballast_takes_real_room_and_gives_it_up_once(tmp_path: Path) -> None:
    ballast = Ballast(tmp_path / "lab.db", MEGABYTE)
    assert ballast.load()
    assert ballast.path.stat().st_blocks * 512 >= MEGABYTE
    assert ballast.load()
    assert ballast.drop()
    assert not ballast.drop()


def test_a_ballast_of_another_size_is_made_anew(tmp_path: Path) -> None:
    assert Ballast(tmp_path / "lab.db", MEGABYTE).load()
    grown = Ballast(tmp_path / "lab.db", 2 * MEGABYTE)
    assert grown.load()
    assert grown.path.stat().st_size == 2 * MEGABYTE


def test_a_ballast_that_would_fill_the_disk_is_left_out(tmp_path: Path) -> None:
    too_much = Ballast(tmp_path / "lab.db", 2**60)
    assert not too_much.load()
    assert not too_much.path.exists()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of four megabytes."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk; a full one is also faked in test_store.py")
    mounted = tmp_path / "disk"
    mounted.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(mounted)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.skip(f"no small disk can be mounted here: {done.stderr.strip()}")
    yield mounted
    subprocess.run(["umount", str(mounted)], check=True)


def test_on_a_disk_that_is_really_full_taps_go_on_by_the_ballast(small_disk: Path) -> None:
    store = Store(small_disk / "lab.db", clock(), ballast_bytes=MEGABYTE)
    assert not store.disk_full
    (small_disk / "someone's photos").write_bytes(_all_of(small_disk))
    taps = 0
    while not (refused := store.append(OPENED).exception(10)):
        taps += 1
    assert isinstance(refused, StoreError)
    assert "full" in str(refused)
    assert store.disk_full
    assert taps > 100
    (small_disk / "someone's photos").unlink()
    assert store.append(OPENED).result(10).birth.seq == taps + 3
    assert store.submit(check).result(10).faults == ()
    assert store.close()


def _all_of(disk: Path) -> bytes:
    room = os.statvfs(disk)
    return bytes(room.f_bavail * room.f_frsize)


def test_a_kiosk_stops_within_seconds_of_being_told(tmp_path: Path) -> None:
    """Its thread must not keep the process alive."""
    child = (
        "import sys, pathlib; from kiosk.clock import SystemClock; from kiosk.store.store import"
        " Store; Store(pathlib.Path(sys.argv[1]), SystemClock())"
    )
    done = subprocess.run([sys.executable, "-c", child, str(tmp_path / "lab.db")], timeout=30)
    assert done.returncode == 0
