"""The queue's order: who comes when and why, who may bring more, whose turn it is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from machines.order import (
    Candidate,
    Limit,
    Move,
    Next,
    Placed,
    Standing,
    Waiting,
    arrange,
    may_submit,
    next_for,
    turns,
)

HOUR = 3600.0


def queue(*jobs: str) -> list[Waiting]:
    """Jobs in the order in which they were brought: "ana-1" is Ana's."""
    return [Waiting(job, job.partition("-")[0], brought) for brought, job in enumerate(jobs)]


def names(placed: tuple[Placed, ...]) -> list[str]:
    return [one.job for one in placed]


def standings(placed: tuple[Placed, ...]) -> dict[str, Standing]:
    return {one.job: one.standing for one in placed}


# -- turns ------------------------------------------------------------------------------------


def test_everybodys_first_job_comes_before_anybodys_second():
    placed = arrange(queue("ana-1", "ana-2", "ana-3", "ben-1", "ben-2"))
    assert names(placed) == ["ana-1", "ben-1", "ana-2", "ben-2", "ana-3"]


def test_a_print_under_way_is_its_owners_first():
    placed = arrange(queue("ana-2", "ben-1"), printing={"ana": 1})
    assert names(placed) == ["ben-1", "ana-2"]


def test_who_printed_less_lately_comes_first_among_equals():
    placed = arrange(queue("ana-1", "ben-1"), recent_s={"ana": 9 * HOUR, "ben": 2 * HOUR})
    assert names(placed) == ["ben-1", "ana-1"]


def test_minutes_printed_lately_make_no_difference():
    placed = arrange(queue("ana-1", "ben-1"), recent_s={"ana": 600.0, "ben": 60.0})
    assert names(placed) == ["ana-1", "ben-1"]


def test_few_hours_lately_bring_no_second_job_before_a_first():
    placed = arrange(queue("ana-1", "ana-2", "ben-1"), recent_s={"ben": 90 * HOUR})
    assert names(placed) == ["ana-1", "ben-1", "ana-2"]


def test_what_an_animator_put_first_is_first_and_a_failed_print_comes_next():
    ana_1, ana_2, ben_1, eve_1 = queue("ana-1", "ana-2", "ben-1", "eve-1")
    ana_2, eve_1 = replace(ana_2, front=True), replace(eve_1, priority=True)
    placed = arrange([ana_1, ana_2, ben_1, eve_1])
    assert names(placed) == ["eve-1", "ana-2", "ben-1", "ana-1"]


def test_jobs_whose_owners_are_not_known_any_more_are_nobodys_second():
    unknown = [Waiting("x", None, 0), Waiting("y", None, 1)]
    placed = arrange([*unknown, *queue("ana-1")])
    assert set(names(placed)[:2]) == {"x", "ana-1"}
    assert Standing.FURTHER not in standings(placed).values()


# -- what an animator moves -------------------------------------------------------------------


def test_a_job_is_moved_just_before_another():
    placed = arrange(queue("ana-1", "ben-1", "eve-1"), [Move("eve-1", "ben-1", 9)])
    assert names(placed) == ["ana-1", "eve-1", "ben-1"]


def test_a_job_moved_last_stays_before_those_brought_later():
    ana, ben, eve, new = queue("ana-1", "ben-1", "eve-1", "zoe-1")
    placed = arrange([ana, ben, eve, new], [Move("ana-1", "", made=eve.brought)])
    assert names(placed) == ["ben-1", "eve-1", "ana-1", "zoe-1"]


def test_a_job_moved_last_when_nobody_else_waited_lets_nobody_pass():
    ana, ben = queue("ana-1", "ben-1")
    assert names(arrange([ana, ben], [Move("ana-1", "", ana.brought)])) == ["ana-1", "ben-1"]


def test_a_move_whose_place_is_gone_is_dropped():
    placed = arrange(queue("ana-1", "ben-1"), [Move("ben-1", "gone", 9), Move("gone", "ana-1", 9)])
    assert names(placed) == ["ana-1", "ben-1"]
    assert Standing.MOVED not in standings(placed).values()


def test_the_last_of_two_moves_holds():
    moves = [Move("eve-1", "", made=8), Move("eve-1", "ana-1", made=9)]
    placed = arrange(queue("ana-1", "ben-1", "eve-1"), reversed(moves))
    assert names(placed) == ["eve-1", "ana-1", "ben-1"]


# -- why a job stands where it does -----------------------------------------------------------


