"""The order of the printers' queue, as the journal and the printers make it."""

from __future__ import annotations

from collections import Counter
from datetime import time

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from config.site import Queue
from kiosk.floor.acts import Load, Move, Prioritise, Requeue
from kiosk.floor.lineup import FILAMENT, Lineup, Seat, line_up
from machines.carried import Carried
from machines.facts import Happened
from machines.fit import Profile
from machines.instants import SECOND, Instant, Opening, WallQuality, Week
from machines.job_entries import (
    JobApproved,
    JobMoved,
    JobPrioritised,
    JobRefused,
    JobRequeued,
    JobStarting,
    JobSubmitted,
    JobWithdrawn,
    Needs,
    NotStarted,
    SpoolLoaded,
)
from machines.jobs import Job, Over, Printing, Starting, ToApprove, Waiting
from machines.journal import Birth, Body, Entry, Personal, PrintBegan, PrintEnded, Result
from machines.order import Hindrance, Standing
from tests.lab import MORNING, Lab

PRINTERS = ("prusa", "ender")
OWNERS = ("m-ines", "m-karim", "m-zoe")
RULES = Queue(printers_at_once=2)
WEEK = Week(((Opening(time(9), time(18)),),) * 7)
HOUR = 3600.0
HOURS = st.sampled_from([0.5, 1.0, 3.0, 9.0, None])


class Book:
    """A journal of two printers' queue, a PLA and a PETG one, and what is made of it."""

    def begin(self) -> None:
        self.carried = Carried()
        self.minutes = 0
        for machine, material in zip(PRINTERS, ("PLA", "PETG"), strict=True):
            self.say(SpoolLoaded(machine, material))

    @property
    def now(self) -> Instant:
        us = self.minutes * 60 * SECOND
        return Instant(1, us, MORNING + us, WallQuality.NTP)

    def say(self, body: Body, personal: Personal | None = None) -> str:
        seq = self.carried.seq + 1
        entry = Entry(Birth("a" * 32, seq, seq), self.now, body, personal)
        self.carried = self.carried.fold([(seq, entry)])
        return str(entry.birth)

    def of(self, *states: type) -> list[str]:
        return [j.id for j in self.carried.jobs.jobs.values() if isinstance(j.state, states)]

    def one(self, data, state: type) -> str:
        return data.draw(st.sampled_from(self.of(state)))

    def busy(self) -> dict[str, Job]:
        jobs = self.carried.jobs.jobs.values()
        return {j.state.machine: j for j in jobs if isinstance(j.state, Printing | Starting)}

    @staticmethod
    def hard(lineup: Lineup, job: str, machine: str) -> bool:
        return any(o.why is Hindrance.MODEL for o in lineup.against(job, machine))

    def lineup(self, rules: Queue = RULES, *down: str) -> Lineup:
        busy = self.busy()
        seats = tuple(
            Seat(
                Profile(machine, models=("MK4",) if machine == "prusa" else ("Ender-3",)),
                tuple(
                    why
                    for why, holds in (
                        (Hindrance.MAINTENANCE, machine in down),
                        (Hindrance.BUSY, machine in busy),
                    )
                    if holds
                ),
                3600.0 if machine in busy else 0.0,
                600.0,
                busy[machine].owner if machine in busy else None,
            )
            for machine in PRINTERS
        )
        return line_up(self.carried, seats, rules, WEEK, self.now, lambda _: True)


