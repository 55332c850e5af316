"""Conditions side by side: the gravest shows, clearing it reveals the next."""

from __future__ import annotations

from machines.carried import Carried
from machines.condition import Condition
from machines.instants import Instant, WallQuality
from machines.journal import (
    Birth,
    Body,
    ConditionSet,
    Entry,
    Personal,
    Reason,
    SessionClosed,
    SessionOpened,
    SessionSuspended,
)
from machines.members import Refusal


def test_a_fault_under_maintenance_shows_as_the_fault_and_then_as_the_maintenance() -> None:
    condition = Condition().set(ConditionSet("laser", "maintenance", note="lentille"))
    condition = condition.set(ConditionSet("laser", "fault", note="tube", dangerous=True))
    assert (condition.gravest, condition.note, condition.refusal) == (
        "fault",
        "tube",
        Refusal.FAULT,
    )
    condition = condition.set(ConditionSet("laser", "fault", cleared=True))
    assert (condition.gravest, condition.note) == ("maintenance", "lentille")
    assert not condition.dangerous
    assert condition.set(ConditionSet("laser", "ok")).refusal is None


def entry(seq: int, body: Body, member: str | None = None) -> tuple[int, Entry]:
    at = Instant(1, seq, seq, WallQuality.NTP)
    return seq, Entry(Birth("ab", seq, seq), at, body, Personal(member=member))


def test_what_a_start_carries_is_the_same_however_the_journal_is_cut() -> None:
    one, two = str(Birth("ab", 1, 1)), str(Birth("ab", 2, 2))
    story = [
        entry(1, SessionOpened("laser", "badge"), "ines"),
        entry(2, SessionOpened("press", "touch"), "karim"),
        entry(3, ConditionSet("saw", "fault", note="lame")),
        entry(4, SessionSuspended(one, "laser", Reason.DROPPED)),
        entry(5, SessionClosed(two, "press", Reason.ASKED)),
    ]
    whole = Carried().fold(story)
    assert [(s.member, s.suspended) for s in whole.sessions.values()] == [("ines", True)]
    assert whole.conditions["saw"].gravest == "fault"
    for cut in range(len(story) + 1):
        assert Carried().fold(story[:cut]).fold(story[cut:]) == whole