def test_each_job_says_why_it_stands_where_it_does():
    jobs = queue("ana-1", "ana-2", "ben-1", "eve-1", "kim-1", "lea-1", "max-1", "noe-1")
    jobs[4], jobs[5] = replace(jobs[4], priority=True), replace(jobs[5], front=True)
    placed = arrange(jobs, [Move("max-1", "noe-1", 99)], recent_s={"eve": 5 * HOUR})
    assert standings(placed) == {
        "kim-1": Standing.PRIORITY,
        "lea-1": Standing.FRONT,
        "ana-1": Standing.EARLIER,  # than Ben's
        "ben-1": Standing.EARLIER,  # than Noé's
        "max-1": Standing.MOVED,
        "noe-1": Standing.HOURS,  # fewer than Eve
        "eve-1": Standing.FIRST,  # what follows is Ana's second
        "ana-2": Standing.FURTHER,
    }
    assert names(placed)[-3:] == ["noe-1", "eve-1", "ana-2"]


def test_a_job_is_compared_with_the_next_one_that_nobody_moved():
    moves = [Move("ben-1", "", made=9)]
    placed = arrange(queue("ana-1", "ben-1", "eve-1"), moves, recent_s={"eve": 5 * HOUR})
    assert standings(placed)["ana-1"] is Standing.HOURS


# -- in any queue -----------------------------------------------------------------------------

owners = st.sampled_from(["ana", "ben", "eve", None])
queues = st.lists(
    st.builds(
        Waiting, st.uuids().map(str), owners, st.integers(0, 99), st.booleans(), st.booleans()
    ),
    max_size=12,
    unique_by=lambda one: one.job,
)
hours = st.dictionaries(st.sampled_from(["ana", "ben", "eve"]), st.floats(0, 400_000))
counts = st.dictionaries(st.sampled_from(["ana", "ben", "eve"]), st.integers(0, 3))


@st.composite
def moves_of(draw: st.DrawFn, jobs: list[Waiting]) -> list[Move]:
    known = st.sampled_from([*(one.job for one in jobs), "gone"])
    return draw(
        st.lists(st.builds(Move, known, known | st.just(""), st.integers(0, 99)), max_size=8)
    )


@given(st.data(), queues, hours, counts)
def test_no_job_is_lost_and_none_stands_twice_whatever_is_moved(data, jobs, recent_s, printing):
    placed = arrange(jobs, data.draw(moves_of(jobs)), recent_s, printing)
    assert sorted(names(placed)) == sorted(one.job for one in jobs)


@given(st.data(), queues, hours, counts)
def test_the_order_does_not_depend_on_how_the_jobs_are_told(data, jobs, recent_s, printing):
    told = data.draw(st.permutations(jobs))
    assert arrange(told, (), recent_s, printing) == arrange(jobs, (), recent_s, printing)


@given(queues, hours, counts)
def test_no_second_job_comes_before_a_first_unless_an_animator_says_so(jobs, recent_s, printing):
    plain = [replace(one, priority=False, front=False) for one in jobs]
    owner = {one.job: one.owner or one.job for one in plain}
    so_far = dict(printing)
    rounds = []
    for job in names(arrange(plain, (), recent_s, printing)):
        rounds.append(so_far.get(owner[job], 0))
        so_far[owner[job]] = rounds[-1] + 1
    assert rounds == sorted(rounds)


@given(queues, hours, counts)
def test_priority_comes_before_what_is_printed_again_and_that_before_all_else(
    jobs, recent_s, printing
):
    by_job = {one.job: one for one in jobs}
    placed = [by_job[job] for job in names(arrange(jobs, (), recent_s, printing))]
    ranks = [0 if one.priority else 1 if one.front else 2 for one in placed]
    assert ranks == sorted(ranks)


@given(queues, hours, counts)
def test_each_persons_own_jobs_stay_in_the_order_in_which_they_were_brought(
    jobs, recent_s, printing
):
    plain = [replace(one, priority=False, front=False) for one in jobs]
    brought = {one.job: (one.brought, one.job) for one in plain if one.owner == "ana"}
    ours = [brought[job] for job in names(arrange(plain, (), recent_s, printing)) if job in brought]
    assert ours == sorted(ours)


@given(st.data(), queues.filter(bool), hours, counts)
def test_a_job_that_begins_to_print_changes_nothing_for_the_others(data, jobs, recent_s, printing):
    before = names(arrange(jobs, (), recent_s, printing))
    begun = next(one for one in jobs if one.job == before[0])
    if begun.owner is not None:
        printing = {**printing, begun.owner: printing.get(begun.owner, 0) + 1}
    after = names(arrange([one for one in jobs if one is not begun], (), recent_s, printing))
    assert after == before[1:]


@given(st.data(), queues.filter(lambda jobs: len(jobs) > 1), hours)
def test_the_last_move_is_seen_in_the_order(data, jobs, recent_s):
    job, before = data.draw(st.permutations([one.job for one in jobs]))[:2]
    moves = [*data.draw(moves_of(jobs)), Move(job, before, made=100)]
    placed = arrange(jobs, moves, recent_s)
    assert names(placed).index(job) + 1 == names(placed).index(before)
    assert standings(placed)[job] is Standing.MOVED


