"""The record of a printer's prints, given what was seen of it and when."""

from __future__ import annotations

from dataclasses import replace

import pytest

from machines import printing
from machines.facts import Fact, Happened, JobSeen, PrinterSeen, PrintHappened, Silence
from machines.instants import SECOND, Instant, WallQuality
from machines.journal import PrintBegan, PrintEnded, Result
from machines.meter import Work
from machines.print_checkpoint import checkpoint, resume
from machines.print_look import PrintLook, look
from machines.print_record import BeginPrint, EndPrint, Printer, Rules, Step

TEXT = {
    Work.WORKING: "Printing",
    Work.PAUSED: "Paused",
    Work.RESTING: "Operational",
    Work.UNKNOWN: "Something new",
}


class Bench:
    """One printer under a clock that moves when told, polled every three seconds."""

    def __init__(self, disk: bool = True) -> None:
        self.now = Instant(1, 5_000 * SECOND, 1_800_000_000 * SECOND, WallQuality.NTP)
        self.printer = Printer("prusa", Rules())
        self.began: list[PrintBegan] = []
        self.ended: list[PrintEnded] = []
        self.disk = disk
        self.owed: list[int] = []

    def advance(self, seconds: float) -> None:
        us = round(seconds * SECOND)
        self.now = replace(self.now, boot_us=self.now.boot_us + us, wall_us=self.now.wall_us + us)

    def take(self, step: Step) -> None:
        self.printer, effects = step
        for effect in effects:
            match effect:
                case BeginPrint(number, entry, _):
                    self.began.append(entry)
                    self.owed.append(number)
                case EndPrint(entry, _):
                    self.ended.append(entry)
        if self.disk:
            self.write()

    def write(self) -> None:
        """The disk is done with every beginning it was given."""
        owed, self.owed = self.owed, []
        for number in owed:
            self.take(printing.began(self.printer, number, f"birth {number}"))

    def tell(self, fact: Fact) -> None:
        self.take(printing.see(self.printer, fact, self.now, "session of Ana"))

    def seen(
        self,
        work: Work,
        elapsed_s: float | None = None,
        *,
        path: str = "cube.gcode",
        state: str = "",
        progress: float | None = None,
        nozzle_c: float | None = None,
        error: str = "",
    ) -> None:
        job = JobSeen(path, path, elapsed_s=elapsed_s, progress=progress, filament_mm=1000.0)
        state = state or TEXT[work]
        fact = PrinterSeen("prusa", work, state, job if path else None, nozzle_c, error=error)
        self.tell(fact)

    def polls(self, work: Work, seconds: int, elapsed_s: float = 0) -> float:
        """A poll every three seconds; the printer's clock afterwards."""
        for _ in range(seconds // 3):
            self.advance(3)
            elapsed_s += 3 if work is Work.WORKING else 0
            self.seen(work, elapsed_s)
        return elapsed_s

    def happened(
        self, what: Happened, printer_s: float | None = None, path: str = "cube.gcode"
    ) -> None:
        self.tell(PrintHappened("prusa", what, path, printer_s))

    def silence(self) -> None:
        self.tell(Silence("prusa", "refuses the connection"))

    def wait(self, seconds: int) -> None:
        for _ in range(seconds // 10):
            self.advance(10)
            self.take(printing.wait(self.printer, self.now))

    def offline(self) -> None:
        self.seen(Work.UNKNOWN, path="", state="Offline after error")

    @property
    def look(self) -> PrintLook:
        looked = look(self.printer)
        assert looked is not None
        return looked


def hours(ended: PrintEnded) -> tuple[float, float, float]:
    """Used, paused, unseen, in seconds."""
    assert ended.used_us + ended.paused_us + ended.unseen_us == ended.ended.since(ended.began)
    return ended.used_us / SECOND, ended.paused_us / SECOND, ended.unseen_us / SECOND


@pytest.fixture
def bench() -> Bench:
    """A printer that was just seen at rest."""
    bench = Bench()
    bench.seen(Work.RESTING, path="")
    return bench


# -- prints that end well -------------------------------------------------------------------


def test_a_print_seen_by_polling_alone_counts_from_its_first_sight_to_its_last(bench):
    bench.polls(Work.WORKING, 63)
    bench.advance(3)
    bench.seen(Work.RESTING, 64, progress=1.0)
    (ended,) = bench.ended
    assert ended.result is Result.DONE
    assert hours(ended) == (63, 0, 0)
    assert (ended.print, ended.session) == ("birth 1", "session of Ana")
    assert not bench.began[0].adopted


def test_events_make_the_ends_sharp(bench):
    bench.advance(1)
    bench.happened(Happened.STARTED)
    bench.polls(Work.WORKING, 60)
    bench.advance(1)
    bench.happened(Happened.DONE, 61.0)
    (ended,) = bench.ended
    assert hours(ended) == (61, 0, 0)
    assert (ended.printer_s, ended.evidence) == (61.0, "")
    assert ended.filament_mm == 1000.0


def test_a_pause_is_counted_apart(bench):
    elapsed_s = bench.polls(Work.WORKING, 30)
    bench.polls(Work.PAUSED, 60, elapsed_s)
    assert bench.look.state == "paused"
    bench.polls(Work.WORKING, 30, elapsed_s)
    bench.happened(Happened.DONE, 60.0)
    assert hours(bench.ended[0]) == (57, 60, 0)  # it began one poll before it was seen


def test_a_print_that_heats_up_is_seen_working_though_its_clock_stands_still(bench):
    for warmer in range(100):
        bench.advance(3)
        bench.seen(Work.WORKING, 0, nozzle_c=20.0 + warmer)
    bench.silence()
    assert bench.printer.open is not None
    assert bench.printer.open.meter.used_us == 297 * SECOND


def test_the_state_finishing_after_the_end_begins_no_print(bench):
    bench.happened(Happened.STARTED)
    bench.advance(60)
    bench.happened(Happened.DONE, 60)
    bench.seen(Work.WORKING, 60, state="Finishing")
    bench.advance(3)
    bench.seen(Work.PAUSED, 60, state="Cancelling")
    assert len(bench.began) == 1
    assert bench.printer.open is None


def test_an_answer_older_than_the_end_begins_no_print(bench):
    bench.polls(Work.WORKING, 60)
    bench.happened(Happened.CANCELLED, 60)
    bench.seen(Work.WORKING, 60)
    assert len(bench.began) == 1


def test_an_answer_older_than_the_beginning_ends_no_print(bench):
    bench.happened(Happened.STARTED)
    bench.seen(Work.RESTING)
    bench.seen(Work.UNKNOWN, path="", state="Opening serial connection")
    assert bench.ended == []
    bench.advance(3)
    bench.seen(Work.RESTING)
    assert bench.ended[0].result is Result.CANCELLED


def test_the_same_file_printed_again_at_once_is_a_second_print(bench):
    bench.polls(Work.WORKING, 60)
    bench.happened(Happened.DONE, 60)
    bench.advance(1)
    bench.happened(Happened.STARTED)
    assert len(bench.began) == 2
    assert bench.look.state == "printing"


# -- cancelled and failed -------------------------------------------------------------------


def test_a_cancel_that_is_told_twice_ends_one_print_once(bench):
    bench.polls(Work.WORKING, 30)
    bench.happened(Happened.CANCELLED, 29.0)
    bench.happened(Happened.FAILED, 29.0)
    (ended,) = bench.ended
    assert ended.result is Result.CANCELLED


def test_a_print_cancelled_while_paused_does_not_count_the_pause_as_the_printer_does(bench):
    elapsed_s = bench.polls(Work.WORKING, 33)
    bench.polls(Work.PAUSED, 60, elapsed_s)
    bench.happened(Happened.CANCELLED, 93.0)
    (ended,) = bench.ended
    assert hours(ended) == (33, 57, 0)
    assert ended.printer_s == 93.0  # kept as evidence; no discrepancy: only a print done has one
    assert ended.evidence == ""


def test_a_cancelled_print_without_events_is_told_by_its_missing_progress(bench):
    bench.polls(Work.WORKING, 30)
    bench.advance(3)
    bench.seen(Work.RESTING)
    assert bench.ended[0].result is Result.CANCELLED


def test_the_filament_of_a_cancelled_print_is_counted_as_far_as_it_went(bench):
    bench.advance(3)
    bench.seen(Work.WORKING, 3, progress=0.25)
    bench.happened(Happened.CANCELLED)
    assert bench.ended[0].filament_mm == 250.0


def test_a_paused_print_that_dies_is_closed_by_the_disconnection_alone(bench):
    elapsed_s = bench.polls(Work.WORKING, 33)
    bench.polls(Work.PAUSED, 30, elapsed_s)
    bench.happened(Happened.DISCONNECTED, path="")
    (ended,) = bench.ended
    assert ended.result is Result.FAILED
    assert hours(ended) == (33, 27, 0)


def test_a_paused_print_that_dies_is_closed_by_polling_alone(bench):
    elapsed_s = bench.polls(Work.WORKING, 33)
    bench.polls(Work.PAUSED, 30, elapsed_s)
    bench.advance(3)
    bench.offline()
    assert bench.ended[0].result is Result.FAILED
    assert hours(bench.ended[0]) == (33, 30, 0)


def test_a_print_that_dies_counts_to_its_last_sign_of_life(bench):
    bench.polls(Work.WORKING, 33)
    bench.advance(3)
    bench.offline()
    (ended,) = bench.ended
    assert ended.result is Result.FAILED
    assert hours(ended) == (30, 0, 3)


def test_a_printer_that_froze_gives_its_time_back_to_unseen(bench):
    elapsed_s = bench.polls(Work.WORKING, 33)
    for _ in range(10):
        bench.advance(3)
        bench.seen(Work.WORKING, elapsed_s)
    assert bench.look.used_s == 60
    bench.advance(3)
    bench.seen(Work.UNKNOWN, elapsed_s, state="Printing")
    assert (bench.look.state, bench.look.used_s, bench.look.unseen_s) == ("unknown", 30, 33)
    bench.advance(60)
    bench.happened(Happened.FAILED, 130.0)
    assert hours(bench.ended[0]) == (30, 0, 93)


# -- out of sight ---------------------------------------------------------------------------


def test_a_gap_of_more_than_three_polls_is_unseen(bench):
    elapsed_s = bench.polls(Work.WORKING, 33)
    bench.advance(10)
    bench.seen(Work.WORKING, elapsed_s + 10)
    bench.happened(Happened.DONE, 43.0)
    assert hours(bench.ended[0]) == (30, 0, 10)
    assert bench.ended[0].evidence == ""


def test_a_print_goes_on_after_a_short_silence(bench):
    elapsed_s = bench.polls(Work.WORKING, 33)
    bench.silence()
    bench.wait(120)
    bench.seen(Work.WORKING, elapsed_s + 120)
    bench.happened(Happened.DONE, 153.0)
    assert len(bench.began) == 1
    assert hours(bench.ended[0]) == (30, 0, 120)


def test_a_print_out_of_sight_for_ten_minutes_is_lost_where_it_was_last_seen(bench):
    bench.polls(Work.WORKING, 33)
    last = bench.now
    bench.advance(3)
    bench.silence()
    bench.wait(590)
    assert bench.ended == []
    assert bench.look.state == "unknown"
    bench.wait(20)
    (ended,) = bench.ended
    assert (ended.result, ended.ended) == (Result.LOST, last)
    assert hours(ended) == (30, 0, 0)


def test_a_driver_that_says_nothing_at_all_is_a_silence_too(bench):
    bench.polls(Work.WORKING, 33)
    bench.wait(620)
    assert bench.ended[0].result is Result.LOST


def test_an_octoprint_killed_in_mid_print_comes_back_without_it(bench):
    bench.polls(Work.WORKING, 33)
    bench.silence()
    bench.wait(30)
    bench.seen(Work.UNKNOWN, path="", state="Offline")
    (ended,) = bench.ended
    assert ended.result is Result.LOST
    assert hours(ended) == (30, 0, 0)


def test_a_printer_that_froze_and_lost_its_cable_failed(bench):
    elapsed_s = bench.polls(Work.WORKING, 33)
    bench.polls(Work.UNKNOWN, 30, elapsed_s)
    bench.offline()
    assert bench.ended[0].result is Result.FAILED
    assert hours(bench.ended[0]) == (30, 0, 30)


def test_a_print_that_ended_well_out_of_sight_is_done(bench):
    bench.polls(Work.WORKING, 33)
    bench.silence()
    bench.wait(60)
    bench.seen(Work.RESTING, 80, progress=1.0)
    assert bench.ended[0].result is Result.DONE
    assert hours(bench.ended[0]) == (30, 0, 60)


def test_another_file_is_another_print(bench):
    bench.polls(Work.WORKING, 33)
    bench.advance(3)
    bench.seen(Work.WORKING, 1, path="vase.gcode")
    assert bench.ended[0].result is Result.LOST
    assert len(bench.began) == 2
    assert bench.look.name == "vase.gcode"


def test_a_printers_clock_that_went_back_is_another_print(bench):
    bench.polls(Work.WORKING, 90)
    bench.silence()
    bench.wait(60)
    bench.seen(Work.WORKING, 12)
    assert (len(bench.began), len(bench.ended)) == (2, 1)


def test_a_state_nobody_knows_is_unseen_and_ends_nothing(bench):
    elapsed_s = bench.polls(Work.WORKING, 33)
    bench.polls(Work.UNKNOWN, 30, elapsed_s)
    bench.polls(Work.WORKING, 33, elapsed_s)
    bench.happened(Happened.DONE)
    assert hours(bench.ended[0]) == (60, 0, 33)


# -- adopted --------------------------------------------------------------------------------


def test_a_print_already_going_is_adopted_and_what_was_before_is_unseen():
    bench = Bench()
    bench.seen(Work.WORKING, 600)
    bench.polls(Work.WORKING, 60, 600)
    bench.happened(Happened.DONE, 660.0)
    (ended,) = bench.ended
    assert bench.began[0].adopted
    assert hours(ended) == (60, 0, 600)
    assert ended.evidence == "adopted at 600 s"


def test_a_print_adopted_in_its_first_seconds_did_not_have_them_seen():
    bench = Bench()
    bench.seen(Work.WORKING, 6)
    assert (bench.look.used_s, bench.look.unseen_s) == (0, 6)


def test_an_adopted_print_never_reaches_into_a_time_known_to_be_idle(bench):
    bench.silence()
    bench.wait(60)
    bench.seen(Work.WORKING, 600)
    bench.happened(Happened.DONE, 600.0)
    assert hours(bench.ended[0]) == (0, 0, 60)


def test_a_print_paused_when_first_seen_is_adopted():
    bench = Bench()
    bench.seen(Work.PAUSED, 600)
    bench.polls(Work.PAUSED, 30, 600)
    assert (bench.look.state, bench.look.paused_s, bench.look.unseen_s) == ("paused", 30, 600)


# -- the figure of the printer --------------------------------------------------------------


def test_a_printers_figure_that_nothing_explains_is_flagged(bench):
    bench.polls(Work.WORKING, 103)
    bench.happened(Happened.DONE, 165.0)
    assert bench.ended[0].evidence == "discrepancy -66.0 s"


@pytest.mark.parametrize("printer_s", [94.0, 99.0, 104.0])
def test_a_printers_figure_two_polls_away_is_none(bench, printer_s):
    bench.polls(Work.WORKING, 103)
    bench.happened(Happened.DONE, printer_s)
    assert bench.ended[0].evidence == ""


# -- the disk, and the kiosk that restarts ----------------------------------------------------


def test_an_end_waits_for_the_birth_of_its_beginning():
    bench = Bench(disk=False)
    bench.happened(Happened.STARTED)
    bench.advance(1)
    bench.happened(Happened.DONE, 1.0)
    bench.happened(Happened.STARTED, path="vase.gcode")
    assert bench.ended == []
    bench.write()
    (ended,) = bench.ended
    assert ended.print == "birth 1"
    assert bench.printer.open is not None
    assert bench.printer.open.birth == "birth 2"


def test_a_kiosk_that_restarts_in_mid_print_goes_on_counting_it(bench):
    elapsed_s = bench.polls(Work.WORKING, 33)
    row = checkpoint(bench.printer)
    assert row is not None
    bench.advance(20)
    bench.printer = resume("prusa", Rules(), row, bench.now)
    assert bench.look.state == "unknown"
    bench.advance(10)
    bench.seen(Work.WORKING, elapsed_s + 30)
    bench.polls(Work.WORKING, 30, elapsed_s + 30)
    bench.happened(Happened.DONE, 93.0)
    (ended,) = bench.ended
    assert (ended.print, ended.session) == ("birth 1", "session of Ana")
    assert hours(ended) == (60, 0, 30)
    assert len(bench.began) == 1


def test_a_pi_that_reboots_in_mid_print_does_not_count_the_time_it_was_off(bench):
    elapsed_s = bench.polls(Work.WORKING, 33)
    row = checkpoint(bench.printer)
    assert row is not None
    wall_us = bench.now.wall_us + 60 * SECOND
    bench.now = Instant(2, 5 * SECOND, wall_us, WallQuality.RTC)
    bench.printer = resume("prusa", Rules(), row, bench.now)
    bench.seen(Work.WORKING, elapsed_s + 60)
    bench.polls(Work.WORKING, 30, elapsed_s + 60)
    bench.happened(Happened.DONE)
    assert bench.ended[0].used_us == 60 * SECOND
    assert bench.ended[0].unseen_us == 60 * SECOND


def test_a_print_whose_beginning_is_not_written_yet_is_not_kept():
    bench = Bench(disk=False)
    bench.happened(Happened.STARTED)
    assert checkpoint(bench.printer) is None


def test_a_checkpoint_that_is_not_one_of_ours_is_refused_with_its_field(bench):
    bench.polls(Work.WORKING, 33)
    row = checkpoint(bench.printer)
    assert row is not None
    for key in ("print", "began", "used_us", "path", "elapsed_s"):
        with pytest.raises(ValueError, match=key):
            resume("prusa", Rules(), row | {key: ["odd"]}, bench.now)


def test_the_screen_shows_the_last_print_until_the_next(bench):
    assert look(bench.printer) is None
    bench.polls(Work.WORKING, 33)
    bench.happened(Happened.DONE, 33.0)
    assert (bench.look.state, bench.look.progress) == ("done", 1.0)
