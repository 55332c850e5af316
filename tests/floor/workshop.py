"""Printers as they really are, behind OctoPrints that lose answers: what the floor cannot see.

Each knows what stands on its plate and how often it began which file. A command waits
until it is delivered, and then meets its fate: it is done and answered, done and the
answer lost, not done and the answer lost, refused, or done some time after the floor
was told that nobody answered.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from machines.facts import (
    Agreed,
    Answer,
    Answered,
    Fact,
    Happened,
    HistoryTold,
    JobSeen,
    Printed,
    PrinterSeen,
    PrintHappened,
    Refused,
    Silence,
    Unanswered,
)
from machines.job_entries import NotStarted
from machines.meter import Work
from machines.plate import GOOD_FOR_US
from tests.lab import Lab

FATES = ("done", "answer lost", "lost", "refused", "late")
Command = tuple[str, ...]


@dataclass
class RealPrinter:
    slug: str
    answers: bool = True
    files: set[str] = field(default_factory=set)
    printing: str = ""
    selected: str = ""
    full: bool = False  #: something stands on its plate
    word_us: int | None = None  #: when somebody said that it is clear, and nothing happened since
    late: list[str] = field(default_factory=list)  #: orders that arrive when it pleases them
    begun: list[str] = field(default_factory=list)
    done: dict[str, int] = field(default_factory=dict)  #: path: its end, wall microseconds
    failed: dict[str, int] = field(default_factory=dict)

    def begin(self, path: str) -> bool:
        if self.printing or path not in self.files:
            return False
        self.printing = self.selected = path
        self.fill()
        self.begun.append(path)
        return True

    def clear(self, at_us: int) -> None:
        self.full, self.word_us = False, at_us

    def fill(self) -> None:
        """Something stands on the plate, or may: what was said of it is worth nothing."""
        self.full, self.word_us = True, None

    def end(self, well: bool, at_us: int) -> None:
        (self.done if well else self.failed)[self.printing] = at_us
        self.printing = ""

    def seen(self) -> Fact:
        if not self.answers:
            return Silence(self.slug, "no answer")
        if self.printing:
            job = JobSeen(self.printing, self.printing)
            return PrinterSeen(self.slug, Work.WORKING, "Printing", job)
        progress = 1.0 if self.selected in self.done else 0.5
        job = JobSeen(self.selected, self.selected, progress=progress) if self.selected else None
        return PrinterSeen(self.slug, Work.RESTING, "Operational", job)


class Workshop:
    """The printers of a lab, and what was said to them and not yet delivered."""

    def __init__(self, lab: Lab, slugs: tuple[str, ...]) -> None:
        self.lab = lab
        self.printers = {slug: RealPrinter(slug) for slug in slugs}
        self.orders: Counter[str] = Counter()
        self._read = 0
        self.under_way: list[Command] = []

    def listen(self) -> None:
        """Take in what the floor said since: an order to print finds an empty plate."""
        for command in self.lab.octoprints.told[self._read :]:
            if command[0] == "start":
                _, slug, _, path = command
                self.orders[path] += 1
                assert self.orders[path] == 1, "a start is never sent twice"
                self._is_clear(self.printers[slug])
            self.under_way.append(command)
        self._read = len(self.lab.octoprints.told)

    def _is_clear(self, printer: RealPrinter) -> None:
        assert not printer.full, "something stands on that plate"
        assert printer.word_us is not None, "nobody said since that it is clear"
        assert self.lab.clock.wall_us - printer.word_us < GOOD_FOR_US, "that was long ago"
        printer.word_us = None  # good for one start

    def deliver(self, fate: str, to: str = "") -> None:
        """The oldest command (to one printer) arrives, or does not; files to be taken away are."""
        mine = [one for one in self.under_way if to in ("", one[1])]
        while mine and mine[0][0] == "remove":
            self._take_away(mine.pop(0))
        if not mine:
            return
        what, slug, *rest = command = mine[0]
        self.under_way.remove(command)
        printer = self.printers[slug]
        if not printer.answers:
            self._tell(command, Refused(NotStarted.OFFLINE))
        elif what == "history":
            self._history(printer, rest[0], fate)
        elif fate == "refused":
            self._tell(command, Refused(NotStarted.REFUSED, "409"))
        elif fate == "lost":
            self._tell(command, Unanswered())
        elif fate == "late" and what == "start":
            printer.late.append(rest[1])
            self._tell(command, Unanswered())
        else:
            told = self._carry_out(printer, command)
            lost = fate == "answer lost" and told == Agreed()
            self._tell(command, Unanswered() if lost else told)

    def owes(self, slug: str) -> bool:
        """Whether something said to that printer has not arrived yet."""
        return any(command[1] == slug for command in self.under_way)

    def arrive(self, slug: str) -> None:
        """A late order arrives after all."""
        printer = self.printers[slug]
        printer.begin(printer.late.pop(0))

    def see(self, slug: str) -> None:
        self.lab.tell(self.printers[slug].seen())

    def foreign(self, slug: str) -> None:
        """Somebody prints a file of their own at OctoPrint itself, which tells at once."""
        printer = self.printers[slug]
        path = f"theirs-{len(printer.begun)}.gcode"
        printer.files.add(path)
        if printer.begin(path) and printer.answers:
            self.lab.tell(PrintHappened(slug, Happened.STARTED, path))

    def settle(self) -> None:
        """Everything answers, every print ends, and everything is seen."""
        for printer in self.printers.values():
            printer.answers = True
            printer.late.clear()
        for _ in range(14):
            self.listen()
            while self.under_way:
                self.deliver("done")
                self.listen()
            for slug, printer in self.printers.items():
                self.see(slug)
                if printer.printing:
                    printer.end(True, self.lab.clock.wall_us)
                    self.see(slug)
            self.lab.advance(20)

    def _take_away(self, command: Command) -> None:
        self.under_way.remove(command)
        _, slug, path = command
        if self.printers[slug].answers:
            self.printers[slug].files.discard(path)

    def _carry_out(self, printer: RealPrinter, command: Command) -> Answer:
        match command:
            case ("upload", _, _, _, path):
                printer.files.add(path)
            case ("start", _, _, path):
                if not printer.begin(path):
                    return Refused(NotStarted.BUSY)
        return Agreed()

    def _history(self, printer: RealPrinter, key: str, fate: str) -> None:
        """What OctoPrint says it printed: by then, a late order has come or never will."""
        if fate not in ("done", "late"):
            self.lab.tell(Answered(printer.slug, key, Unanswered()))
            return
        printer.late.clear()
        done = tuple(Printed(path, us, 600.0) for path, us in printer.done.items())
        failed = tuple(Printed(path, us, 0.0) for path, us in printer.failed.items())
        self.lab.tell(HistoryTold(printer.slug, key, done, failed))

    def _tell(self, command: Command, answer: Answer) -> None:
        self.lab.tell(Answered(command[1], command[2], answer))
