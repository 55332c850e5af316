"""What an animator puts right at a lab reaches the figures, in whatever order it arrives."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.central.totals import tally
from kiosk.floor.activity_acts import (
    CorrectSessions,
    CorrectWorkshop,
    EndParty,
    HoldWorkshop,
    Make,
    OpenParty,
    Recount,
)
from kiosk.floor.view import Touch
from kiosk.store.recent import RecentJournal
from machines.journal import Entry
from machines.made_entries import Produced, Purpose, WorkshopHeld
from tests.central.shelf import Shelf, described
from tests.field import Field
from tests.lab import Lab

HOUR = 1000  #: thousandths


def counted(entries: list[Entry]) -> dict[tuple[str, str], dict[str, int]]:
    """The figures of November by machine and category."""
    shelf = Shelf()
    shelf.lay(entries)
    shelf.fold()
    rows = [row for row in shelf.book("2026-11").rows if row.kind == "session"]
    keys = {(row.machine, row.category) for row in rows}
    return {
        key: tally(row for row in rows if (row.machine, row.category) == key).figures()
        for key in keys
    }


def a_session(lab: Field, **more: object) -> str:
    session = lab.open("laser", "ines", **more)
    lab.advance(hours=2)
    lab.close(session)
    lab.advance(hours=1)
    return session


@pytest.fixture
def lab() -> Field:
    return described(Field("2026-11-24 09:00"))


def test_a_session_under_the_wrong_machine_and_category_counts_where_it_belongs(lab: Field) -> None:
    session = a_session(lab)
    lab.correct(session, "machine", "prusa")
    lab.correct(session, "category", "company")
    figures = counted(lab.entries)
    assert figures.keys() == {("prusa", "company")}
    assert figures["prusa", "company"]["session_h"] == 2 * HOUR


def test_another_member_is_another_person_of_the_month(lab: Field) -> None:
    a_session(lab)
    session = a_session(lab)
    assert counted(lab.entries)["laser", "individual"]["personnes"] == 1
    lab.correct(session, "member", "", member="yann")
    assert counted(lab.entries)["laser", "individual"]["personnes"] == 2


def test_corrected_times_are_the_hours_and_they_are_declared(lab: Field) -> None:
    session = a_session(lab)
    lab.correct(session, "began", "2026-11-24T09:30:00+01:00")
    lab.correct(session, "ended", "2026-11-24T10:00:00+01:00")
    figures = counted(lab.entries)["laser", "individual"]
    assert (figures["session_h"], figures["declare_h"]) == (HOUR // 2, HOUR // 2)


def test_a_session_that_never_was_is_in_no_figure_until_it_was_after_all(lab: Field) -> None:
    session = a_session(lab)
    lab.correct(session, "void", "yes")
    assert counted(lab.entries) == {}
    lab.correct(session, "void", "no")
    assert counted(lab.entries)["laser", "individual"]["sessions"] == 1


def test_the_corrected_head_count_of_a_session_is_its_passages(lab: Field) -> None:
    session = a_session(lab)
    lab.correct(session, "party", "7")
    assert counted(lab.entries)["laser", "individual"]["passages"] == 7


def test_a_corrected_group_is_the_group_that_is_counted(lab: Field) -> None:
    session = a_session(lab, party=7)
    lab.correct(session, "group", "g")
    shelf = Shelf()
    shelf.lay(lab.entries)
    shelf.fold()
    assert shelf.rows("grp, party") == [("g", 7)]


@pytest.mark.slow
@given(st.randoms(use_true_random=False), st.integers(1, 5))
def test_in_any_order_of_arrival_and_any_step_the_figures_are_the_same(
    chance: random.Random, step: int
) -> None:
    lab = described(Field("2026-11-24 09:00"))
    first, second = a_session(lab), a_session(lab, party=5, group="g")
    lab.correct(first, "machine", "prusa")
    lab.correct(second, "void", "yes")
    lab.correct(first, "ended", "2026-11-24T10:00:00+01:00")
    lab.correct(second, "party", "6")
    lab.correct(second, "void", "no")
    expected = counted(lab.entries)
    told = list(lab.entries)
    chance.shuffle(told)
    shelf = Shelf()
    for entry in told:
        shelf.lay([entry])
        if chance.random() < 0.4:
            shelf.fold(step)
    shelf.fold(step)
    rows = [row for row in shelf.book("2026-11").rows if row.kind == "session"]
    assert {
        key: tally(row for row in rows if (row.machine, row.category) == key).figures()
        for key in {(row.machine, row.category) for row in rows}
    } == expected


# ---- from a tablet to the month, by the real floor


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Lab]:
    lab = Lab(tmp_path)
    yield lab
    lab.close()


def test_what_is_put_right_at_the_tablet_is_what_the_month_says(floor: Lab) -> None:
    floor.act(OpenParty(("press", "vinyl"), 12, "school", "pupil"))
    names = floor.view.parties[0].sessions
    group = floor.view.parties[0].group
    told = floor.act(Make(Produced("badge", 30, Purpose.PARTY, group=group)))
    floor.act(HoldWorkshop(WorkshopHeld("Badges", "2026-11-24", 60, 12, group=group)))
    floor.advance(hours=1)
    floor.act(EndParty(group))
    floor.tap("ines", "ender")
    floor.advance(minutes=30)
    floor.tap("ines")
    floor.touch(Touch.END)
    floor.act(CorrectSessions(names, (("party", "10"),), "counted again"))
    floor.act(CorrectSessions(names[:1], (("machine", "ender"),), "the other one"))
    floor.act(Recount(told.job, 24, "six broke"))
    lately = RecentJournal(floor.site.database, floor.clock).read()
    (held,) = lately.workshops
    floor.act(CorrectWorkshop(held.subject, (("participants", "10"), ("minutes", "90")), "x"))
    entries = floor.entries()
    figures = counted(entries)
    assert {key: f["sessions"] for key, f in figures.items()} == {
        ("ender", "school"): 1,
        ("vinyl", "school"): 1,
        ("ender", "individual"): 1,
    }
    shelf = Shelf()
    shelf.lay(entries)
    shelf.fold()
    made = "SELECT item, count, purpose, grp, corrected FROM figure_made"
    assert shelf.connection.execute(made).fetchall() == [("badge", 24, "party", group, 1)]
    held_ = "SELECT title, minutes, participants, grp, corrected FROM figure_workshop"
    assert shelf.connection.execute(held_).fetchall() == [("Badges", 90, 10, group, 1)]
    assert {row[0] for row in shelf.rows("party") if row[0]} == {10}
    rows = shelf.book("2026-11").rows
    people = {row.person for row in rows if row.kind == "session" and row.person}
    assert len(people) == 1, "the animator is none of the class"
    assert tally(rows).figures()["passages"] == 10 + 1, "whoever is at two machines is there once"
