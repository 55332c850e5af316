"""Things made and workshops, folded: each once, and as the last correction says."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from machines.folding import Folded, fold, fold_all
from machines.instants import WallQuality
from machines.journal import Entry, Personal
from machines.made_entries import (
    Produced,
    ProducedCorrected,
    Purpose,
    WorkshopCorrected,
    WorkshopHeld,
)
from machines.made_fold import Made, Workshop, corrected
from tests.field import Field

INES = Personal("ines", "individual", by="anim")


def made(lab: Field) -> Made:
    (one,) = (one for one in fold_all(lab.entries) if isinstance(one, Made))
    return one


def held(lab: Field) -> Workshop:
    (one,) = (one for one in fold_all(lab.entries) if isinstance(one, Workshop))
    return one


def workshop(lab: Field, **more: object) -> str:
    body = WorkshopHeld("Broderie", "2026-11-24", 120, 8, minors=3)
    return lab.write(replace(body, **more), Personal(by="anim"))  # type: ignore[arg-type]


def test_three_mugs_of_a_member_are_hers_on_that_day() -> None:
    lab = Field("2026-11-24 17:00")
    lab.write(Produced("mug", 3, machine="press", session="s"), INES)
    seen = made(lab)
    assert (seen.item, seen.count, seen.machine, seen.session) == ("mug", 3, "press", "s")
    assert (seen.member, seen.category) == ("ines", "individual")
    assert (seen.day, seen.corrected) == (date(2026, 11, 24), False)


def test_the_last_correction_of_a_count_counts_and_nought_is_kept() -> None:
    lab = Field()
    name = lab.write(Produced("mug", 3), INES)
    lab.write(ProducedCorrected(name, 5, "forgot two"))
    assert (made(lab).count, made(lab).corrected) == (5, True)
    lab.write(ProducedCorrected(name, 0, "undone"))
    assert made(lab).count == 0
    lab.write(ProducedCorrected(name, -4, "nonsense"))
    lab.write(ProducedCorrected(name, 10**9, "nonsense"))
    assert made(lab).count == 0


def test_things_noted_the_day_after_are_of_the_day_they_were_made() -> None:
    lab = Field("2027-01-02 10:00")
    lab.write(Produced("apron", 12, Purpose.PARTY, group="g", day="2026-12-31"), INES)
    assert made(lab).day == date(2026, 12, 31)
    assert (made(lab).member, made(lab).category) == (None, None), "a party's are nobody's"


def test_things_noted_by_a_clock_that_was_not_set_get_their_day_once_it_is() -> None:
    lab = Field()
    lab.power_cut(hours_off=1)
    lab.write(Produced("mug", 1), INES)
    assert made(lab).day is None
    lab.network_back()
    assert made(lab).day == date(2026, 11, 24)


def test_a_count_of_none_or_of_a_million_is_no_thing_made() -> None:
    lab = Field()
    for count in (0, -1, 1001):
        lab.write(Produced("mug", count), INES)
    lab.write(ProducedCorrected("nothing", 4, "of nothing"))
    assert fold_all(lab.entries) == ()


def test_a_workshop_has_its_title_day_length_and_people() -> None:
    lab = Field("2026-11-25 09:00")
    workshop(lab, public="pupil", group="g")
    seen = held(lab)
    assert (seen.title, seen.day, seen.minutes) == ("Broderie", date(2026, 11, 24), 120)
    assert (seen.participants, seen.minors, seen.public, seen.group) == (8, 3, "pupil", "g")
    assert not seen.corrected


def test_each_field_of_a_workshop_can_be_corrected_and_the_last_word_counts() -> None:
    lab = Field()
    name = workshop(lab)
    fixes = (
        ("title", "Broderie machine"),
        ("day", "2026-11-23"),
        ("minutes", "180"),
        ("participants", "2"),
        ("public", "retired"),
        ("group", "g2"),
    )
    for what, value in fixes:
        lab.write(WorkshopCorrected(name, what, value, "the list says so"))
    seen = held(lab)
    assert (seen.title, seen.day, seen.minutes) == ("Broderie machine", date(2026, 11, 23), 180)
    assert (seen.participants, seen.minors) == (2, 2), "no more minors than people"
    assert (seen.public, seen.group, seen.corrected) == ("retired", "g2", True)


def test_a_workshop_that_never_was_can_be_taken_back_and_come_again() -> None:
    lab = Field()
    name = workshop(lab)
    lab.write(WorkshopCorrected(name, "void", "yes", "cancelled"))
    assert held(lab).void
    lab.write(WorkshopCorrected(name, "void", "no", "it was held after all"))
    assert not held(lab).void


def test_a_word_that_makes_no_sense_corrects_nothing() -> None:
    lab = Field()
    name = workshop(lab)
    for what, value in (
        ("title", ""),
        ("day", "yesterday"),
        ("day", "20261124"),
        ("minutes", "0"),
        ("participants", "-3"),
        ("participants", "²"),
        ("void", "perhaps"),
        ("colour", "red"),
    ):
        lab.write(WorkshopCorrected(name, what, value, "?"))
    assert not held(lab).corrected
    assert corrected(held(lab), "participants", "12") is not None


def test_a_workshop_of_no_day_is_none() -> None:
    lab = Field()
    workshop(lab, day="soon")
    workshop(lab, minutes=0)
    assert fold_all(lab.entries) == ()


def a_week() -> list[Entry]:
    lab = Field()
    session = lab.open("press")
    mugs = lab.write(Produced("mug", 2, session=session), INES)
    lab.power_cut(hours_off=2)
    name = workshop(lab)
    lab.write(Produced("badge", 30, Purpose.PARTY, group="g"))
    lab.write(ProducedCorrected(mugs, 4, "two more"))
    lab.write(WorkshopCorrected(name, "participants", "11", "three came late"))
    lab.network_back()
    lab.write(ProducedCorrected(mugs, 3, "one broke"))
    lab.write(WorkshopCorrected(name, "participants", "10", "counted twice"))
    lab.close(session, "press")
    return lab.entries


@given(st.randoms(use_true_random=False), st.integers(0, 8))
def test_any_order_of_arrival_and_any_number_of_tellings_come_to_the_same(
    chance: random.Random, again: int
) -> None:
    told = a_week()
    expected: tuple[Folded, ...] = fold_all(told)
    told = [*told, *chance.sample(told, again)]
    chance.shuffle(told)
    assert fold_all(told) == expected
    assert {type(one).__name__ for one in expected} == {"Session", "Made", "Workshop"}


def test_things_made_and_workshops_are_no_use_of_a_machine() -> None:
    assert [type(one).__name__ for one in fold(a_week())] == ["Session"]
    assert a_week()[-1].at.quality is WallQuality.NTP
