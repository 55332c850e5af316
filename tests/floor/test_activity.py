"""Parties, things made, workshops and corrections, on the whole floor."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from config.site import CountedItem
from kiosk.floor.activity_acts import (
    CorrectSessions,
    CorrectWorkshop,
    EndParty,
    HoldWorkshop,
    Make,
    OpenParty,
    Recount,
)
from kiosk.floor.acts import CloseSession, Told, WhyNot
from kiosk.floor.view import ScreenKind, Touch
from machines.facts import WorkSeen
from machines.folding import fold, fold_all
from machines.instants import WallQuality
from machines.journal import Provenance, Reason, SessionClosed, SessionOpened, SiteDescribed
from machines.made_entries import Produced, Purpose, WorkshopHeld
from machines.made_fold import Made, Workshop
from machines.members import Clearance, Refusal
from machines.meter import Work
from machines.usage import Session
from tests.lab import Lab, machines


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    """The press makes mugs and key rings, and Noé may use the laser."""
    plans = (replace(m, makes=("mug", "key-ring")) if m.slug == "press" else m for m in machines())
    lab = Lab(tmp_path, tuple(plans))
    lab.close()
    lab.site = replace(lab.site, items=(CountedItem("key-ring", "Porte-clés", "Key ring"),))
    may = (Clearance("laser"),)
    people = (replace(m, clearances=may) if m.animator else m for m in lab.people.members)
    lab.people = replace(lab.people, members=tuple(people))
    lab.open()
    yield lab
    lab.close()


def party(lab: Lab, *slugs: str, people: int = 12, **more: Any) -> Told:
    return lab.act(OpenParty(slugs or ("press", "vinyl"), people, **more))


def sessions(lab: Lab) -> list[Session]:
    return [use for use in fold(lab.entries()) if isinstance(use, Session)]


def made(lab: Lab) -> list[tuple[str, int]]:
    things = [(one.item, one.count) for one in fold_all(lab.entries()) if isinstance(one, Made)]
    return sorted(things, reverse=True)


# ---- parties


def test_a_party_opens_one_session_per_machine_all_of_one_group(lab: Lab) -> None:
    told = party(lab, "press", "vinyl", category="school", public="pupil", title="6e B")
    assert (told.done, told.refused) == (True, ())
    opened = [b for b in lab.bodies(SessionOpened) if isinstance(b, SessionOpened)]
    assert [(b.machine, b.source, b.party) for b in opened] == [
        ("press", "party", 12),
        ("vinyl", "party", 12),
    ]
    assert {(b.category, b.public, b.title) for b in opened} == {("school", "pupil", "6e B")}
    assert len({b.group for b in opened}) == 1
    about = [e.personal for e in lab.entries() if isinstance(e.body, SessionOpened)]
    assert {(one.member, one.by) for one in about if one} == {(None, "m-noe")}
    assert opened[0].group
    (shown,) = lab.view.parties
    assert (shown.people, shown.machines, shown.animator) == (12, ("press", "vinyl"), "Noé A.")
    assert lab.machine("press").people == 12


def test_machines_that_cannot_be_had_are_told_and_the_others_open(lab: Lab) -> None:
    lab.tap("ines", "vinyl")
    lab.set_condition("laser", "fault")
    told = party(lab, "press", "vinyl", "laser", "saw")
    assert told.done
    assert told.refused == (
        ("vinyl", Refusal.IN_USE),
        ("laser", Refusal.FAULT),
        ("saw", Refusal.NO_CLEARANCE),
    )
    assert lab.view.parties[0].machines == ("press",)


def test_a_party_opened_at_a_tablet_greets_nobody_at_the_touch_screen(lab: Lab) -> None:
    party(lab)
    assert lab.screen.kind is ScreenKind.IDLE


def test_a_party_that_gets_no_machine_is_not_opened(lab: Lab) -> None:
    told = party(lab, "saw")
    assert (told.done, told.why, told.detail) == (False, WhyNot.SESSION, Refusal.NO_CLEARANCE)
    assert lab.view.parties == ()


def test_a_party_of_nobody_or_of_no_machine_or_of_no_category_is_none(lab: Lab) -> None:
    assert party(lab, people=0).why == WhyNot.COUNT
    assert lab.act(OpenParty((), 3)).why == WhyNot.MACHINE
    assert party(lab, "oven").why == WhyNot.MACHINE
    assert party(lab, category="wizards").why == WhyNot.VALUE
    assert lab.act(OpenParty(("press",), 3), by="ines").why == WhyNot.YOURS


def test_a_party_is_ended_at_all_of_its_machines_and_at_no_other(lab: Lab) -> None:
    party(lab)
    lab.tap("ines", "ender")
    group = lab.view.parties[0].group
    lab.advance(minutes=90)
    assert lab.act(EndParty(group)).done
    assert lab.view.parties == ()
    assert lab.machine("ender").member == "Inès B."
    ended = {s.machine: s.used_us for s in sessions(lab) if s.reason}
    assert ended.keys() == {"press", "vinyl"}
    assert {round(us / 60e6) for us in ended.values() if us} == {90}
    assert lab.act(EndParty(group)).why == WhyNot.NO_SESSION


def test_the_animators_badge_ends_a_party_at_one_machine(lab: Lab) -> None:
    party(lab)
    lab.tap("noe", "vinyl")
    lab.touch(Touch.END)
    (shown,) = lab.view.parties
    assert shown.machines == ("press",)
    (closed,) = lab.bodies(SessionClosed)
    assert isinstance(closed, SessionClosed)
    assert closed.machine == "vinyl"


def test_a_party_outlives_a_restart_and_a_power_cut_with_its_people(lab: Lab) -> None:
    party(lab, "press", "laser", people=9, title="Initiation")
    lab.restart_kiosk()
    assert (lab.view.parties[0].people, lab.view.parties[0].title) == (9, "Initiation")
    lab.advance(minutes=10)
    lab.cut_power(60)
    (shown,) = lab.view.parties
    assert (shown.people, set(shown.machines)) == (9, {"press", "laser"})
    assert not lab.keeper.on.get("laser"), "only a tap energises again"
    assert lab.act(EndParty(shown.group)).done
    assert lab.view.parties == ()


def test_a_party_that_nobody_ends_ends_at_closing_time_as_an_estimate(lab: Lab) -> None:
    party(lab)
    lab.advance(hours=9)
    assert lab.view.parties == ()
    seen = sessions(lab)
    assert {s.reason for s in seen} == {Reason.CLOSING}
    assert {s.provenance for s in seen} == {Provenance.ESTIMATED}
    assert {round((s.used_us or 0) / 60e6) for s in seen} == {480}, "until 18:00"


def test_a_party_at_an_idle_laser_ends_there_and_goes_on_elsewhere(lab: Lab) -> None:
    party(lab, "press", "laser")
    lab.tell(WorkSeen("laser", "beam", Work.RESTING), WorkSeen("laser", "job", Work.RESTING))
    lab.advance(minutes=11)
    assert lab.view.parties[0].machines == ("press",)


def test_the_head_count_of_a_party_is_corrected_while_it_goes_on_and_after(lab: Lab) -> None:
    party(lab)
    names = lab.view.parties[0].sessions
    assert lab.act(CorrectSessions(names, (("party", "14"),), "two came late")).done
    assert (lab.view.parties[0].people, lab.machine("vinyl").people) == (14, 14)
    lab.kill_kiosk()
    assert lab.view.parties[0].people == 14
    lab.act(EndParty(lab.view.parties[0].group))
    lab.act(CorrectSessions(names, (("party", "13"), ("public", "retired")), "counted again"))
    assert {(s.party, s.public, s.corrected) for s in sessions(lab)} == {(13, "retired", True)}


def test_the_same_key_opens_a_party_once(lab: Lab) -> None:
    for _ in range(2):
        lab.act(OpenParty(("press",), 5), key="samesame")
    assert len(lab.bodies(SessionOpened)) == 1


# ---- counted at badge-out


def stop(lab: Lab, who: str = "ines") -> None:
    lab.tap(who, "press")
    lab.advance(minutes=20)
    lab.tap(who)
    lab.touch(Touch.END)
    assert lab.screen.kind is ScreenKind.STOPPED


def counts(lab: Lab) -> dict[str, int]:
    return {counter.item: counter.count for counter in lab.screen.counters}


def test_what_was_made_is_counted_when_the_session_ends(lab: Lab) -> None:
    stop(lab)
    assert counts(lab) == {"mug": 0, "key-ring": 0}
    assert [counter.name for counter in lab.screen.counters] == ["Mug", "Porte-clés"]
    for _ in range(3):
        lab.touch(Touch.MORE, "mug")
    lab.touch(Touch.LESS, "mug")
    lab.touch(Touch.MORE, "key-ring")
    assert counts(lab) == {"mug": 2, "key-ring": 1}
    assert made(lab) == [], "not before the screen goes"
    lab.touch(Touch.BACK)
    assert made(lab) == [("mug", 2), ("key-ring", 1)]
    (session,) = sessions(lab)
    one = next(one for one in fold_all(lab.entries()) if isinstance(one, Made))
    assert (one.session, one.machine, one.member) == (session.subject, "press", "m-ines")
    assert (one.category, one.purpose) == ("individual", Purpose.MEMBER)


def test_there_are_never_less_than_none_and_none_is_no_entry(lab: Lab) -> None:
    stop(lab)
    lab.touch(Touch.LESS, "mug")
    assert counts(lab)["mug"] == 0
    lab.touch(Touch.BACK)
    assert lab.bodies(Produced) == []


def test_each_touch_gives_the_counters_more_time_and_then_they_are_noted(lab: Lab) -> None:
    stop(lab)
    for _ in range(5):
        lab.advance(15)
        lab.touch(Touch.MORE, "mug")
    assert counts(lab)["mug"] == 5
    lab.advance(21)
    assert lab.screen.kind is ScreenKind.IDLE
    assert made(lab) == [("mug", 5)]


def test_the_badge_of_the_next_person_loses_nothing_that_was_counted(lab: Lab) -> None:
    stop(lab)
    lab.touch(Touch.MORE, "mug")
    lab.tap("karim")
    assert lab.screen.kind is ScreenKind.CHOOSE
    assert made(lab) == [("mug", 1)]
    (entry,) = [e for e in lab.entries() if isinstance(e.body, Produced)]
    assert entry.personal
    assert entry.personal.member == "m-ines"


def test_a_session_that_begins_elsewhere_does_not_take_the_counters_away(lab: Lab) -> None:
    stop(lab)
    lab.touch(Touch.MORE, "mug")
    lab.tap("ines", "saw")
    assert counts(lab) == {"mug": 1, "key-ring": 0}


def test_a_kiosk_that_is_stopped_notes_what_was_counted(lab: Lab) -> None:
    stop(lab)
    lab.touch(Touch.MORE, "mug")
    lab.restart_kiosk()
    assert made(lab) == [("mug", 1)]


def test_a_disk_that_refuses_gets_what_was_counted_once_it_is_back(lab: Lab) -> None:
    stop(lab)
    lab.touch(Touch.MORE, "mug")
    lab.touch(Touch.LANGUAGE, "en")
    assert counts(lab)["mug"] == 1, "another language is the same count"
    lab.touch(Touch.BACK)
    assert made(lab) == [("mug", 1)]


def test_a_machine_that_makes_nothing_asks_for_no_count(lab: Lab) -> None:
    lab.tap("ines", "vinyl")
    lab.tap("ines")
    lab.touch(Touch.END)
    assert (lab.screen.kind, lab.screen.counters) == (ScreenKind.STOPPED, ())


def test_a_session_that_ended_by_itself_asks_nobody_what_was_made(lab: Lab) -> None:
    lab.tap("ines", "press")
    lab.act(CloseSession("press", "left"))
    assert lab.screen.counters == ()


def test_what_a_party_made_is_the_partys_and_nobodys(lab: Lab) -> None:
    party(lab, "press")
    group = lab.view.parties[0].group
    lab.tap("noe")
    lab.touch(Touch.END)
    lab.touch(Touch.MORE, "mug")
    lab.touch(Touch.BACK)
    (one,) = [one for one in fold_all(lab.entries()) if isinstance(one, Made)]
    assert (one.purpose, one.group, one.member) == (Purpose.PARTY, group, None)


# ---- things made and workshops, from the tablet


def test_things_are_noted_for_a_member_a_party_or_the_association(lab: Lab) -> None:
    assert lab.act(Make(Produced("t-shirt", 2), "m-karim")).done
    assert lab.act(Make(Produced("badge", 40, Purpose.PARTY, group="g"))).done
    assert lab.act(Make(Produced("key-ring", 9, Purpose.ASSOCIATION, "press"))).done
    assert made(lab) == [("t-shirt", 2), ("key-ring", 9), ("badge", 40)]


def test_what_cannot_have_been_made_is_refused_with_its_reason(lab: Lab) -> None:
    assert lab.act(Make(Produced("castle", 1), "m-karim")).why == WhyNot.ITEM
    assert lab.act(Make(Produced("mug", 0), "m-karim")).why == WhyNot.COUNT
    assert lab.act(Make(Produced("mug", 1001), "m-karim")).why == WhyNot.COUNT
    assert lab.act(Make(Produced("mug", 1), "m-nobody")).why == WhyNot.MEMBER
    assert lab.act(Make(Produced("mug", 1, machine="oven"), "m-karim")).why == WhyNot.MACHINE
    assert lab.act(Make(Produced("mug", 1, day="soon"), "m-karim")).why == WhyNot.VALUE
    assert lab.bodies(Produced) == []


def test_things_noted_too_many_are_corrected_and_taken_back(lab: Lab) -> None:
    told = lab.act(Make(Produced("mug", 30), "m-karim"))
    assert lab.act(Recount(told.job, 3, "a nought too many")).done
    assert made(lab) == [("mug", 3)]
    assert lab.act(Recount(told.job, 0, "not made")).done
    assert made(lab) == [("mug", 0)]
    assert lab.act(Recount(told.job, -1, "?")).why == WhyNot.COUNT


def test_a_workshop_is_noted_and_corrected(lab: Lab) -> None:
    assert lab.act(HoldWorkshop(WorkshopHeld("Broderie", "2026-11-24", 120, 8))).done
    (held,) = [one for one in fold_all(lab.entries()) if isinstance(one, Workshop)]
    assert lab.act(CorrectWorkshop(held.subject, (("participants", "9"),), "one more")).done
    (held,) = [one for one in fold_all(lab.entries()) if isinstance(one, Workshop)]
    assert (held.participants, held.corrected) == (9, True)
    assert lab.act(HoldWorkshop(WorkshopHeld("", "2026-11-24", 120, 8))).why == WhyNot.VALUE
    assert lab.act(HoldWorkshop(WorkshopHeld("X", "one day", 120, 8))).why == WhyNot.VALUE


# ---- corrections of sessions


def test_a_session_of_the_wrong_member_and_machine_is_corrected(lab: Lab) -> None:
    lab.tap("ines", "press")
    lab.tap("ines")
    lab.touch(Touch.END)
    (before,) = sessions(lab)
    changes = (("member", ""), ("machine", "vinyl"))
    assert lab.act(CorrectSessions((before.subject,), changes, "swapped", "m-lea")).done
    (after,) = sessions(lab)
    assert (after.member, after.category, after.machine) == ("m-lea", "company", "vinyl")


def test_of_a_session_that_goes_on_only_its_people_are_corrected(lab: Lab) -> None:
    lab.tap("ines", "press")
    (seen,) = sessions(lab)
    for change in (("void", "yes"), ("machine", "vinyl"), ("ended", "2026-11-24T10:00:00+01:00")):
        told = lab.act(CorrectSessions((seen.subject,), (change,), "?"))
        assert told.why == WhyNot.STILL_OPEN
    assert lab.act(CorrectSessions((seen.subject,), (("party", "4"),), "three friends")).done
    assert lab.machine("press").people == 4


def test_a_correction_that_makes_no_sense_is_refused(lab: Lab) -> None:
    for change in (("party", "many"), ("category", "wizard"), ("ended", "soon"), ("colour", "x")):
        assert lab.act(CorrectSessions(("s",), (change,), "?")).why == WhyNot.VALUE
    assert lab.act(CorrectSessions((), (("party", "3"),), "?")).why == WhyNot.VALUE
    assert lab.act(CorrectSessions(("s",), (("machine", "oven"),), "?")).why == WhyNot.MACHINE
    assert lab.act(CorrectSessions(("s",), (("member", ""),), "?", "x")).why == WhyNot.MEMBER


def test_the_site_tells_what_it_counts(lab: Lab) -> None:
    described = lab.bodies(SiteDescribed)[-1]
    assert isinstance(described, SiteDescribed)
    assert [item.slug for item in described.items] == ["key-ring"]
    assert lab.clock.now().quality is WallQuality.NTP
