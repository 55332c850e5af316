"""The thread that writes folds what has arrived: a little at a time, after whoever waits."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.central import folding, projection
from kiosk.central.store import Central
from kiosk.clock import SystemClock
from machines.journal import RunMeasured
from tests.central.shelf import Shelf
from tests.field import Field


@pytest.fixture
def central(tmp_path: Path) -> Iterator[Central]:
    opened = Central(tmp_path / "central.db", SystemClock())
    yield opened
    opened.close()


def lived(entries: int) -> Field:
    lab = Field()
    while len(lab.entries) < entries:
        session = lab.open()
        lab.advance(minutes=5)
        lab.close(session)
    return lab


def all_folded(central: Central, within_s: float) -> bool:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        with central.reader() as reader:
            if not projection.pending(reader):
                return True
        time.sleep(0.02)
    return False


def test_what_weeks_have_brought_is_folded_without_a_pause_between_the_slices(
    central: Central, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.central.store.IDLE_S", 1.0)
    entries = lived(10 * folding.FOLDED).entries
    central.submit(lambda book: Shelf.over(book).lay(entries)).result()
    assert all_folded(central, within_s=8)


def test_a_lab_that_comes_while_much_is_folded_waits_for_one_slice_alone(
    central: Central, monkeypatch: pytest.MonkeyPatch
) -> None:
    slices: list[int] = []
    waited: list[int] = []

    def slice_(connection: sqlite3.Connection, now_us: int) -> bool:
        slices.append(now_us)
        if len(slices) == 1:
            central.submit(lambda book: waited.append(len(slices)))
        return folding.fold(connection, now_us)

    entries = lived(10 * folding.FOLDED).entries
    central.submit(lambda book: Shelf.over(book).lay(entries)).result()
    monkeypatch.setattr("kiosk.central.store.fold", slice_)
    assert all_folded(central, within_s=8)
    assert waited == [1]
    assert len(slices) >= 10


def test_a_fact_that_cannot_be_folded_is_set_aside_and_those_around_it_count(
    central: Central,
) -> None:
    lab = lived(100)
    lab.write(RunMeasured("laser", "job", None, lab.now, lab.now, 2**63, 0, 0))
    lab.open(member="yann")

    def lay(book: sqlite3.Connection) -> None:
        Shelf.over(book).lay(lab.entries)
        book.execute("INSERT INTO entry SELECT 1, birth_seq, x'00', arrived FROM fact")

    central.submit(lay).result()
    assert all_folded(central, within_s=8)
    with central.reader() as reader:
        (why,) = reader.execute("SELECT why FROM quarantine").fetchone()
        assert reader.execute("SELECT count(*) FROM usage").fetchone() == (51,)
    assert why.startswith("cannot be folded: ")
