"""What each relay line does: the whole policy of the keeper, in one table.

Only `decide` moves a line, and only an order that is on time, from a kiosk
whose heart beats, energises one. Time and silence can only release. Times are
microseconds of CLOCK_BOOTTIME, which kiosk and keeper share.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum


class Why(StrEnum):
    """Why a line is off. All but `ASKED` happened without the kiosk's order."""

    STARTED = "started"  #: the keeper has just started
    ASKED = "asked"
    SILENCE = "silence"  #: the kiosk was silent for longer than this line waits
    HELD_LONG = "held-long"  #: held as long as it may be, and no kiosk came back
    STOPPED = "stopped"  #: everything was put off by hand, or the keeper was stopped
    FAULT = "fault"  #: the line could not be driven


#: A heart beats once a second; an order from one that did not for so long is nobody's.
LIVE_US = 3_000_000


@dataclass(frozen=True, slots=True)
class Rule:
    """How long a line stays on without a heartbeat, and why it then falls."""

    falls_after_us: int
    why: Why = Why.SILENCE


@dataclass(frozen=True, slots=True)
class Off:
    why: Why
    at_us: int


@dataclass(frozen=True, slots=True)
class On:
    at_us: int


Line = Off | On


@dataclass(frozen=True, slots=True)
class Panel:
    """All lines by machine, and the last heartbeat. No heartbeat yet: nothing can be on."""

    rules: Mapping[str, Rule]
    lines: Mapping[str, Line] = field(default_factory=dict)
    beat_us: int | None = None

    @classmethod
    def at_rest(cls, rules: Mapping[str, Rule], now_us: int) -> Panel:
        return cls(rules, {machine: Off(Why.STARTED, now_us) for machine in rules})

    def due_us(self) -> int | None:
        """When the next line falls if no heart beats until then."""
        falls = [
            (self.beat_us or 0) + self.rules[machine].falls_after_us
            for machine, line in self.lines.items()
            if isinstance(line, On)
        ]
        return min(falls, default=None)


@dataclass(frozen=True, slots=True)
class Beat:
    """A heartbeat, with the time at which the kiosk's heart beat: a late one is an old one."""

    now_us: int
    beat_us: int


@dataclass(frozen=True, slots=True)
class Order:
    """The kiosk wants a line on or off. An `on` that comes after `until_us` is too late."""

    now_us: int
    machine: str
    on: bool
    until_us: int = 0


@dataclass(frozen=True, slots=True)
class Passed:
    now_us: int


@dataclass(frozen=True, slots=True)
class PutOff:
    """Everything off, now: by hand, or since the keeper stops."""

    now_us: int


@dataclass(frozen=True, slots=True)
class Failed:
    """The line could not be driven; it counts as off, and is told so."""

    now_us: int
    machine: str


Event = Beat | Order | Passed | PutOff | Failed


@dataclass(frozen=True, slots=True)
class Energise:
    machine: str


@dataclass(frozen=True, slots=True)
class Release:
    machine: str


@dataclass(frozen=True, slots=True)
class Refuse:
    """The order is not carried out. `sentence` is for the log, in English."""

    sentence: str


Effect = Energise | Release | Refuse


def decide(panel: Panel, event: Event) -> tuple[Panel, tuple[Effect, ...]]:
    """The panel after `event`, and what is to be done to the lines, in order."""
    match event:
        case Beat(now_us, beat_us):
            newest = max(panel.beat_us or 0, min(beat_us, now_us))
            panel, effects = _fall(panel, newest, now_us)
            return replace(panel, beat_us=newest), effects
        case Passed(now_us):
            return _fall(panel, now_us, now_us)
        case PutOff(now_us):
            return _release(panel, tuple(panel.lines), Why.STOPPED, now_us)
        case Failed(now_us, machine):
            return _set(panel, machine, Off(Why.FAULT, now_us)), (Release(machine),)
        case Order(machine=machine) if machine not in panel.rules:
            return panel, (Refuse(f"{machine!r}: no such line; the site file has no relay for it"),)
        case Order(now_us, machine, on=False):
            return _set(panel, machine, Off(Why.ASKED, now_us)), (Release(machine),)
        case Order(now_us, machine):
            if refused := _refusal(panel, event):
                return panel, (Refuse(refused),)
            if not isinstance(panel.lines[machine], On):
                panel = _set(panel, machine, On(now_us))
            return panel, (Energise(machine),)


def _refusal(panel: Panel, order: Order) -> str:
    """Why a line is not energised, or nothing."""
    if order.now_us > order.until_us:
        return f"{order.machine}: the order came {order.now_us - order.until_us} µs too late"
    live_us = min(LIVE_US, panel.rules[order.machine].falls_after_us)
    if panel.beat_us is None or order.now_us - panel.beat_us >= live_us:
        return f"{order.machine}: no heartbeat of the kiosk came with the order"
    return ""


def _fall(panel: Panel, silent_until_us: int, now_us: int) -> tuple[Panel, tuple[Effect, ...]]:
    """Every line falls that is on, and waited long enough between the last beat and then.

    Judged between two beats as well: a silence counts even where nobody looked.
    """
    silence_us = silent_until_us - (panel.beat_us or 0)
    effects: tuple[Effect, ...] = ()
    for machine, line in panel.lines.items():
        if isinstance(line, On) and silence_us >= panel.rules[machine].falls_after_us:
            panel, more = _release(panel, (machine,), panel.rules[machine].why, now_us)
            effects += more
    return panel, effects


def _release(
    panel: Panel, machines: tuple[str, ...], why: Why, now_us: int
) -> tuple[Panel, tuple[Effect, ...]]:
    """Off, all of them. One that is off already keeps its reason, and is driven off again."""
    for machine in machines:
        if isinstance(panel.lines[machine], On):
            panel = _set(panel, machine, Off(why, now_us))
    return panel, tuple(Release(machine) for machine in machines)


def _set(panel: Panel, machine: str, line: Line) -> Panel:
    return replace(panel, lines={**panel.lines, machine: line})
