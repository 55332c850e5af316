"""Bytes of a badge reader: whatever comes, and however it is cut."""

from __future__ import annotations

import itertools
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.badge.wire import Decoder, frame
from machines.badges import from_em4100
from machines.facts import BadgeRead, Noise

numbers = st.integers(0, 2**40 - 1).map(lambda n: f"{n:010X}")
kinds = st.sampled_from(["rdm6300", "em18"])


@st.composite
def streams(draw: st.DrawFn) -> tuple[str, bytes]:
    """What a line may carry: frames, halves of them, digits, anything."""
    kind = draw(kinds)
    whole = numbers.map(lambda n: frame(n, kind))
    half = st.tuples(whole, st.integers(0, 13)).map(lambda cut: cut[0][: cut[1]])
    digits = st.text("0123456789ABCDEF\x02\x03", max_size=20).map(str.encode)
    pieces = draw(st.lists(whole | half | digits | st.binary(max_size=40), max_size=12))
    return kind, b"".join(pieces)


def decoded(kind: str, *pieces: bytes) -> list[BadgeRead | Noise]:
    decoder = Decoder("entrance", kind)
    return [fact for piece in pieces for fact in decoder.feed(piece)]


def badges(facts: list[BadgeRead | Noise]) -> list[str]:
    return [fact.number for fact in facts if isinstance(fact, BadgeRead)]


def test_the_frame_of_the_data_sheet_is_read() -> None:
    assert decoded("rdm6300", b"\x020A00D2F5C3EE\x03") == [BadgeRead("entrance", "00D2F5C3")]


def test_a_bare_reader_is_read_too() -> None:
    assert decoded("em18", b"0A00D2F5C3EE") == [BadgeRead("entrance", "00D2F5C3")]


def test_a_wrong_checksum_is_noise_and_not_a_badge() -> None:
    (fact,) = decoded("rdm6300", b"\x020A00D2F5C3EF\x03")
    assert isinstance(fact, Noise)


@pytest.mark.parametrize("kind", ["rdm6300", "em18"])
def test_a_badge_that_is_held_is_read_at_each_of_its_frames(kind: str) -> None:
    assert badges(decoded(kind, frame("0A00D2F5C3", kind) * 5)) == ["00D2F5C3"] * 5


@given(streams(), st.lists(st.integers(0, 500), max_size=20))
def test_at_any_cut_of_the_bytes_the_same_facts(stream: tuple[str, bytes], at: list[int]) -> None:
    kind, data = stream
    cuts = [0, *sorted(at), len(data)]
    pieces = [data[a:b] for a, b in itertools.pairwise(cuts)]
    pieces.append(data[max(cuts) :])
    assert decoded(kind, *pieces) == decoded(kind, data)


@given(st.binary(max_size=100), numbers, st.binary(max_size=100))
def test_noise_does_not_hide_the_frames_around_it(a: bytes, number: str, b: bytes) -> None:
    facts = decoded("rdm6300", frame(number) + a + frame(number) + b + frame(number))
    assert badges(facts).count(from_em4100(number)) >= 3


@given(st.binary(max_size=100), numbers)
def test_after_a_pause_a_bare_reader_is_in_step_again(noise: bytes, number: str) -> None:
    decoder = Decoder("entrance", "em18")
    decoder.feed(noise)
    decoder.pause()
    assert decoder.feed(frame(number, "em18")) == (BadgeRead("entrance", from_em4100(number)),)


@given(numbers, st.integers(1, 12), st.integers(0, 255))
def test_one_damaged_byte_never_makes_another_badge(number: str, at: int, byte: int) -> None:
    whole = bytearray(frame(number))
    whole[at] = byte
    assert set(badges(decoded("rdm6300", bytes(whole)))) <= {from_em4100(number)}


def test_a_frame_damaged_after_another_that_broke_off_is_noise() -> None:
    damaged = b"\x020A00" + b"\x020A\xff000000000\x03"
    facts = decoded("rdm6300", damaged + frame("0A00D2F5C3"))
    assert badges(facts) == ["00D2F5C3"]


def test_what_is_noise_is_counted_and_never_shown() -> None:
    damaged = frame("0A00D2F5C3")[:9]
    facts = decoded("rdm6300", damaged + b"\xff" + frame("0A00D2F5C3"))
    assert facts[0] == Noise("entrance", "10 bytes that were no frame")


@pytest.mark.parametrize("kind", ["rdm6300", "em18"])
def test_a_reader_that_floods_is_told_and_costs_no_memory(kind: str) -> None:
    decoder = Decoder("entrance", kind)
    flood = bytes(range(256)) * 40
    decoder.feed(flood)
    tracemalloc.start()
    facts = sum(len(decoder.feed(flood)) for _ in range(20))
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert facts > 20
    assert kept < 20_000
