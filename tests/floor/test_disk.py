"""A disk that hangs refuses new sessions, and never holds a machine or a page."""

from __future__ import annotations

from concurrent.futures import Future

from kiosk.floor.view import ScreenKind
from machines.facts import BadgeRead
from machines.journal import (
    Body,
    ConditionSet,
    Entry,
    Personal,
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
