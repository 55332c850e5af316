"""Hours folded from entries: each counted once, where it was, however it is told."""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from machines.folding import fold
from machines.instants import Month, WallQuality
from machines.job_entries import Why
from machines.journal import Birth, BootBegan, Entry, PrintEnded, Provenance, Reason, Result
from machines.monthly import parts
from machines.usage import Print, Run, Session, Use
from tests.field import HOUR, MINUTE, Field, paris_us


def sessions(entries: list[Entry]) -> list[Session]:
    return [use for use in fold(entries) if isinstance(use, Session)]


def only(entries: list[Entry]) -> Session:
    (session,) = sessions(entries)
    return session


# ---- sessions


def test_a_session_is_what_lies_between_badge_in_and_badge_out() -> None:
    lab = Field("2026-11-24 09:00")
    session = lab.open()
    lab.advance(hours=1.5)
    lab.close(session)
    seen = only(lab.entries)
    assert (seen.used_us, seen.provenance, seen.member) == (1.5 * HOUR, Provenance.BADGE, "ines")
    assert (seen.began_us, seen.ended_us) == (
        paris_us("2026-11-24 09:00"),
        paris_us("2026-11-24 10:30"),
    )


def test_a_session_without_its_end_counts_no_hour_and_is_told_open() -> None:
    lab = Field()
    lab.open()
    lab.advance(hours=9)
    seen = only(lab.entries)
    assert (seen.used_us, seen.reason, seen.ended_us) == (0, None, None)


def test_a_forgotten_badge_out_is_an_estimate() -> None:
    lab = Field()
    session = lab.open()
    lab.advance(hours=8)
    lab.close(session, reason=Reason.CLOSING)
    assert only(lab.entries).provenance is Provenance.ESTIMATED


def test_a_badge_out_is_worth_more_than_an_estimate_told_before_it() -> None:
    lab = Field()
    session = lab.open()
    lab.advance(hours=1)
    lab.close(session, reason=Reason.ORPHAN)
    lab.advance(hours=1)
    lab.close(session)
    assert (only(lab.entries).used_us, only(lab.entries).provenance) == (
        2 * HOUR,
        Provenance.BADGE,
    )


def test_suspended_time_is_not_used_time() -> None:
    lab = Field()
    session = lab.open()
    lab.advance(hours=1)
    lab.suspend(session)
    lab.suspend(session)
    lab.advance(hours=3)
    lab.resume(session)
    lab.advance(hours=2)
    lab.close(session)
    assert only(lab.entries).used_us == 3 * HOUR


def test_a_session_over_a_power_cut_counts_up_to_the_last_sign_of_life() -> None:
    lab = Field("2026-11-24 09:00")
    session = lab.open()
    lab.advance(hours=2)
    last_seen = lab.power_cut(hours_off=1)
    lab.suspend(session, since=last_seen)
    lab.advance(minutes=10)
    lab.resume(session)
    lab.advance(hours=3)
    lab.close(session)
    lab.network_back()
    seen = only(lab.entries)
    assert seen.used_us == 5 * HOUR
    assert seen.ended_us == paris_us("2026-11-24 15:10")


def test_a_pi_that_falls_right_after_an_opening_leaves_nothing_to_count() -> None:
    lab = Field()
    last_seen = lab.now
    lab.advance(minutes=1)
    session = lab.open()
    lab.power_cut(hours_off=1)
    lab.suspend(session, since=last_seen)
    lab.close(session, reason=Reason.CLOSING)
    assert only(lab.entries).used_us == 0


def test_a_line_that_falls_right_after_a_resumption_leaves_nothing_more_to_count() -> None:
    lab = Field()
    session = lab.open()
    lab.advance(hours=1)
    lab.suspend(session)
    lab.advance(hours=1)
    last_seen = lab.now
    lab.advance(minutes=1)
    lab.resume(session)
    lab.suspend(session, since=last_seen)
    lab.advance(hours=7)
    lab.close(session, reason=Reason.CLOSING)
    assert only(lab.entries).used_us == HOUR


