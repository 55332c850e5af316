"""Runs: when a machine's work begins and ends, and what was not seen of it."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from machines.instants import SECOND, Instant, WallQuality
from machines.journal import RunMeasured
from machines.meter import Work
from machines.running import GAP_US, LOST_US, QUIET_US, Run, close, from_row, observe, to_row

MINUTE = 60 * SECOND
Seen = tuple[int, Work]
histories = st.lists(
    st.tuples(st.integers(0, 30 * SECOND) | st.integers(0, 2 * LOST_US), st.sampled_from(Work)),
    max_size=40,
)


def at(us: int, boot_no: int = 1) -> Instant:
    return Instant(boot_no, us, 1_790_000_000 * SECOND + us, WallQuality.NTP)


def watch(
    seen: list[Seen], session: str | None = "s", run: Run | None = None
) -> tuple[Run | None, list[RunMeasured]]:
    """Observations at microseconds of one boot; the run that is left, and those that ended."""
    done: list[RunMeasured] = []
    for us, work in seen:
        run, ended = observe(run, "laser", "beam", at(us), work, session)
        done += ended
    return run, done


def every(seconds: float, start_s: float, end_s: float, work: Work) -> list[Seen]:
    step = round(seconds * SECOND)
    return [(us, work) for us in range(round(start_s * SECOND), round(end_s * SECOND), step)]


def timed(history: list[Seen]) -> list[Seen]:
    us, seen = 0, []
    for wait_us, work in history:
        us += wait_us
        seen.append((us, work))
    return seen


def whole(seen: list[Seen]) -> list[RunMeasured]:
    run, done = watch(seen)
    return [*done, close(run, at(seen[-1][0]))] if run else done


def test_a_machine_at_rest_has_no_run() -> None:
    assert watch(every(1, 0, 60, Work.RESTING)) == (None, [])


def test_a_run_ends_where_the_machine_came_to_rest() -> None:
    seen = every(1, 0, 60, Work.WORKING) + every(1, 60, 80, Work.RESTING)
    run, (done,) = watch(seen)
    assert run is None
    assert (done.used_us, done.ended, done.evidence) == (60 * SECOND, at(60 * SECOND), "61 reports")


def test_a_raster_is_one_run_and_its_dark_dots_are_not_beam() -> None:
    seen = [(n * SECOND // 5, Work.WORKING if n % 2 == 0 else Work.RESTING) for n in range(501)]
    (done,) = whole(seen)
    assert done.used_us == 50 * SECOND


def test_a_pause_is_kept_apart() -> None:
    seen = [
        *every(1, 0, 60, Work.WORKING),
        *every(1, 60, 120, Work.PAUSED),
        *every(1, 120, 180, Work.WORKING),
        (180 * SECOND, Work.RESTING),
    ]
    (done,) = whole(seen)
    assert (done.used_us, done.paused_us, done.unseen_us) == (120 * SECOND, 60 * SECOND, 0)


def test_a_minute_that_nobody_watched_is_unseen() -> None:
    seen = every(1, 0, 61, Work.WORKING) + every(1, 120, 180, Work.WORKING)
    (done,) = whole([*seen, (180 * SECOND, Work.RESTING)])
    assert (done.used_us, done.unseen_us) == (120 * SECOND, 60 * SECOND)


def test_a_laser_switched_off_in_mid_run_is_not_unseen_all_night() -> None:
    seen = [*every(1, 0, 60, Work.WORKING), (60 * SECOND, Work.UNKNOWN)]
    run, (done,) = watch([*seen, (14 * 60 * MINUTE, Work.RESTING)])
    assert run is None
    assert (done.used_us, done.unseen_us) == (60 * SECOND, LOST_US)
    assert done.ended == at(60 * SECOND + LOST_US)


def test_a_session_that_ends_ends_its_run_and_the_work_goes_on_in_another() -> None:
    run, _ = watch(every(1, 0, 61, Work.WORKING), "ines")
    run, (done,) = observe(run, "laser", "beam", at(61 * SECOND), Work.WORKING, None)
    assert (done.session, done.used_us) == ("ines", 61 * SECOND)
    assert run is not None
    assert (run.session, run.began) == (None, at(61 * SECOND))


def test_a_report_that_comes_late_changes_nothing() -> None:
    run, _ = watch(every(1, 0, 60, Work.WORKING))
    assert observe(run, "laser", "beam", at(5), Work.RESTING, "s") == (run, ())


def test_a_kiosk_that_starts_again_goes_on_and_has_not_seen_the_time_between() -> None:
    run, _ = watch(every(1, 0, 61, Work.WORKING))
    assert run is not None
    again = from_row(json.loads(json.dumps(to_row(run))))
    run, _ = watch(every(1, 63, 124, Work.WORKING), run=again)
    assert run is not None
    done = close(run, at(123 * SECOND))
    assert (done.used_us, done.unseen_us) == (120 * SECOND, 3 * SECOND)


def test_a_pi_that_starts_again_goes_on_by_its_wall_clock() -> None:
    run, _ = watch(every(1, 0, 61, Work.WORKING))
    assert run is not None
    later = replace(at(100 * SECOND, boot_no=2), boot_us=SECOND)
    run, _ = observe(from_row(to_row(run)), "laser", "beam", later, Work.WORKING, "s")
    assert run is not None
    assert close(run, later).unseen_us == 40 * SECOND


@pytest.mark.parametrize("key", ["began", "used_us", "machine", "at_us"])
def test_a_row_that_is_none_of_ours_is_refused(key: str) -> None:
    run, _ = watch([(0, Work.WORKING)])
    assert run is not None
    with pytest.raises(ValueError, match=key):
        from_row({**to_row(run), key: "x" if key != "machine" else 3})


@given(histories)
def test_in_any_history_a_run_is_no_longer_than_its_wall(history: list[Seen]) -> None:
    if seen := timed(history):
        for done in whole(seen):
            total = done.used_us + done.paused_us + done.unseen_us
            assert min(done.used_us, done.paused_us, done.unseen_us) >= 0
            assert total <= done.ended.boot_us - done.began.boot_us
            assert done.ended.boot_us <= seen[-1][0]


@given(histories)
def test_in_any_history_two_runs_never_overlap(history: list[Seen]) -> None:
    if seen := timed(history):
        done = whole(seen)
        for before, after in pairwise(done):
            assert before.ended.boot_us <= after.began.boot_us


@given(histories)
def test_in_any_history_time_that_nobody_watched_is_never_used(history: list[Seen]) -> None:
    """What two sights in a row, close together, say is used is the most that can be."""
    seen = timed(history)
    watched = sum(
        b - a for (a, work), (b, _) in pairwise(seen) if work is Work.WORKING and b - a <= GAP_US
    )
    if seen:
        assert sum(done.used_us for done in whole(seen)) <= watched


@given(histories, st.data())
def test_a_sight_told_twice_changes_no_hour(history: list[Seen], data: st.DataObject) -> None:
    if seen := timed(history):
        n = data.draw(st.integers(0, len(seen) - 1))
        twice = [*seen[: n + 1], *seen[n:]]
        assert _hours(whole(twice)) == _hours(whole(seen))


@given(histories, st.data())
def test_a_sight_in_between_that_says_the_same_changes_no_hour(
    history: list[Seen], data: st.DataObject
) -> None:
    seen = timed([(wait % GAP_US, work) for wait, work in history])
    if len(seen) > 1:
        n = data.draw(st.integers(0, len(seen) - 2))
        between = data.draw(st.integers(seen[n][0], seen[n + 1][0]))
        more = [*seen[: n + 1], (between, seen[n][1]), *seen[n + 1 :]]
        assert _hours(whole(more)) == _hours(whole(seen))


@given(histories, st.lists(st.integers(-(10**15), 10**15), min_size=40, max_size=40))
def test_a_clock_that_is_set_in_mid_run_changes_no_hour(
    history: list[Seen], jumps: list[int]
) -> None:
    if not (seen := timed(history)):
        return
    run, done = None, []
    for (us, work), jump in zip(seen, jumps, strict=False):
        then = replace(at(us), wall_us=at(us).wall_us + jump)
        run, ended = observe(run, "laser", "beam", then, work, "s")
        done += ended
    done += [close(run, at(seen[-1][0]))] if run else []
    assert _hours(done) == _hours(whole(seen))


@given(histories, st.integers(0, 40))
def test_a_restart_anywhere_makes_no_hour_and_uses_none(history: list[Seen], cut: int) -> None:
    if not (seen := timed(history)):
        return
    run, done = watch(seen[:cut])
    run, rest = watch(seen[cut:], run=from_row(to_row(run)) if run else None)
    done += [*rest, close(run, at(seen[-1][0]))] if run else rest
    assert sum(d.used_us for d in done) <= sum(d.used_us for d in whole(seen))
    for one in done:
        total = one.used_us + one.paused_us + one.unseen_us
        assert total <= one.ended.boot_us - one.began.boot_us


def _hours(done: list[RunMeasured]) -> list[tuple[int, int, int, int]]:
    return [(d.began.boot_us, d.used_us, d.paused_us, d.unseen_us) for d in done]


def test_a_rest_is_waited_for_before_the_run_is_over() -> None:
    seen = [(0, Work.WORKING), (SECOND, Work.RESTING), (QUIET_US, Work.RESTING)]
    run, done = watch(seen)
    assert run is not None
    assert not done
