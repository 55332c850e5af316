"""The mains of a lab's printers: what its relays let through, and no more.

The keeper's lines are mock pins that write down each of their changes; here
they are read, and the printer behind a relay goes on and off with it.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path

from drivers.octoprint.fake_printer import FakePrinter
from drivers.relay.fake import lines_on

#: Real seconds between two looks: a relay seems to act at once.
EVERY_S = 0.1


class Mains:
    """From `start` to `stop`. `trace`: the keeper's, which need not be there yet.

    `printers`: those behind a relay, by machine; all are off at first.
    """

    def __init__(self, trace: Path, printers: Mapping[str, FakePrinter]) -> None:
        self._trace = trace
        self._printers = printers
        self._size = -1
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="mains", daemon=True)

    def start(self) -> None:
        for printer in self._printers.values():
            printer.switch(False)
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()

    def look(self) -> None:
        """Switch every printer as its relay is now."""
        size = self._trace.stat().st_size if self._trace.exists() else 0
        if size == self._size:
            return
        self._size = size
        on = lines_on(self._trace)
        for machine, printer in self._printers.items():
            printer.switch(machine in on)

    def _run(self) -> None:
        while not self._stopped.wait(EVERY_S):
            self.look()