class Queueing(RuleBasedStateMachine, Book):
    """Members bring, animators move and start, printers end: any history of that."""

    @initialize()
    def open(self) -> None:
        self.begin()
        self.jumped = False  #: somebody was put before others by hand

    # -- what happens -------------------------------------------------------------------------

    @rule(
        owner=st.sampled_from(OWNERS),
        hours=HOURS,
        material=st.sampled_from(["", "PLA", "PETG"]),
        model=st.sampled_from(["", "", "MK4"]),
        long=st.booleans(),
    )
    def bring(self, owner, hours, material, model, long) -> None:
        seconds = None if hours is None else hours * 3600
        body = JobSubmitted("f" * 64, 1, "tablet", needs=Needs(model, material),
                            estimated_s=seconds, approval=("long",) if long else ())  # fmt: skip
        self.say(body, Personal(member=owner))

    @precondition(lambda self: self.of(ToApprove))
    @rule(data=st.data())
    def approve(self, data) -> None:
        self.say(JobApproved(self.one(data, ToApprove)))

    @precondition(lambda self: self.of(Waiting))
    @rule(data=st.data())
    def withdraw(self, data) -> None:
        self.say(JobWithdrawn(self.one(data, Waiting)))

    @precondition(lambda self: len(self.of(Waiting)) > 1)
    @rule(data=st.data(), last=st.booleans())
    def move(self, data, last) -> None:
        before = "" if last else self.one(data, Waiting)
        self.say(JobMoved(self.one(data, Waiting), before))
        self.jumped = True

    @precondition(lambda self: self.of(Waiting))
    @rule(data=st.data(), on=st.booleans())
    def prioritise(self, data, on) -> None:
        self.say(JobPrioritised(self.one(data, Waiting), on, "workshop"))
        self.jumped = self.jumped or on

    @rule(data=st.data(), machine=st.sampled_from(PRINTERS), answered=st.booleans())
    def start(self, data, machine, answered) -> None:
        lineup = self.lineup()
        may = [
            one.job
            for one in lineup.placed
            if all(o.why in FILAMENT for o in lineup.against(one.job, machine))
        ]
        ready = [
            job
            for job in lineup.lines[machine]
            if all(o.why in (*FILAMENT, Hindrance.TURN) for o in lineup.against(job, machine))
        ]
        assert may or machine in self.busy() or not ready
        if not may:
            return
        job = data.draw(st.sampled_from(may))
        attempt = len(self.carried.jobs.jobs[job].tried) + 1
        path = f"{job}-{attempt}"
        self.say(JobStarting(job, machine, attempt, path, lineup.overtaken_by(job, machine)))
        if answered:
            self.say(PrintBegan(machine, None, job=job))
        else:
            self.say(JobRefused(job, machine, attempt, NotStarted.NO_ANSWER))

    @precondition(lambda self: self.of(Printing))
    @rule(data=st.data(), result=st.sampled_from([Result.DONE, Result.FAILED]))
    def end(self, data, result) -> None:
        job = self.carried.jobs.jobs[self.one(data, Printing)]
        state = job.state
        self.minutes += 60
        used_us = self.now.since(state.began)
        self.say(PrintEnded(state.print, state.machine, None, result, state.began, self.now,
                            used_us, 0, 0))  # fmt: skip

    @precondition(lambda self: self.of(Over))
    @rule(data=st.data(), front=st.booleans())
    def requeue(self, data, front) -> None:
        self.say(JobRequeued(self.one(data, Over), front))
        self.jumped = self.jumped or front

    @rule(minutes=st.integers(1, 600))
    def wait(self, minutes) -> None:
        self.minutes += minutes

    # -- what always holds --------------------------------------------------------------------

    @invariant()
    def every_job_that_waits_has_one_place(self) -> None:
        placed = [one.job for one in self.lineup().placed]
        assert sorted(placed) == sorted(self.of(Waiting) + self.of(ToApprove))

    @invariant()
    def no_second_job_is_before_a_first_unless_an_animator_put_it_there(self) -> None:
        if self.jumped:
            return
        jobs = self.carried.jobs.jobs
        so_far = Counter(jobs[name].owner for name in self.of(Printing))
        rounds = []
        for one in self.lineup().placed:
            owner = jobs[one.job].owner
            rounds.append(so_far[owner])
            so_far[owner] += 1
        assert rounds == sorted(rounds)

    @invariant()
    def no_job_is_passed_twice(self) -> None:
        assert all(job.overtaken <= 1 for job in self.carried.jobs.jobs.values())

    @invariant()
    def the_first_that_fits_a_printer_is_never_told_to_wait_its_turn(self) -> None:
        lineup = self.lineup()
        for machine, line in lineup.lines.items():
            told = [o.why for o in lineup.against(line[0], machine)] if line else []
            assert Hindrance.TURN not in told

    @invariant()
    def a_job_that_may_start_here_passes_nobody_who_could_and_was_passed_before(self) -> None:
        lineup = self.lineup()
        jobs = self.carried.jobs.jobs
        for machine, turns in lineup.next.items():
            for turn in turns:
                assert all(not jobs[name].overtaken for name in turn.overtook)
                assert turn.job in lineup.lines[machine]

    @invariant()
    def only_a_job_that_fits_no_printer_has_no_forecast(self) -> None:
        lineup = self.lineup()
        for one in lineup.placed:
            turn = lineup.forecast.turns[one.job]
            fits = [m for m in PRINTERS if not self.hard(lineup, one.job, m)]
            assert (turn is None) == (not fits)


