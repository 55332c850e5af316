"""A disk that hangs refuses new sessions, and never holds a machine or a page."""

from __future__ import annotations

from concurrent.futures import Future

from kiosk.floor.view import ScreenKind
from machines.facts import BadgeRead
from machines.journal import Body, Entry, Personal, SessionVoided
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
