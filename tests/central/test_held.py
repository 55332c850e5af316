"""What a month holds beside the use of machines: counted once, in any order of arrival."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.central import held
from kiosk.central.held_sheets import month_figures
from kiosk.central.totals import tally
from machines.folding import fold_all
from machines.instants import Month
from machines.journal import ItemDescribed, Personal, SiteDescribed
from machines.made_entries import ProducedCorrected, WorkshopCorrected
from machines.made_fold import Made, Workshop
from tests.central.shelf import MACHINES, Shelf
from tests.field import Field

VERBS = st.lists(
    st.tuples(
        st.sampled_from(("make", "hold", "count", "move", "void", "wait", "cut", "net")),
        st.integers(0, 40),
    ),
    max_size=25,
)


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    shelf = Shelf()
    with closing(shelf.connection):
        yield shelf


def lived(verbs: list[tuple[str, int]]) -> Field:
    """A lab in which things are made and workshops held, over the end of a month."""
    lab = Field("2026-10-30 09:00")
    made, workshops = ["nothing"], ["none"]
    for verb, number in verbs:
        match verb:
            case "make":
                made.append(lab.make(("mug", "badge")[number % 2], number, member="ines"))
            case "hold":
                day = f"2026-{10 + number % 2}-{1 + number % 28:02d}"
                workshops.append(lab.held(day, number, minors=number // 2))
            case "count":
                told = ProducedCorrected(made[number % len(made)], number, "miscounted")
                lab.write(told, Personal(by="anim"))
            case "move":
                day = f"2026-12-{1 + number % 28:02d}"
                told = WorkshopCorrected(workshops[number % len(workshops)], "day", day, "moved")
                lab.write(told, Personal(by="anim"))
            case "void":
                name = workshops[number % len(workshops)]
                lab.write(WorkshopCorrected(name, "void", ("no", "yes")[number % 2], "not held"))
            case "wait":
                lab.advance(hours=number)
            case "cut":
                lab.power_cut(number / 4)
            case "net":
                lab.network_back()
    return lab


def expected(lab: Field) -> tuple[list[object], list[object]]:
    folded = fold_all(lab.entries)
    made = [
        (one.subject, str(one.day) if one.day else None, one.count, one.corrected)
        for one in folded
        if isinstance(one, Made) and one.count
    ]
    workshops = [
        (one.subject, str(one.day), one.participants, one.minors)
        for one in folded
        if isinstance(one, Workshop) and not one.void
    ]
    return sorted(made), sorted(workshops)


@settings(max_examples=60, deadline=None)
@given(VERBS, st.randoms(use_true_random=False), st.integers(1, 20))
def test_in_any_order_and_any_steps_things_and_workshops_are_those_of_the_fold(
    verbs: list[tuple[str, int]], chance: random.Random, step: int
) -> None:
    lab = lived(verbs)
    told = list(lab.entries)
    chance.shuffle(told)
    shelf = Shelf()
    for some in (told[: len(told) // 2], told, told[::-1]):
        shelf.lay(some)
        shelf.fold(step)
    read = shelf.connection.execute
    made = read("SELECT subject, day, count, corrected = 1 FROM figure_made").fetchall()
    workshops = read("SELECT subject, day, participants, minors FROM figure_workshop").fetchall()
    assert (sorted(made), sorted(workshops)) == expected(lab)
    assert all(
        (day or "0000-00")[:7].replace("-", "") == f"{month:06d}"
        for month, day in read(
            "SELECT month, day FROM figure_made UNION ALL SELECT month, day FROM figure_workshop"
        )
    )
    shelf.connection.close()


# ---- parties


def class_at(lab: Field, machines: tuple[str, ...], people: int) -> list[str]:
    return [
        lab.open(machine, "anna", source="party", party=people, group="g1") for machine in machines
    ]


def passages(shelf: Shelf, month: str) -> int:
    return tally(shelf.book(month).rows).sums["passages"]


def test_a_class_at_three_machines_is_counted_once(shelf: Shelf) -> None:
    lab = Field()
    for session in class_at(lab, ("laser", "prusa", "press"), 25):
        lab.close(session)
    shelf.lay(lab.entries)
    shelf.fold()
    assert passages(shelf, "2026-11") == 25
    assert tally(shelf.book("2026-11").rows).sums["sessions"] == 3


def test_a_class_that_sits_over_the_end_of_a_month_is_counted_in_the_one_it_began(
    shelf: Shelf,
) -> None:
    lab = Field("2026-10-31 23:59")
    first = class_at(lab, ("laser",), 25)
    lab.advance(minutes=2)
    for session in (*first, *class_at(lab, ("prusa",), 25)):
        lab.close(session)
    shelf.lay(reversed(lab.entries))
    shelf.fold(1)
    assert (passages(shelf, "2026-10"), passages(shelf, "2026-11")) == (25, 0)


def test_a_head_count_that_was_corrected_counts_as_corrected(shelf: Shelf) -> None:
    lab = Field()
    for session in class_at(lab, ("laser", "prusa"), 25):
        lab.correct(session, "party", "20")
    shelf.lay(lab.entries)
    shelf.fold()
    assert passages(shelf, "2026-11") == 20


def test_sessions_that_are_put_into_one_party_afterwards_count_once_from_then_on(
    shelf: Shelf,
) -> None:
    lab = Field()
    sessions = [lab.open(machine, "anna", party=12) for machine in ("laser", "prusa")]
    shelf.lay(lab.entries)
    shelf.fold()
    assert passages(shelf, "2026-11") == 24
    for session in sessions:
        lab.correct(session, "group", "g7")
    shelf.lay(lab.entries)
    shelf.fold()
    assert passages(shelf, "2026-11") == 12


def test_a_session_of_a_party_that_never_was_takes_nobody_with_it(shelf: Shelf) -> None:
    lab = Field()
    first, _ = class_at(lab, ("laser", "prusa"), 25)
    lab.correct(first, "void", "yes")
    shelf.lay(lab.entries)
    shelf.fold()
    assert passages(shelf, "2026-11") == 25


def test_the_same_party_word_in_two_labs_is_two_parties(shelf: Shelf) -> None:
    for number, slug in enumerate(("ccdv", "doret")):
        lab = Field(store=f"{number:032x}")
        class_at(lab, ("laser",), 10)
        shelf.lay(lab.entries, slug)
    shelf.fold()
    assert passages(shelf, "2026-11") == 20


# ---- openings


def test_the_hours_a_lab_told_are_known_whichever_description_comes_first(shelf: Shelf) -> None:
    lab = Field("2026-11-02 08:00")
    for hours in ((("09:00", "12:00"),), (("09:00", "18:00"),)):
        lab.write(SiteDescribed("ccdv", "CCDV", MACHINES, (hours,) * 7))
        lab.advance(hours=24 * 7)
    shelf.lay(reversed(lab.entries))
    shelf.fold(1)
    (one,) = held.openings_in(shelf.connection, Month(2026, 11))
    assert (one.openings.days, one.openings.unknown) == (29, 1)
    assert one.openings.lasting_us == (7 * 3 + 22 * 9) * 3_600_000_000


def test_a_thing_has_the_name_that_its_lab_gave_it_last(shelf: Shelf) -> None:
    lab = Field()
    for name in ("Pot", "Vase"):
        item = ItemDescribed("vase", name, "")
        lab.write(SiteDescribed("ccdv", "CCDV", MACHINES, ((),) * 7, (item,)))
        lab.advance(hours=1)
    lab.make("vase", 2)
    lab.make("nobody-knows", 1)
    shelf.lay(reversed(lab.entries))
    shelf.fold()
    names = {one.item_name for one in shelf.book("2026-11").held.made}
    assert names == {"Vase", "nobody-knows"}


def test_a_thing_without_a_date_is_in_no_month_and_is_told(shelf: Shelf) -> None:
    lab = Field()
    lab.power_cut(hours_off=2)
    lab.make("mug", 3)
    shelf.lay(lab.entries)
    shelf.fold()
    book = shelf.book("2026-11")
    assert month_figures(book)["objets"] == 0
    assert [(one.item, one.pieces) for one in book.held.undated] == [("mug", 3)]
