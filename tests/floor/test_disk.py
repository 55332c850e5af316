"""A disk that hangs refuses new sessions, and never holds a machine or a page."""

from __future__ import annotations

from concurrent.futures import Future

from drivers.octoprint.wire import WORK
from kiosk.floor.view import ScreenKind
from machines.facts import BadgeRead, JobSeen, PrinterSeen
from machines.instants import SECOND
from machines.journal import (
    Body,
    ConditionSet,
    Entry,
    Personal,
    PrintEnded,
    Result,
    SessionClosed,
    SessionVoided,
)
from tests.lab import BADGES, Lab


class Hanging:
    """The lab's own store, whose answers are kept back until `release`."""

    def __init__(self, lab: Lab) -> None:
        self._store = lab.store
        self._kept: list[tuple[Future[Entry], Body, Personal | None]] = []

    def append(
        self, body: Body, personal: Personal | None = None, *, ends: tuple[str, str] | None = None
    ) -> Future[Entry]:
        future: Future[Entry] = Future()
        self._kept.append((future, body, personal))
        return future

    def fail(self) -> None:
        """The disk gives all of it up."""
        for future, _, _ in self._kept:
            future.set_exception(OSError("I/O error"))
        self._kept.clear()

    def checkpoint(self, machine: str, meter: str, row: bytes) -> None:
        pass

    def release(self) -> None:
        for future, body, personal in self._kept:
            future.set_result(self._store.append(body, personal).result(5))
        self._kept.clear()


def tick(lab: Lab, seconds: float) -> None:
    lab.clock.advance(seconds)
    lab.floor.turn(lab.clock.now(), None)
    lab.floor.drain()


def test_a_disk_slower_than_two_seconds_refuses_and_voids_what_comes_late(lab: Lab) -> None:
    lab.tap("ines", "press")
    disk = Hanging(lab)
    lab.floor.writing.journal = disk
    lab.floor.tell(BadgeRead("saw-reader", BADGES["ines"]))
    lab.floor.drain()
    tick(lab, 1.9)
    assert lab.screen.kind is not ScreenKind.REFUSED
    tick(lab, 0.2)
    assert (lab.screen.kind, lab.screen.refusal) == (ScreenKind.REFUSED, "journal-unavailable")
    assert lab.keeper.orders == []
    assert not lab.view.journal_ok
    assert lab.machine("press").member == "Inès B."

    disk.release()
    lab.floor.drain()
    disk.release()
    lab.floor.drain()
    tick(lab, 1)
    assert lab.keeper.orders == []
    assert [body.machine for body in lab.bodies(SessionVoided)] == ["saw"]
    assert lab.view.journal_ok


def test_while_the_disk_hangs_the_next_badge_is_refused_at_once(lab: Lab) -> None:
    disk = lab.floor.writing.journal = Hanging(lab)
    lab.floor.tell(BadgeRead("saw-reader", BADGES["ines"]))
    lab.floor.drain()
    tick(lab, 2.1)
    tick(lab, 5)
    lab.floor.tell(BadgeRead("saw-reader", BADGES["ines"]))
    lab.floor.drain()
    assert lab.screen.refusal == "journal-unavailable"
    assert lab.keeper.orders == []
    disk.release()


def test_a_machine_is_off_at_once_and_its_member_is_told_when_that_is_on_disk(lab: Lab) -> None:
    lab.tap("ines", "saw")
    disk = lab.floor.writing.journal = Hanging(lab)
    lab.floor.tell(BadgeRead("saw-reader", BADGES["ines"]))
    lab.floor.drain()
    assert lab.keeper.on == {"saw": False}
    assert lab.screen.kind is not ScreenKind.STOPPED
    disk.release()
    lab.floor.drain()
    assert lab.screen.kind is ScreenKind.STOPPED
    assert len(lab.bodies(SessionClosed)) == 1


def test_an_end_that_the_disk_refused_is_not_said_to_be_recorded(lab: Lab) -> None:
    lab.tap("ines", "saw")
    disk = lab.floor.writing.journal = Hanging(lab)
    lab.floor.tell(BadgeRead("saw-reader", BADGES["ines"]))
    lab.floor.drain()
    disk.fail()
    lab.floor.drain()
    assert (lab.screen.kind, lab.screen.refusal) == (ScreenKind.REFUSED, "journal-unavailable")
    assert lab.keeper.on == {"saw": False}


def test_a_machine_put_in_maintenance_while_the_disk_hangs_does_not_start(lab: Lab) -> None:
    disk = lab.floor.writing.journal = Hanging(lab)
    lab.floor.tell(BadgeRead("saw-reader", BADGES["ines"]))
    lab.floor.drain()
    entry = ConditionSet("saw", "maintenance", note="lame")
    lab.floor.soon(lambda _: lab.floor.condition_set(entry))
    lab.floor.drain()
    tick(lab, 0.1)
    assert lab.screen.refusal == "maintenance"
    disk.release()
    lab.floor.drain()
    disk.release()
    lab.floor.drain()
    assert lab.keeper.orders == []
    assert len(lab.bodies(SessionVoided)) == 1


def test_a_print_whose_beginning_and_end_the_disk_refused_is_written_when_it_can(lab: Lab) -> None:
    mug = lab.submit()
    lab.printer()
    lab.clear_plate()
    lab.start(mug)
    lab.answer("upload")
    lab.answer("start")
    path = lab.octoprints.last("start")[3]
    disk = Hanging(lab)
    lab.floor.writing.journal = disk
    show(lab, "Printing", path, elapsed_s=1.0, progress=0.01)
    disk.fail()
    lab.floor.drain()
    lab.floor.writing.journal = lab.store
    for n in range(1, 5):
        lab.advance(30)
        lab.printer("Printing", path=path, elapsed_s=30.0 * n, progress=0.2 * n)
    assert lab.job(mug).state == "printing"
    assert not lab.floor.queue.bays.any

    lab.floor.writing.journal = disk
    show(lab, "Operational", path, progress=1.0)
    disk.fail()
    lab.floor.drain()
    lab.floor.writing.journal = lab.store
    lab.advance(30)
    assert lab.job(mug).result is Result.DONE
    [end] = lab.bodies(PrintEnded)
    assert end.used_us + end.unseen_us == 120 * SECOND
    assert lab.meters("ender") == []


def test_an_end_that_is_written_late_leaves_the_next_print_its_row(lab: Lab) -> None:
    lab.printer("Printing", path="one.gcode", elapsed_s=1.0, progress=0.1)
    lab.advance(3)
    disk = Hanging(lab)
    lab.floor.writing.journal = disk
    show(lab, "Operational", "one.gcode", progress=1.0)
    disk.fail()
    lab.floor.drain()
    lab.floor.writing.journal = lab.store
    lab.printer("Printing", path="two.gcode", elapsed_s=1.0, progress=0.1)
    lab.advance(30)
    assert len(lab.bodies(PrintEnded)) == 1
    assert lab.meters("ender") == ["print"]


def show(lab: Lab, state: str, path: str, **more: float) -> None:
    """The printer is seen, and the disk does not answer."""
    lab.floor.tell(PrinterSeen("ender", WORK[state], state, JobSeen(path, path, **more)))
    lab.floor.drain()
