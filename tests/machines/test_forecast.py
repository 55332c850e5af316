"""When each job should begin and end."""

from __future__ import annotations

from datetime import datetime, time
from math import inf

from hypothesis import given
from hypothesis import strategies as st

from machines.forecast import Ahead, Free, Turn, forecast, openings
from machines.instants import PARIS, Opening, Week, to_us

HOUR = 3600.0
#: Open now for eight hours, and again in a day.
DAYS = ((0.0, 8 * HOUR), (24 * HOUR, 32 * HOUR))


def job(name: str, owner: str | None = None, **takes: float | None) -> Ahead:
    """Hours by printer."""
    return Ahead(name, owner, {m: None if h is None else h * HOUR for m, h in takes.items()})


def free(machine: str, hours: float | None = 0.0, change: float = 0.0, **more) -> Free:
    return Free(machine, None if hours is None else hours * HOUR, change * HOUR, **more)


def test_a_job_begins_at_once_on_a_printer_that_is_ready():
    seen = forecast([job("a", prusa=2)], [free("prusa", 0, 0.5, ready=True)])
    assert seen.turns["a"] == Turn("prusa", 0, 2 * HOUR)


def test_somebody_has_to_clear_the_plate_first_and_that_takes_a_while():
    seen = forecast([job("a", prusa=2), job("b", prusa=1)], [free("prusa", 1, 0.5)])
    assert seen.turns["a"] == Turn("prusa", 1.5 * HOUR, 3.5 * HOUR)
    assert seen.turns["b"] == Turn("prusa", 4 * HOUR, 5 * HOUR)
    assert seen.free_s == {"prusa": 5 * HOUR}


def test_a_job_goes_where_it_ends_first():
    printers = [free("prusa", 3), free("ender", 1)]
    seen = forecast([job("a", prusa=1, ender=2), job("b", prusa=1, ender=4)], printers)
    assert seen.turns["a"] == Turn("ender", 1 * HOUR, 3 * HOUR)
    assert seen.turns["b"] == Turn("prusa", 3 * HOUR, 4 * HOUR)


def test_a_job_that_fits_nowhere_has_no_turn_and_its_owner_no_end():
    seen = forecast([job("a", "ana"), job("b", "ana", prusa=1)], [free("prusa")])
    assert seen.turns["a"] is None
    assert seen.done_s == {"ana": None}


def test_a_job_that_would_end_after_closing_says_so():
    seen = forecast([job("a", prusa=7), job("b", prusa=7)], [free("prusa", 0.5)], DAYS)
    assert not seen.turns["a"].late
    assert seen.turns["b"] == Turn("prusa", 7.5 * HOUR, 14.5 * HOUR, late=True)


def test_nothing_begins_while_the_lab_is_closed():
    seen = forecast([job("a", prusa=1)], [free("prusa", 10, 0.5)], DAYS)
    assert seen.turns["a"] == Turn("prusa", 24.5 * HOUR, 25.5 * HOUR)


def test_a_printer_that_is_free_at_closing_is_used_in_the_morning():
    ready = [free("prusa", 8, ready=True)]
    assert forecast([job("a", prusa=1)], ready, DAYS).turns["a"].begins_s == 24 * HOUR


def test_a_person_who_may_not_begin_before_the_evening_begins_in_the_morning():
    printers = [free("prusa", 10, owner="ana"), free("ender", ready=True)]
    seen = forecast([job("a", "ana", ender=1)], printers, DAYS, at_once=1)
    assert seen.turns["a"].begins_s == 24 * HOUR


def test_a_print_that_is_out_of_sight_makes_what_comes_after_it_unknown():
    seen = forecast([job("a", "ana", prusa=1)], [free("prusa", None, owner="ben")])
    assert seen.turns["a"] == Turn("", None, None)
    assert seen.free_s == {"prusa": None}
    assert seen.done_s == {"ana": None, "ben": None}


def test_a_job_without_an_estimate_begins_and_nobody_knows_what_follows():
    seen = forecast([job("a", prusa=None), job("b", prusa=1)], [free("prusa", 1)])
    assert seen.turns["a"] == Turn("prusa", 1 * HOUR, None)
    assert seen.turns["b"] == Turn("", None, None)


def test_nobody_has_more_printers_at_once_than_one_may():
    jobs = [job("a", "ana", prusa=2, ender=2), job("b", "ben", prusa=1, ender=1)]
    printers = [free("prusa", 3, owner="ana"), free("ender", ready=True)]
    seen = forecast(jobs, printers, at_once=1)
    assert seen.turns["a"].begins_s == 3 * HOUR
    assert seen.done_s["ana"] == 5 * HOUR


def test_a_third_print_begins_when_the_first_of_two_has_ended():
    printers = [free("prusa", 5, owner="ana"), free("ender", 2, owner="ana"), free("voron")]
    seen = forecast([job("a", "ana", voron=1)], printers, at_once=2)
    assert seen.turns["a"] == Turn("voron", 2 * HOUR, 3 * HOUR)


