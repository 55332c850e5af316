"""The thread that follows one OctoPrint: it polls, and listens to the push stream meanwhile.

Each poll tells a `PrinterSeen`, or one `Silence` with its reason, and another
when the reason changes; what the stream announces is told at once, and followed
by a poll. The stream may fail in any way without touching the polls: it is
opened again after a growing pause.

Two things look wrong and are right. A poll's answer is told only after the
events that led to it, for which a change is given `SETTLE_S`. And the waiting
is done on sockets, not by `Pace.wait`, so that a push ends it.
"""

from __future__ import annotations

import logging
import random
import select
import socket
import threading
import time
from typing import Any

from drivers import Pace, Tell
from drivers.octoprint import Options, wire
from drivers.octoprint.rest import ANSWER_S, Client, NotHeard
from drivers.octoprint.stream import Stream
from machines.facts import Back, Happened, PrinterSeen, PrintHappened, Silence
from machines.meter import Work
from machines.print_record import NO_PRINTER

log = logging.getLogger("octoprint")

#: Real seconds that a change seen by a poll waits for its event: the stream is some ms behind.
SETTLE_S = 0.1
#: Real seconds between two polls that events asked for: a flood must not become one of polls.
HINT_GAP_S = 0.1
#: Real seconds of rest after a fault of the driver itself.
AFTER_FAULT_S = 1.0
#: A nozzle this cold that is not being heated is asked about at every fifth poll only.
COLD_C, COLD_POLLS = 45.0, 5


class OctoPrintLink:
    """Follows one printer. `key` is the API key; it goes into one header, and nowhere else."""

    def __init__(self, machine: str, options: Options, key: str, tell: Tell, pace: Pace) -> None:
        self._machine = machine
        self._options = options
        self._tell = tell
        self._pace = pace
        self._client = Client(options.url.rstrip("/"), key)
        self._stream = Stream(options.url.rstrip("/"), self._client) if options.push else None
        self._stall = wire.Stall()
        self._print: tuple[str, str] = ("", "")
        self._why = ""  #: it is silent
        self._polls = 0
        self._heat: dict[str, Any] | None = None
        self._asked_at = 0.0
        self._born = (time.monotonic(), pace.now())
        self._stopped = threading.Event()
        self._wake, self._woken = socket.socketpair()
        self._thread = threading.Thread(target=self._run, name=f"octoprint {machine}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        if self._stopped.is_set():
            return
        self._stopped.set()
        if self._thread.is_alive():
            self._wake.send(b"!")
            self._thread.join(ANSWER_S)
        if not self._thread.is_alive():  # else an answer still drips: the thread ends with it
            self._close()

    def _run(self) -> None:
        share = random.random()  # of the first interval, so that twenty printers take turns
        while not self._stopped.is_set():
            due = self._pace.now() + share * self._options.poll_s
            share = 1.0
            try:
                self._poll()
                self._listen(due)
            except Exception:  # a fault of ours, or of whoever is told: it must not end the thread
                log.exception("%s: the printer's thread goes on after", self._machine)
                self._stopped.wait(AFTER_FAULT_S)

    def _close(self) -> None:
        if self._stream:
            self._stream.close()
        self._client.close()
        self._wake.close()
        self._woken.close()

    # -- polling ----------------------------------------------------------------------------

    def _poll(self) -> None:
        self._asked_at = time.monotonic()
        try:
            seen = self._ask()
            if _print_of(seen) != self._print and self._settle():
                seen = self._ask()  # the first answer may be older than what was just told
        except NotHeard as why:
            self._lost(str(why))
            return
        self._print = _print_of(seen)
        self._stall, seen = self._stall.judge(seen)
        if self._why:
            self._why = ""
            self._tell(Back(self._machine))
        self._tell(seen)

    def _ask(self) -> PrinterSeen:
        """Raises NotHeard."""
        status, body = self._client.get("/api/job")
        if status != 200:
            raise NotHeard(_refusal(status))
        job = wire.decode(body)
        if job is None or not wire.text(job.get("state")):
            raise NotHeard("starting, or no OctoPrint: its answer is not what /api/job gives")
        seen = wire.printer_seen(self._machine, job, self._heat)
        if seen.state.startswith(NO_PRINTER):
            self._heat = None
        elif self._polls % COLD_POLLS == 0 or not _is_cold(seen):
            self._heat = self._ask_heat()
        self._polls += 1
        return wire.printer_seen(self._machine, job, self._heat)

    def _ask_heat(self) -> dict[str, Any] | None:
        """Without it a print is counted all the same."""
        try:
            status, body = self._client.get("/api/printer?exclude=sd")
        except NotHeard:
            return None
        return wire.decode(body) if status == 200 else None

    def _lost(self, why: str) -> None:
        if self._stream:
            self._stream.close()
        self._stall = wire.Stall()
        if why != self._why and not self._stopped.is_set():
            self._tell(Silence(self._machine, why))
        self._why = why

    # -- the push stream --------------------------------------------------------------------

    def _listen(self, due: float) -> None:
        """Until `due` (field seconds), or until an event asks for a poll."""
        if self._stream and not self._why:
            self._stream.open_if_due()
        while not self._stopped.is_set():
            left_s = due - self._pace.now()
            if left_s <= 0:
                return
            if self._is_heard(self._real_s(left_s)) and self._hear():
                self._stopped.wait(max(0.0, self._asked_at + HINT_GAP_S - time.monotonic()))
                return

    def _settle(self) -> bool:
        """Let the events of a change come first; whether any came."""
        until, asks = time.monotonic() + SETTLE_S, False
        if self._stream and self._stream.is_open:
            while (left_s := until - time.monotonic()) > 0 and self._is_heard(left_s):
                asks |= self._hear()
        return asks

    def _is_heard(self, real_s: float) -> bool:
        """Whether the stream has something within `real_s`; False as well when stopped."""
        ears: list[Any] = [self._woken]
        if self._stream and self._stream.is_open:
            ears.append(self._stream.socket)
        ready, _, _ = select.select(ears, (), (), real_s)
        return bool(ready) and self._woken not in ready

    def _hear(self) -> bool:
        """Tell what the stream has; whether any of it asks for a poll."""
        assert self._stream is not None
        heard = [wire.pushed(self._machine, frame) for frame in self._stream.frames()]
        facts = [pushed.fact for pushed in heard if pushed.fact is not None]
        for fact in sorted(facts, key=_is_disconnection):
            self._tell(fact)
        if any(pushed.log_in for pushed in heard):
            self._stream.log_in()
        return any(pushed.ask for pushed in heard)

    def _real_s(self, field_s: float) -> float:
        """The field is never slower than real time; how much faster is what it was so far."""
        real, field = self._born
        speed = (self._pace.now() - field) / max(time.monotonic() - real, 1e-6)
        return field_s / max(1.0, speed)


def _print_of(seen: PrinterSeen) -> tuple[str, str]:
    return seen.state, seen.job.path if seen.job else ""


def _is_disconnection(fact: PrintHappened) -> bool:
    """`Disconnected` mostly comes just before the `PrintFailed` that says more: tell it last."""
    return fact.what is Happened.DISCONNECTED


def _is_cold(seen: PrinterSeen) -> bool:
    nozzle_c, target_c = seen.nozzle_c, seen.nozzle_target_c
    resting = seen.work is Work.RESTING
    return resting and nozzle_c is not None and nozzle_c < COLD_C and not target_c


def _refusal(status: int) -> str:
    if status == 403:  # OctoPrint never says 401
        return "refuses the API key (403): check the key file and the key's permissions"
    return f"answers {status} to /api/job"
