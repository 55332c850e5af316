"""A job's life as entries tell it."""

from __future__ import annotations

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
    NotStarted,
    PlateCleared,
    PrintJudged,
    PrintOwned,
    PrintReconciled,
    Why,
)
from machines.jobs import Job, Jobs, Over, Printing, Starting, ToApprove, Waiting
from machines.journal import Birth, Body, Entry, Personal, PrintBegan, PrintEnded, Result
from machines.order import Move

PATH = "fablab-1-mug.gcode"
FILE = JobSubmitted("f" * 64, 1000, "tablet", estimated_s=3600.0)


class Book:
    """Entries one after the other, a minute apart, and what they make of the queue."""

    def __init__(self) -> None:
        self.jobs = Jobs()
        self.seq = 0

    def now(self) -> Instant:
        us = self.seq * 60 * SECOND
        return Instant(1, us, 1_800_000_000 * SECOND + us, WallQuality.NTP)

    def say(self, body: Body, **personal: str) -> str:
        self.seq += 1
        birth = Birth("a" * 32, self.seq, self.seq)
        entry = Entry(birth, self.now(), body, Personal(**personal) if personal else None)
        self.jobs = self.jobs.take(entry)
        return str(birth)

    def bring(self, body: JobSubmitted = FILE, owner: str = "m-ines") -> str:
        return self.say(body, member=owner, category="individual", file_name="mug.gcode")

    def job(self, name: str) -> Job:
        return self.jobs.jobs[name]

    def print(self, job: str | None, machine: str = "prusa") -> str:
        if job is not None:
            number = len(self.job(job).tried) + 1
            self.say(JobStarting(job, machine, number, f"{number}-{PATH}"))
        return self.say(PrintBegan(machine, None, job=job))

    def end(self, print_: str, result: Result = Result.DONE, machine: str = "prusa") -> None:
        now = self.now()
        self.say(PrintEnded(print_, machine, None, result, now, now, 60 * SECOND, 0, 0))


def test_a_job_is_its_file_its_owner_and_its_name() -> None:
    book = Book()
    job = book.job(book.bring())
    assert (job.owner, job.name, job.entry) == ("m-ines", "mug.gcode", FILE)
    assert job.state == Waiting()


def test_a_job_whose_personal_part_is_gone_is_nobodys_and_has_no_name() -> None:
    book = Book()
    job = book.job(book.say(FILE))
    assert (job.owner, job.name) == (None, None)


def test_a_job_with_findings_waits_for_an_animators_yes() -> None:
    book = Book()
    mug = book.bring(JobSubmitted("f" * 64, 1000, "phone", approval=("long",)))
    assert book.job(mug).state == ToApprove()
    book.say(JobApproved(mug))
    assert book.job(mug).state == Waiting()


def test_a_whole_life_from_the_file_to_the_part_that_is_taken_away() -> None:
    book = Book()
    mug = book.bring()
    book.say(JobStarting(mug, "prusa", 1, PATH))
    assert isinstance(book.job(mug).state, Starting)
    print_ = book.say(PrintBegan("prusa", None, job=mug))
    assert isinstance(book.job(mug).state, Printing)
    book.end(print_)
    over = book.job(mug).state
    assert isinstance(over, Over)
    assert (over.result, over.print, over.cleared) == (Result.DONE, print_, False)
    book.say(PlateCleared("prusa"))
    assert book.job(mug).state.cleared  # type: ignore[attr-defined]
    book.say(JobCollected(mug))
    assert mug not in book.jobs.jobs


def test_a_refused_start_goes_back_to_waiting_with_its_reason() -> None:
    book = Book()
    mug = book.bring()
    book.say(JobStarting(mug, "prusa", 1, PATH))
    book.say(JobRefused(mug, "prusa", 1, NotStarted.BUSY, "already printing"))
    assert book.job(mug).state == Waiting(NotStarted.BUSY, "already printing")
    book.say(JobStarting(mug, "ender", 2, "2"))
    book.say(JobRefused(mug, "prusa", 1, NotStarted.BUSY))
    assert isinstance(book.job(mug).state, Starting), "that was said of another attempt"


def test_a_print_that_begins_after_it_was_given_up_is_still_the_jobs() -> None:
    book = Book()
    mug = book.bring()
    book.say(JobStarting(mug, "prusa", 1, PATH))
    book.say(JobRefused(mug, "prusa", 1, NotStarted.NO_ANSWER))
    found = book.jobs.of_path("prusa", PATH)
    assert found is not None
    assert found.id == mug
    assert book.jobs.of_path("ender", PATH) is None
    book.say(PrintBegan("prusa", None, job=mug))
    assert isinstance(book.job(mug).state, Printing)
    assert book.jobs.of_path("prusa", PATH) is None, "it was printed once"


