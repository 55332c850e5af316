"""What past prints teach: lengths of files, errors of estimates, hours of members."""

from __future__ import annotations

import pytest

from machines import learned
from machines.carried import Carried
from machines.estimates import Estimate, Source
from machines.instants import SECOND, Instant, WallQuality
from machines.job_entries import JobStarting, JobSubmitted, PrintOwned
from machines.jobs import Job
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

HOUR_S = 3600.0
DAY_S = 86_400


class Book:
    """A lab's journal, as far as the queue learns of it."""

    def __init__(self) -> None:
        self.carried = Carried()
        self.seconds = 0.0

    @property
    def now(self) -> Instant:
        us = round(self.seconds * SECOND)
        return Instant(1, us, 1_800_000_000 * SECOND + us, WallQuality.NTP)

    def say(self, body: Body, member: str | None = None) -> str:
        seq = self.carried.seq + 1
        birth = Birth("a" * 32, seq, seq)
        personal = Personal(member=member) if member else None
        self.carried = self.carried.fold([(seq, Entry(birth, self.now, body, personal))])
        return str(birth)

    def bring(self, file: str = "mug", estimated_s: float | None = HOUR_S) -> Job:
        body = JobSubmitted(file, 1, "tablet", estimated_s=estimated_s)
        job = self.say(body, "m-ines")
        return self.carried.jobs.jobs[job]

    def print(
        self,
        used_s: float,
        job: Job | None = None,
        result: Result = Result.DONE,
        machine: str = "prusa",
        session: str | None = None,
    ) -> str:
        if job is not None:
            self.say(JobStarting(job.id, machine, 1, job.id))
        print_ = self.say(PrintBegan(machine, session, job=job.id if job else None))
        began = self.now
        self.seconds += used_s
        used_us = round(used_s * SECOND)
        self.say(PrintEnded(print_, machine, None, result, began, self.now, used_us, 0, 0))
        return print_

    def recent_s(self, days: int = 7) -> dict[str, float]:
        return self.carried.learned.recent_s(self.now, days)


def test_a_file_that_was_printed_is_estimated_by_its_own_past() -> None:
    book = Book()
    first = book.bring()
    assert book.carried.learned.estimate(first) == Estimate(HOUR_S, Source.SLICER)
    book.print(5000, first)
    again = book.bring()
    assert book.carried.learned.estimate(again) == Estimate(5000, Source.PAST)
    book.print(7000, again)
    assert book.carried.learned.estimate(again) == Estimate(6000, Source.PAST)
    assert book.carried.learned.estimate(book.bring("vase")).source is Source.SLICER


def test_a_printers_error_is_that_of_its_own_prints() -> None:
    book = Book()
    book.print(1.5 * HOUR_S, book.bring("a"))
    book.print(0.5 * HOUR_S, book.bring("b"), machine="ender")
    book.print(1.3 * HOUR_S, book.bring("c"))
    tracks = book.carried.learned.tracks
    assert (tracks["prusa"].known(), tracks["ender"].known()) == (2, 1)
    assert tracks["prusa"].error() == pytest.approx(0.4)
    assert tracks["ender"].error() == pytest.approx(-0.5)


def test_a_failed_print_teaches_no_length_and_its_hours_count_all_the_same() -> None:
    book = Book()
    book.print(1800, book.bring(), Result.FAILED)
    assert book.carried.learned.tracks == {}
    assert book.carried.learned.files == {}
    assert book.recent_s() == {"m-ines": 1800}


def test_hours_count_for_as_many_days_as_the_rules_look_back() -> None:
    book = Book()
    book.print(1800, book.bring())
    book.seconds += 7 * DAY_S - 1
    assert book.recent_s() == {"m-ines": 1800}
    book.seconds += 1
    assert book.recent_s() == {}
    assert book.recent_s(days=8) == {"m-ines": 1800}


def test_hours_of_a_month_ago_are_forgotten() -> None:
    book = Book()
    book.print(1800, book.bring())
    book.seconds += 32 * DAY_S
    book.print(60, book.bring())
    assert book.recent_s(days=90) == {"m-ines": 60}


def test_a_print_begun_in_a_session_is_its_members_and_another_nobodys() -> None:
    book = Book()
    book.print(600)
    assert book.recent_s() == {}
    session = book.say(SessionOpened("prusa", "badge"), "m-zoe")
    book.print(600, session=session)
    assert book.recent_s() == {"m-zoe": 600}


@pytest.mark.parametrize("when", ["while it prints", "after its end"])
def test_a_print_that_is_given_an_owner_counts_for_them(when: str) -> None:
    book = Book()
    book.print(900)  # stays nobody's
    if when == "while it prints":
        print_ = book.say(PrintBegan("prusa", None))
        book.say(PrintOwned(print_), "m-karim")
        began = book.now
        book.seconds += 600
        body = PrintEnded(print_, "prusa", None, Result.DONE, began, book.now, 600 * SECOND, 0, 0)
        book.say(body)
    else:
        book.say(PrintOwned(book.print(600)), "m-karim")
    assert book.recent_s() == {"m-karim": 600}


def test_the_files_learned_of_longest_ago_are_forgotten_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(learned, "FILES", 3)
    book = Book()
    for file in ("a", "b", "c", "a", "d"):
        book.print(600, book.bring(file))
    assert list(book.carried.learned.files) == ["c", "a", "d"]
