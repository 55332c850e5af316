"""Whatever happens at a printer, in whatever order: what a start there never does."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from machines.facts import Agreed, Printed, Refused, Unanswered
from machines.instants import SECOND, Instant, WallQuality
from machines.job_entries import NotStarted
from machines.journal import Result
from machines.plate import GOOD_FOR_US, Gate
from machines.plate import Ended as PrintEnded
from machines.starting import (
    Attempt,
    Bay,
    Began,
    Cleared,
    Ended,
    Event,
    Found,
    Idle,
    Lost,
    Moving,
    Noted,
    NotNoted,
    NotSettled,
    Passed,
    Refuse,
    Remembered,
    Replied,
    Rested,
    SendOrder,
    Settled,
    Settling,
    Upload,
    Wanted,
    history_key,
    left_unsure,
    order_key,
    upload_key,
)
from machines.starting_table import decide

START = Instant(1, 0, 1_800_000_000 * SECOND, WallQuality.NTP)
ANSWERS = st.sampled_from([Agreed(), Agreed(), Refused(NotStarted.BUSY), Unanswered()])
WHATS = st.sampled_from(
    ["want", "want", "clear", "clear", "noted", "noted", "not noted", "moving", "uploaded",
     "uploaded", "ordered", "history", "no history", "ours", "theirs", "ended", "rested", "rested",
     "offline", "lost", "passed", "settled", "not settled", "restart"]
)  # fmt: skip
STEPS = st.lists(
    st.tuples(WHATS, ANSWERS, st.sampled_from([1, 20, 40, 700, 2000]), st.booleans()), max_size=60
)


class Bench:
    """One printer of the pure table, and what a person who watches it would know."""

    def __init__(self) -> None:
        self.at = START
        self.bay = Bay(Gate())
        self.number = 0
        self.word: Instant | None = None  #: since when the plate is said to be clear
        self.uploads: list[Attempt] = []
        self.orders: list[Attempt] = []
        self.ends: list[Attempt] = []

    def step(self, what: str, answer, seconds: int, yes: bool) -> None:
        us = seconds * SECOND
        self.at = replace(self.at, boot_us=self.at.boot_us + us, wall_us=self.at.wall_us + us)
        if what == "restart":
            self.word = None
            attempt, self.bay = self.bay.attempt, Bay(Gate())
            if attempt is not None:
                self.bay = left_unsure(self.bay, attempt, self.at)
            return
        event = self.event(what, answer, yes)
        if event is not None:
            self.see(event)

    def event(self, what: str, answer, yes: bool) -> Event | None:
        attempt = self.bay.attempt or Attempt("j", 0, "none", "")
        match what:
            case "want" if isinstance(self.bay.start, Idle):
                self.number += 1
                return Wanted(Attempt("j", self.number, f"{self.number}.gcode", "f"))
            case "uploaded":
                return Replied(self.at, upload_key(attempt), answer)
            case "ordered":
                return Replied(self.at, order_key(attempt), answer)
            case "history":
                ours = Printed(attempt.path, self.at.wall_us, 60.0) if yes else None
                return Remembered(self.at, history_key(attempt), ours)
            case "no history":
                return Replied(self.at, history_key(attempt), Unanswered())
            case "ended":
                return Ended(PrintEnded(Result.DONE if yes else Result.LOST))
            case "rested" | "offline":
                return Rested(self.at, what == "rested")
        plain: dict[str, Event] = {
            "clear": Cleared(self.at),
            "noted": Noted(self.at),
            "not noted": NotNoted(),
            "moving": Moving(self.at, 0.5),
            "ours": Began(self.at, True),
            "theirs": Began(self.at, False),
            "lost": Lost(self.at),
            "passed": Passed(self.at),
            "settled": Settled(),
            "not settled": NotSettled(self.at),
        }
        return plain.get(what)

    def see(self, event: Event) -> None:
        if isinstance(event, Cleared):
            self.word = self.at
        if isinstance(event, Began | Ended | Lost) or event == Rested(self.at, connected=False):
            self.word = None
        self.bay, effects = decide(self.bay, event)
        for effect in effects:
            match effect:
                case Upload(attempt):
                    self.uploads.append(attempt)
                case SendOrder(attempt):
                    assert self.word is not None, "nobody said since that the plate is clear"
                    assert self.at.since(self.word) < GOOD_FOR_US
                    self.word = None
                    self.orders.append(attempt)
                case Refuse(attempt) | Found(attempt):
                    assert isinstance(self.bay.start, Settling)
                    self.ends.append(attempt)


@given(STEPS)
def test_an_order_is_sent_once_after_its_file_and_on_a_plate_that_somebody_cleared(steps) -> None:
    bench = Bench()
    for step in steps:
        bench.step(*step)
    assert len(set(bench.orders)) == len(bench.orders), "it was sent twice"
    assert set(bench.orders) <= set(bench.uploads)
    assert len(set(bench.uploads)) == len(bench.uploads)


@given(STEPS)
def test_whatever_happened_a_printer_that_answers_ends_every_start(steps) -> None:
    """Seen at rest, its history told, its entry on disk: the next job may start."""
    bench = Bench()
    for step in steps:
        bench.step(*step)
    for _ in range(3):
        for what in ("noted", "uploaded", "ordered", "rested", "rested", "history", "settled"):
            bench.step(what, Agreed(), 40, False)
    assert bench.bay.start == Idle()
