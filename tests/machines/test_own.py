"""What a lab decided about members holds there at once, and is the roster's once it has it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from machines.instants import SECOND, Instant, WallQuality
from machines.journal import Birth, Body, Entry, Personal, SessionOpened
from machines.members import Category, Clearance, ClearanceRule, Member, Roster
from machines.own import Own, current, lay_over
from machines.people_entries import (
    BadgeEnrolled,
    BadgeOver,
    BadgeRevoked,
    ClearanceGranted,
    ClearanceRevoked,
    MemberProvisional,
)

STORE = "a" * 32
NOON_US = 1_795_518_000 * SECOND  #: 24 November 2026, noon in Paris
FAMILIES = {"laser": "laser", "prusa": "3d-printer", "ender": "3d-printer"}
ANA = Member("m-ana", "Ana", "B", member_until=date(2027, 8, 31), badges=("b-ana",))
LEO = Member("m-leo", "Léo", "D", clearances=(Clearance("laser"),))
ROSTER = Roster("e1", 7, (ANA, LEO))


def entry(seq: int, body: Body, personal: Personal, at: int | None = None) -> Entry:
    us = (seq if at is None else at) * SECOND
    when = Instant(1, us, NOON_US + us, WallQuality.NTP)
    return Entry(Birth(STORE, seq, seq), when, body, personal)


def own(*told: Entry) -> Own:
    kept = Own()
    for one in told:
        kept = kept.take(one)
    return kept


def people(roster: Roster, kept: Own) -> dict[str, Member]:
    return {
        m.id: replace(m, badges=tuple(sorted(m.badges)), clearances=_sorted(m.clearances))
        for m in lay_over(roster, kept, FAMILIES).members
    }


def _sorted(clearances: tuple[Clearance, ...]) -> tuple[Clearance, ...]:
    return tuple(sorted(clearances, key=lambda one: one.of))


def badge(member: str, digest: str) -> Personal:
    return Personal(member=member, badge=digest, by="m-noe")


def test_a_badge_is_the_member_s_at_once_and_no_longer_whose_it_was() -> None:
    kept = own(entry(1, BadgeEnrolled(), badge("m-leo", "b-ana")))
    assert people(ROSTER, kept)["m-leo"].badges == ("b-ana",)
    assert people(ROSTER, kept)["m-ana"].badges == ()


def test_a_badge_that_was_lost_is_nobody_s() -> None:
    kept = own(entry(1, BadgeRevoked(BadgeOver.LOST), badge("m-ana", "b-ana")))
    assert people(ROSTER, kept)["m-ana"].badges == ()


def test_a_decision_that_the_roster_has_is_not_laid_over_it_again() -> None:
    kept = own(entry(4, BadgeRevoked(BadgeOver.LOST), badge("m-ana", "b-ana")))
    found = replace(ROSTER, upto={STORE: 4})
    assert people(found, kept)["m-ana"].badges == ("b-ana",), "the central has enrolled it since"
    assert kept.beyond(found) == Own()


def test_of_two_decisions_at_one_instant_the_revocation_holds() -> None:
    ana = Personal(member="m-ana", by="m-noe")
    granted, revoked = ClearanceGranted("laser"), ClearanceRevoked("laser", "essai")
    for first, second in ((granted, revoked), (revoked, granted)):
        kept = own(entry(1, first, ana, at=5), entry(2, second, ana, at=5))
        assert people(ROSTER, kept)["m-ana"].clearances == ()


def test_a_visitor_is_somebody_until_the_central_says_who() -> None:
    kept = own(
        entry(1, MemberProvisional("Visiteur 7K2M", until="2026-12-24"), Personal(member="p-1")),
        entry(2, BadgeEnrolled(), badge("p-1", "b-new")),
    )
    visitor = people(ROSTER, kept)["p-1"]
    assert (visitor.short, visitor.provisional) == ("Visiteur 7K2M", True)
    assert visitor.category is Category.INDIVIDUAL
    assert visitor.badges == ("b-new",)
    known = replace(ROSTER, aliases={"p-1": "m-ana"})
    assert "p-1" not in people(known, kept)
    assert people(known, kept)["m-ana"].badges == ("b-ana", "b-new")


def test_a_session_keeps_a_clearance_in_use() -> None:
    kept = own(entry(1, SessionOpened("laser", "touch"), Personal(member="m-leo")))
    (clearance,) = people(ROSTER, kept)["m-leo"].clearances
    assert clearance.used == date(2026, 11, 24)


def test_days_of_use_are_kept_only_while_a_rule_needs_them() -> None:
    kept = own(entry(1, SessionOpened("laser", "touch"), Personal(member="m-leo")))
    assert kept.beyond(ROSTER) == Own()
    ruled = replace(ROSTER, rules={"laser": ClearanceRule(unused_months=6)})
    assert kept.beyond(ruled) == kept
    folded = replace(LEO, clearances=(Clearance("laser", used=date(2026, 11, 24)),))
    assert kept.beyond(replace(ruled, members=(ANA, folded))) == Own()


def test_nothing_is_laid_over_of_who_was_erased() -> None:
    kept = own(entry(1, MemberProvisional("Visiteur 7K2M"), Personal(member="p-1")))
    assert "p-1" not in people(replace(ROSTER, erased=("p-1",)), kept)


def test_ids_that_were_given_up_in_a_circle_end_somewhere() -> None:
    assert current("a", {"a": "b", "b": "a"}) in ("a", "b")


WHO = st.sampled_from(["m-ana", "m-leo", "p-1", "p-2"])
OF = st.sampled_from(["laser", "family:3d-printer"])
TOLD = st.one_of(
    st.tuples(st.just(BadgeEnrolled()), WHO, st.sampled_from(["b-ana", "b-1", "b-2"])),
    st.tuples(st.just(BadgeRevoked(BadgeOver.LOST)), WHO, st.sampled_from(["b-ana", "b-1", "b-2"])),
    st.tuples(st.builds(ClearanceGranted, OF, trains=st.booleans()), WHO, st.just("")),
    st.tuples(st.builds(ClearanceRevoked, OF, st.just("essai")), WHO, st.just("")),
)


@given(st.lists(st.tuples(TOLD, st.sampled_from(["", "roster", "restart"])), max_size=25))
def test_however_decisions_rosters_and_restarts_come_the_people_are_the_same(
    history: list[tuple[tuple[Body, str, str], str]],
) -> None:
    """A roster comes with what the central has folded so far; a restart begins with what the
    kiosk kept."""
    everything = kept = own(
        entry(1, MemberProvisional("Visiteur 1"), Personal(member="p-1")),
        entry(2, MemberProvisional("Visiteur 2"), Personal(member="p-2")),
    )
    roster = base = replace(ROSTER, aliases={"p-2": "m-leo"})
    for seq, ((body, member, digest), then) in enumerate(history, 3):
        told = entry(seq, body, Personal(member=member, badge=digest or None, by="m-noe"))
        kept, everything = kept.take(told), everything.take(told)
        if then == "roster":
            central = lay_over(base, everything, FAMILIES)
            roster = replace(central, upto={STORE: seq})
        if then:
            kept = kept.beyond(roster)
        assert people(roster, kept) == people(base, everything)