def test_a_print_that_went_wrong_is_judged_and_waits_again_in_front() -> None:
    book = Book()
    mug = book.bring()
    print_ = book.print(mug)
    book.end(print_, Result.FAILED)
    book.say(PrintJudged(print_, Why.ADHESION))
    assert book.job(mug).state.why is Why.ADHESION  # type: ignore[attr-defined]
    book.say(JobRequeued(mug, front=True, machine="ender"))
    job = book.job(mug)
    assert (job.state, job.front, job.wish, len(job.tried)) == (Waiting(), True, "ender", 1)


def test_a_job_that_is_printing_is_not_withdrawn_nor_moved_to_another_printer() -> None:
    book = Book()
    mug = book.bring()
    book.print(mug)
    book.say(JobWithdrawn(mug))
    book.say(JobAssigned(mug, "ender"))
    assert isinstance(book.job(mug).state, Printing)
    assert book.job(mug).wish == ""


def test_the_last_print_of_a_printer_is_known_until_its_plate_is_cleared() -> None:
    book = Book()
    foreign = book.print(None)
    book.say(PlateCleared("prusa"))
    assert book.jobs.prints["prusa"].result is None, "it is under way"
    book.say(PrintOwned(foreign), member="m-zoe")
    book.end(foreign, Result.FAILED)
    book.say(PrintJudged(foreign, Why.CLOG))
    last = book.jobs.prints["prusa"]
    assert (last.owner, last.job, last.result) == ("m-zoe", None, Result.FAILED)
    assert last.why is Why.CLOG
    book.say(PlateCleared("prusa"))
    assert "prusa" not in book.jobs.prints


def test_a_lost_print_that_octoprint_says_was_done_is_done() -> None:
    book = Book()
    mug = book.bring()
    print_ = book.print(mug)
    book.end(print_, Result.LOST)
    book.say(PrintReconciled("prusa", print_, True, book.now(), 900.0))
    assert book.job(mug).state.result is Result.DONE  # type: ignore[attr-defined]
    assert len(book.jobs.reconciled["prusa"]) == 1


def test_a_lost_print_that_is_seen_again_is_still_the_jobs() -> None:
    book = Book()
    mug = book.bring()
    print_ = book.print(mug)
    path = book.job(mug).tried[-1].path
    assert book.jobs.of_path("prusa", path) is None, "it is under way"
    book.end(print_, Result.LOST)
    found = book.jobs.of_path("prusa", path)
    assert found is not None
    again = book.say(PrintBegan("prusa", None, adopted=True, job=mug))
    assert isinstance(book.job(mug).state, Printing)
    book.end(again, Result.DONE)
    assert book.job(mug).state.result is Result.DONE  # type: ignore[attr-defined]


def test_a_start_that_ran_to_its_end_unseen_is_over() -> None:
    book = Book()
    mug = book.bring()
    book.say(JobStarting(mug, "prusa", 1, PATH))
    told = book.say(PrintReconciled("prusa", "", True, book.now(), 900.0, job=mug))
    over = book.job(mug).state
    assert isinstance(over, Over)
    assert (over.print, over.result) == (told, Result.DONE)


def test_moves_and_priorities_are_those_of_jobs_that_wait() -> None:
    book = Book()
    mug, vase = book.bring(), book.bring()
    book.say(JobMoved(vase, mug))
    book.say(JobPrioritised(mug, True, "salon vendredi"))
    assert book.jobs.moves == (Move(vase, mug, 3),)
    assert (book.job(mug).prioritised, book.job(mug).priority) == (True, "salon vendredi")
    book.say(JobPrioritised(mug, False))
    assert (book.job(mug).prioritised, book.job(mug).priority) == (False, "")
    book.print(vase)
    assert book.jobs.moves == ()


def test_a_job_that_was_overtaken_to_fill_a_gap_is_marked() -> None:
    book = Book()
    mug, vase = book.bring(), book.bring()
    book.say(JobStarting(vase, "prusa", 1, PATH, overtook=(mug,)))
    assert book.job(mug).overtaken == 1


def test_a_part_that_nobody_collected_is_forgotten_after_two_weeks() -> None:
    book = Book()
    mug = book.bring()
    book.end(book.print(mug))
    book.seq += 14 * 24 * 60 - 10
    book.bring()
    assert mug in book.jobs.jobs
    book.seq += 20
    book.bring()
    assert mug not in book.jobs.jobs
