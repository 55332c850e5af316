"""The contact of a machine: it bounces, it settles, and it is spoken of while it lasts."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.sense import Options
from drivers.sense.fake import FakeContact
from drivers.sense.link import SenseLink, mock_pins
from drivers.sense.wire import Settling
from kiosk.clock import ClockPace, FastClock
from machines.facts import Back, Fact, Silence, WorkSeen
from machines.meter import Work
from tests.drivers.hearing import Heard

SETTLE_US = 50_000
edges = st.lists(st.tuples(st.integers(0, 200_000), st.booleans()), max_size=40)

WORKING = WorkSeen("press", "run", Work.WORKING)
RESTING = WorkSeen("press", "run", Work.RESTING)


def test_a_bounce_is_not_a_run() -> None:
    line, told = Settling(SETTLE_US).seen(False, 0)
    line, more = line.passed(SETTLE_US)
    assert told + more == (False,)
    for at_us in range(100_000, 130_000, 10_000):
        line, told = line.seen(not line.level, at_us)
        assert told == ()


def test_a_run_shorter_than_a_look_is_told_whole() -> None:
    line, _ = Settling(SETTLE_US).seen(False, 0)
    line, _ = line.seen(True, 100_000)
    line, _ = line.seen(False, 200_000)
    line, told = line.passed(300_000)
    assert told == (False,)


@given(edges)
def test_in_any_history_what_is_told_alternates_and_had_settled(
    steps: list[tuple[int, bool]],
) -> None:
    line, at_us, since_us, level = Settling(SETTLE_US), 0, 0, None
    told: list[bool] = []
    for wait_us, now in steps:
        at_us += wait_us
        line, news = line.seen(now, at_us)
        for runs in news:
            assert runs == level
            assert at_us - since_us >= SETTLE_US
        told += news
        if now != level:
            level, since_us = now, at_us
    assert all(a != b for a, b in itertools.pairwise(told))


@pytest.fixture
def pins() -> Any:
    return mock_pins()


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def link(pins: Any, heard: Heard) -> Iterator[SenseLink]:
    made = SenseLink("press", Options(17), heard, ClockPace(FastClock(0, 20)), pins)
    made.start()
    heard.wait_for(lambda facts: RESTING in facts)
    yield made
    made.stop()


@pytest.mark.usefixtures("link")
def test_a_machine_that_runs_is_told_and_told_again_while_it_lasts(pins: Any, heard: Heard) -> None:
    FakeContact(pins, Options(17)).run()
    heard.wait_for(lambda facts: facts.count(WORKING) >= 3)


@pytest.mark.usefixtures("link")
def test_a_machine_that_stops_is_told(pins: Any, heard: Heard) -> None:
    contact = FakeContact(pins, Options(17))
    contact.run()
    heard.wait_for(lambda facts: WORKING in facts)
    contact.rest()
    heard.wait_for(lambda facts: facts[-1] == RESTING)


@pytest.mark.usefixtures("link")
def test_a_contact_that_bounces_tells_no_run(pins: Any, heard: Heard) -> None:
    FakeContact(pins, Options(17)).bounce(20)
    resting = heard.facts.count(RESTING)
    facts = heard.wait_for(lambda facts: facts.count(RESTING) >= resting + 2)
    assert WORKING not in facts


def test_a_contact_that_closes_to_low_runs_when_it_is_low(pins: Any, heard: Heard) -> None:
    options = Options(17, active="low")
    contact = FakeContact(pins, options)
    link = SenseLink("press", options, heard, ClockPace(FastClock(0, 20)), pins)
    link.start()
    heard.wait_for(lambda facts: RESTING in facts)
    contact.run()
    heard.wait_for(lambda facts: WORKING in facts)
    link.stop()


class _Busy:
    """Pins of which one is taken by another process for a while."""

    def __init__(self, pins: Any, times: int) -> None:
        self._pins, self.left = pins, times

    def __getattr__(self, name: str) -> Any:
        return getattr(self._pins, name)

    def pin(self, line: int) -> Any:
        self.left -= 1
        if self.left >= 0:
            raise RuntimeError("GPIO busy")
        return self._pins.pin(line)


def test_a_line_that_cannot_be_had_is_unknown_and_never_resting(pins: Any, heard: Heard) -> None:
    pace = ClockPace(FastClock(0, 20))
    link = SenseLink("press", Options(17), heard, pace, _Busy(pins, 2))
    link.start()
    facts: list[Fact] = heard.wait_for(lambda facts: RESTING in facts)
    link.stop()
    assert facts[0] == WorkSeen("press", "run", Work.UNKNOWN)
    assert [type(fact) for fact in facts[1:3]] == [Silence, Back]
