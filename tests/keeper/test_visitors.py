"""What comes to the keeper's door: garbage, floods, strangers. The lines do not notice."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from typing import Any

import pytest

from kiosk.keeper.protocol import LONGEST, boot_us
from tests.keeper.keeping import DEADLINE_S, KeeperProcess, KioskProcess

pytestmark = pytest.mark.slow


class Stranger:
    """A connection that says what it likes."""

    def __init__(self, keeper: KeeperProcess) -> None:
        self._wire = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._wire.settimeout(DEADLINE_S)
        self._wire.connect(str(keeper.socket))
        self._lines = self._wire.makefile("rb")

    def say(self, *messages: bytes | dict[str, Any]) -> None:
        """All at once: the keeper may hang up after the first."""
        raw = (m if isinstance(m, bytes) else json.dumps(m).encode() for m in messages)
        self._wire.sendall(b"".join(line + b"\n" for line in raw))

    def hear(self) -> dict[str, Any]:
        """The next message; empty once the keeper has hung up."""
        try:
            line = self._lines.readline()
        except ConnectionResetError:
            return {}
        return json.loads(line) if line else {}

    def is_sent_away(self) -> bool:
        while self.hear():
            pass
        return True

    def close(self) -> None:
        self._lines.close()
        self._wire.close()


@pytest.fixture
def stranger(keeper: KeeperProcess) -> Iterator[Stranger]:
    made = Stranger(keeper)
    yield made
    made.close()


def on(machine: str) -> dict[str, Any]:
    return {
        "say": "order",
        "id": 1,
        "machine": machine,
        "on": True,
        "until_us": boot_us() + 60_000_000,
    }


GARBAGE: list[bytes] = [
    b"",
    b"\x00\xff\xfe",
    b"on laser",
    b"[]",
    b"null",
    b'{"say": "hello"}',
    b'{"say": "hello", "v": "1"}',
    b'{"say": "order", "id": 1, "machine": 7, "on": true}',
    b'{"say": "beat", "at_us": 1e400}',
    b'{"say": "beat", "at_us": ' + b"9" * 5000 + b"}",
    b"[" * 60_000,
    b'{"say": "' + b"x" * 60_000 + b'"}',
]


def test_garbage_sends_its_speaker_away_and_nobody_else(
    keeper: KeeperProcess, kiosk: KioskProcess
) -> None:
    kiosk.on("laser")
    for garbage in GARBAGE:
        with closing(Stranger(keeper)) as stranger:
            stranger.say(garbage)
            assert stranger.hear()["say"] == "no", garbage[:40]
            assert stranger.is_sent_away()
    assert kiosk.ask("connected")
    assert keeper.on() == {"laser"}


def test_garbage_of_a_kiosk_is_answered_and_its_next_order_is_heard(
    keeper: KeeperProcess, stranger: Stranger
) -> None:
    stranger.say({"say": "hello", "v": 1})
    assert stranger.hear()["say"] == "lines"
    stranger.say(b"on laser", {"say": "beat", "at_us": boot_us()}, on("laser"))
    assert [stranger.hear()["say"] for _ in range(3)] == ["no", "beat", "done"]
    assert keeper.on() == {"laser"}


def test_a_kiosk_that_only_says_garbage_is_sent_away(stranger: Stranger) -> None:
    stranger.say({"say": "hello", "v": 1}, *[b"on laser"] * 30)
    assert stranger.is_sent_away()


def test_a_line_without_an_end_sends_its_speaker_away(
    keeper: KeeperProcess, stranger: Stranger
) -> None:
    with suppress(BrokenPipeError):
        stranger.say(b"x" * (3 * LONGEST))
    assert stranger.is_sent_away()
    assert keeper.is_running()


def test_an_order_of_one_that_has_not_said_hello_is_not_heard(
    keeper: KeeperProcess, stranger: Stranger
) -> None:
    stranger.say({"say": "beat", "at_us": boot_us()}, on("laser"))
    assert "begins with hello" in stranger.hear()["sentence"]
    assert stranger.is_sent_away()
    assert keeper.times_energised() == 0


def test_an_order_without_a_heartbeat_is_refused_with_a_sentence(
    keeper: KeeperProcess, stranger: Stranger
) -> None:
    stranger.say({"say": "hello", "v": 1}, on("laser"))
    assert stranger.hear()["say"] == "lines"
    assert "no heartbeat" in stranger.hear()["error"]
    assert keeper.on() == set()


def test_a_kiosk_of_another_version_is_refused_with_a_sentence(stranger: Stranger) -> None:
    stranger.say({"say": "hello", "v": 2})
    assert "version 2" in stranger.hear()["sentence"]
    assert stranger.is_sent_away()


def test_a_kiosk_too_many_is_refused_with_a_sentence(
    kiosk: KioskProcess, stranger: Stranger
) -> None:
    assert kiosk.ask("connected")
    stranger.say({"say": "hello", "v": 1})
    assert "a kiosk is connected" in stranger.hear()["sentence"]
    assert stranger.is_sent_away()
    assert kiosk.ask("connected")


def test_one_who_says_nothing_is_sent_away(stranger: Stranger) -> None:
    assert stranger.hear() == {"say": "no", "sentence": "no hello came"}


def test_a_crowd_at_the_door_does_not_keep_the_kiosk_waiting(
    keeper: KeeperProcess, kiosk: KioskProcess
) -> None:
    with ExitStack() as crowd:
        for _ in range(40):
            crowd.callback(Stranger(keeper).close)
        kiosk.on("laser")
        assert keeper.on() == {"laser"}


def test_a_kiosk_that_never_reads_is_parted_with(keeper: KeeperProcess, stranger: Stranger) -> None:
    stranger.say({"say": "hello", "v": 1})
    beat = json.dumps({"say": "beat", "at_us": boot_us()}).encode()
    with suppress(BrokenPipeError, ConnectionResetError):
        while keeper.is_running():
            stranger.say(*[beat] * 1000)
    assert "does not read" in keeper.log.read_text()
    assert keeper.is_running()