def test_a_suspension_from_before_the_boot_of_its_opening_leaves_nothing_unknown() -> None:
    lab = Field()
    last_seen = lab.power_cut(hours_off=1)
    session = lab.open()
    lab.power_cut(hours_off=1)
    lab.suspend(session, since=last_seen)
    lab.close(session, reason=Reason.CLOSING)
    assert only(lab.entries).used_us == 0


def test_a_session_that_ends_while_suspended_ends_where_it_was_suspended() -> None:
    lab = Field()
    session = lab.open()
    lab.advance(hours=1)
    lab.suspend(session)
    lab.advance(hours=5)
    lab.close(session, reason=Reason.CLOSING)
    assert only(lab.entries).used_us == HOUR


def test_a_voided_session_never_was() -> None:
    lab = Field()
    session = lab.open()
    lab.advance(hours=1)
    lab.close(session)
    lab.void(session)
    assert fold(lab.entries) == ()


def test_an_end_told_for_an_earlier_instant_counts_from_there() -> None:
    lab = Field()
    session = lab.open()
    lab.advance(hours=2)
    last_seen = lab.now
    lab.advance(hours=4)
    lab.close(session, reason=Reason.POWER_LOSS, ended=last_seen)
    assert only(lab.entries).used_us == 2 * HOUR


def test_an_animator_corrects_an_end_and_it_is_then_declared() -> None:
    lab = Field("2026-11-24 09:00")
    session = lab.open()
    lab.advance(hours=9)
    lab.close(session, reason=Reason.CLOSING)
    lab.correct(session, "ended", "2026-11-24T11:30:00+01:00")
    seen = only(lab.entries)
    assert (seen.used_us, seen.provenance, seen.corrected) == (
        2.5 * HOUR,
        Provenance.DECLARED,
        True,
    )


def test_an_animator_corrects_who_and_what() -> None:
    lab = Field()
    session = lab.open(party=12, public="school")
    lab.correct(session, "machine", "cutter")
    lab.correct(session, "category", "company")
    lab.correct(session, "party", "14")
    lab.correct(session, "member", "", member="yann")
    seen = only(lab.entries)
    assert (seen.machine, seen.category, seen.party, seen.member) == (
        "cutter",
        "company",
        14,
        "yann",
    )


def test_the_last_correction_holds_in_whatever_order_they_come() -> None:
    lab = Field()
    session = lab.open()
    lab.correct(session, "category", "company")
    lab.correct(session, "category", "association")
    assert only(lab.entries).category == "association"
    assert only(lab.entries[::-1]).category == "association"


def test_a_correction_that_makes_no_sense_changes_nothing() -> None:
    lab = Field("2026-11-24 09:00")
    session = lab.open()
    lab.advance(hours=1)
    lab.close(session)
    before = only(lab.entries)
    for what, value in (
        ("ended", "yesterday"),
        ("ended", "2026-11-24T12:00:00"),
        ("ended", "2020-01-01T00:00:00+00:00"),
        ("category", "wizard"),
        ("ended", "9999-01-01T00:00:00+00:00"),
        ("party", "-3"),
        ("party", "99999"),
        ("colour", "blue"),
        ("member", ""),
    ):
        lab.correct(session, what, value)
    assert only(lab.entries) == before


def test_an_animator_corrects_a_beginning_and_the_hours_are_declared() -> None:
    lab = Field("2026-11-24 09:00")
    session = lab.open()
    lab.advance(hours=2)
    lab.close(session)
    lab.correct(session, "began", "2026-11-24T08:30:00+01:00")
    seen = only(lab.entries)
    assert (seen.used_us, seen.provenance) == (2.5 * HOUR, Provenance.DECLARED)
    lab.correct(session, "began", "2026-11-24T12:00:00+01:00")
    assert only(lab.entries).began_us == paris_us("2026-11-24 08:30"), "not after its end"
    lab.correct(session, "began", "2026-11-22T12:00:00+01:00")
    assert only(lab.entries).began_us == paris_us("2026-11-24 08:30"), "not days before"


