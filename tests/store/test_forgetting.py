"""What is forgotten is gone from the disk, and the chain is whole without it."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from kiosk.store.check import check
from kiosk.store.disk import StoreBusy, open_reader
from kiosk.store.fork import fork
from kiosk.store.journal import Line
from machines.journal import Personal, PrintEnded, Result, SessionOpened
from tests.store.file import File


def everywhere(path: Path) -> bytes:
    """Every byte of the database and its WAL."""
    wal = path.with_name(f"{path.name}-wal")
    return path.read_bytes() + (wal.read_bytes() if wal.exists() else b"")


def tap(member: str) -> Line:
    return Line(SessionOpened("laser", "badge"), Personal(member=member))


def printed(file: File, member: str, name_size: int) -> Line:
    at = file.clock.now()
    body = PrintEnded("p", "prusa", None, Result.DONE, at, at, 0, 0, 0)
    return Line(body, Personal(member=member, file_name=f"{member}-vase" * name_size))


@pytest.mark.parametrize("name_size", [0, 1, 30, 600])
def test_a_forgotten_member_is_found_nowhere_in_the_file(file: File, name_size: int) -> None:
    pair = [printed(file, member, name_size) for member in ("INES-4711", "PAUL-0815")]
    seqs = [entry.birth.seq for entry in file.journal.append_all(pair * 120)]
    ines, paul = seqs[::2], seqs[1::2]
    assert b"INES-4711" in everywhere(file.path)
    assert file.journal.forget(ines) == 120
    assert b"INES-4711" not in everywhere(file.path)
    assert b"PAUL-0815" in everywhere(file.path)
    assert check(file.journal).faults == ()
    told = dict(file.journal.entries())
    assert all(told[seq].personal is None for seq in ines)
    assert all(told[seq].personal is not None for seq in paul)


def test_a_year_forgotten_leaves_nobody_in_the_file(file: File) -> None:
    for size in range(200):
        file.journal.append_all([printed(file, "INES-4711", size % 40), tap("INES-4711")])
    file.journal.forget(range(1, 402))
    assert b"INES-4711" not in everywhere(file.path)
    assert check(file.journal).entries == 401


def test_a_member_is_forgotten_in_a_closed_store_too(file: File) -> None:
    file.journal.append_all([tap("INES-4711")] * 40)
    old = file.journal.store
    fork(file.journal, 21)
    assert file.journal.forget(range(1, 22), old) == 20
    assert file.journal.forget(range(1, 21)) == 20
    assert b"INES-4711" not in everywhere(file.path)
    assert check(file.journal).faults == ()


def test_what_is_forgotten_twice_is_forgotten_once(file: File) -> None:
    (entry,) = file.journal.append_all([tap("INES-4711")])
    assert [file.journal.forget([seq]) for seq in (entry.birth.seq,) * 2 + (999,)] == [1, 0, 0]


def test_a_reader_that_keeps_the_names_alive_is_told_and_asked_again(file: File) -> None:
    file.journal.append_all([tap("INES-4711")] * 3)
    with closing(open_reader(file.path)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM entry").fetchone()
        assert file.journal.blank(range(2, 5)) == 3
        with pytest.raises(StoreBusy, match="still has the names"):
            file.journal.empty_wal(patience_ms=0)
    file.journal.empty_wal(patience_ms=0)
    assert b"INES-4711" not in everywhere(file.path)