@pytest.mark.slow
def test_in_any_history_the_queues_order_is_as_the_rules_say():
    run_state_machine_as_test(
        Queueing, settings=settings(max_examples=60, stateful_step_count=30, deadline=None)
    )


# -- what keeps a job from a printer --------------------------------------------------------


def book(*jobs: tuple[str, JobSubmitted]) -> tuple[Book, list[str]]:
    """These were brought, by their owners."""
    made = Book()
    made.begin()
    return made, [made.say(body, Personal(member=owner)) for owner, body in jobs]


def brought(material: str = "", model: str = "", hours: float = 1.0) -> JobSubmitted:
    needs = Needs(model, material)
    return JobSubmitted("f" * 64, 1, "tablet", needs=needs, estimated_s=hours * HOUR)


def against(lineup: Lineup, job: str, machine: str) -> list[Hindrance]:
    return [one.why for one in lineup.against(job, machine)]


def test_the_first_job_may_start_after_a_change_of_filament_and_the_first_without_one_now() -> None:
    told, [petg, pla, later] = book(
        ("m-ines", brought("PETG")), ("m-karim", brought("PLA")), ("m-zoe", brought("PLA"))
    )
    lineup = told.lineup()
    assert against(lineup, petg, "prusa") == [Hindrance.MATERIAL]
    assert against(lineup, pla, "prusa") == []
    assert against(lineup, later, "prusa") == [Hindrance.TURN]


def test_who_has_as_many_printers_as_one_may_have_lets_the_next_go_first() -> None:
    told, [one, two, his] = book(
        ("m-ines", brought()), ("m-ines", brought()), ("m-karim", brought())
    )
    rules = Queue(printers_at_once=1)
    told.say(JobStarting(one, "prusa", 1, "path"))
    lineup = told.lineup(rules)
    assert [placed.job for placed in lineup.placed] == [his, two], "what starts is a first job"
    assert against(lineup, two, "ender") == [Hindrance.OWNER]
    assert lineup.lines["ender"] == (his, two), "it may still come there"
    assert against(lineup, his, "ender") == []


def test_who_has_as_many_printers_as_one_may_have_begins_when_one_of_them_is_done() -> None:
    told, [one, two] = book(("m-ines", brought()), ("m-ines", brought()))
    told.say(JobStarting(one, "prusa", 1, "path"))
    turn = told.lineup(Queue(printers_at_once=1)).forecast.turns[two]
    assert turn is not None
    assert (turn.machine, turn.begins_s) == ("ender", HOUR)


def test_a_job_for_a_printer_under_maintenance_has_no_hour() -> None:
    told, [job, other] = book(("m-ines", brought(model="MK4")), ("m-karim", brought()))
    lineup = told.lineup(RULES, "prusa")
    assert lineup.forecast.turns[job] is None
    assert lineup.forecast.turns[other] is not None
    assert lineup.forecast.turns[other].machine == "ender"


