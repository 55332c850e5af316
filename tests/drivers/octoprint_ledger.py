"""A printer's record kept as the floor keeps it: facts stamped as they come, births handed back."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Self

from kiosk.clock import Clock
from machines import printing
from machines.facts import Fact, PrinterSeen
from machines.instants import SECOND
from machines.journal import PrintBegan, PrintEnded
from machines.print_look import look
from machines.print_record import BeginPrint, EndPrint, Printer, Rules, Step

#: Long enough for a loaded machine; a test that waits so long has failed.
DEADLINE_S = 30.0


class Ledger:
    """What a link tells, and the entries it leads to. `last` is the last sight."""

    def __init__(self, machine: str, clock: Clock, poll_s: float) -> None:
        self.printer = Printer(machine, Rules(poll_us=round(poll_s * SECOND)))
        self.facts: list[Fact] = []
        self.began: list[PrintBegan] = []
        self.ended: list[PrintEnded] = []
        self.last: PrinterSeen | None = None
        self._clock = clock
        self._more = threading.Condition()

    def __call__(self, fact: Fact) -> None:
        with self._more:
            self.facts.append(fact)
            if isinstance(fact, PrinterSeen):
                self.last = fact
            self._take(printing.see(self.printer, fact, self._clock.now()))
            self._more.notify_all()

    def _take(self, step: Step) -> None:
        self.printer, effects = step
        for effect in effects:
            match effect:
                case BeginPrint(number, entry, _):
                    self.began.append(entry)
                    self._take(printing.began(self.printer, number, f"birth {number}"))
                case EndPrint(entry, _):
                    self.ended.append(entry)

    def wait_for(self, wanted: Callable[[Self], bool]) -> None:
        until = time.monotonic() + DEADLINE_S
        with self._more:
            while not wanted(self):
                left_s = until - time.monotonic()
                assert left_s > 0, f"not so within {DEADLINE_S:g} s: {self.facts[-5:]}"
                self._more.wait(left_s)

    def wait_for_end(self, count: int = 1) -> PrintEnded:
        """The `count`th print's end."""
        self.wait_for(lambda ledger: len(ledger.ended) >= count)
        return self.ended[count - 1]

    def wait_for_look(self, state: str) -> None:
        """Until the screen would say so."""

        def says(ledger: Self) -> bool:
            looked = look(ledger.printer)
            return looked is not None and looked.state == state

        self.wait_for(says)
