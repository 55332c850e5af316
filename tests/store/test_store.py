"""The store's thread: nobody waits for the disk, one process has the file, a full disk."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from kiosk.clock import StillClock
from kiosk.store.check import check
from kiosk.store.disk import (
    APPLICATION_ID,
    NotOurs,
    StoreBusy,
    StoreError,
    TooNew,
    open_reader,
    open_writer,
)
from kiosk.store.journal import Line
from kiosk.store.store import Store
from machines.instants import SECOND, WallQuality
from machines.journal import ClockAnchored, Personal, SessionOpened
from tests.store.file import clock

OPENED = SessionOpened("laser", "badge")
INES = Personal(member="ines")
SOON_S = 10.0
TAP = 3  #: the first tap's number, after the boot and its anchor


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lab.db"


@pytest.fixture
def still() -> StillClock:
    return clock()


@pytest.fixture
def store(path: Path, still: StillClock) -> Iterator[Store]:
    store = Store(path, still)
    yield store
    assert store.close()


class SlowDisk:
    """A disk that hangs at its next commits, from `hang` until `go_on`."""

    def __init__(self) -> None:
        self._goes = threading.Event()
        self._goes.set()
        self.reached = threading.Event()

    def hang(self) -> None:
        self._goes.clear()

    def go_on(self) -> None:
        self._goes.set()

    def connect(self, path: Path) -> sqlite3.Connection:
        disk = self

        class Slow(sqlite3.Connection):
            def execute(self, sql, parameters=(), /):
                if sql == "COMMIT" and not disk._goes.is_set():
                    disk.reached.set()
                    assert disk._goes.wait(SOON_S)
                return super().execute(sql, parameters)

        return open_writer(path, factory=Slow)


class FullDisk:
    """A disk without room for a tap while the ballast lies on it."""

    def __init__(self) -> None:
        self.full = False

    def connect(self, path: Path) -> sqlite3.Connection:
        disk, ballast = self, path.with_name(f"{path.name}.ballast")

        class Full(sqlite3.Connection):
            def execute(self, sql, parameters=(), /):
                if sql == "COMMIT" and disk.full and ballast.exists():
                    super().execute("ROLLBACK")
                    wrong = sqlite3.OperationalError("database or disk is full")
                    wrong.sqlite_errorcode = sqlite3.SQLITE_FULL
                    raise wrong
                return super().execute(sql, parameters)

        return open_writer(path, factory=Full)


def seqs(store: Store) -> list[int]:
    rows = store.submit(lambda journal: journal.rows(0, 1000)).result(SOON_S)
    return [row.seq for row in rows]


# -- waiting ----------------------------------------------------------------------------------


def test_a_disk_that_hangs_holds_nobody_and_loses_nothing(path: Path, still: StillClock) -> None:
    disk = SlowDisk()
    store = Store(path, still, connect=disk.connect)
    disk.hang()
    began = time.monotonic()
    first = store.append(OPENED, INES)
    assert disk.reached.wait(SOON_S)
    others = [store.append(OPENED, INES) for _ in range(100)]
    store.checkpoint("laser", "beam", b"1 h")
    with pytest.raises(TimeoutError):
        first.result(0.01)
    assert time.monotonic() - began < 1
    disk.go_on()
    assert [done.result(SOON_S).birth.seq for done in (first, *others)] == list(
        range(TAP, TAP + 101)
    )
    assert store.close()


def test_an_entry_happened_when_it_was_told_not_when_the_disk_was_free(
    path: Path, still: StillClock
) -> None:
    disk = SlowDisk()
    store = Store(path, still, connect=disk.connect)
    disk.hang()
    told = store.append(OPENED)
    assert disk.reached.wait(SOON_S)
    second, second_at = store.append(OPENED), still.now()
    still.advance(seconds=5)
    disk.go_on()
    assert told.result(SOON_S).at == second.result(SOON_S).at == second_at
    assert store.close()


def test_what_is_taken_back_before_its_turn_is_never_written(path, still) -> None:
    disk = SlowDisk()
    store = Store(path, still, connect=disk.connect)
    disk.hang()
    store.append(OPENED)
    assert disk.reached.wait(SOON_S)
    late = store.append(OPENED)
    assert late.cancel()
    disk.go_on()
    assert seqs(store) == [1, 2, TAP]
    assert store.close()


def test_a_disk_that_still_hangs_at_the_end_is_not_waited_for(path, still) -> None:
    disk = SlowDisk()
    store = Store(path, still, connect=disk.connect)
    disk.hang()
    store.append(OPENED)
    assert disk.reached.wait(SOON_S)
    assert not store.close(timeout_s=0.01)
    disk.go_on()
    assert store.close()


def test_what_fails_is_told_to_its_caller_and_the_next_is_written(store: Store) -> None:
    with pytest.raises(ZeroDivisionError):
        store.submit(lambda _: 1 // 0).result(SOON_S)
    with pytest.raises(StoreError, match="no such table"):
        store.submit(lambda journal: journal.connection.execute("SELECT 1 FROM no")).result(SOON_S)
    assert store.append(OPENED).result(SOON_S).birth.seq == TAP


def test_a_callback_that_fails_stops_nothing(store: Store, caplog) -> None:
    first = store.append(OPENED)
    first.add_done_callback(lambda _: 1 // 0)
    assert store.append(OPENED).result(SOON_S).birth.seq == TAP + 1


def test_nothing_is_taken_after_the_end(path: Path, still: StillClock) -> None:
    store = Store(path, still)
    waiting = [store.append(OPENED) for _ in range(50)]
    assert store.close()
    assert all(done.result(0).birth for done in waiting)
    with pytest.raises(StoreError, match="closed"):
        store.append(OPENED).result(0)


# -- meters' rows -----------------------------------------------------------------------------


def test_a_row_and_the_entry_that_takes_its_place_change_together(path, still) -> None:
    disk = SlowDisk()
    store = Store(path, still, connect=disk.connect)
    store.checkpoint("laser", "beam", b"1 h")
    store.append(OPENED).result(SOON_S)
    disk.hang()
    store.append(OPENED)
    assert disk.reached.wait(SOON_S)
    run = store.append(OPENED, ends=("laser", "beam"))
    seen = []
    run.add_done_callback(lambda _: seen.append(_rows(path)))
    with closing(open_reader(path)) as reader:
        assert reader.execute("SELECT count(*) FROM checkpoint").fetchone() == (1,)
    disk.go_on()
    run.result(SOON_S)
    assert store.close()
    assert seen == [(TAP + 2, 0)]


def _rows(path: Path) -> tuple[int, int]:
    with closing(open_reader(path)) as reader:
        (entries,) = reader.execute("SELECT max(seq) FROM entry").fetchone()
        (rows,) = reader.execute("SELECT count(*) FROM checkpoint").fetchone()
    return entries, rows


def test_a_row_that_no_entry_takes_along_is_written_within_seconds(path, store: Store) -> None:
    store.checkpoint("laser", "beam", b"1 h")
    store.checkpoint("laser", "beam", b"2 h")
    deadline = time.monotonic() + SOON_S
    with closing(open_reader(path)) as reader:
        while not reader.execute("SELECT 1 FROM checkpoint WHERE row = x'322068'").fetchone():
            assert time.monotonic() < deadline
            time.sleep(0.02)


def test_the_last_rows_are_on_disk_at_the_end(path: Path, still: StillClock) -> None:
    store = Store(path, still)
    store.checkpoint("laser", "beam", b"2 h")
    assert store.close()
    store = Store(path, still)
    rows = store.submit(lambda journal: journal.checkpoints()).result(SOON_S)
    assert rows == {("laser", "beam"): b"2 h"}
    assert store.close()


# -- boots and clocks -------------------------------------------------------------------------


def test_a_kiosk_that_was_killed_says_so_at_its_next_boot(path: Path, still: StillClock) -> None:
    with closing(open_writer(path)) as killed:
        killed.execute("UPDATE meta SET value = 0 WHERE key = 'clean'")
    store = Store(path, still)
    assert not store.start.clean
    assert store.close()
    still.reboot()
    store = Store(path, still)
    assert store.start.clean
    assert store.start.rebooted
    assert store.close()


def test_the_clock_is_anchored_at_the_start_and_at_the_end(path, still) -> None:
    store = Store(path, still)
    still.advance(hours=1)
    assert store.close()
    with closing(open_reader(path)) as reader:
        bodies = [body for (body,) in reader.execute("SELECT body FROM entry ORDER BY seq")]
    anchored = [body for body in bodies if ClockAnchored.kind.encode() in body]
    assert len(anchored) == 2
    assert anchored[-1] == bodies[-1]


def test_a_clock_set_while_the_kiosk_runs_is_anchored_by_itself(path) -> None:
    fast = StillClock(0, WallQuality.RESTORED)
    fast.real_s = lambda seconds: seconds / 1000
    store = Store(path, fast)
    fast.wall_us, fast.quality = 1_795_507_200 * SECOND, WallQuality.NTP
    deadline = time.monotonic() + SOON_S
    while seqs(store) != [1, 2]:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert store.close()


# -- who has the file -------------------------------------------------------------------------


def test_a_second_kiosk_on_one_file_is_refused_with_a_sentence(path, store: Store) -> None:
    with pytest.raises(StoreBusy, match=rf"another fablab has it \(pid {os.getpid()}\)"):
        Store(path, clock())
    assert store.append(OPENED).result(SOON_S).birth.seq == TAP


def test_a_file_is_free_again_once_its_owner_was_killed(path: Path, still: StillClock) -> None:
    child = (
        "import sys, pathlib; from kiosk.clock import SystemClock; from kiosk.store.store import"
        " Store; Store(pathlib.Path(sys.argv[1]), SystemClock()); print('has it', flush=True);"
        " sys.stdin.read()"
    )
    owner = subprocess.Popen(
        [sys.executable, "-c", child, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == "has it\n"
        with pytest.raises(StoreBusy, match=f"pid {owner.pid}"):
            Store(path, still)
        owner.kill()
    store = Store(path, still)
    assert not store.start.clean
    assert store.close()


def test_a_file_of_another_program_is_refused_and_not_touched(path: Path, still) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE recipes(name)")
    before = path.read_bytes()
    with pytest.raises(NotOurs, match="a database of another program"):
        Store(path, still)
    assert path.read_bytes() == before


def test_a_file_that_is_no_database_is_refused_and_not_touched(path: Path, still) -> None:
    path.write_text("Dear diary, " * 100)
    with pytest.raises(NotOurs, match="not a lab's file, or its first page is destroyed"):
        Store(path, still)
    assert path.read_text() == "Dear diary, " * 100


def test_a_file_of_a_newer_version_is_refused_with_a_sentence(path: Path, still) -> None:
    Store(path, still).close()
    with closing(sqlite3.connect(path)) as newer:
        newer.execute(
            "INSERT INTO _sqlite_migrations(migration_set, name, applied_at)"
            " VALUES('lab', '099_holograms', '2031-01-01')"
        )
        newer.commit()
    for refused in (lambda: Store(path, still), lambda: open_reader(path)):
        with pytest.raises(TooNew, match=r"written by a newer version .*099_holograms"):
            refused()


def test_a_folder_that_cannot_be_written_is_told_with_its_path(tmp_path: Path, still) -> None:
    (tmp_path / "flat").write_text("")
    with pytest.raises(StoreError, match=r"flat/lab\.db: cannot be opened for writing"):
        Store(tmp_path / "flat" / "lab.db", still)


def test_an_empty_file_left_by_a_power_cut_becomes_a_lab_s_file(path: Path, still) -> None:
    path.touch()
    store = Store(path, still)
    assert seqs(store)[0] == 1
    assert store.close()
    with closing(open_reader(path)) as reader:
        assert reader.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)


def test_a_reader_cannot_write(path: Path, store: Store) -> None:
    with (
        closing(open_reader(path)) as reader,
        pytest.raises(sqlite3.OperationalError, match="readonly"),
    ):
        reader.execute("DELETE FROM entry")


# -- a full disk ------------------------------------------------------------------------------


def test_on_a_full_disk_the_ballast_is_given_up_for_the_tap(path: Path, still) -> None:
    disk = FullDisk()
    store = Store(path, still, connect=disk.connect, ballast_bytes=4096)
    assert not store.disk_full
    disk.full = True
    assert store.append(OPENED).result(SOON_S).birth.seq == TAP
    assert store.disk_full
    assert not path.with_name("lab.db.ballast").exists()
    assert store.close()


def test_on_a_disk_that_is_full_without_ballast_the_tap_is_refused(path: Path, still) -> None:
    store = Store(path, still)
    store.append(OPENED).result(SOON_S)

    def fill(journal) -> None:
        (pages,) = journal.connection.execute("PRAGMA page_count").fetchone()
        journal.connection.execute(f"PRAGMA max_page_count = {pages}")

    store.submit(fill).result(SOON_S)
    with pytest.raises(StoreError, match="full"):
        store.append_all([Line(OPENED)] * 100).result(SOON_S)
    assert store.disk_full
    store.submit(lambda j: j.connection.execute("PRAGMA max_page_count = 100000")).result(SOON_S)
    assert store.append(OPENED).result(SOON_S).birth.seq == TAP + 1
    assert store.submit(check).result(SOON_S).faults == ()
    assert store.close()


def test_a_kiosk_starts_on_a_disk_that_filled_up_while_it_was_off(path: Path, still) -> None:
    Store(path, still, ballast_bytes=4096).close()
    still.reboot()
    disk = FullDisk()
    disk.full = True
    store = Store(path, still, connect=disk.connect, ballast_bytes=4096)
    assert store.start.rebooted
    assert store.append(OPENED).result(SOON_S).birth.seq
    assert store.close()
