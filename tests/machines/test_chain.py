"""The chain: a journal that differs anywhere differs at its end."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from machines.chain import ZERO, commitment, derived_store, link, links

BODIES = st.lists(st.binary(max_size=8), min_size=1, max_size=12)


@given(BODIES, st.data())
def test_in_any_journal_a_changed_entry_shows_from_there_on(bodies, data) -> None:
    at = data.draw(st.integers(0, len(bodies) - 1))
    changed = [*bodies[:at], bodies[at] + b"!", *bodies[at + 1 :]]
    true, false = links(ZERO, bodies), links(ZERO, changed)
    assert true[:at] == false[:at]
    assert all(a != b for a, b in zip(true[at:], false[at:], strict=True))


@given(BODIES)
def test_a_missing_or_moved_entry_shows(bodies: list[bytes]) -> None:
    whole = links(ZERO, bodies)
    assert links(ZERO, bodies[:-1]) == whole[:-1]
    assert links(ZERO, [*bodies, b"more"])[-1] != whole[-1]
    if bodies != bodies[::-1]:
        assert links(ZERO, bodies[::-1])[-1] != whole[-1]


@given(BODIES, st.integers(0, 12))
def test_a_journal_read_in_two_parts_has_the_same_links(bodies: list[bytes], at: int) -> None:
    first = links(ZERO, bodies[:at])
    assert first + links(first[-1] if first else ZERO, bodies[at:]) == links(ZERO, bodies)


def test_a_link_has_sixteen_bytes() -> None:
    assert len(link(ZERO, b"")) == len(ZERO) == 16


def test_a_fork_has_a_name_of_its_own_and_always_the_same() -> None:
    first = link(ZERO, b"first")
    forks = {
        derived_store(ZERO, 7, first),
        derived_store(ZERO, 8, first),
        derived_store(first, 7, first),
        derived_store(ZERO, 7, ZERO),
    }
    assert len(forks) == 4
    assert derived_store(ZERO, 7, first) in forks
    assert {len(store) for store in forks} == {16}


def test_a_commitment_tells_nothing_but_whether_it_is_the_same() -> None:
    assert commitment(b"ines") != commitment(b"Ines")
    assert len(commitment(b"ines")) == 32
