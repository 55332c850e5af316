"""What a lab did lately, read beside the floor that writes it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.floor.activity_acts import CorrectSessions, HoldWorkshop, Make, Recount
from kiosk.floor.view import Touch
from kiosk.store.fork import fork
from kiosk.store.recent import DAYS, Lately, RecentJournal
from machines.made_entries import Produced, Purpose, WorkshopHeld
from tests.lab import Lab


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    lab = Lab(tmp_path)
    yield lab
    lab.close()


def read(lab: Lab) -> Lately:
    return RecentJournal(lab.site.database, lab.clock).read()


def visit(lab: Lab, who: str = "ines", machine: str = "press", minutes: float = 30) -> None:
    lab.tap(who, machine)
    lab.advance(minutes=minutes)
    lab.tap(who)
    lab.touch(Touch.END)
    lab.advance(minutes=1)


def test_sessions_things_and_workshops_are_read_while_the_floor_goes_on(lab: Lab) -> None:
    visit(lab)
    lab.tap("karim", "vinyl")
    lab.act(Make(Produced("mug", 3, Purpose.ASSOCIATION)))
    lab.act(HoldWorkshop(WorkshopHeld("Broderie", "2026-11-24", 60, 5)))
    seen = read(lab)
    assert {(s.machine, s.member, s.reason is None) for s in seen.sessions} == {
        ("press", "m-ines", False),
        ("vinyl", "m-karim", True),
    }
    assert [(m.item, m.count) for m in seen.made] == [("mug", 3)]
    assert [w.title for w in seen.workshops] == ["Broderie"]


def test_what_was_corrected_says_by_whom_and_why_and_stays_when_it_never_was(lab: Lab) -> None:
    visit(lab)
    (session,) = read(lab).sessions
    lab.act(CorrectSessions((session.subject,), (("void", "yes"),), "a trial"))
    seen = read(lab)
    assert [s.void for s in seen.sessions] == [True]
    (word,) = seen.corrected(session.subject)
    assert (word.what, word.value, word.why, word.by) == ("void", "yes", "a trial", "m-noe")
    told = lab.act(Make(Produced("mug", 3, Purpose.ASSOCIATION)))
    lab.act(Recount(told.job, 2, "one broke"))
    (word,) = read(lab).corrected(told.job)
    assert (word.what, word.value) == ("count", "2")


def test_what_is_older_than_a_month_is_not_read(lab: Lab) -> None:
    visit(lab, minutes=10)
    for _ in range(DAYS + 2):
        lab.clock.advance(hours=24)
    visit(lab, "karim", "vinyl")
    assert [s.machine for s in read(lab).sessions] == ["vinyl"]


def test_a_lab_that_did_nothing_has_nothing_to_show(lab: Lab) -> None:
    assert read(lab) == Lately()


def test_what_comes_between_two_readings_is_as_if_all_were_read_anew(lab: Lab) -> None:
    followed = RecentJournal(lab.site.database, lab.clock)
    visit(lab)
    assert followed.read() == read(lab)
    lab.tap("karim", "vinyl")
    assert followed.read() == read(lab)
    told = lab.act(Make(Produced("mug", 3, Purpose.ASSOCIATION)))
    lab.act(Recount(told.job, 2, "one broke"))
    assert followed.read() == read(lab)
    (session,) = (s for s in followed.read().sessions if s.machine == "press")
    lab.act(CorrectSessions((session.subject,), (("void", "yes"),), "a trial"))
    lab.advance(hours=24)
    assert followed.read() == read(lab)
    for _ in range(DAYS + 2):
        lab.clock.advance(hours=24)
    assert not followed.read().corrections


def test_a_page_that_asks_again_gets_what_was_folded_unless_something_was_done(lab: Lab) -> None:
    followed = RecentJournal(lab.site.database, lab.clock)
    visit(lab)
    first = followed.read()
    assert followed.read() is first
    lab.set_condition("laser", "fault")
    assert followed.read() is first  # of no session, thing or workshop
    visit(lab)
    assert followed.read() is not first
    assert len(followed.read().sessions) == 2


def test_what_is_forgotten_is_gone_from_the_next_reading(lab: Lab) -> None:
    followed = RecentJournal(lab.site.database, lab.clock)
    visit(lab)
    assert [s.member for s in followed.read().sessions] == ["m-ines"]
    last = lab.store.submit(lambda journal: journal.tip()[0]).result()
    lab.store.submit(lambda journal: journal.forget(range(1, last + 1))).result()
    assert [s.member for s in followed.read().sessions] == [None]


def test_after_a_fork_it_is_read_anew(lab: Lab) -> None:
    followed = RecentJournal(lab.site.database, lab.clock)
    visit(lab)
    lab.tap("karim", "vinyl")
    assert len(followed.read().sessions) == 2
    tip = lab.store.submit(lambda journal: journal.tip()[0]).result()
    lab.store.submit(lambda journal: fork(journal, tip - 1)).result()
    assert followed.read() == read(lab)
    visit(lab)
    assert followed.read() == read(lab)
    assert len(followed.read().sessions) == 3
