"""What labs decide: folded in any order, told again, placed late, and contradictory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.central import roster
from kiosk.central.people import book
from machines.instants import WallQuality
from machines.journal import ClockAnchored, Entry, Personal, SessionOpened, TapRefused
from machines.members import ClearanceRule
from machines.people_entries import (
    BadgeEnrolled,
    BadgeOver,
    BadgeRevoked,
    ClearanceGranted,
    ClearanceRevoked,
    MemberProvisional,
)
from tests.central.people.desk import Desk
from tests.field import Field

BADGE, OTHER = "s11.8:" + "ab" * 16, "s11.8:" + "cd" * 16
DORET = "d0" * 16


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    made.join("M1"), made.join("M2", "Yann", "Petit")
    yield made
    made.connection.close()


def of(member: str, badge: str | None = None) -> Personal:
    return Personal(member=member, badge=badge, by="M1")


def told(desk: Desk, entries: Iterable[Entry], lab: str = "ccdv", step: int = 1000) -> None:
    desk.lay(entries, lab)
    desk.fold(step)


def test_a_badge_that_a_lab_gave_is_good_in_the_other_lab_too(desk: Desk) -> None:
    before, lab = desk.version, Field()
    lab.write(BadgeEnrolled(), of("M2", BADGE))
    told(desk, lab.entries)
    assert desk.seen("M2", "doret").badges == (BADGE,)
    assert desk.version == before + 1


def test_what_a_lab_calls_a_visitor_is_one_short_line(desk: Desk) -> None:
    lab = Field()
    lab.write(MemberProvisional("Visiteur\n\u202e7K2" + "x" * 9000), of("V-77"))
    told(desk, lab.entries)
    assert desk.seen("V-77").first_name == "Visiteur 7K2" + "x" * 47 + "…"


def test_the_roster_says_up_to_which_entry_a_labs_own_decisions_are_in_it(desk: Desk) -> None:
    lab = Field()
    lab.write(BadgeEnrolled(), of("M2", BADGE))
    lab.write(TapRefused("", "unknown-badge"))
    told(desk, lab.entries)
    assert roster.snapshot(desk.connection, "ccdv").upto == {lab.store: 2}
    assert roster.snapshot(desk.connection, "doret").upto == {}


def test_entries_that_decide_nothing_raise_no_version(desk: Desk) -> None:
    before, lab = desk.version, Field()
    lab.write(TapRefused("", "unknown-badge"))
    told(desk, lab.entries)
    assert desk.version == before


def test_who_joined_at_a_lab_is_known_until_they_are_merged(desk: Desk) -> None:
    lab = Field()
    body = MemberProvisional("Visiteur 7K2", "company", "professional", "2026-12-02")
    lab.write(BadgeEnrolled(), of("P-1", BADGE))  # told before who that is
    lab.write(body, of("P-1"))
    told(desk, lab.entries, step=1)
    visitor = desk.seen("P-1")
    assert (visitor.first_name, visitor.provisional, visitor.badges) == (
        "Visiteur 7K2",
        True,
        (BADGE,),
    )
    assert (visitor.category, str(visitor.member_until)) == ("company", "2026-12-02")
    assert desk.figures() == []
    desk.do(book.merge, "P-1", "M2")
    later = Field("2026-11-26 09:00", store=DORET)
    later.write(ClearanceGranted("laser"), of("P-1"))
    told(desk, later.entries, "doret")
    assert [c.of for c in desk.seen("M2").clearances] == ["laser"]


def test_what_a_lab_decided_about_somebody_erased_keeps_no_badge(desk: Desk) -> None:
    desk.do(book.forget, "M2")
    lab = Field()
    lab.write(BadgeEnrolled(), of("M2", BADGE))
    told(desk, lab.entries)
    assert desk.connection.execute("SELECT member, subject FROM decision").fetchall() == [
        ("M2", "")
    ]
    assert desk.connection.execute("SELECT count(*) FROM badge").fetchone() == (0,)


def test_a_badge_that_two_labs_gave_to_two_members_is_the_later_ones(desk: Desk) -> None:
    one, two = Field("2026-11-24 09:00"), Field("2026-11-24 10:00", store=DORET)
    one.write(BadgeEnrolled(), of("M1", BADGE))
    two.write(BadgeEnrolled(), of("M2", BADGE))
    told(desk, two.entries, "doret")
    told(desk, one.entries)
    assert (desk.seen("M1").badges, desk.seen("M2").badges) == ((), (BADGE,))


def test_a_revocation_of_the_same_instant_counts(desk: Desk) -> None:
    one, two = Field("2026-11-24 09:00"), Field("2026-11-24 09:00", store=DORET)
    two.write(ClearanceGranted("laser"), of("M2"))
    one.write(ClearanceRevoked("laser", "lunettes"), of("M2"))
    told(desk, one.entries)
    told(desk, two.entries, "doret")
    assert desk.seen("M2").clearances == ()


def test_a_decision_without_a_clock_is_placed_once_its_boot_is_known(desk: Desk) -> None:
    """Until then what takes away counts, and what gives comes before all else."""
    lab = Field("2026-11-24 09:00")
    lab.entries.clear()
    lab.quality = WallQuality.RESTORED
    lab.write(ClearanceRevoked("laser", "lunettes"), of("M2"))
    told(desk, lab.entries)
    other = Field("2026-11-24 12:00", store=DORET)
    other.write(ClearanceGranted("laser"), of("M2"))
    told(desk, other.entries, "doret")
    assert desk.seen("M2").clearances == ()
    lab.write(ClockAnchored("central", lab.true_us, 1000))
    told(desk, lab.entries)
    assert [c.of for c in desk.seen("M2").clearances] == ["laser"]


def test_an_unknown_badge_waits_with_its_code_until_it_is_somebodys(desk: Desk) -> None:
    lab = Field()
    lab.write(TapRefused("", "unknown-badge", "7K2M"), Personal(badge=BADGE))
    told(desk, lab.entries)
    waiting = "SELECT digest, code, lab FROM unknown_badge"
    assert desk.connection.execute(waiting).fetchall() == [(BADGE, "7K2M", "ccdv")]
    desk.do(book.enrol, "M1", BADGE)
    assert desk.connection.execute(waiting).fetchall() == []


def test_the_last_day_of_use_is_kept_where_a_clearance_ends_by_disuse(desk: Desk) -> None:
    for machine in ("laser", "press"):
        desk.do(book.grant, "M2", machine)
    desk.do(lambda c, act: roster.keep_rules(c, act, {"laser": ClearanceRule(0, 6)}))
    lab = Field("2026-11-24 09:00")
    for machine in ("laser", "press"):
        lab.write(SessionOpened(machine, "badge"), of("M2"))
    told(desk, lab.entries)
    used = {c.of: str(c.used) for c in desk.seen("M2").clearances}
    assert used == {"laser": "2026-11-24", "press": "None"}


@pytest.mark.parametrize(
    "over",
    [
        lambda desk: desk.do(book.revoke, "M2", "laser", "lunettes"),
        lambda desk: desk.do(lambda c, act: roster.keep_rules(c, act, {})),
    ],
)
def test_the_last_day_of_use_goes_with_what_asked_for_it(desk: Desk, over: Any) -> None:
    desk.do(book.grant, "M2", "laser")
    desk.do(lambda c, act: roster.keep_rules(c, act, {"laser": ClearanceRule(0, 6)}))
    lab = Field("2026-11-24 09:00")
    lab.write(SessionOpened("laser", "badge"), of("M2"))
    told(desk, lab.entries)
    count = "SELECT count(*) FROM used"
    assert desk.connection.execute(count).fetchone() == (1,)
    over(desk)
    assert desk.connection.execute(count).fetchone() == (0,)


KINDS = (
    (BadgeEnrolled(), BADGE),
    (BadgeRevoked(BadgeOver.LOST), BADGE),
    (BadgeEnrolled(), OTHER),
    (ClearanceGranted("laser"), None),
    (ClearanceRevoked("laser", "x"), None),
)


@pytest.mark.slow
@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(("ccdv", "doret")),
            st.sampled_from(KINDS),
            st.sampled_from(("M1", "M2")),
            st.integers(0, 2),
        ),
        max_size=12,
    ),
    st.randoms(use_true_random=False),
    st.integers(1, 4),
)
def test_any_order_of_arrival_and_any_step_give_the_same(decided, random, step) -> None:  # type: ignore[no-untyped-def]
    labs = {"ccdv": Field(), "doret": Field(store=DORET)}
    for lab, (body, badge), member, hours in decided:
        labs[lab].advance(hours)
        labs[lab].write(body, of(member, badge))
    everything = [(lab, entry) for lab, field in labs.items() for entry in field.entries]
    seen = []
    for shuffled in (everything, random.sample(everything, len(everything))):
        desk = Desk()
        desk.join("M1"), desk.join("M2")
        for lab, entry in shuffled:
            desk.lay([entry], lab)
        desk.fold(step)
        rows = [
            desk.connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall()
            for table in ("badge", "clearance", "decision", "decision_upto")
        ]
        seen.append(rows)
        desk.connection.close()
    assert seen[0] == seen[1]
