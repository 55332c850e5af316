"""In any history of taps, printer states, lost answers and restarts: what the queue never does."""

from __future__ import annotations

import tempfile
from collections import Counter
from itertools import count
from pathlib import Path

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

from config.site import Driver, Machine, Sort
from kiosk.floor.acts import Collect, Requeue, StartJob, Withdraw
from machines.jobs import Job, Over, Printing, Starting, Waiting
from machines.journal import PrintBegan, PrintEnded, Result
from tests.floor.workshop import FATES, Workshop
from tests.lab import Lab

PRINTERS = ("ender", "mini")
SLUGS = st.sampled_from(PRINTERS)
STARTS = ("restart_kiosk", "kill_kiosk", "cut_power")
#: What becomes of the file and of the order to print it, for a start that is not left to chance.
STARTED = ((), ("lost",), ("done",), *(("done", fate) for fate in FATES))


def printer(slug: str) -> Machine:
    driver = Driver("octoprint", None)
    return Machine(slug, slug, "3d-printer", Sort.WATCHED, outlives=True, driver=driver)


class Printshop(RuleBasedStateMachine):
    """Members bring, animators clear and start, answers are lost, prints fail, power is cut."""

    @initialize()
    def open(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self.lab = Lab(Path(self._folder.name), tuple(map(printer, PRINTERS)))
        self.shop = Workshop(self.lab, PRINTERS)
        self.brought: set[str] = set()
        self.gone: set[str] = set()
        self.again: Counter[str] = Counter()
        self.taps = count()
        for owner in ("ines", "karim"):
            self.bring(owner)

    def teardown(self) -> None:
        if hasattr(self, "lab"):
            self.shop.settle()
            self.every_job_came_to_something()
            self.lab.close()
            self._folder.cleanup()

    # -- what people do -----------------------------------------------------------------------

    @precondition(lambda self: len(self.jobs) < 4)
    @rule(owner=st.sampled_from(["ines", "karim"]))
    def bring(self, owner: str) -> None:
        self.brought.add(self.lab.submit(owner, f"{len(self.brought)}.gcode", by="noe"))

    @rule(slug=SLUGS)
    def clear(self, slug: str) -> None:
        """Somebody looks at the plate, and it is empty from then on."""
        real = self.shop.printers[slug]
        if not real.printing and self.lab.clear_plate(slug).done:
            real.clear(self.lab.clock.wall_us)

    @rule(
        slugs=st.permutations(PRINTERS),
        clear=st.booleans(),
        meanwhile=st.sampled_from([None, None, None, None, "vanish", "foreign", "restart", "wait"]),
        fates=st.sampled_from(STARTED),
        ends=st.sampled_from([None, None, True, False]),
        again=st.booleans(),
    )
    def start(self, slugs, clear, meanwhile, fates, ends, again) -> None:
        """Whatever may start does, at one printer or both, once or twice; so many commands meet
        their fate, and what began may end before anybody looks."""
        for slug in slugs:
            if clear:
                self.make_ready(slug)
        self.happen(meanwhile, slugs[0])
        for _ in range(1 + again):
            self.tap_start(slugs)
            for slug in slugs:
                for fate in fates:
                    self.shop.deliver(fate, slug)
                    self.shop.listen()
            if ends is not None:
                self.end(slugs[0], ends)

    def make_ready(self, slug: str) -> None:
        """Switched on, asked nothing any more, its print over, seen, and its plate cleared."""
        self.shop.printers[slug].answers = True
        self.shop.see(slug)
        self.shop.listen()
        while self.shop.owes(slug):
            self.shop.deliver("done", slug)
            self.shop.listen()
        self.end(slug, True)
        self.shop.see(slug)
        self.clear(slug)

    def happen(self, what: str | None, slug: str) -> None:
        match what:
            case "vanish":
                self.vanish(slug, stays=False)
            case "foreign":
                self.foreign(slug)
                self.end(slug, True)
            case "restart":
                self.restart("kill_kiosk")
            case "wait":
                self.wait(2000)

    def tap_start(self, slugs: list[str]) -> None:
        for slug in slugs:
            self.shop.see(slug)
        for job in self.lab.view.queue.jobs:
            for slug in slugs:
                self.lab.floor.desk.act(StartJob(job.id, slug), f"{next(self.taps):08}", "m-noe")
        self.lab.settle()
        self.shop.listen()

    @precondition(lambda self: self.of(Over))
    @rule(data=st.data(), front=st.booleans())
    def requeue(self, data: st.DataObject, front: bool) -> None:
        job = data.draw(st.sampled_from(self.of(Over)))
        if self.lab.act(Requeue(job, front)).done:
            self.again[job] += 1

    @precondition(lambda self: self.jobs)
    @rule(data=st.data(), how=st.sampled_from([Withdraw, Collect]))
    def take_out(self, data: st.DataObject, how: type[Withdraw | Collect]) -> None:
        job = data.draw(st.sampled_from(sorted(self.jobs)))
        if self.lab.act(how(job)).done:
            self.gone.add(job)

    # -- what printers do ---------------------------------------------------------------------

    @precondition(lambda self: self.shop.under_way)
    @rule(fate=st.sampled_from(("done", *FATES)))
    def deliver(self, fate: str) -> None:
        self.shop.deliver(fate)
        self.shop.listen()

    @precondition(lambda self: any(p.late for p in self.shop.printers.values()))
    @rule(data=st.data())
    def arrive(self, data: st.DataObject) -> None:
        late = [slug for slug, real in self.shop.printers.items() if real.late]
        self.shop.arrive(data.draw(st.sampled_from(late)))

    @rule(slug=SLUGS)
    def see(self, slug: str) -> None:
        self.shop.see(slug)
        self.shop.listen()

    @rule(slug=SLUGS, well=st.booleans())
    def end(self, slug: str, well: bool) -> None:
        real = self.shop.printers[slug]
        if real.printing:
            real.end(well, self.lab.clock.wall_us)

    @rule(slug=SLUGS)
    def foreign(self, slug: str) -> None:
        self.shop.foreign(slug)

    @rule(slug=SLUGS, stays=st.booleans())
    def vanish(self, slug: str, stays: bool) -> None:
        """Out of sight: who knows what is put on its plate."""
        real = self.shop.printers[slug]
        real.answers = False
        real.fill()
        self.shop.see(slug)
        real.answers = not stays

    @rule(how=st.sampled_from(STARTS))
    def restart(self, how: str) -> None:
        """The kiosk is gone and back: what was not yet told is never told."""
        self.shop.listen()
        self.shop.under_way = [one for one in self.shop.under_way if one[0] == "remove"]
        for real in self.shop.printers.values():
            real.fill()
        getattr(self.lab, how)()
        self.shop.listen()

    @rule(seconds=st.sampled_from([1, 20, 40, 700, 4000]))
    def wait(self, seconds: int) -> None:
        for _ in range(4):
            self.lab.advance(seconds / 4)
            for slug in PRINTERS:
                self.shop.see(slug)
        self.shop.listen()

    # -- what always holds --------------------------------------------------------------------

    @invariant()
    def no_job_is_lost(self) -> None:
        if hasattr(self, "lab"):
            assert set(self.jobs) == self.brought - self.gone

    @invariant()
    def no_job_is_printed_twice_unless_somebody_asked(self) -> None:
        if not hasattr(self, "lab"):
            return
        nonces = {job.rpartition("-")[2][:8]: job for job in self.brought}
        begun = Counter(
            nonces[path.split("-")[1]]
            for real in self.shop.printers.values()
            for path in real.begun
            if path.startswith("fablab-")
        )
        for job, times in begun.items():
            assert times <= 1 + self.again[job], "it was really printed twice"

    @invariant()
    def one_start_is_under_way_at_a_printer(self) -> None:
        if hasattr(self, "lab"):
            at = Counter(
                j.state.machine for j in self.jobs.values() if isinstance(j.state, Starting)
            )
            assert all(times == 1 for times in at.values())

    def every_job_came_to_something(self) -> None:
        """Once all is answered and at rest: nothing starts or prints, and what was printed is not
        in the queue as if it never had been."""
        prints = Counter(body.job for body in self.lab.bodies(PrintBegan) if body.job)
        lost = sum(body.result is Result.LOST for body in self.lab.bodies(PrintEnded))
        for name, times in prints.items():
            assert times <= 1 + self.again[name] + lost, "it was written down twice"
        assert not self.lab.floor.queue.bays.any, "a start never came to anything"
        really = {path for real in self.shop.printers.values() for path in real.begun}
        for job in self.jobs.values():
            assert not isinstance(job.state, Starting | Printing), job.state
            if isinstance(job.state, Waiting) and not self.again[job.id]:
                assert not really & {tried.path for tried in job.tried}, "it was printed"

    @property
    def jobs(self) -> dict[str, Job]:
        return dict(self.lab.floor.writing.carried.jobs.jobs)

    def of(self, state: type) -> list[str]:
        return sorted(job.id for job in self.jobs.values() if isinstance(job.state, state))


@pytest.mark.slow
def test_in_any_history_no_job_is_printed_twice_none_is_lost_and_none_starts_on_a_full_plate() -> (
    None
):
    run_state_machine_as_test(
        Printshop, settings=settings(max_examples=30, stateful_step_count=30, deadline=None)
    )
