"""A central's file of an earlier version is brought up to date, and nobody is counted anew."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from kiosk.central import schema
from kiosk.central.export import files
from kiosk.store.disk import APPLICATION_ID
from machines.job_entries import Why
from machines.journal import Result
from tests.central.shelf import Shelf
from tests.central.test_export import november, sheet
from tests.field import Field

#: `november` of test_export as the version before the printers' queue left it on disk, once its
#: personal parts had been deleted.
OLD = Path(__file__).parent / "old" / "001.sql"

EVERYTHING = "SELECT * FROM usage ORDER BY month, lab, kind, machine, subject"


def lay_old(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(OLD.read_text())
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "central.db"
    lay_old(path)
    return path


@pytest.fixture
def opened(old: Path) -> Iterator[Shelf]:
    with closing(schema.open_writer(old)) as connection:
        yield Shelf.over(connection)


def test_a_file_from_before_the_queue_exports_the_same_month_and_knows_its_people(
    opened: Shelf,
) -> None:
    new = november()
    assert opened.connection.execute(EVERYTHING).fetchall() == (
        new.connection.execute(EVERYTHING).fetchall()
    )
    assert files(opened.book("2026-11")) == files(new.book("2026-11"))
    new.connection.close()


def test_a_file_from_before_the_queue_takes_in_jobs_and_their_prints(opened: Shelf) -> None:
    lab = Field("2026-11-20 09:00", store="d4" * 16)
    job = lab.brought("ines", filament_g=20)
    lab.judge(lab.printed(1, job=job, result=Result.FAILED), Why.CLOG)
    opened.lay(lab.entries)
    opened.fold()
    seen = sheet(opened, "impressions-et-marches")[-2]
    assert (seen["motif"], seen["essai"]) == ("bouchage", "1")


def test_a_file_from_before_knows_the_hours_that_its_labs_told(opened: Shelf) -> None:
    told = opened.connection.execute("SELECT lab, week FROM figure_hours").fetchall()
    assert told == [("ccdv", "[[],[],[],[],[],[],[]]")]


def test_prints_taken_in_before_their_columns_were_there_are_folded_again(tmp_path: Path) -> None:
    lab = Field("2026-11-20 09:00")
    job = lab.brought("ines", filament_g=20)
    name = lab.printed(1, job=job, filament_g=12.5)
    lab.judge(name, Why.FILE)
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        schema.migrations.apply(Database(connection), stop_before="002_prints")
        shelf = Shelf.over(connection)
        shelf.lay(lab.entries)
        connection.execute("UPDATE usage_cursor SET arrived = (SELECT max(arrived) FROM fact)")
        schema.migrations.apply(Database(connection))
        assert shelf.rows("job, filament_g, why") == [(job, 12.5, "file")]
        (of_job,) = connection.execute("SELECT subject, person FROM usage_job").fetchall()
        assert of_job[0] == job
        assert of_job[1]


def test_a_new_file_and_one_that_grew_up_have_the_same_tables(old: Path, tmp_path: Path) -> None:
    told = []
    for path in (old, tmp_path / "new.db"):
        with closing(schema.open_writer(path)) as connection:
            rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql NOT NULL")
            told.append({name: "".join(sql.replace('"', "").split()) for name, sql in rows})
    assert told[0] == told[1]
