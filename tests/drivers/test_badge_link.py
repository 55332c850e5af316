"""A badge reader's port, on a pseudo-terminal: presented, unplugged, plugged in again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import serial

from drivers.badge import Options
from drivers.badge.fake import FakeReader
from drivers.badge.link import BadgeLink
from machines.facts import Back, BadgeRead, Noise, Silence
from machines.presence import Presence
from tests.drivers.hearing import Heard

INES = "0A00D2F5C3"
READ = BadgeRead("entrance", "00D2F5C3")


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[FakeReader]:
    with FakeReader(tmp_path / "by-id") as fake:
        yield fake


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def link(reader: FakeReader, heard: Heard) -> Iterator[BadgeLink]:
    made = BadgeLink("entrance", Options("rdm6300", str(reader.path)), heard)
    made.start()
    heard.wait_for_kind(Back)  # what is sent before the port is open is thrown away
    heard.facts.clear()
    yield made
    made.stop()


@pytest.mark.usefixtures("link")
def test_a_badge_presented_is_told(reader: FakeReader, heard: Heard) -> None:
    reader.present("00D2F5C4")
    assert BadgeRead("entrance", "00D2F5C4") in heard.wait_for_kind(BadgeRead)


@pytest.mark.usefixtures("link")
def test_a_badge_that_is_held_is_one_presentation(reader: FakeReader, heard: Heard) -> None:
    here = Presence()
    reader.hold(INES, 0.5)
    frames = heard.wait_for_kind(BadgeRead, 5)
    assert [here.frame("00D2F5C3", n * 100_000) for n in range(len(frames))].count(True) == 1


@pytest.mark.usefixtures("link")
def test_noise_is_told_and_the_badge_after_it_is_read(reader: FakeReader, heard: Heard) -> None:
    reader.noise(b"\x02\x55\xff")
    reader.present(INES)
    noise, badge = heard.wait_for_kind(BadgeRead)
    assert isinstance(noise, Noise)
    assert badge == READ


@pytest.mark.usefixtures("link")
def test_a_reader_unplugged_and_plugged_in_again_is_told_once_each(
    reader: FakeReader, heard: Heard
) -> None:
    for times in (1, 2):
        reader.unplug()
        heard.wait_for_kind(Silence, times)
        reader.plug()
        heard.wait_for_kind(Back, times)
    reader.present("00D2F5C4")
    facts = heard.wait_for_kind(BadgeRead)
    assert [type(fact) for fact in facts] == [Silence, Back, Silence, Back, BadgeRead]


@pytest.mark.usefixtures("link")
def test_a_frame_that_the_cable_cut_is_not_glued_to_the_next(
    reader: FakeReader, heard: Heard
) -> None:
    reader.noise(b"\xff" * 64 + b"\x020A00D2F5")
    heard.wait_for_kind(Noise)
    reader.unplug()
    heard.wait_for_kind(Silence)
    reader.plug()
    heard.wait_for_kind(Back)
    reader.noise(b"C3EE\x03")
    reader.present("00D2F5C4")
    facts = heard.wait_for_kind(BadgeRead)
    assert [fact for fact in facts if isinstance(fact, BadgeRead)] == [
        BadgeRead("entrance", "00D2F5C4")
    ]


def test_a_reader_that_is_not_there_at_start_is_read_once_it_is(
    tmp_path: Path, heard: Heard
) -> None:
    path = tmp_path / "by-id"
    link = BadgeLink("entrance", Options("rdm6300", str(path)), heard)
    link.start()
    heard.wait_for_kind(Silence)
    with FakeReader(path) as reader:
        heard.wait_for_kind(Back)
        reader.present(INES)
        assert READ in heard.wait_for_kind(BadgeRead)
        link.stop()


@pytest.mark.usefixtures("link")
def test_nobody_else_can_take_the_port(reader: FakeReader) -> None:
    with pytest.raises(serial.SerialException):
        serial.Serial(str(reader.path), exclusive=True)


def test_a_bare_reader_is_in_step_after_noise_and_a_pause(tmp_path: Path, heard: Heard) -> None:
    with FakeReader(tmp_path / "by-id", "em18") as reader:
        link = BadgeLink("entrance", Options("em18", str(reader.path)), heard)
        link.start()
        heard.wait_for_kind(Back)
        reader.noise(b"0A0")
        heard.wait_for_kind(Noise)
        reader.present(INES)
        assert READ in heard.wait_for_kind(BadgeRead)
        link.stop()
