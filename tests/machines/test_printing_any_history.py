"""Whatever is seen of a printer, in whatever order: what its record never does."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from hypothesis import given
from hypothesis import strategies as st

from machines import printing
from machines.facts import Back, Fact, Happened, JobSeen, PrinterSeen, PrintHappened, Silence
from machines.instants import SECOND, Instant, WallQuality
from machines.journal import PrintEnded
from machines.meter import Work
from machines.print_checkpoint import checkpoint, resume
from machines.print_record import BeginPrint, EndPrint, Printer, Rules, Step

RULES = Rules()
IDLE = Printer("prusa", RULES)
START = Instant(1, 1_000 * SECOND, 1_800_000_000 * SECOND, WallQuality.NTP)
STATES = {
    "Printing": Work.WORKING,
    "Finishing": Work.WORKING,
    "Paused": Work.PAUSED,
    "Cancelling": Work.PAUSED,
    "Operational": Work.RESTING,
    "Offline": Work.UNKNOWN,
    "Error": Work.UNKNOWN,
    "Something new": Work.UNKNOWN,
}
PATHS = st.sampled_from(["cube.gcode", "vase.gcode", ""])
SECONDS = st.none() | st.integers(0, 900).map(float)


@st.composite
def sights(draw: st.DrawFn) -> PrinterSeen:
    state = draw(st.sampled_from(sorted(STATES)))
    path = draw(PATHS)
    job = JobSeen(
        path,
        path,
        elapsed_s=draw(SECONDS),
        progress=draw(st.none() | st.sampled_from([0.0, 0.5, 1.0])),
        filament_mm=draw(st.none() | st.just(1000.0)),
    )
    stalled = draw(st.booleans()) and state == "Printing"
    work = Work.UNKNOWN if stalled else STATES[state]
    return PrinterSeen("prusa", work, state, job if path else None, draw(SECONDS))


EVENTS = st.builds(PrintHappened, st.just("prusa"), st.sampled_from(Happened), PATHS, SECONDS)
FACTS: st.SearchStrategy[Fact] = st.one_of(
    sights(), EVENTS, st.just(Silence("prusa", "off")), st.just(Back("prusa"))
)
#: A step: seconds that pass, and what comes then: a fact, a look at the clock, the
#: disk being done, the kiosk restarting, or the Pi rebooting.
PASS = st.sampled_from([0.0, 0.5, 1.0, 3.0, 3.0, 3.0, 9.0, 9.1, 60.0, 700.0])
STEPS = st.lists(
    st.tuples(PASS, FACTS | st.sampled_from(["wait", "disk", "restart", "reboot"])), max_size=40
)


@dataclass
class History:
    """The record, and beside it what could at most have been counted as use."""

    at: Instant = START
    printer: Printer = IDLE
    owed: list[int] = field(default_factory=list)
    begun: list[int] = field(default_factory=list)
    ended: list[PrintEnded] = field(default_factory=list)
    lives: int = 0
    told: bool = False  #: the last word was that it works
    believable_us: int = 0

    def go(self, steps: list[tuple[float, Fact | str]], times: int = 1) -> History:
        for seconds, what in steps:
            self._pass(seconds)
            for _ in range(times if not isinstance(what, str) else 1):
                self._step(what)
        return self

    def _pass(self, seconds: float) -> None:
        us = round(seconds * SECOND)
        if self.told and us <= RULES.gap_us:
            self.believable_us += us
        self.at = replace(self.at, boot_us=self.at.boot_us + us, wall_us=self.at.wall_us + us)

    def _step(self, what: Fact | str) -> None:
        match what:
            case "wait":
                self._take(printing.wait(self.printer, self.at))
            case "disk":
                self._write()
            case "restart" | "reboot":
                self._restart(reboot=what == "reboot")
            case str():
                raise AssertionError(what)
            case _:
                self._take(printing.see(self.printer, what, self.at, None))
                self._listen(what)

    def _listen(self, fact: Fact) -> None:
        match fact:
            case PrinterSeen():
                self.told = fact.work is Work.WORKING
            case PrintHappened(what=Happened.STARTED | Happened.RESUMED):
                self.told = True
            case Silence():
                self.told = False

    def _take(self, step: Step) -> None:
        self.printer, effects = step
        for effect in effects:
            match effect:
                case BeginPrint(number, _, _):
                    self.begun.append(number)
                    self.owed.append(number)
                case EndPrint(entry, _):
                    self.ended.append(entry)

    def _write(self) -> None:
        owed, self.owed = self.owed, []
        for number in owed:
            birth = f"{self.lives}-{number}"
            self._take(printing.began(self.printer, number, birth))

    def _restart(self, reboot: bool) -> None:
        self._write()
        row = checkpoint(self.printer)
        if reboot:
            later = self.at.wall_us + 30 * SECOND
            self.at = Instant(self.at.boot_no + 1, SECOND, later, WallQuality.RTC)
        self.lives += 1
        self.told = False
        self.printer = IDLE
        if row is not None:
            self.printer = resume("prusa", RULES, row, self.at)


@given(STEPS)
def test_in_any_history_a_begun_print_ends_at_most_once_and_one_at_most_is_open(steps):
    history = History().go(steps)
    history._step("disk")
    births = [entry.print for entry in history.ended]
    assert len(set(births)) == len(births)
    assert "" not in births
    under_way = 1 if history.printer.open else 0
    assert len(history.begun) == len(history.ended) + under_way


@given(STEPS)
def test_in_any_history_used_paused_and_unseen_are_the_whole_print(steps):
    for entry in History().go(steps).ended:
        parts = (entry.used_us, entry.paused_us, entry.unseen_us)
        assert min(parts) >= 0
        if entry.began.boot_no == entry.ended.boot_no:
            assert sum(parts) == entry.ended.since(entry.began)


@given(STEPS)
def test_in_any_history_nothing_is_counted_as_use_that_was_not_seen(steps):
    history = History().go(steps)
    under_way = history.printer.open
    used_us = sum(entry.used_us for entry in history.ended)
    used_us += under_way.meter.used_us if under_way else 0
    assert used_us <= history.believable_us


@given(STEPS)
def test_in_any_history_a_fact_told_twice_is_told_once(steps):
    once, twice = History().go(steps), History().go(steps, times=2)
    assert twice.ended == once.ended
    assert twice.begun == once.begun