# -- who may bring more -----------------------------------------------------------------------


def brought(*hours_each: float | None) -> list[Waiting]:
    return [
        Waiting(str(n), "ana", n, estimated_s=None if h is None else h * HOUR)
        for n, h in enumerate(hours_each)
    ]


@pytest.mark.parametrize(
    ("own", "hours", "limit"),
    [
        (brought(), 1, None),
        (brought(1, 1), 1, None),
        (brought(1, 1, 1), 1, Limit.JOBS),
        (brought(6), 5, Limit.HOURS),
        (brought(6), 4, None),
        (brought(None), 10, None),
        (brought(10), None, None),
        (brought(), 30, None),  # alone: an animator approves it, or does not
    ],
)
def test_three_jobs_or_ten_hours_of_one_person_may_wait(own, hours, limit):
    assert may_submit(own, hours and hours * HOUR, jobs_at_most=3, hours_at_most=10) is limit


def test_without_limits_anybody_may_bring_anything():
    assert may_submit(brought(*[50] * 50), 50 * HOUR) is None


# -- whose turn it is at a printer ------------------------------------------------------------


def test_the_first_that_fits_is_next():
    assert next_for([Candidate("a", HOUR), Candidate("b", 60)], 2 * HOUR) == Next("a")
    assert next_for([], 2 * HOUR) is None


def test_a_short_job_passes_one_that_would_end_after_closing():
    waiting = [Candidate("long", 5 * HOUR), Candidate("short", HOUR)]
    assert next_for(waiting, 2 * HOUR) == Next("short", overtook=("long",))


def test_a_job_that_ends_just_at_closing_ends_in_time():
    waiting = [Candidate("exact", 2 * HOUR), Candidate("short", HOUR)]
    assert next_for(waiting, 2 * HOUR) == Next("exact")


def test_a_long_job_may_begin_in_its_turn_all_the_same():
    waiting = [Candidate("long", 5 * HOUR), Candidate("longer", 6 * HOUR), Candidate("short", HOUR)]
    assert turns(waiting, 2 * HOUR) == (
        Next("short", overtook=("long", "longer")),
        Next("long", late=True),
    )
    assert turns(waiting[:2], 2 * HOUR) == (Next("long", late=True),)
    assert turns([], 2 * HOUR) == ()


def test_a_job_that_was_passed_once_is_not_passed_again():
    waiting = [Candidate("long", 5 * HOUR, overtaken=True), Candidate("short", HOUR)]
    assert next_for(waiting, 2 * HOUR) == Next("long", late=True)


def test_where_nothing_ends_in_time_the_first_is_next_and_said_to_be_late():
    waiting = [Candidate("long", 5 * HOUR), Candidate("longer", 6 * HOUR)]
    assert next_for(waiting, 2 * HOUR) == Next("long", late=True)


def test_a_job_without_an_estimate_fills_no_gap_and_keeps_its_turn():
    unknown = Candidate("unknown", None)
    assert next_for([unknown, Candidate("short", HOUR)], 2 * HOUR) == Next("unknown")
    waiting = [Candidate("long", 5 * HOUR), unknown, Candidate("short", HOUR)]
    assert next_for(waiting, 2 * HOUR) == Next("long", late=True)


def test_a_lab_that_never_closes_has_no_gaps():
    assert next_for([Candidate("long", 50 * HOUR), Candidate("short", 1)], None) == Next("long")


times = st.none() | st.floats(0, 10 * HOUR)
lines = st.lists(
    st.builds(Candidate, st.uuids().map(str), times), max_size=10, unique_by=lambda one: one.job
)


@given(lines, st.lists(times, min_size=10, max_size=10))
def test_in_any_line_every_job_gets_its_turn_and_none_is_passed_twice(line, closings):
    passed: list[str] = []
    begun: list[str] = []
    for closes_s in closings:
        turn = next_for(line, closes_s)
        if turn is None:
            break
        begun.append(turn.job)
        passed += turn.overtook
        before = [one.job for one in line[: [one.job for one in line].index(turn.job)]]
        assert list(turn.overtook) == before
        line = [
            replace(one, overtaken=one.overtaken or one.job in turn.overtook)
            for one in line
            if one.job != turn.job
        ]
    assert not line
    assert len(set(passed)) == len(passed)
    assert len(set(begun)) == len(begun)


@given(lines, st.floats(0, 10 * HOUR))
def test_who_fills_a_gap_ends_before_closing_and_passes_only_who_would_not(line, closes_s):
    turn = next_for(line, closes_s)
    takes_s = {one.job: one.takes_s for one in line}
    if turn is not None and turn.overtook:
        assert takes_s[turn.job] <= closes_s
        assert all(takes_s[job] > closes_s for job in turn.overtook)
