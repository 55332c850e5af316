"""How long a print should take, and how right that was so far."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from machines.estimates import ENOUGH, REMEMBERED, Estimate, Past, Source, Track, best, lesson_s
from machines.instants import SECOND, Instant, WallQuality
from machines.journal import PrintEnded, Result

AT = Instant(1, 0, 0, WallQuality.NTP)
SLICED = Estimate(1000, Source.SLICER)


def ended(used_s: float, unseen_s: float = 0, result: Result = Result.DONE) -> PrintEnded:
    used_us, unseen_us = round(used_s * SECOND), round(unseen_s * SECOND)
    return PrintEnded("p", "prusa", None, result, AT, AT, used_us, 0, unseen_us)


def test_what_a_file_took_before_is_believed_most_and_then_its_slicer():
    assert best(100, 80, 120) == Estimate(120, Source.PAST)
    assert best(100, 80) == Estimate(100, Source.SLICER)
    assert best(None, 80) == Estimate(80, Source.OCTOPRINT)
    assert best() is None


def test_an_estimate_of_nothing_is_none():
    assert best(0, 80) == Estimate(80, Source.OCTOPRINT)


def test_only_a_print_that_was_done_and_seen_teaches():
    assert lesson_s(ended(600)) == 600
    assert lesson_s(ended(600, unseen_s=3)) == 600
    assert lesson_s(ended(600, unseen_s=60)) is None
    assert lesson_s(ended(600, result=Result.CANCELLED)) is None
    assert lesson_s(ended(0)) is None


def test_a_files_past_is_the_mean_of_its_prints():
    assert Past().learn(100).learn(200).learn(300) == Past(3, 200)


def test_prints_that_took_a_fifth_longer_correct_the_next_estimate():
    track = Track()
    for used_s in (1200, 1100, 1300):
        track = track.learn(SLICED, used_s)
    assert track.known() == 3
    assert track.error() == pytest.approx(0.2)
    assert track.corrected(Estimate(500, Source.SLICER)) == pytest.approx(600)


def test_two_prints_correct_nothing_yet():
    track = Track().learn(SLICED, 1200).learn(SLICED, 1200)
    assert track.corrected(SLICED) == 1000
    assert track.error() == pytest.approx(0.2)


def test_slicers_are_not_corrected_by_what_octoprint_got_wrong():
    track = Track()
    for _ in range(ENOUGH):
        track = track.learn(Estimate(1000, Source.OCTOPRINT), 2000)
    assert track.error(Source.SLICER) is None
    track = track.learn(SLICED, 1200)
    assert track.corrected(SLICED) == 1000  # of one print
    assert track.corrected(Estimate(1000, Source.OCTOPRINT)) == 2000
    track = track.learn(SLICED, 1200).learn(SLICED, 1200)
    assert track.corrected(SLICED) == pytest.approx(1200)


def test_a_print_without_an_estimate_teaches_nothing():
    assert Track().learn(None, 1000) == Track()


def test_one_odd_print_among_many_changes_little():
    track = Track()
    for used_s in (1000, 1000, 9000, 1000, 1000):
        track = track.learn(SLICED, used_s)
    assert track.corrected(SLICED) == 1000


seconds = st.floats(1, 400_000)
estimates = st.builds(Estimate, seconds, st.sampled_from(Source))


@given(st.lists(st.tuples(estimates, seconds), max_size=30))
def test_only_the_latest_prints_count(prints):
    track, latest = Track(), Track()
    for estimate, used_s in prints:
        track = track.learn(estimate, used_s)
    for estimate, used_s in prints[-REMEMBERED:]:
        latest = latest.learn(estimate, used_s)
    assert track == latest
    assert track.known() == min(len(prints), REMEMBERED)


@given(st.lists(st.tuples(estimates, seconds), max_size=30), estimates)
def test_a_correction_stays_within_what_was_seen(prints, estimate):
    track = Track()
    for made, used_s in prints:
        track = track.learn(made, used_s)
    seen = [ratio for source, ratio in track.ratios if source is estimate.source] or [1.0]
    factor = track.corrected(estimate) / estimate.seconds
    assert min(*seen, 1.0) * 0.999 <= factor <= max(*seen, 1.0) * 1.001


@given(st.lists(seconds, min_size=1, max_size=20))
def test_a_files_past_is_between_its_shortest_and_its_longest_print(prints):
    past = Past()
    for used_s in prints:
        past = past.learn(used_s)
    assert min(prints) * 0.999 <= past.mean_s <= max(prints) * 1.001
