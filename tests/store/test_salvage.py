"""A damaged file: what is readable goes on, what is not is declared, nothing is started afresh."""

from __future__ import annotations

import errno
import os
import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from kiosk.clock import StillClock
from kiosk.store.check import check
from kiosk.store.disk import NotOurs, StoreError, open_writer
from kiosk.store.fork import fork
from kiosk.store.journal import Journal, Line
from kiosk.store.store import Store
from kiosk.store.tablets import Tablet, TabletShelf
from machines.journal import Entry, HoleDeclared, Personal, SessionOpened
from tests.store.file import clock

PAGE = 4096
OPENED = SessionOpened("laser", "badge")
INES = Personal(member="ines")
SOON_S = 30.0


def fill(path: Path, still: StillClock, many: int, fork_at: int | None = None) -> None:
    """A lab's past, left by a kiosk that was killed."""
    with closing(open_writer(path)) as connection:
        journal = Journal(connection, still)
        journal.begin_boot("1.0")
        journal.append_all([Line(OPENED, INES)] * many)
        if fork_at:
            fork(journal, fork_at)
        journal.checkpoint("laser", "beam", b"1 h")
        journal.put_meta("clean", 0)


def births(path: Path) -> dict[str, Entry]:
    with closing(sqlite3.connect(path)) as connection:
        journal = Journal(connection, clock())
        return {str(e.birth): e for entries in journal.lineage() for _, e in entries}


def pages_of(path: Path, table: str) -> list[int]:
    with closing(sqlite3.connect(path)) as connection:
        try:
            found = connection.execute(
                "SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf'", (table,)
            ).fetchall()
        except sqlite3.OperationalError:
            pytest.skip("this SQLite has no dbstat to say which page is whose")
    return [page for (page,) in found]


def overwrite(path: Path, pages: list[int], seed: int = 1) -> None:
    file, noise = bytearray(path.read_bytes()), random.Random(seed)
    for page in pages:
        file[(page - 1) * PAGE : page * PAGE] = noise.randbytes(PAGE)
    path.write_bytes(file)


def lost(holes: tuple[HoleDeclared, ...]) -> int:
    return sum(hole.last - hole.first + 1 for hole in holes)


@pytest.mark.parametrize("seed", range(5))
def test_of_a_damaged_file_every_readable_entry_goes_on_and_every_hole_is_told(
    tmp_path: Path, seed: int
) -> None:
    path, still = tmp_path / "lab.db", clock()
    fill(path, still, 1000)
    before = births(path)
    leaves = pages_of(path, "entry")
    overwrite(path, random.Random(seed).sample(leaves[1:-1], 4), seed)

    store = Store(path, still)
    assert store.salvaged is not None
    holes = store.salvaged.holes
    after = births(path)
    assert 0 < lost(holes) < 100
    assert len(before) - len(before.keys() & after.keys()) == lost(holes)
    assert all(after[birth] == before[birth] for birth in before.keys() & after.keys())
    told = tuple(e.body for e in after.values() if isinstance(e.body, HoleDeclared))
    assert told == holes
    assert store.submit(check).result(SOON_S).faults == ()
    assert store.append(OPENED).result(SOON_S).birth.store not in next(iter(before))
    assert store.close()


def test_the_damaged_file_is_kept_and_meters_and_paired_tablets_go_on(tmp_path: Path) -> None:
    path, still = tmp_path / "lab.db", clock()
    fill(path, still, 500)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO tablet VALUES(7, 'Atelier', x'01', '2026-11-24')")
    overwrite(path, pages_of(path, "entry")[3:4])
    damaged = path.read_bytes()
    store = Store(path, still)
    assert store.salvaged is not None
    assert store.salvaged.kept.read_bytes() == damaged
    assert store.submit(lambda j: j.checkpoints()).result(SOON_S) == {("laser", "beam"): b"1 h"}
    assert TabletShelf(store).load() == (Tablet("7", "Atelier", b"\x01", "2026-11-24"),)
    assert not store.start.rebooted
    assert store.close()


