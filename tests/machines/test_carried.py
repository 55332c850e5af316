"""What a kiosk carries over a restart: the same as all entries from the first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.floor.rows import decode_carried, encode_carried
from machines.carried import Carried
from machines.instants import SECOND, Instant, WallQuality
from machines.job_entries import (
    JobApproved,
    JobAssigned,
    JobCollected,
    JobMoved,
    JobPrioritised,
    JobRefused,
    JobRequeued,
    JobStarting,
    JobSubmitted,
    JobWithdrawn,
    Needs,
    NotStarted,
    PlateCleared,
    PrintJudged,
    PrintOwned,
    PrintReconciled,
    SpoolLoaded,
    Why,
)
from machines.journal import (
    Birth,
    Body,
    Entry,
    Personal,
    PrintBegan,
    PrintEnded,
    Result,
    SessionOpened,
)
from machines.people_entries import ClearanceGranted, ClearanceRevoked, MemberProvisional

STORE = "b" * 32
PEOPLE = Personal(member="m-ines", category="individual", by="m-noe", file_name="mug.gcode")


def at(seq: int) -> Instant:
    us = seq * 600 * SECOND
    return Instant(1 + seq // 20, us, 1_800_000_000 * SECOND + us, WallQuality.NTP)


def birth(seq: int) -> str:
    return str(Birth(STORE, seq, seq))


NAMES = st.integers(1, 12).map(birth)
PLACES = st.sampled_from(["prusa", "ender"])


def ended(print_: str, machine: str, result: Result, seq: int) -> PrintEnded:
    used = 3600 * SECOND
    return PrintEnded(print_, machine, None, result, at(seq), at(seq), used, 0, 0, 900.0)


NEEDS = Needs(model="MK4", material="PLA", size_mm=(100.0, 80.0, 60.5))
BODIES = st.one_of(
    st.builds(
        JobSubmitted, st.just("f" * 64), st.just(1000), st.just("tablet"), needs=st.just(NEEDS)
    ),
    st.builds(
        JobSubmitted, st.just("e" * 64), st.just(9), st.just("phone"), approval=st.just(("long",))
    ),
    st.builds(JobApproved, NAMES),
    st.builds(JobWithdrawn, NAMES),
    st.builds(JobAssigned, NAMES, PLACES),
    st.builds(JobMoved, NAMES, NAMES),
    st.builds(JobPrioritised, NAMES, st.booleans(), st.just("salon")),
    st.builds(
        JobStarting, NAMES, PLACES, st.integers(1, 3), st.sampled_from(["a", "b"]), st.tuples(NAMES)
    ),
    st.builds(JobRefused, NAMES, PLACES, st.integers(1, 3), st.sampled_from(NotStarted)),
    st.builds(JobRequeued, NAMES, st.booleans()),
    st.builds(JobCollected, NAMES),
    st.builds(PlateCleared, PLACES),
    st.builds(SpoolLoaded, PLACES, st.just("PLA"), grams=st.just(500.0)),
    st.builds(PrintJudged, NAMES, st.sampled_from(Why)),
    st.builds(PrintOwned, NAMES),
    st.builds(
        PrintReconciled,
        PLACES,
        NAMES | st.just(""),
        st.booleans(),
        st.just(at(3)),
        st.just(9.0),
        NAMES,
    ),
    st.builds(PrintBegan, PLACES, st.none(), job=NAMES | st.none()),
    st.builds(ClearanceGranted, PLACES, st.just("2027-08-31"), st.booleans()),
    st.builds(ClearanceRevoked, PLACES, st.just("essai")),
    st.builds(MemberProvisional, st.just("Visiteur")),
    st.builds(SessionOpened, PLACES, st.just("touch")),
    st.builds(ended, NAMES, PLACES, st.sampled_from(Result), st.integers(1, 12)),
)


def entries(bodies: list[Body]) -> list[tuple[int, Entry]]:
    return [
        (seq, Entry(Birth(STORE, seq, seq), at(seq), body, PEOPLE if seq % 5 else None))
        for seq, body in enumerate(bodies, 1)
    ]


@given(st.lists(BODIES, max_size=40), st.integers(0, 40))
def test_the_queue_over_a_restart_is_the_queue(bodies: list[Body], cut: int) -> None:
    told = entries(bodies)
    whole = Carried().fold(told)
    row = encode_carried(Carried().fold(told[:cut]), STORE)
    taken_up = decode_carried(row, STORE)
    assert taken_up is not None
    assert taken_up.fold(told[cut:]) == whole


@given(st.lists(BODIES, max_size=40))
def test_no_job_is_lost_before_it_is_withdrawn_or_collected(bodies: list[Body]) -> None:
    told = entries(bodies)
    jobs = Carried().fold(told).jobs
    gone = {e.body.job for _, e in told if isinstance(e.body, JobWithdrawn | JobCollected)}
    brought = {str(e.birth) for _, e in told if isinstance(e.body, JobSubmitted)}
    assert brought - gone <= set(jobs.jobs) <= brought


def test_a_row_of_another_version_is_folded_anew() -> None:
    assert decode_carried(b'{"store":"b","seq":1,"sessions":[],"conditions":{}}', STORE) is None


@pytest.mark.parametrize("spoil", [(b'"waiting"', b'"of-tomorrow"'), (b"}", b"")])
def test_a_row_of_a_version_that_knew_other_states_is_folded_anew(
    spoil: tuple[bytes, bytes],
) -> None:
    brought = Entry(Birth(STORE, 1, 1), at(1), JobSubmitted("ab" * 32, 1, "phone"), Personal("m-1"))
    row = encode_carried(Carried().fold([(1, brought)]), STORE)
    assert decode_carried(row, STORE) is not None
    assert decode_carried(row.replace(*spoil), STORE) is None


def test_a_row_from_before_there_was_a_queue_is_taken_up() -> None:
    row = b'{"store":"%s","seq":261,"sessions":{},"conditions":{},"prints":{},"left":{}}'
    assert decode_carried(row % STORE.encode(), STORE) == Carried(261)