def test_a_beginning_moved_past_a_pause_leaves_what_came_after_it() -> None:
    lab = Field("2026-11-24 09:00")
    session = lab.open()
    lab.advance(hours=1)
    lab.suspend(session)
    lab.advance(hours=1)
    lab.resume(session)
    lab.advance(hours=2)
    lab.close(session)
    assert only(lab.entries).used_us == 3 * HOUR
    lab.correct(session, "began", "2026-11-24T12:00:00+01:00")
    assert only(lab.entries).used_us == HOUR
    lab.correct(session, "began", "2026-11-24T10:30:00+01:00")
    assert only(lab.entries).used_us == 2 * HOUR


def test_both_ends_are_corrected_to_another_time_of_the_day() -> None:
    lab = Field("2026-11-24 14:00")
    session = lab.open()
    lab.advance(hours=1)
    lab.close(session)
    lab.correct(session, "began", "2026-11-24T09:00:00+01:00")
    lab.correct(session, "ended", "2026-11-24T10:00:00+01:00")
    seen = only(lab.entries)
    assert (seen.used_us, seen.ended_us) == (HOUR, paris_us("2026-11-24 10:00"))


def test_a_session_that_never_was_counts_nowhere_until_it_was_after_all() -> None:
    lab = Field()
    session = lab.open()
    lab.advance(hours=1)
    lab.close(session)
    lab.correct(session, "void", "yes")
    assert fold(lab.entries) == ()
    lab.correct(session, "void", "no")
    assert only(lab.entries).used_us == HOUR


def test_the_machines_of_a_party_have_its_group_and_one_may_be_put_in_later() -> None:
    lab = Field()
    lab.open("laser", group="g", party=8)
    late = lab.open("press", party=8)
    assert {s.machine: s.group for s in sessions(lab.entries)} == {"laser": "g", "press": ""}
    lab.correct(late, "group", "g")
    assert {s.group for s in sessions(lab.entries)} == {"g"}


def test_a_member_named_by_a_correction_and_forgotten_since_is_not_the_one_before() -> None:
    lab = Field()
    session = lab.open(member="ines")
    lab.correct(session, "member", "", member="yann")
    assert only(lab.entries).member == "yann"
    lab.entries[-1] = replace(lab.entries[-1], personal=None)
    assert only(lab.entries).member is None


# ---- the clocks


def test_a_wall_clock_set_in_mid_session_does_not_change_its_length() -> None:
    lab = Field()
    lab.power_cut(hours_off=2)
    session = lab.open()
    lab.advance(hours=1)
    lab.network_back()
    lab.advance(hours=2)
    lab.close(session)
    seen = only(lab.entries)
    assert seen.used_us == 3 * HOUR
    assert seen.began_us == paris_us("2026-11-24 11:00")


def test_a_session_of_a_boot_that_never_had_the_time_has_a_length_and_no_month() -> None:
    lab = Field()
    lab.power_cut(hours_off=2)
    session = lab.open()
    lab.advance(hours=1)
    lab.close(session)
    seen = only(lab.entries)
    assert (seen.used_us, seen.began_us) == (HOUR, None)
    assert [(part.month, part.used_us) for part in parts(seen)] == [(None, HOUR)]


def test_a_clock_found_set_places_what_was_written_before_it() -> None:
    lab = Field()
    lab.power_cut(hours_off=2)
    lab.close(lab.open())
    lab.quality, lab.wall_behind_us = WallQuality.NTP, 0
    lab.advance(hours=1)
    lab.ran("laser", 0)
    assert only(lab.entries).began_us == paris_us("2026-11-24 11:00")


def test_a_boot_number_claimed_by_two_boots_places_nothing() -> None:
    lab = Field()
    lab.power_cut(hours_off=2)
    session = lab.open()
    lab.advance(hours=1)
    lab.close(session)
    lab.network_back()
    again = replace(
        lab.entries[1], birth=Birth(lab.store, 2, 77), body=BootBegan("another", "0", clean=False)
    )
    assert only(lab.entries).began_us == paris_us("2026-11-24 11:00")
    assert only([*lab.entries, again]).began_us is None