# -- on the floor ---------------------------------------------------------------------------


def test_two_members_take_turns_and_the_page_says_why(lab: Lab) -> None:
    first, second = lab.submit("ines", "a.gcode"), lab.submit("ines", "b.gcode")
    karims = lab.submit("karim", "c.gcode")
    assert page(lab) == [
        (first, Standing.EARLIER),
        (karims, Standing.FIRST),
        (second, Standing.FURTHER),
    ]
    assert [lab.job(job).place for job in (first, karims, second)] == [1, 2, 3]


def test_who_prints_now_waits_with_the_next_job_behind_everybody(lab: Lab) -> None:
    lab.print_job(lab.submit("ines", "a.gcode"))
    second, karims = lab.submit("ines", "b.gcode"), lab.submit("karim", "c.gcode")
    assert page(lab) == [(karims, Standing.FIRST), (second, Standing.FURTHER)]


def test_who_printed_for_an_hour_lately_comes_after_who_did_not(lab: Lab) -> None:
    path = lab.print_job(lab.submit("ines", "a.gcode"))
    for seconds in range(6, 3700, 6):
        lab.advance(seconds=6)
        lab.printer("Printing", path=path, elapsed_s=float(seconds), progress=seconds / 3700)
    lab.end_print(path)
    hers, his = lab.submit("ines", "b.gcode"), lab.submit("karim", "c.gcode")
    assert page(lab) == [(his, Standing.HOURS), (hers, Standing.FIRST)]


def test_a_print_begun_at_the_printer_is_its_sessions_members_and_their_hours_count(
    lab: Lab,
) -> None:
    lab.printer(machine="prusa")
    lab.tap("ines", "prusa")
    lab.printer("Printing", "prusa", "sd.gcode", elapsed_s=1.0)
    assert not lab.bay("prusa").foreign
    hers, his = lab.submit("ines", "a.gcode"), lab.submit("karim", "b.gcode")
    for seconds in range(6, 3700, 6):
        lab.advance(seconds=6)
        lab.printer("Printing", "prusa", "sd.gcode", elapsed_s=float(seconds))
    lab.end_print("sd.gcode", "prusa")
    assert page(lab) == [(his, Standing.HOURS), (hers, Standing.FIRST)]


def test_an_animators_priority_comes_first_with_its_reason(lab: Lab) -> None:
    hers, his = lab.submit("ines", "a.gcode"), lab.submit("karim", "b.gcode")
    assert lab.act(Prioritise(his, True, "atelier de 14 h")).done
    assert page(lab) == [(his, Standing.PRIORITY), (hers, Standing.FIRST)]
    assert lab.job(his).priority == "atelier de 14 h"
    assert lab.act(Prioritise(his, False)).done
    assert page(lab) == [(hers, Standing.EARLIER), (his, Standing.FIRST)]


def test_a_failed_print_is_printed_again_before_the_others_or_in_its_turn(lab: Lab) -> None:
    failed = lab.submit("ines", "a.gcode")
    lab.end_print(lab.print_job(failed), what=Happened.FAILED)
    his = lab.submit("karim", "b.gcode")
    assert lab.act(Requeue(failed, front=True)).done
    assert page(lab) == [(failed, Standing.FRONT), (his, Standing.FIRST)]
    lab.end_print(lab.print_job(failed), what=Happened.FAILED)
    assert lab.act(Requeue(failed, front=False)).done
    assert page(lab) == [(failed, Standing.EARLIER), (his, Standing.FIRST)]


def test_a_job_that_is_moved_stays_there_over_a_restart(lab: Lab) -> None:
    hers, his, zoes = (lab.submit(who, f"{who}.gcode") for who in ("ines", "karim", "zoe"))
    assert lab.act(Move(zoes, before=hers)).done
    lab.restart_kiosk()
    moved = [(zoes, Standing.MOVED), (hers, Standing.EARLIER), (his, Standing.FIRST)]
    assert page(lab) == moved


