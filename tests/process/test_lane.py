"""Errands one after the other, in a thread that is there only while there are any."""

from __future__ import annotations

import threading

from kiosk.lane import Lane


def threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "a lane"]


def test_errands_are_done_in_their_order_and_no_thread_is_left() -> None:
    lane, done = Lane("a lane"), []
    for _ in range(3):
        for n in range(20):
            lane.put(lambda n=n: done.append(n))  # type: ignore[misc]
            assert len(threads()) <= 1
        lane.join(5)
        assert threads() == []
    assert done == [*range(20)] * 3


def test_an_errand_that_fails_is_logged_and_the_next_one_is_done(caplog):
    lane, done = Lane("a lane"), threading.Event()
    hold = threading.Event()

    def fails() -> None:
        hold.wait(5)
        raise KeyError("a fault")

    lane.put(fails)
    lane.put(done.set)
    hold.set()
    assert done.wait(5)
    lane.join(5)
    assert "a lane: goes on after" in caplog.text


def test_an_errand_may_bring_another() -> None:
    lane, done = Lane("a lane"), threading.Event()
    lane.put(lambda: lane.put(done.set))
    assert done.wait(5)
    lane.join(5)