def five_hours() -> Field:
    """09:00 badge in, the network gone, a power cut of an hour with the clock lost, the kiosk's
    guess at closing, then the badge out at 14:00, and the network back in the evening."""
    lab = Field("2026-11-24 09:00")
    session = lab.open()
    lab.advance(hours=2)
    lab.power_cut(hours_off=1)
    lab.advance(minutes=5)
    lab.close(session, reason=Reason.ORPHAN)
    lab.advance(minutes=115)
    lab.close(session)
    lab.advance(hours=4)
    lab.network_back()
    return lab


def test_a_real_five_hours_stays_five_hours_through_cut_reboot_orphan_replay_and_double_send() -> (
    None
):
    lab = five_hours()
    twice = lab.entries + lab.entries
    random.Random(5).shuffle(twice)
    for told in (lab.entries, twice, lab.entries[::-1]):
        assert only(told).used_us == 5 * HOUR
        assert only(told).ended_us == paris_us("2026-11-24 14:00")


def test_five_hours_on_one_boot_stay_five_hours_with_the_wall_clock_jumping() -> None:
    lab = Field("2026-11-24 09:00")
    lab.quality, lab.wall_behind_us = WallQuality.RESTORED, 40 * 24 * HOUR
    session = lab.open()
    lab.advance(hours=5)
    lab.close(session)
    assert only(lab.entries).used_us == 5 * HOUR


# ---- runs and prints


def test_a_run_told_again_after_a_fall_counts_once_and_in_full() -> None:
    lab = Field()
    lab.ran("laser", hours=2)
    full = lab.entries[-1]
    shorter = replace(
        full,
        birth=Birth(lab.store, 99, 99),
        body=replace(full.body, used_us=HOUR),  # type: ignore[arg-type]
    )
    (run,) = fold([shorter, *lab.entries])
    assert isinstance(run, Run)
    assert run.used_us == 2 * HOUR


def test_a_print_has_its_hours_without_its_pauses() -> None:
    lab = Field()
    lab.printed(hours=3, paused=0.5)
    (seen,) = fold(lab.entries)
    assert isinstance(seen, Print)
    assert (seen.used_us, seen.paused_us, seen.result) == (3 * HOUR, 0.5 * HOUR, Result.DONE)


def test_a_print_whose_beginning_was_never_written_keeps_its_hours() -> None:
    lab = Field()
    for _ in range(2):
        lab.printed(hours=3)
        ended = lab.entries.pop()
        assert isinstance(ended.body, PrintEnded)
        lab.entries[-1] = replace(ended, body=replace(ended.body, print=""))
    assert [use.used_us for use in fold(lab.entries)] == [3 * HOUR, 3 * HOUR]


def test_an_end_that_somebody_saw_is_worth_more_than_a_lost_one() -> None:
    lab = Field()
    lab.printed(hours=3)
    ended = lab.entries[-1]
    assert isinstance(ended.body, PrintEnded)
    lost = replace(ended.body, result=Result.LOST, used_us=HOUR)
    lab.entries[-1] = replace(ended, body=lost)
    lab.write(ended.body)
    (seen,) = fold(lab.entries)
    assert seen.used_us == 3 * HOUR


def test_a_print_without_its_end_counts_no_hour() -> None:
    lab = Field()
    lab.printed(hours=3)
    (seen,) = fold(lab.entries[:-1])
    assert isinstance(seen, Print)
    assert (seen.used_us, seen.result) == (0, None)


def print_of(lab: Field) -> Print:
    (seen,) = fold(lab.entries)
    assert isinstance(seen, Print)
    return seen


def lost(lab: Field, hours: float = 1) -> str:
    return lab.printed(hours, result=Result.LOST)


def test_a_print_keeps_its_grams_its_material_and_its_job() -> None:
    lab = Field()
    job = lab.brought()
    lab.printed(2, job=job, filament_g=12.5, material="PLA")
    seen = print_of(lab)
    assert (seen.job, seen.filament_g, seen.material) == (job, 12.5, "PLA")


def test_why_a_print_failed_is_the_last_word_of_who_looked_at_it() -> None:
    lab = Field()
    name = lab.printed(1, result=Result.FAILED)
    lab.judge(name, Why.OTHER)
    lab.judge(name, Why.ADHESION)
    assert print_of(lab).why is Why.ADHESION


