"""The plug is pulled while a print or a run ends: it is ended once, and its hours are kept.

Each commit is an instant at which the plug may be pulled: what a cut below
SQLite leaves is always one of them (`tests/store/test_power_cut.py`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from kiosk.store.disk import open_writer
from machines.facts import JobSeen, PrinterSeen, WorkSeen
from machines.instants import SECOND
from machines.journal import PrintBegan, PrintEnded, Result, RunMeasured
from machines.meter import Work
from tests.lab import BADGES, BadgeRead, Lab

MINUTE = 60 * SECOND
STRANGER = BadgeRead("saw-reader", BADGES["nobody"])


class Album:
    """The lab's file after each commit, as another computer would find it."""

    def __init__(self) -> None:
        self.images: list[bytes] = []

    def connect(self, path: Path) -> sqlite3.Connection:
        images = self.images

        class Photographed(sqlite3.Connection):
            def execute(self, sql, parameters=(), /):
                done = super().execute(sql, parameters)
                if sql == "COMMIT":
                    images.append(self.serialize())
                return done

        return open_writer(path, factory=Photographed)


@pytest.fixture
def album() -> Album:
    return Album()


@pytest.fixture
def lab(tmp_path: Path, album: Album) -> Iterator[Lab]:
    lab = Lab(tmp_path, connect=album.connect)
    yield lab
    lab.close()


@contextmanager
def busy_disk(lab: Lab) -> Iterator[None]:
    """What is asked meanwhile waits in the store's queue."""
    free = Event()
    lab.store.submit(lambda _: free.wait(10))
    yield
    lab.floor.drain()
    free.set()
    lab.settle()


def polls(lab: Lab, fact: Callable[[float], PrinterSeen | WorkSeen], seconds: int) -> None:
    """Every three seconds; each minute somebody badges in vain, and takes the rows to the disk."""
    for second in range(0, seconds, 3):
        lab.tell(fact(second))
        lab.advance(3)
        if second % 60 == 57:
            lab.tell(STRANGER)


def printing(elapsed_s: float) -> PrinterSeen:
    job = JobSeen("cube.gcode", "cube.gcode", elapsed_s=elapsed_s, progress=elapsed_s / 600)
    return PrinterSeen("prusa", Work.WORKING, "Printing", job)


DONE = PrinterSeen(
    "prusa", Work.RESTING, "Operational", JobSeen("cube.gcode", "cube.gcode", progress=1.0)
)
NOTHING = PrinterSeen("prusa", Work.RESTING, "Operational", None)


def print_a_cube(lab: Lab) -> None:
    lab.tell(NOTHING)
    polls(lab, printing, 600)
    with busy_disk(lab):
        lab.floor.tell(BadgeRead("saw-reader", BADGES["lea"]))
        lab.floor.tell(DONE)


def cut_a_sticker(lab: Lab) -> None:
    polls(lab, lambda _: WorkSeen("vinyl", "run", Work.WORKING), 600)
    with busy_disk(lab):
        lab.floor.tell(BadgeRead("saw-reader", BADGES["lea"]))
        lab.floor.tell(WorkSeen("vinyl", "run", Work.RESTING))
        lab.clock.advance(11)
        lab.floor.tell(WorkSeen("vinyl", "run", Work.RESTING))


def test_wherever_the_plug_is_pulled_a_print_is_ended_once(lab: Lab, album: Album) -> None:
    print_a_cube(lab)
    [whole] = lab.bodies(PrintEnded)
    assert whole.used_us == 10 * MINUTE
    used = []
    for image in album.images.copy():
        lab.power_back(image)
        lab.tell(NOTHING)
        assert not lab.meters("prusa"), "no print is left open"
        ends = lab.bodies(PrintEnded)
        began = [str(e.birth) for e in lab.entries() if isinstance(e.body, PrintBegan)]
        assert [body.print for body in ends] == began
        used.append(sum(body.used_us for body in ends))
    assert used == sorted(used), "a later cut keeps no less"
    assert used[-1] == whole.used_us


def test_wherever_the_plug_is_pulled_a_run_is_written_once(lab: Lab, album: Album) -> None:
    cut_a_sticker(lab)
    [whole] = lab.bodies(RunMeasured)
    assert whole.used_us == 10 * MINUTE
    used = []
    for image in album.images.copy():
        lab.power_back(image)
        lab.advance(minutes=20)
        lab.tell(WorkSeen("vinyl", "run", Work.RESTING))
        assert not lab.meters("vinyl"), "no run is left open"
        runs = lab.bodies(RunMeasured)
        assert len(runs) <= 1
        used.append(sum(body.used_us for body in runs))
    assert used == sorted(used), "a later cut keeps no less"
    assert used[-1] == whole.used_us


def test_a_run_that_ends_at_once_after_a_restart_is_not_taken_up_again(lab: Lab) -> None:
    polls(lab, lambda _: WorkSeen("vinyl", "run", Work.WORKING), 60)
    lab.kill_kiosk()
    for _ in range(2):
        lab.tell(WorkSeen("vinyl", "run", Work.RESTING))
        lab.clock.advance(11)
    lab.kill_kiosk()
    lab.advance(minutes=20)
    lab.tell(WorkSeen("vinyl", "run", Work.RESTING))
    assert len(lab.bodies(RunMeasured)) == 1


def test_machines_that_left_the_site_file_leave_nothing_under_way(lab: Lab) -> None:
    lab.tell(NOTHING)
    polls(lab, printing, 120)
    polls(lab, lambda _: WorkSeen("vinyl", "run", Work.WORKING), 120)
    lab.close()
    lab.site = replace(
        lab.site, machines=tuple(m for m in lab.site.machines if m.slug not in ("prusa", "vinyl"))
    )
    lab.open()
    [print_] = lab.bodies(PrintEnded)
    [run] = lab.bodies(RunMeasured)
    assert (print_.result, print_.used_us) == (Result.LOST, 117 * SECOND)
    assert run.used_us == 117 * SECOND
    assert not lab.meters("prusa") + lab.meters("vinyl")