def test_a_lost_end_is_declared_as_such(tmp_path: Path) -> None:
    path, still = tmp_path / "lab.db", clock()
    fill(path, still, 500)
    overwrite(path, pages_of(path, "entry")[-1:])
    store = Store(path, still)
    assert store.salvaged is not None
    (hole,) = store.salvaged.holes
    assert hole.why.endswith("at least this one, the end is lost")
    assert hole.first == hole.last == store.salvaged.entries + 1
    assert store.close()


def test_damage_beside_the_journal_leaves_it_as_it_is(tmp_path: Path) -> None:
    path, still = tmp_path / "lab.db", clock()
    fill(path, still, 300)
    before = births(path)
    overwrite(path, pages_of(path, "boot"))
    store = Store(path, still)
    assert store.salvaged is not None
    assert store.salvaged.holes == ()
    assert births(path).keys() >= before.keys()
    assert still.boot_no == 1
    assert store.close()


def test_a_file_that_lost_its_name_takes_it_from_its_entries(tmp_path: Path) -> None:
    path, still = tmp_path / "lab.db", clock()
    fill(path, still, 300)
    before = births(path)
    overwrite(path, pages_of(path, "meta"))
    store = Store(path, still)
    assert births(path).keys() >= before.keys()
    assert store.append(OPENED).result(SOON_S).birth.store in next(iter(before))
    assert store.close()


def test_closed_stores_are_salvaged_as_well(tmp_path: Path) -> None:
    path, still = tmp_path / "lab.db", clock()
    fill(path, still, 600, fork_at=400)
    before = births(path)
    overwrite(path, pages_of(path, "closed_entry")[5:6])
    store = Store(path, still)
    assert store.salvaged is not None
    after = births(path)
    assert len(before.keys() - after.keys()) == lost(store.salvaged.holes) > 0
    assert store.submit(check).result(SOON_S).faults == ()
    assert store.close()


def test_an_entry_of_a_newer_version_is_salvaged_unread(tmp_path: Path) -> None:
    path, still = tmp_path / "lab.db", clock()
    fill(path, still, 300)
    overwrite(path, pages_of(path, "entry")[2:3])
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        (body,) = connection.execute("SELECT body FROM entry WHERE seq = 301").fetchone()
        newer = body.replace(b"session.opened", b"session.dreamt")
        connection.execute("UPDATE entry SET body = ? WHERE seq = 301", (newer,))
        connection.execute("UPDATE entry SET seq = 400 WHERE seq = 301")
    store = Store(path, still)
    rows = store.submit(lambda journal: journal.rows(0, 1000)).result(SOON_S)
    assert newer in [row.body for row in rows]
    assert store.close()


def test_a_salvage_that_was_cut_short_is_done_again(tmp_path: Path) -> None:
    path, still = tmp_path / "lab.db", clock()
    fill(path, still, 300)
    overwrite(path, pages_of(path, "entry")[2:3])
    path.with_name("lab.db.salvaged").write_bytes(b"half of a file")
    store = Store(path, still)
    assert store.salvaged is not None
    assert store.submit(check).result(SOON_S).faults == ()
    assert store.close()


def test_a_salvage_that_fails_at_its_last_step_has_lost_nothing(tmp_path, monkeypatch) -> None:
    path, still = tmp_path / "lab.db", clock()
    fill(path, still, 300)
    overwrite(path, pages_of(path, "entry")[2:3])
    with monkeypatch.context() as full:
        full.setattr(Path, "replace", _no_room)
        with pytest.raises(StoreError, match="No space left"):
            Store(path, still)
    store = Store(path, still)
    assert store.salvaged is not None
    assert store.salvaged.kept.name == "lab.db.damaged-2"
    assert lost(store.salvaged.holes) < 20
    assert store.close()


def _no_room(*_: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_file_without_a_first_page_is_never_silently_begun_anew(tmp_path: Path) -> None:
    path, still = tmp_path / "lab.db", clock()
    fill(path, still, 100)
    overwrite(path, [1])
    damaged = path.read_bytes()
    with pytest.raises(NotOurs, match="put a backup in its place"):
        Store(path, still)
    assert path.read_bytes() == damaged


def test_a_whole_file_of_a_killed_kiosk_is_left_as_it_is(tmp_path: Path) -> None:
    path, still = tmp_path / "lab.db", clock()
    fill(path, still, 300)
    store = Store(path, still)
    assert store.salvaged is None
    assert store.close()
