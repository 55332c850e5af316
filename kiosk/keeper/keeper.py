"""The keeper's one thread: visitors speak, `drivers.relay.wire` decides, lines follow.

Decides nothing itself but who may speak: one kiosk at a time, and a new one
takes the place of one that is dead. Whatever ends `run`, every line is put at
rest on the way out.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Protocol

from drivers.relay import wire
from kiosk.keeper import protocol as say
from kiosk.keeper.door import Door, Visitor

log = logging.getLogger("relays")

#: At the least so often the lines are looked at, and the watchdog is told.
TURN_S = 1.0
#: A visitor who has not said who it is by then is sent away.
UNKNOWN_US = 2_000_000
#: Malformed lines of a kiosk that are answered, before it is sent away.
MALFORMED_AT_MOST = 20


class Lines(Protocol):
    """The output lines: `drivers.relay.link.Board`."""

    def energise(self, machine: str) -> None: ...

    def release(self, machine: str) -> None: ...


class Keeper:
    """Stands at the door from its first breath. `alive` is called at each turn, for a watchdog."""

    def __init__(
        self,
        rules: Mapping[str, wire.Rule],
        door: Door,
        alive: Callable[[], object] = lambda: None,
        now_us: Callable[[], int] = say.boot_us,
    ) -> None:
        self._lines: Lines
        self._door = door
        self._alive = alive
        self._now_us = now_us
        self._panel = wire.Panel.at_rest(rules, now_us())
        self._kiosk: Visitor | None = None
        self._malformed = 0
        self._stuck: set[str] = set()  #: lines that should be off, and could not be released
        self._stopping = False

    def stop(self) -> None:
        """Have `run` end. May be called from a signal handler or another thread."""
        self._stopping = True
        self._door.wake()

    def run(self, lines: Lines) -> None:
        """Keep `lines`, which rest, until `stop`; then put them all at rest, and tell the kiosk."""
        self._lines = lines
        log.info("%d lines at rest", len(self._panel.lines))
        try:
            while not self._stopping:
                self._turn()
        finally:
            self._apply(wire.PutOff(self._now_us()))
            self._door.flush()

    def _turn(self) -> None:
        """What was said comes before the time that passed: a late look drops nobody's line."""
        for visitor, line in self._door.heard(self._patience_s(), self._now_us()):
            try:
                self._hear(visitor, line)
            except Exception:
                log.exception("a visitor is parted with, since what it said failed here")
                self._door.part_with(visitor)
        self._apply(wire.Passed(self._now_us()))
        self._release_what_stuck()
        self._send_strays_away()
        self._door.flush()
        self._alive()

    def _patience_s(self) -> float:
        due = self._panel.due_us()
        left_s = TURN_S if due is None else (due - self._now_us()) / 1e6
        return max(0.0, min(TURN_S, left_s))

    # -- lines --------------------------------------------------------------------------------

    def _apply(self, event: wire.Event) -> str:
        """Carry out what the table decides. Why an order was refused, or nothing."""
        before = self._panel.lines
        self._panel, effects = wire.decide(self._panel, event)
        refused = ""
        for effect in effects:
            match effect:
                case wire.Energise(machine):
                    refused = self._energise(machine)
                case wire.Release(machine):
                    self._release(machine)
                case wire.Refuse(sentence):
                    refused = sentence
        self._tell_what_fell(before)
        return refused

    def _energise(self, machine: str) -> str:
        try:
            self._lines.energise(machine)
        except Exception as wrong:
            sentence = f"{machine}: the line could not be energised: {wrong}"
            log.error("%s", sentence)
            self._panel, _ = wire.decide(self._panel, wire.Failed(self._now_us(), machine))
            self._release(machine)
            return sentence
        self._stuck.discard(machine)
        return ""

    def _release(self, machine: str) -> None:
        """Tried again at every turn until it is done: the table has it off, the machine runs."""
        try:
            self._lines.release(machine)
        except Exception as wrong:
            log.critical("%s: the line could not be released: %s", machine, wrong)
            self._stuck.add(machine)
        else:
            self._stuck.discard(machine)

    def _release_what_stuck(self) -> None:
        stuck = tuple(self._stuck)
        for machine in stuck:
            self._release(machine)
        freed = tuple(self._report(machine) for machine in stuck if machine not in self._stuck)
        if freed and self._kiosk:
            self._door.answer(self._kiosk, say.Lines(freed))

    def _tell_what_fell(self, before: Mapping[str, wire.Line]) -> None:
        fell = tuple(
            self._report(machine)
            for machine, line in self._panel.lines.items()
            if line is not before[machine] and self._report(machine).dropped
        )
        for report in fell:
            log.warning("%s: off (%s)", report.machine, report.why)
        if fell and self._kiosk:
            self._door.answer(self._kiosk, say.Lines(fell))

    def _report(self, machine: str) -> say.LineReport:
        match self._panel.lines[machine]:
            case wire.Off(why, at_us) if machine not in self._stuck:
                ago_s = max(0, self._now_us() - at_us) / 1e6
                return say.LineReport(machine, False, why, ago_s)
        return say.LineReport(machine, True)

    def _all_lines(self) -> say.Lines:
        return say.Lines(tuple(self._report(machine) for machine in self._panel.lines))

    # -- visitors -----------------------------------------------------------------------------

    def _hear(self, visitor: Visitor, line: bytes) -> None:
        try:
            message = say.decode_asked(line)
        except say.ProtocolError as wrong:
            self._shrug(visitor, f"not a message: {wrong}")
            return
        match message:
            case say.Hello(v=v) | say.Show(v=v) | say.PutOff(v=v) if v != say.VERSION:
                sentence = f"version {v}: this keeper speaks version {say.VERSION}; update both"
                self._door.send_away(visitor, sentence)
            case say.Show():
                self._door.answer(visitor, self._all_lines())
            case say.PutOff():
                log.warning("everything is put off by hand")
                self._apply(wire.PutOff(self._now_us()))
                self._door.answer(visitor, self._all_lines())
            case say.Hello():
                self._admit(visitor)
            case _ if visitor is not self._kiosk:
                self._door.send_away(visitor, "a kiosk begins with hello")
            case say.Beat(at_us=at_us):
                self._apply(wire.Beat(self._now_us(), at_us))
                self._door.answer(visitor, message)
            case say.Order():
                self._obey(visitor, message)

    def _shrug(self, visitor: Visitor, sentence: str) -> None:
        """A kiosk may say something odd now and then, a stranger may not."""
        self._malformed += visitor is self._kiosk
        if visitor is not self._kiosk or self._malformed > MALFORMED_AT_MOST:
            self._door.send_away(visitor, sentence)
        else:
            self._door.answer(visitor, say.No(sentence))

    def _admit(self, visitor: Visitor) -> None:
        """A kiosk has come. One that is dead, or that says hello again, makes room."""
        before = self._kiosk
        if before in self._door.visitors and before is not visitor:
            if self._lives(before):
                self._door.send_away(visitor, "a kiosk is connected, and its heart beats")
                return
            log.warning("a kiosk whose heart does not beat is replaced")
            self._door.part_with(before)
        self._kiosk, self._malformed = visitor, 0
        self._door.answer(visitor, self._all_lines())

    def _lives(self, kiosk: Visitor) -> bool:
        newest_us = max(self._panel.beat_us or 0, kiosk.came_us)
        return self._now_us() - newest_us < wire.LIVE_US

    def _obey(self, visitor: Visitor, order: say.Order) -> None:
        event = wire.Order(self._now_us(), order.machine, order.on, order.until_us)
        error = self._apply(event)
        if error:
            log.warning("an order was not carried out: %s", error)
        known = order.machine in self._panel.lines
        line = self._report(order.machine) if known else None
        self._door.answer(visitor, say.Done(order.id, error, line))

    def _send_strays_away(self) -> None:
        now_us = self._now_us()
        for visitor in list(self._door.visitors):
            if visitor is not self._kiosk and now_us - visitor.came_us > UNKNOWN_US:
                self._door.send_away(visitor, "no hello came")