def test_a_print_begun_at_the_printer_gets_its_owner_and_only_the_last_one() -> None:
    lab = Field()
    name = lab.printed(1)
    lab.own(name, "ines")
    lab.own(name, "yann", "company")
    assert (print_of(lab).owner, print_of(lab).category) == ("yann", "company")
    lab.entries[-1] = replace(lab.entries[-1], personal=None)
    assert (print_of(lab).owned, print_of(lab).owner) == (True, None)


def test_a_lost_print_that_octoprint_saw_done_is_done_and_gains_no_hour() -> None:
    lab = Field("2026-11-24 09:00")
    name = lost(lab)
    lab.advance(hours=4)
    lab.reconcile(name, hours=5)
    seen = print_of(lab)
    assert (seen.result, seen.reconciled, seen.printer_s) == (Result.DONE, True, 5 * 3600)
    assert (seen.used_us, seen.unseen_us) == (HOUR, 0)
    assert seen.ended_us == paris_us("2026-11-24 14:00")


def test_what_octoprint_says_changes_nothing_where_somebody_saw_the_end() -> None:
    lab = Field()
    name = lab.printed(1, result=Result.CANCELLED)
    before = print_of(lab)
    lab.advance(hours=1)
    lab.reconcile(name, hours=2)
    assert print_of(lab) == before


def test_a_print_that_never_told_its_end_ends_as_octoprint_says() -> None:
    lab = Field("2026-11-24 09:00")
    name = lab.printed(3)
    lab.entries.pop()
    lab.reconcile(name, hours=3, done=False)
    seen = print_of(lab)
    assert (seen.result, seen.used_us, seen.unseen_us) == (Result.FAILED, 0, 0)
    assert seen.ended_us == paris_us("2026-11-24 12:00")


def test_a_print_that_nobody_saw_at_all_is_unseen_for_as_long_as_the_printer_says() -> None:
    lab = Field("2026-11-24 14:00")
    job = lab.brought()
    name = lab.reconcile("", hours=3, job=job)
    lab.judge(name, Why.CLOG)
    seen = print_of(lab)
    assert (seen.subject, seen.used_us, seen.unseen_us) == (name, 0, 3 * HOUR)
    assert (seen.began_us, seen.ended_us) == (
        paris_us("2026-11-24 11:00"),
        paris_us("2026-11-24 14:00"),
    )
    assert (seen.result, seen.reconciled, seen.job, seen.why) == (
        Result.DONE,
        True,
        job,
        Why.CLOG,
    )


def test_a_failure_that_nobody_saw_has_its_end_and_no_time() -> None:
    lab = Field("2026-11-24 14:00")
    lab.reconcile("", hours=0, done=False)
    seen = print_of(lab)
    assert (seen.result, seen.unseen_us, seen.printer_s) == (Result.FAILED, 0, None)
    assert seen.began_us == seen.ended_us == paris_us("2026-11-24 14:00")


def test_words_about_a_print_that_was_never_told_are_no_print() -> None:
    lab = Field()
    name = lost(lab)
    lab.judge(name, Why.POWER)
    lab.own(name, "ines")
    lab.reconcile(name, hours=2)
    assert fold([e for e in lab.entries if not e.body.kind.startswith(("print.b", "print.e"))]) == (
        ()
    )


# ---- months


def test_a_session_that_an_animator_opens_or_closes_is_declared() -> None:
    for source, reason in (("animator", Reason.BADGE), ("badge", Reason.ANIMATOR)):
        lab = Field()
        session = lab.open(source=source)
        lab.advance(hours=2)
        lab.close(session, reason=reason)
        seen = only(lab.entries)
        assert (seen.used_us, seen.provenance) == (2 * HOUR, Provenance.DECLARED)


def test_an_animator_who_closes_a_forgotten_session_says_when_it_ended() -> None:
    lab = Field("2026-11-24 09:00")
    session = lab.open()
    lab.advance(hours=2)
    left = lab.now
    lab.advance(hours=6)
    lab.close(session, reason=Reason.ANIMATOR, ended=left)
    assert (only(lab.entries).used_us, only(lab.entries).provenance) == (
        2 * HOUR,
        Provenance.DECLARED,
    )


