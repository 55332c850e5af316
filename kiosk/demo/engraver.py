"""A computer beside the laser: sends an engraving over the tap, as LightBurn does."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator

from drivers.grbl.sender import Sender

log = logging.getLogger("engraver")

SQUARES = 4
SIDE_MM, FEED_MM_MIN, POWER = 80, 600, 300
#: Field seconds between two questions, as in life, and real ones at the least.
ASK_EVERY_S, LEAST_S = 0.2, 0.05
#: Real seconds that an engraving may take: its four squares last two field minutes.
LONGEST_S = 600.0


class Engraver:
    """One computer. Each verb returns at once; a laser that refuses it is a line in the log.

    `speed` is the field's, which it keeps up with: a meter counts only what it sees often.
    """

    def __init__(self, tap: tuple[str, int], speed: float = 1.0) -> None:
        self._tap = tap
        self._poll_s = max(LEAST_S, ASK_EVERY_S / speed)
        self._sender: Sender | None = None

    def engrave(self) -> None:
        threading.Thread(target=self._run, name="engraver", daemon=True).start()

    def crash(self) -> None:
        """The computer is gone in mid-job: nothing is said, the connection just ends."""
        if sender := self._sender:
            sender.close()

    def _run(self) -> None:
        try:
            with Sender(self._tap, self._poll_s) as self._sender:
                self._sender.run(square_lines(), LONGEST_S)
                self._sender.finish(LONGEST_S)
        except (OSError, ValueError) as wrong:  # ValueError: closed under our hands
            log.info("not engraved: %s", wrong)
        finally:
            self._sender = None


def square_lines() -> Iterator[str]:
    """G-code of squares one inside the other. `M4`: the beam is on only while it moves."""
    yield from ("G21", "G90", "M4 S0")
    for square in range(SQUARES):
        near, far = square * 5, SIDE_MM - square * 5
        yield f"G0 X{near} Y{near}"
        for x, y in ((far, near), (far, far), (near, far), (near, near)):
            yield f"G1 X{x} Y{y} S{POWER} F{FEED_MM_MIN}"
    yield "M5"
