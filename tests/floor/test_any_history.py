"""A whole lab, whatever happens in it: no power without right, no hour twice, no end forgotten."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.relay.wire import Why
from kiosk.floor.view import Touch
from kiosk.keeper.protocol import LineReport
from machines.facts import PrinterSeen, Silence, WorkSeen
from machines.journal import (
    RunMeasured,
    SessionClosed,
    SessionOpened,
    SessionResumed,
    SessionSuspended,
    SessionVoided,
)
from machines.meter import Work
from machines.session import Held, Suspended
from tests.lab import Lab

MACHINES = ("laser", "saw", "prusa", "press", "vinyl")
SWITCHED = ("laser", "saw", "prusa")
METERS = {"laser": "beam", "vinyl": "run"}
STARTS = {"restart": Lab.restart_kiosk, "kill": Lab.kill_kiosk, "cut": Lab.cut_power}
WHATS = [
    *["tap"] * 5,
    *["leave"] * 3,
    "yes",
    "work",
    "rest",
    "lost",
    "drop",
    "fault",
    "mended",
    *STARTS,
    "pass",
]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(WHATS),
        st.sampled_from(["ines", "karim", "lea"]),
        st.sampled_from(MACHINES),
        st.sampled_from([1, 20, 400, 1200, 20_000]),
    ),
    max_size=30,
)


def step(lab: Lab, what: str, who: str, machine: str, seconds: int) -> None:
    match what:
        case "tap":
            lab.tap(who, machine)
        case "leave":
            if holder := lab.floor.posts[machine].machine.member:
                lab.tap(holder.removeprefix("m-"), machine)
                lab.touch(Touch.END)
        case "yes":
            lab.touch(Touch.END)
            lab.touch(Touch.TAKE_OVER)
        case "work" | "rest":
            see(lab, machine, Work.WORKING if what == "work" else Work.RESTING)
        case "lost" if machine in METERS or machine == "prusa":
            lab.tell(Silence(machine, "its cable is out"))
        case "drop" if lab.keeper.on.get(machine):
            lab.keeper.on[machine] = False
            lab.report_lines(LineReport(machine, False, Why.SILENCE, 0.5))
        case "fault":
            lab.set_condition(machine, "fault", note="fumée", dangerous=True)
            assert not lab.keeper.on.get(machine), "a dangerous fault leaves no power"
        case "mended":
            lab.set_condition(machine, "ok")
        case "restart" | "kill" | "cut":
            before, printer_on = len(lab.keeper.orders), lab.keeper.on.get("prusa")
            STARTS[what](lab)
            lab.report_lines()
            assert not any(on for _, on in lab.keeper.orders[before:]), "a start gives no power"
            if what != "cut":
                assert lab.keeper.on.get("prusa") == printer_on, "nor does it cut a print"
        case "pass":
            for _ in range(min(seconds, 40)):
                lab.advance(seconds / min(seconds, 40))


def see(lab: Lab, machine: str, work: Work) -> None:
    """Twice, some seconds apart, as devices say it."""
    for _ in range(2):
        if machine == "prusa":
            state = "Printing" if work is Work.WORKING else "Operational"
            lab.tell(PrinterSeen("prusa", work, state))
        elif machine in METERS:
            lab.tell(WorkSeen(machine, METERS[machine], work))
        lab.advance(5)


def check_power(lab: Lab) -> None:
    for slug in SWITCHED:
        post = lab.floor.posts[slug]
        if lab.keeper.on.get(slug):
            assert post.machine.powered, f"{slug} is on for nobody"
            assert not post.condition.dangerous, f"{slug} is on, and dangerous"
        if isinstance(post.machine.session, Held):
            assert lab.keeper.on.get(slug), f"{slug} is somebody's, and off"
        assert lab.taps.allowed.get("laser", False) in (False, bool(lab.keeper.on.get("laser")))


def check_sessions(lab: Lab) -> None:
    """The journal and the floor agree on what is open, and each session is told in order."""
    told = defaultdict(list)
    for entry in lab.entries():
        match entry.body:
            case SessionOpened():
                told[str(entry.birth)].append(entry)
            case SessionClosed() | SessionVoided() | SessionSuspended() | SessionResumed():
                told[entry.body.session].append(entry)
    ends = (SessionClosed, SessionVoided)
    for entries in told.values():
        first, *middle = [entry.body for entry in entries]
        assert isinstance(first, SessionOpened)
        assert not any(isinstance(body, ends) for body in middle[:-1]), "it ended twice"
        changes = [body for body in middle if isinstance(body, SessionSuspended | SessionResumed)]
        assert all(type(a) is not type(b) for a, b in pairwise(changes)), "told twice"
        end = entries[-1].body
        if isinstance(end, SessionClosed) and end.ended is not None:
            assert end.ended.wall_us >= entries[0].at.wall_us, "it ended before it began"
    still = {birth for birth, entries in told.items() if not isinstance(entries[-1].body, ends)}
    sessions = [post.machine.session for post in lab.floor.posts.values()]
    assert still == {s.session for s in sessions if isinstance(s, Held | Suspended)}


def check_runs(lab: Lab) -> None:
    """No time is in two runs of one meter, and none is made up."""
    runs = defaultdict(list)
    for run in lab.bodies(RunMeasured):
        runs[run.machine, run.meter].append(run)
        told_us = run.used_us + run.paused_us + run.unseen_us
        assert 0 <= told_us <= run.ended.since(run.began)
    for mine in runs.values():
        for one, following in pairwise(mine):
            assert following.began.since(one.ended) >= 0, "an hour is counted twice"


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_in_any_history_of_a_lab_power_sessions_and_hours_agree(steps) -> None:
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab(Path(folder))
        try:
            for one in steps:
                step(lab, *one)
                check_power(lab)
            check_sessions(lab)
            check_runs(lab)
        finally:
            lab.close()