def test_a_session_over_midnight_of_the_31st_is_split() -> None:
    lab = Field("2026-10-31 23:30")
    session = lab.open()
    lab.advance(hours=2.25)
    lab.close(session)
    assert [(str(p.month), p.used_us, p.first) for p in parts(only(lab.entries))] == [
        ("2026-10", 0.5 * HOUR, True),
        ("2026-11", 1.75 * HOUR, False),
    ]


def test_the_night_of_the_25_hour_day_has_its_three_real_hours() -> None:
    lab = Field("2026-10-25 01:30")
    session = lab.open()
    lab.advance(hours=3)
    lab.close(session)
    assert only(lab.entries).ended_us == paris_us("2026-10-25 03:30")
    assert only(lab.entries).used_us == 3 * HOUR


def test_a_print_over_midnight_is_spread_evenly_and_sums_to_the_whole() -> None:
    lab = Field("2026-10-31 22:00")
    lab.printed(hours=3, paused=1)
    (seen,) = fold(lab.entries)
    assert [(str(p.month), p.used_us, p.paused_us) for p in parts(seen)] == [
        ("2026-10", 1.5 * HOUR, 0.5 * HOUR),
        ("2026-11", 1.5 * HOUR, 0.5 * HOUR),
    ]


# ---- in any history


SAID = ("open", "close", "orphan", "suspend", "resume", "void", "correct")
PRINTED = ("bring", "print", "lost", "judge", "own", "reconcile", "unwatched")
VERBS = (*SAID, *PRINTED, "run", "wait", "cut", "net")


class Story:
    """A lab in which anything happens; what it really used is kept beside."""

    def __init__(self) -> None:
        self.lab = Field("2026-10-29 08:00")
        self.held: dict[str, bool] = {}
        self.used_us: dict[str, int] = {}
        self.jobs: list[str | None] = [None]
        self.prints: list[str] = []

    def do(self, verb: str, minutes: int) -> None:
        names = list(self.held)
        name = names[minutes % len(names)] if names else None
        match verb:
            case "open":
                session = self.lab.open()
                self.held[session], self.used_us[session] = True, 0
            case "close" if name:
                self.lab.close(name)
                del self.held[name]
            case "orphan" if name:
                self.lab.close(name, reason=Reason.ORPHAN)
                del self.held[name]
            case "void" if name:
                self.lab.void(name)
                del self.held[name], self.used_us[name]
            case "suspend" | "resume" if name and self.held[name] == (verb == "suspend"):
                self.lab.suspend(name) if verb == "suspend" else self.lab.resume(name)
                self.held[name] = verb == "resume"
            case "correct" if name:
                self.correct(name, minutes)
            case "run":
                self.lab.ran("laser", 0)
            case "bring":
                self.jobs.append(self.lab.brought(("ines", "yann")[minutes % 2]))
            case "print" | "lost":
                self.let_pass(minutes, lambda: self.print(minutes, lost=verb == "lost"))
            case "judge" | "own" | "reconcile" if self.prints:
                self.say(verb, self.prints[minutes % len(self.prints)], minutes)
            case "unwatched":
                job = self.jobs[minutes % len(self.jobs)]
                ended = self.lab.reconcile("", minutes / 60, minutes % 2 == 0, job, minutes / 90)
                self.prints.append(ended)
            case "wait":
                self.let_pass(minutes, lambda: self.lab.advance(minutes=minutes))
            case "cut" if minutes % 2:
                self.let_pass(minutes, lambda: self.lab.power_cut(minutes / 60))
            case "cut":
                self.fall_and_suspend(minutes)
            case "net":
                self.lab.network_back()

    def correct(self, name: str, minutes: int) -> None:
        said = (
            ("category", ("company", "association")[minutes % 2]),
            ("party", str(minutes)),
            ("group", f"party-{minutes % 3}"),
            ("machine", "cutter"),
        )
        self.lab.correct(name, *said[minutes % 4])

    def print(self, minutes: int, lost: bool) -> None:
        self.prints.append(
            self.lab.printed(
                minutes / 60,
                minutes % 7 / 11,
                result=Result.LOST if lost else Result.DONE,
                job=self.jobs[minutes % len(self.jobs)],
                filament_g=minutes / 7,
            )
        )

    def say(self, verb: str, name: str, minutes: int) -> None:
        match verb:
            case "judge":
                self.lab.judge(name, list(Why)[minutes % len(Why)])
            case "own":
                self.lab.own(name, ("ines", "yann")[minutes % 2])
            case "reconcile":
                self.lab.reconcile(name, minutes / 60, minutes % 2 == 0, ago=minutes / 90)

    def fall_and_suspend(self, minutes: int) -> None:
        last_seen = self.lab.power_cut(minutes / 60)
        for session, running in self.held.items():
            if running:
                self.lab.suspend(session, since=last_seen)
                self.held[session] = False

    def let_pass(self, minutes: int, act: object) -> None:
        before = self.lab.true_us
        act()  # type: ignore[operator]
        for session, running in self.held.items():
            self.used_us[session] += (self.lab.true_us - before) * running

    def end(self) -> None:
        for session in list(self.held):
            self.lab.close(session)
        self.held.clear()
        self.lab.network_back()