def test_before_closing_a_short_job_passes_a_long_one_once(lab: Lab) -> None:
    lab.advance(hours=6)  # it is 16:00, and the lab closes at 18:00
    long = lab.submit("ines", "long.gcode", estimated_s=5 * HOUR)
    short = lab.submit("karim", "short.gcode", estimated_s=HOUR / 2)
    tiny = lab.submit("zoe", "tiny.gcode", estimated_s=HOUR / 4)
    lab.printer()
    assert lab.job(long).late
    assert (lab.job(long).place, lab.job(short).place) == (1, 2)
    assert why_not(lab, tiny) == [Hindrance.PLATE, Hindrance.TURN]
    lab.end_print(lab.print_job(short))
    lab.clear_plate()
    assert lab.bodies(JobStarting)[-1].overtook == (long,)
    assert why_not(lab, tiny) == [Hindrance.TURN], "the long one was passed once already"
    assert why_not(lab, long) == []


def test_a_long_job_may_begin_in_the_evening_although_a_short_one_could(lab: Lab) -> None:
    lab.advance(hours=6)
    long = lab.submit("ines", "long.gcode", estimated_s=5 * HOUR)
    lab.submit("karim", "short.gcode", estimated_s=HOUR / 2)
    lab.print_job(long)
    assert lab.job(long).state == "printing"


def test_the_page_says_when_each_job_should_begin_and_end(lab: Lab) -> None:
    lab.printer()
    lab.printer(machine="prusa")
    lab.clear_plate()
    first = lab.submit("ines", "a.gcode", wish="ender", estimated_s=2 * HOUR)
    then = lab.submit("karim", "b.gcode", wish="ender", estimated_s=HOUR)
    assert (lab.job(first).begins_at, lab.job(first).ends_at) == ("10 h 00", "12 h 00")
    assert (lab.job(then).begins_at, lab.job(then).ends_at) == ("12 h 10", "13 h 10")
    assert lab.bay().free_at == "13 h 10"
    assert lab.bay().next == (first, then)
    assert lab.bay("prusa").next == ()


def test_a_plate_that_is_not_clear_takes_its_time_in_the_forecast(lab: Lab) -> None:
    lab.printer()
    mug = lab.submit("ines", "a.gcode", wish="ender", estimated_s=HOUR)
    assert lab.job(mug).begins_at == "10 h 10"
    lab.clear_plate()
    assert lab.job(mug).begins_at == "10 h 00"


def test_another_colour_than_the_loaded_one_is_told(lab: Lab) -> None:
    lab.act(Load("ender", "PLA", "white"))
    mug = lab.submit(material="PLA", colour="red")
    assert Hindrance.COLOUR in why_not(lab, mug)


def test_each_printer_shows_what_should_come_there(lab: Lab) -> None:
    for machine in ("ender", "prusa"):
        lab.printer(machine=machine)
    jobs = [lab.submit(who, f"{who}.gcode", estimated_s=HOUR) for who in ("ines", "karim", "zoe")]
    shown = {machine: lab.bay(machine).next for machine in ("ender", "prusa")}
    assert {job for line in shown.values() for job in line} == set(jobs)
    assert shown["ender"] != shown["prusa"]


def page(lab: Lab) -> list[tuple[str, Standing | None]]:
    """What waits, as the tablet shows it."""
    waiting = [one for one in lab.view.queue.jobs if one.place is not None]
    assert [one.place for one in waiting] == list(range(1, len(waiting) + 1))
    return [(one.id, one.standing) for one in waiting]


def why_not(lab: Lab, job: str, machine: str = "ender") -> list[Hindrance]:
    return [one.why for one in lab.job(job).obstacles if one.machine == machine]