def test_a_person_is_done_when_the_last_of_their_jobs_is():
    jobs = [job("a", "ana", prusa=1), job("b", "ben", prusa=1), job("c", "ana", prusa=1)]
    seen = forecast(jobs, [free("prusa", 1, owner="eve")])
    assert seen.done_s == {"ana": 4 * HOUR, "ben": 3 * HOUR, "eve": HOUR}


# -- opening hours ----------------------------------------------------------------------------


def test_a_day_is_from_its_first_opening_to_its_last_closing():
    day = (Opening(time(9), time(12)), Opening(time(14), time(18)))
    week = Week((day, (), day, (), (), (), ()))
    monday_noon = to_us(datetime(2026, 11, 23, 12, tzinfo=PARIS))
    assert openings(week, monday_noon, days=4) == (
        (0.0, 6 * HOUR),
        (45 * HOUR, 54 * HOUR),
    )


def test_what_closed_today_is_left_out():
    week = Week(((Opening(time(9), time(18)),),) * 7)
    monday_evening = to_us(datetime(2026, 11, 23, 19, tzinfo=PARIS))
    assert openings(week, monday_evening, days=2) == ((14 * HOUR, 23 * HOUR),)


def test_a_lab_without_hours_is_always_open():
    assert openings(Week(), 0) == ()


# -- in any queue -----------------------------------------------------------------------------

MACHINES = ["prusa", "ender", "voron"]
owners = st.sampled_from(["ana", "ben", None])
spans = st.none() | st.floats(0, 30 * HOUR)
takes = st.dictionaries(st.sampled_from(MACHINES), st.none() | st.floats(60, 30 * HOUR))
jobs = st.lists(
    st.builds(Ahead, st.uuids().map(str), owners, takes), max_size=8, unique_by=lambda a: a.job
)
printers = st.lists(
    st.builds(Free, st.sampled_from(MACHINES), spans, st.floats(0, HOUR), st.booleans(), owners),
    max_size=3,
    unique_by=lambda p: p.machine,
)
limits = st.integers(0, 3)


@given(jobs, printers, limits)
def test_every_job_is_told_of_once_and_only_where_it_fits(queue, free_at, at_once):
    seen = forecast(queue, free_at, DAYS, at_once)
    assert seen.turns.keys() == {one.job for one in queue}
    here = {one.machine for one in free_at}
    for one in queue:
        turn = seen.turns[one.job]
        assert (turn is None) == (not here & one.takes_s.keys())
        if turn is not None and turn.machine:
            assert turn.machine in one.takes_s


@given(jobs, printers, limits)
def test_two_prints_are_never_on_one_printer_at_once(queue, free_at, at_once):
    seen = forecast(queue, free_at, DAYS, at_once)
    for printer in free_at:
        ends = printer.free_s
        change_s = 0.0 if printer.ready else printer.change_over_s
        for one in queue:
            turn = seen.turns[one.job]
            if turn is not None and turn.machine == printer.machine:
                assert ends is not None
                assert turn.begins_s >= ends + change_s - 0.001
                ends, change_s = turn.ends_s, printer.change_over_s
        assert seen.free_s[printer.machine] == ends


@given(jobs, printers, limits)
def test_prints_begin_while_the_lab_is_open_and_are_late_after_its_closing(queue, free_at, at_once):
    for turn in forecast(queue, free_at, DAYS, at_once).turns.values():
        if turn is None or turn.begins_s is None or turn.begins_s >= DAYS[-1][1]:
            continue
        closes = [c for o, c in DAYS if o <= turn.begins_s < c]
        assert len(closes) == 1
        assert turn.late == (turn.ends_s is not None and turn.ends_s > closes[0])


@given(jobs, printers, st.integers(1, 3))
def test_no_person_ever_has_more_printers_than_one_may(queue, free_at, at_once):
    seen = forecast(queue, free_at, DAYS, at_once)
    for owner in ("ana", "ben"):
        under_way = [
            (0.0, inf if p.free_s is None else p.free_s) for p in free_at if p.owner == owner
        ]
        own = [seen.turns[one.job] for one in queue if one.owner == owner]
        later = [
            (t.begins_s, inf if t.ends_s is None else t.ends_s)
            for t in own
            if t is not None and t.begins_s is not None
        ]
        for begins, _ in later:
            at_that_time = [1 for b, e in [*under_way, *later] if b <= begins < e]
            assert len(at_that_time) <= at_once


@given(jobs, printers, limits, st.integers(0, 8))
def test_a_job_that_comes_later_changes_nothing_for_those_before_it(queue, free_at, at_once, n):
    whole = forecast(queue, free_at, DAYS, at_once).turns
    part = forecast(queue[:n], free_at, DAYS, at_once).turns
    assert part == {name: whole[name] for name in part}


@given(jobs, printers, limits)
def test_a_person_is_done_with_their_last_print_or_nobody_knows(queue, free_at, at_once):
    seen = forecast(queue, free_at, DAYS, at_once)
    for owner, done_s in seen.done_s.items():
        own = [seen.turns[one.job] for one in queue if one.owner == owner]
        ends = [t.ends_s if t is not None else None for t in own]
        ends += [p.free_s for p in free_at if p.owner == owner]
        assert done_s == (None if None in ends else max(ends))
