"""The floor's end, against a keeper in a thread, one that is away, and one that does not answer."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from drivers.relay.wire import Rule, Why
from kiosk.floor.relays import Relays
from kiosk.keeper.door import Door
from kiosk.keeper.keeper import Keeper
from kiosk.keeper.protocol import Beat, Done, LineReport, Lines, Told, encode
from tests.keeper.keeping import until

RULES = {"laser": Rule(3_000_000), "prusa": Rule(3600_000_000, Why.HELD_LONG)}


class Board:
    """Lines in memory. `broken`: those whose wire is off; `stuck`: those that stay as they are."""

    def __init__(self) -> None:
        self.on: set[str] = set()
        self.orders: list[tuple[str, bool]] = []
        self.broken: set[str] = set()
        self.stuck: set[str] = set()

    def energise(self, machine: str) -> None:
        if machine in self.broken:
            raise OSError("no such device")
        self.on.add(machine)
        self.orders.append((machine, True))

    def release(self, machine: str) -> None:
        if machine in self.stuck:
            raise OSError("device is busy")
        self.on.discard(machine)
        self.orders.append((machine, False))


class Floor:
    """What the floor was told, and whether it is alive."""

    def __init__(self) -> None:
        self.told: list[LineReport] = []
        self.alive = True

    def lines(self, reports: tuple[LineReport, ...]) -> None:
        self.told += reports


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "relays.sock"


@pytest.fixture
def board() -> Board:
    return Board()


@pytest.fixture
def keeper(path: Path, board: Board) -> Iterator[Keeper]:
    with closing(Door(path)) as door:
        made = Keeper(RULES, door)
        thread = threading.Thread(target=made.run, args=(board,))
        thread.start()
        yield made
        made.stop()
        thread.join()


@pytest.fixture
def floor() -> Floor:
    return Floor()


@pytest.fixture
def relays(path: Path, floor: Floor) -> Iterator[Relays]:
    made = Relays(path, floor.lines, lambda: floor.alive)
    made.start()
    yield made
    made.stop()


@pytest.mark.usefixtures("keeper")
def test_an_order_is_done_when_set_returns(relays: Relays, board: Board) -> None:
    until(lambda: relays.connected, "connected")
    assert relays.set("laser", True)
    assert board.on == {"laser"}
    assert relays.lines()["laser"] == LineReport("laser", True)
    assert relays.set("laser", False)
    assert board.on == set()


@pytest.mark.usefixtures("keeper")
def test_a_line_that_cannot_be_released_is_said_to_be_on_and_tried_until_it_is_off(
    relays: Relays, board: Board
) -> None:
    until(lambda: relays.connected, "connected")
    assert relays.set("prusa", True)
    board.stuck.add("prusa")
    relays.set("prusa", False)
    assert relays.lines()["prusa"] == LineReport("prusa", True)
    board.stuck.clear()
    until(lambda: board.on == set(), "off")
    until(lambda: not relays.lines()["prusa"].on, "told")


@pytest.mark.usefixtures("keeper")
def test_an_order_without_waiting_is_done_soon(relays: Relays, board: Board) -> None:
    until(lambda: relays.connected, "connected")
    relays.set_soon("laser", True)
    until(lambda: board.on == {"laser"}, "on")
    relays.set_soon("laser", False)
    until(lambda: board.on == set(), "off")


def test_without_a_keeper_nothing_is_on_and_the_floor_is_told(relays: Relays, floor: Floor) -> None:
    assert not relays.connected
    assert not relays.set("laser", True)
    relays.set_soon("prusa", True)
    until(lambda: any(report.machine == "prusa" for report in floor.told), "told")
    assert floor.told[-1].dropped


def test_an_order_given_while_the_keeper_was_away_is_not_remembered(
    relays: Relays, floor: Floor, path: Path, board: Board, request: pytest.FixtureRequest
) -> None:
    relays.set_soon("laser", True)
    relays.set_soon("prusa", False)
    request.getfixturevalue("keeper")
    until(lambda: relays.connected, "connected")
    until(lambda: ("prusa", False) in board.orders, "off is said again")
    assert ("laser", True) not in board.orders


@pytest.mark.usefixtures("keeper")
def test_a_line_that_cannot_be_driven_is_told_as_off(
    relays: Relays, floor: Floor, board: Board
) -> None:
    board.broken.add("laser")
    until(lambda: relays.connected, "connected")
    assert not relays.set("laser", True)
    until(lambda: ("laser", Why.FAULT) in {(told.machine, told.why) for told in floor.told}, "told")
    assert ("laser", False) in board.orders
    until(lambda: [r for r in floor.told if r.why is Why.FAULT], "told")


@pytest.mark.usefixtures("keeper")
def test_a_floor_that_does_not_live_energises_nothing_by_itself(
    relays: Relays, floor: Floor
) -> None:
    floor.alive = False
    until(lambda: relays.connected, "connected")
    assert not any(line.on for line in relays.lines().values())


@pytest.mark.usefixtures("keeper")
def test_a_floor_that_fails_on_news_keeps_its_relays(path: Path, board: Board) -> None:
    def fail(reports: tuple[LineReport, ...]) -> None:
        raise RuntimeError("the floor has a bug")

    relays = Relays(path, fail)
    relays.start()
    until(lambda: relays.connected, "connected")
    assert relays.set("laser", True)
    relays.stop()


class DeafKeeper:
    """Lets a kiosk in, and hears nothing of what it says until told to."""

    def __init__(self, path: Path) -> None:
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.settimeout(15)
        self._listener.bind(str(path))
        self._listener.listen()
        self.kiosk: socket.socket | None = None

    def let_in(self) -> None:
        if self.kiosk:
            self.kiosk.close()
        self.kiosk, _ = self._listener.accept()
        self.kiosk.settimeout(15)
        self.say(Lines((LineReport("laser", False, Why.ASKED, 0.0),)))

    def close(self) -> None:
        if self.kiosk:
            self.kiosk.close()
        self._listener.close()

    def say(self, *messages: Told) -> None:
        assert self.kiosk
        self.kiosk.sendall(b"".join(encode(message) for message in messages))

    def heard(self) -> bytes:
        assert self.kiosk
        return self.kiosk.recv(65536)


def test_a_line_is_off_since_the_keeper_that_died_was_last_heard(path: Path, board: Board) -> None:
    told: list[tuple[float, LineReport]] = []
    relays = Relays(path, lambda reports: told.extend((time.monotonic(), r) for r in reports))
    relays.start()
    with ExitStack() as last:
        last.callback(relays.stop)
        with closing(DeafKeeper(path)) as deaf:
            deaf.let_in()
            until(lambda: relays.connected, "connected")
            died = time.monotonic()
        until(lambda: time.monotonic() > died + 1, "nobody keeps the lines")
        told.clear()
        with closing(Door(path)) as door:
            keeper = Keeper(RULES, door)
            thread = threading.Thread(target=keeper.run, args=(board,))
            thread.start()
            until(lambda: told, "the next one tells of its lines")
            keeper.stop()
            thread.join()
    at, report = told[0]
    assert report.why is Why.STARTED
    assert report.ago_s is not None
    assert at - report.ago_s <= died + 0.1


def test_an_order_to_energise_that_is_not_answered_is_taken_back(
    path: Path, relays: Relays, floor: Floor
) -> None:
    with closing(DeafKeeper(path)) as deaf:
        deaf.let_in()
        until(lambda: relays.connected, "connected")
        relays.set_soon("laser", True)
        said = b""
        while b'"on":false' not in said:
            said += deaf.heard()
        assert said.index(b'"on":true') < said.index(b'"on":false')
        until(lambda: [r for r in floor.told if r.why is Why.FAULT], "told")


def test_set_waits_half_a_second_for_a_keeper_that_does_not_answer_and_no_longer(
    path: Path, relays: Relays
) -> None:
    with closing(DeafKeeper(path)) as deaf:
        deaf.let_in()
        until(lambda: relays.connected, "connected")
        began = time.monotonic()
        assert not relays.set("laser", True)
        assert 0.4 < time.monotonic() - began < 2
        said = b""
        while b'"on":false' not in said:
            said += deaf.heard()


def test_an_answer_to_an_older_order_does_not_undo_a_newer_one(
    path: Path, relays: Relays, floor: Floor
) -> None:
    with closing(DeafKeeper(path)) as deaf:
        deaf.let_in()
        until(lambda: relays.connected, "connected")
        relays.set_soon("laser", False)
        relays.set_soon("laser", True)
        said = b""
        while b'"on":true' not in said:
            said += deaf.heard()
        # Only the newer is answered; the older one is late, which must not matter.
        deaf.say(Done(2, line=LineReport("laser", True)), Beat(0))
        until(lambda: relays.lines()["laser"].on, "on")
        after = said[said.index(b'"on":true') :]
        while after.count(b'"beat"') < 2:
            after += deaf.heard()
        assert b'"on":false' not in after


@pytest.mark.slow
def test_a_keeper_that_does_not_answer_counts_as_away(path: Path, relays: Relays) -> None:
    with closing(DeafKeeper(path)) as deaf:
        deaf.let_in()
        until(lambda: relays.connected, "connected")
        until(lambda: not relays.connected, "deaf for too long")
        deaf.let_in()
        until(lambda: relays.connected, "connected anew")