happenings = st.lists(st.tuples(st.sampled_from(VERBS), st.integers(1, 3000)), max_size=40)


@st.composite
def stories(draw: st.DrawFn) -> Story:
    story = Story()
    for verb, minutes in draw(happenings):
        story.do(verb, minutes)
    story.end()
    return story


def sums(uses: tuple[Use, ...]) -> dict[tuple[str, str], int | None]:
    return {(type(use).__name__, use.subject): use.used_us for use in uses}


@given(stories(), st.randoms(use_true_random=False))
def test_any_order_and_any_repetition_gives_the_same(story: Story, chance: random.Random) -> None:
    told = list(story.lab.entries)
    told += chance.choices(told, k=len(told))
    chance.shuffle(told)
    assert fold(told) == fold(story.lab.entries)


@given(stories())
def test_in_any_history_a_session_is_as_long_as_it_really_was(story: Story) -> None:
    for session in sessions(story.lab.entries):
        if session.used_us is None or session.began_us is None:
            continue  # its boot never had the time: nothing is claimed of it
        assert abs(session.used_us - story.used_us[session.subject]) <= 1


@given(stories())
def test_in_any_history_the_parts_of_the_months_sum_to_the_whole(story: Story) -> None:
    for use in fold(story.lab.entries):
        cut = parts(use)
        assert sum(part.used_us for part in cut) == (use.used_us or 0)
        assert sum(part.first for part in cut) == 1
        assert len({part.month for part in cut}) == len(cut)
        if not isinstance(use, Session):
            assert sum(part.paused_us for part in cut) == use.paused_us
            assert sum(part.unseen_us for part in cut) == use.unseen_us


@given(stories())
def test_in_any_history_what_octoprint_tells_adds_no_hour_to_what_was_seen(story: Story) -> None:
    seen = [e for e in story.lab.entries if e.body.kind != "print.reconciled"]
    before = {use.subject: use for use in fold(seen) if isinstance(use, Print)}
    for use in fold(story.lab.entries):
        if isinstance(use, Print) and use.subject in before:
            then = before[use.subject]
            assert (use.used_us, use.paused_us, use.unseen_us) == (
                (then.used_us, then.paused_us, then.unseen_us)
            )
        elif isinstance(use, Print):
            assert (use.used_us, use.paused_us) == (0, 0)


@given(stories())
def test_no_month_holds_more_of_a_session_than_the_month_is_long(story: Story) -> None:
    for use in fold(story.lab.entries):
        for part in parts(use):
            if isinstance(part.month, Month):
                assert part.used_us <= part.month.ends_us - part.month.starts_us


def test_badge_time_and_run_time_are_two_figures_of_the_same_hours() -> None:
    lab = Field()
    session = lab.open()
    lab.ran("laser", hours=2, session=session)
    lab.advance(minutes=30)
    lab.close(session)
    assert sorted(sums(fold(lab.entries)).values(), key=int) == [  # type: ignore[arg-type]
        2 * HOUR,
        2 * HOUR + 30 * MINUTE,
    ]
