"""What passes on a GRBL port: the controller's lines, and the keys among the sender's bytes.

A status report says what the laser does. Beam on is the second number of `FS:`
above 0, in any state: `Idle` with the beam on is real (M3 without M5). `A:`
stands in one report of twenty, and is never read.
Source: gnea/grbl, doc/markdown/interface.md, "Real-time Status Reports".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from machines.meter import Work

#: Bytes kept while a line end is awaited: a report is under 100, `$N0=` lines under 90.
LONGEST = 256

ASK, HOLD, RESUME, RESET = b"?", b"!", b"~", b"\x18"

#: Picked out of the stream wherever they stand, and no part of any line.
REALTIME = ASK + HOLD + RESUME + RESET + bytes(range(0x80, 0x100))

_REPORT = re.compile(r"<([A-Za-z]+)(?::(\d))?((?:\|[^|<>]*)+)>")
_POWER = re.compile(r"FS:-?[0-9.]+,([0-9]+(?:\.[0-9]+)?)(?:,[0-9.]+)?")
_BANNER = re.compile(r"(Grbl ?\S+) .*\[")
_CODE = re.compile(r"(error|ALARM):(\d{1,3})")

#: Whether the job goes on in a state. Jogging and homing move without a job, a
#: check moves nothing. In Alarm and Sleep, GRBL has dropped the job and refuses
#: to move: that is rest. A state that is not here does not say.
_JOB = {
    "Run": Work.WORKING,
    "Hold": Work.PAUSED,
    "Door": Work.PAUSED,
    "Idle": Work.RESTING,
    "Jog": Work.RESTING,
    "Home": Work.RESTING,
    "Check": Work.RESTING,
    "Alarm": Work.RESTING,
    "Sleep": Work.RESTING,
}
_STANDSTILL = _JOB.keys() - {"Run", "Jog", "Home"}


@dataclass(frozen=True, slots=True)
class Report:
    """`<Hold:0|…|FS:600,300>`. `power` is S as it is now; None where the report does not say."""

    state: str
    sub: int | None = None
    power: float | None = None

    @property
    def beam(self) -> Work:
        if self.power is None:
            return Work.UNKNOWN
        return Work.WORKING if self.power > 0 else Work.RESTING

    @property
    def job(self) -> Work:
        return _JOB.get(self.state, Work.UNKNOWN)

    @property
    def stands(self) -> bool:
        """Nothing moves, so that a beam burns into one spot."""
        return self.state in _STANDSTILL

    @property
    def braked(self) -> bool:
        """A hold that has come to a standstill: a reset now loses no position."""
        return self.state == "Hold" and self.sub == 0


@dataclass(frozen=True, slots=True)
class Banner:
    """The controller has begun anew: power, reset key, 0x18, or the port was opened."""

    version: str


@dataclass(frozen=True, slots=True)
class Alarm:
    code: str


@dataclass(frozen=True, slots=True)
class Answered:
    """`ok` or `error:N`, one for each line. `error` is empty for ok."""

    error: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """`[MSG:…]`."""

    message: str


Heard = Report | Banner | Alarm | Answered | Said


def hear(line: str) -> Heard | None:
    """What one whole line says; None for settings, echoes, empty and torn lines.

    >>> hear("<Idle|MPos:5.000,0.000,0.000|FS:0,300>").beam
    <Work.WORKING: 'working'>
    """
    if line == "ok":
        return Answered()
    if code := _CODE.fullmatch(line):
        return (Answered if code[1] == "error" else Alarm)(code[2])
    if line.startswith("[MSG:"):
        return Said(line[5:].removesuffix("]"))
    if banner := _BANNER.match(line):
        return Banner(banner[1])
    # A report torn by a reset stands before the next one, on the same line.
    if report := _REPORT.fullmatch(line[max(0, line.rfind("<")) :]):
        return _report(report)
    return None


def _report(found: re.Match[str]) -> Report:
    powers = [power for field in found[3].split("|") if (power := _POWER.fullmatch(field))]
    sub = int(found[2]) if found[2] else None
    return Report(found[1], sub, float(powers[0][1]) if len(powers) == 1 else None)


class Decoder:
    """The controller's bytes, in any pieces. Keeps one unfinished line, up to `LONGEST`."""

    def __init__(self) -> None:
        self._kept = bytearray()

    def feed(self, data: bytes) -> tuple[Heard, ...]:
        """What the lines that these bytes finished say. The same at any cut of them."""
        *ends, rest = data.split(b"\n")
        heard = []
        for end in ends:
            self._keep(end)
            if len(self._kept) <= LONGEST and (said := hear(_text(self._kept))):
                heard.append(said)
            self._kept.clear()
        self._keep(rest)
        return tuple(heard)

    def _keep(self, part: bytes) -> None:
        """One byte more than the longest line is enough to know that it was none."""
        self._kept += part[: LONGEST + 1 - len(self._kept)]


class Keys:
    """The real-time keys that a sender's bytes held: watched, never changed."""

    def __init__(self) -> None:
        self.asks = self.resets = 0
        self.mid_line = False  #: the last line is not finished

    def feed(self, data: bytes) -> None:
        self.asks += data.count(ASK)
        self.resets += data.count(RESET)
        _, ended, rest = data.replace(b"\r", b"\n").replace(RESET, b"\n").rpartition(b"\n")
        begun = bool(rest.translate(None, REALTIME))
        self.mid_line = begun or (self.mid_line and not ended)


def _text(line: bytearray) -> str:
    return line.decode("ascii", "replace").rstrip("\r")
