"""Entries as bytes: whatever is written reads back, and nothing is half understood."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import fields, is_dataclass, replace
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.store import codec
from kiosk.store.codec import CodecError, NotAnEntry, UnknownKind, WrongPersonal, decode, encode
from machines import journal
from machines.chain import commitment
from machines.instants import Instant, WallQuality
from machines.journal import KINDS, Birth, ConditionSet, Entry, Personal, SessionOpened

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)
PLAIN = {
    str: TEXT,
    int: st.integers(0, 2**53),
    bool: st.booleans(),
    float: st.floats(0, 1e6),
    type(None): st.none(),
}


def anything(kind: Any) -> st.SearchStrategy[Any]:
    """Any value of a field's type, as the journal's dataclasses use types."""
    if kind in PLAIN:
        return PLAIN[kind]
    if get_origin(kind) is tuple:
        first, *rest = get_args(kind)
        if rest == [...]:
            return st.lists(anything(first), max_size=3).map(tuple)
        return st.tuples(anything(first), *map(anything, rest))
    if get_args(kind):
        return st.one_of(*map(anything, get_args(kind)))
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return st.builds(
            kind, **{field.name: anything(hints[field.name]) for field in fields(kind)}
        )
    return st.sampled_from(kind)


BIRTHS = st.builds(
    Birth,
    st.binary(min_size=16, max_size=16).map(bytes.hex),
    st.integers(1, 2**62),
    st.integers(0, 2**63 - 1),
)
BODIES = st.one_of(*map(anything, KINDS.values()))
ENTRIES = st.builds(Entry, BIRTHS, anything(Instant), BODIES, st.none() | anything(Personal))
ENTRY = Entry(
    Birth("a1" * 16, 7, 812),
    Instant(3, 81_000_000, 1_795_507_200_000_000, WallQuality.NTP),
    SessionOpened("laser", "badge"),
    Personal(member="ines"),
)


def no_random(size: int) -> bytes:
    return bytes(size)


@given(ENTRIES)
def test_any_entry_reads_back_as_it_was_written(entry: Entry) -> None:
    body, personal = encode(entry)
    about = None if entry.personal in (None, Personal()) else entry.personal
    assert decode(body, personal) == replace(entry, personal=about)
    assert decode(body) == replace(entry, personal=None)


@given(ENTRIES, st.data())
def test_at_any_cut_of_the_bytes_an_entry_is_refused_and_nothing_else_happens(entry, data) -> None:
    body, _ = encode(entry)
    cut = data.draw(st.integers(0, len(body) - 1))
    with pytest.raises(CodecError):
        decode(body[:cut])


@given(ENTRIES, st.data(), st.binary(max_size=3))
def test_bytes_that_were_changed_are_an_entry_or_a_codec_error(entry, data, put) -> None:
    body, _ = encode(entry)
    at = data.draw(st.integers(0, len(body) - 1))
    with suppress(CodecError):
        decode(body[:at] + put + body[at + 1 :])


@given(st.binary())
def test_any_bytes_at_all_are_an_entry_or_a_codec_error(junk: bytes) -> None:
    with pytest.raises(CodecError):
        decode(junk)


def test_the_bytes_of_a_tap_stay_as_they_are() -> None:
    """What is on every card in every lab: a change here is a new body version."""
    body, personal = encode(ENTRY, no_random)
    assert personal == b'{"salt":"00000000000000000000000000000000","member":"ines"}'
    assert body == (
        b'{"v":1,"kind":"session.opened","birth":["a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1",7,812],'
        b'"at":[3,81000000,1795507200000000,2],'
        b'"data":{"machine":"laser","source":"badge","category":"individual","party":0,"public":"","group":"","title":""},'
        b'"pc":"' + commitment(personal).encode() + b'"}'
    )


def test_the_body_says_nothing_of_the_person() -> None:
    body, personal = encode(ENTRY)
    assert b"ines" not in body
    assert personal is not None
    assert b"ines" in personal


def test_two_taps_of_one_member_have_commitments_that_cannot_be_compared() -> None:
    first, second = (json.loads(encode(ENTRY)[0])["pc"] for _ in range(2))
    assert first != second


def test_an_entry_about_nobody_has_no_personal_part() -> None:
    body, personal = encode(replace(ENTRY, personal=Personal()))
    assert personal is None
    assert b'"pc"' not in body


def test_a_personal_part_of_another_entry_is_refused() -> None:
    body, _ = encode(ENTRY)
    _, other = encode(ENTRY)
    with pytest.raises(WrongPersonal):
        decode(body, other)
    nobody, _ = encode(replace(ENTRY, personal=None))
    with pytest.raises(WrongPersonal):
        decode(nobody, other)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"v":1', b'"v":2'),
        (b'"session.opened"', b'"session.dreamt"'),
        (b'"party":0', b'"party":0,"dreaming":true'),
    ],
)
def test_what_a_newer_version_wrote_waits_and_is_not_half_understood(old, new) -> None:
    body, _ = encode(ENTRY)
    assert old in body
    with pytest.raises(UnknownKind) as unknown:
        decode(body.replace(old, new))
    assert unknown.value.kind in ("session.opened", "session.dreamt")


def test_a_field_unknown_inside_a_field_waits_as_well() -> None:
    body, _ = encode(replace(ENTRY, body=journal.BootBegan("id", "1", True, ENTRY.at)))
    with pytest.raises(UnknownKind, match=r"last_seen\.leap"):
        decode(body.replace(b'"quality":2', b'"quality":2,"leap":1'))


def test_what_this_version_writes_is_read_without_looking_for_what_is_unread(monkeypatch) -> None:
    """It takes twice as long, and the central reads every entry of every lab."""
    monkeypatch.setattr(codec, "_unread", None)
    for entry in (ENTRY, replace(ENTRY, body=journal.BootBegan("id", "1", True, ENTRY.at))):
        assert decode(*encode(entry)) == entry


def test_what_an_older_version_wrote_is_read_with_the_defaults() -> None:
    body, _ = encode(replace(ENTRY, body=ConditionSet("laser", "fault")))
    older = body.replace(b',"cleared":false', b"")
    assert older != body
    assert decode(older).body == ConditionSet("laser", "fault", cleared=False)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"party":0', b'"party":"0"'),
        (b'"machine":"laser"', b'"machine":null'),
        (b"1795507200000000,2]", b"1795507200000000,9]"),
        (b",7,812]", b",0,812]"),
        (b",7,812]", b",7,-1]"),
        (b'"a1a1', b'"A1a1'),
        (b'"a1a1', b'"zza1'),
        (b'"a1a1', b'"a1'),
        (b'"a1a1', b'" a1a1'),
        (b",7,812]", b",7,9223372036854775808]"),
        (b'"data":{', b'"date":{'),
    ],
)
def test_a_malformed_entry_is_told_as_one(old: bytes, new: bytes) -> None:
    body, _ = encode(ENTRY)
    assert old in body
    with pytest.raises(NotAnEntry):
        decode(body.replace(old, new))


def test_every_kind_is_read_strictly_by_its_own_types() -> None:
    assert set(KINDS.values()) == set(get_args(journal.Body))
