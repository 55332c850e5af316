"""GRBL 1.1h as far as a laser's port shows it: bytes and time in, bytes out.

Pure, and held to the recordings of the unmodified firmware. What it leaves out:
acceleration, arcs (error:20), homing (error:5), and most settings, which it
takes and forgets.
Source: gnea/grbl, doc/markdown/interface.md and commands.md; grbl/report.c.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass

VERSION = "Grbl 1.1h ['$' for help]"
#: Bytes that a sender may have under way: the ring of 128 holds one less.
WINDOW = 127
PLANNER = 15
LONGEST_LINE = 80
RAPID_MM_MIN = 6000.0
#: Seconds from a hold to the standstill.
BRAKE_S = 0.1

_WORD = re.compile(r"([A-Z])(-?(?:\d+\.?\d*|\.\d+))?")
_UNLOCK = "[MSG:'$H'|'$X' to unlock]"
_KNOWN_G = {0, 1, 4, 17, 20, 21, 53, 54, 90, 91, 94}
_KNOWN_M = {0, 2, 3, 4, 5, 7, 8, 9, 30}


class _Refused(Exception):
    """`error:N`."""


@dataclass(slots=True)
class _Block:
    """A stretch of motion in the planner. A dwell has no length."""

    start: tuple[float, float]
    end: tuple[float, float]
    feed: float
    power: float
    lasts_s: float
    left_s: float
    jog: bool = False
    dwell: bool = False


class Firmware:
    """One controller. `receive` bytes, `pass_time`, `take` what it sent meanwhile."""

    def __init__(self) -> None:
        self._out = bytearray()
        self._rx: deque[int] = deque()
        self.lost = 0  #: bytes that came while the ring was full, as on the real chip
        self.laser_mode = True
        self._buffer_in_reports = False
        self.position = (0.0, 0.0)
        self._alarmed = self._deaf = self._ended_check = False
        self._line = ""
        self._pending: str | None = None
        self._planned: deque[_Block] = deque()
        self._halt = ""
        self._braking_s = 0.0
        self._check = False
        self._motion, self._feed, self._spindle, self._s = 0, 0.0, 5, 0.0
        self._absolute = True
        self._power = 0.0
        self._begin()

    @property
    def state(self) -> str:
        if self._alarmed:
            return "Alarm"
        if self._halt:
            return self._halted_as()
        if self._check:
            return "Check"
        if not self._planned or self._planned[0].dwell:
            return "Idle"
        return "Jog" if self._planned[0].jog else "Run"

    @property
    def power(self) -> float:
        """S as it is now: what the laser's PWM follows."""
        return self._power

    def take(self) -> bytes:
        out = bytes(self._out)
        self._out.clear()
        return out

    # -- what happens to the board

    def press_reset(self) -> None:
        """The chip starts anew, as when a port's DTR falls: no alarm, position lost."""
        self.position = (0.0, 0.0)
        self._alarmed = self._deaf = False
        self._begin()

    def hit_limit(self) -> None:
        """A hard limit: everything off, and deaf until 0x18."""
        self._begin(banner=False)
        self._alarmed = self._deaf = True
        self._say("ALARM:1")

    def receive(self, data: bytes) -> None:
        for byte in data:
            if byte == 0x18:
                self._soft_reset()
            elif byte in b"?!~" or byte >= 0x80:
                self._key(byte)
            elif len(self._rx) < WINDOW:
                self._rx.append(byte)
            else:
                self.lost += 1
        self._read_lines()

    def pass_time(self, seconds: float) -> None:
        while seconds > 0:
            step = self._step(seconds)
            seconds -= step
            self._read_lines()

    def _step(self, most_s: float) -> float:
        """Up to the next change of anything. Returns the seconds that passed."""
        if self._halt:
            step = min(most_s, self._braking_s) if self._braking_s > 0 else most_s
            self._braking_s = max(0.0, self._braking_s - step)
            if self._braking_s == 0:
                self._power = 0.0
            return step
        if not self._planned:
            return most_s
        block = self._planned[0]
        if not block.dwell:
            self._power = block.power
        step = min(most_s, block.left_s)
        block.left_s -= step
        self._move(block)
        if block.left_s <= 1e-9:
            self._planned.popleft()
            if not self._planned and self.laser_mode and self._spindle == 4:
                self._power = 0.0
        return step

    def _move(self, block: _Block) -> None:
        part = 1 - block.left_s / block.lasts_s if block.lasts_s else 1.0
        (x0, y0), (x1, y1) = block.start, block.end
        self.position = x0 + part * (x1 - x0), y0 + part * (y1 - y0)

    # -- real-time keys

    def _key(self, byte: int) -> None:
        if byte == 0x3F:
            self._report()
        elif self._alarmed:
            return
        elif byte == 0x21:
            self._stop("Hold")
        elif byte == 0x84:
            self._say("[MSG:Check Door]")
            self._stop("Door")
        elif byte == 0x7E and self._halt in ("Hold", "Door"):
            self._resume()
        elif byte == 0x85 and self._planned and self._planned[0].jog:
            self._planned.clear()

    def _stop(self, kind: str) -> None:
        moving = bool(self._planned) and not self._halt
        self._halt = kind
        self._braking_s = BRAKE_S if moving else 0.0
        if not moving:
            self._power = 0.0

    def _resume(self) -> None:
        if self._halt == "Hold" and self.laser_mode and self._spindle != 5:
            self._say("[MSG:Restoring spindle]")
        self._halt = ""
        self._power = self._idle_power()

    def _halted_as(self) -> str:
        if self._halt == "Sleep":
            return "Sleep"
        braking = {"Hold": 1, "Door": 2}[self._halt]
        return f"{self._halt}:{braking if self._braking_s > 0 else 0}"

    def _soft_reset(self) -> None:
        moving = bool(self._planned) and (not self._halt or self._braking_s > 0)
        locked = moving or self._alarmed or self._halt == "Sleep"
        if moving:
            self._say("ALARM:3")
        self._alarmed, self._deaf = locked, False
        self._begin()
        if locked:
            self._say(_UNLOCK)

    def _begin(self, banner: bool = True) -> None:
        self._rx.clear()
        self._line = ""
        self._pending = None
        self._planned.clear()
        self._halt = ""
        self._braking_s = 0.0
        self._check = False
        self._motion, self._feed, self._spindle, self._s = 0, 0.0, 5, 0.0
        self._absolute = True
        self._power = 0.0
        self._overrides_in = self._offset_in = 0
        self._target = self.position
        if banner:
            self._say("")
            self._say(VERSION)

    # -- reports

    def _report(self) -> None:
        if self._deaf:
            return
        state = self.state
        moving = state in ("Run", "Jog", "Hold:1", "Door:2")
        feed = self._planned[0].feed if moving and self._planned else 0.0
        x, y = self.position
        fields = [state, f"MPos:{x:.3f},{y:.3f},0.000"]
        if self._buffer_in_reports:
            fields.append(f"Bf:{PLANNER - len(self._planned)},{WINDOW + 1 - len(self._rx)}")
        fields.append(f"FS:{feed:.0f},{self._power:.0f}")
        self._say(f"<{'|'.join(fields + self._now_and_then(state != 'Idle'))}>")

    def _now_and_then(self, busy: bool) -> list[str]:
        """The work offset in every 10th or 30th report, the overrides after it (report.c)."""
        if self._offset_in > 0:
            self._offset_in -= 1
        else:
            self._offset_in = 29 if busy else 9
            self._overrides_in = self._overrides_in or 1
            return [*self._overrides(busy), "WCO:0.000,0.000,0.000"]
        return self._overrides(busy)

    def _overrides(self, busy: bool) -> list[str]:
        if self._overrides_in > 0:
            self._overrides_in -= 1
            return []
        self._overrides_in = 19 if busy else 9
        accessory = {3: ["A:S"], 4: ["A:C"]}.get(self._spindle, [])
        return ["Ov:100,100,100", *accessory]

    # -- lines

    def _read_lines(self) -> None:
        """Until a line has to wait: for a free place in the planner, or for it to be empty."""
        while True:
            if self._pending is not None:
                if self._must_wait(self._pending):
                    return
                line, self._pending = self._pending, None
                self._answer(line)
            elif not self._rx:
                return
            elif (char := chr(self._rx.popleft())) in "\r\n":
                self._pending, self._line = self._line, ""
            else:
                self._line += char

    def _must_wait(self, line: str) -> bool:
        if self._deaf or self._halt == "Sleep":
            return True
        waits_for_all = re.search(r"M[345]\b|M[345][A-Z]|G0?4[^0-9]|^\$(?!J)", line.upper())
        if waits_for_all and self._planned:
            return not line.startswith("$")
        return len(self._planned) >= PLANNER or any(block.dwell for block in self._planned)

    def _answer(self, line: str) -> None:
        try:
            if len(line) >= LONGEST_LINE:
                raise _Refused(11)
            text = re.sub(r"\([^)]*\)?|;.*|\s", "", line).upper()
            if text.startswith("$"):
                self._command(text)
            elif text and self._alarmed:
                raise _Refused(9)
            elif text:
                self._block(text)
        except _Refused as refused:
            self._say(f"error:{refused}")
        else:
            self._say("ok")
            self._after_ok()

    def _command(self, text: str) -> None:
        if text == "$X":
            if self._alarmed:
                self._say("[MSG:Caution: Unlocked]")
            self._alarmed = False
        elif text == "$C":
            self._say("[MSG:Disabled]" if self._check else "[MSG:Enabled]")
            self._ended_check, self._check = self._check, not self._check
        elif text == "$SLP":
            self._halt, self._power = "Sleep", 0.0
        elif text == "$I":
            self._say("[VER:1.1h.20190830:]")
            self._say("[OPT:V,15,128]")
        elif text == "$H":
            raise _Refused(5)
        elif text.startswith("$J="):
            self._jog(text[3:])
        elif setting := re.fullmatch(r"\$(\d+)=(-?[\d.]+)", text):
            self._set(int(setting[1]), float(setting[2]))
        else:
            raise _Refused(3)

    def _after_ok(self) -> None:
        if self._halt == "Sleep":
            self._say("[MSG:Sleeping]")
        if self._ended_check:
            self._ended_check = False
            self._begin()

    def _set(self, number: int, value: float) -> None:
        if value < 0:
            raise _Refused(4)
        if number == 32:
            self.laser_mode = bool(value)
        elif number == 10:
            self._buffer_in_reports = bool(int(value) & 2)

    def _jog(self, text: str) -> None:
        words = dict(_words(text))
        if "F" not in words:
            raise _Refused(22)
        self._plan(words, 91 in _numbers(text, "G"), words["F"], 0.0, jog=True)

    def _block(self, text: str) -> None:
        words = _words(text)
        codes_g, codes_m = _numbers(text, "G"), _numbers(text, "M")
        if not set(codes_g) <= _KNOWN_G or not set(codes_m) <= _KNOWN_M:
            raise _Refused(20)
        if sum(code in (0, 1, 4) for code in codes_g) > 1:
            raise _Refused(24)
        others = [letter for letter, _ in words if letter not in "GM"]
        if len(others) != len(set(others)):
            raise _Refused(25)
        values = dict(words)
        if values.get("S", 0) < 0 or values.get("F", 0) < 0:
            raise _Refused(4)
        if values.get("T", 0) > 255:
            raise _Refused(38)
        motion = next((int(code) for code in codes_g if code in (0, 1)), self._motion)
        feed = values.get("F", self._feed)
        moves = any(axis in values for axis in "XYZ")
        if moves and motion == 1 and feed == 0:
            raise _Refused(22)
        self._take_up(values, codes_g, codes_m, motion, feed)
        if self._check:
            return
        if 4 in codes_g:
            self._dwell(values.get("P", 0.0))
        elif moves:
            rapid = motion == 0
            power = 0.0 if self._spindle == 5 or (rapid and self.laser_mode) else self._s
            self._plan(values, not self._absolute, RAPID_MM_MIN if rapid else feed, power)

    def _take_up(
        self,
        values: dict[str, float],
        codes_g: list[float],
        codes_m: list[float],
        motion: int,
        feed: float,
    ) -> None:
        """The modal state that a block leaves."""
        self._motion, self._feed = motion, feed
        self._s = values.get("S", self._s)
        if 90 in codes_g or 91 in codes_g:
            self._absolute = 90 in codes_g
        for code in codes_m:
            if code in (3, 4, 5):
                self._spindle = int(code)
                self._power = 0.0 if self._check else self._idle_power()
            elif code in (2, 30):
                self._spindle, self._power = 5, 0.0

    def _idle_power(self) -> float:
        """M3 burns at standstill; in laser mode not after G0. M4 never does in laser mode."""
        if self._spindle == 5:
            return 0.0
        if not self.laser_mode:
            return self._s
        return self._s if self._spindle == 3 and self._motion == 1 else 0.0

    def _dwell(self, seconds: float) -> None:
        here = self._target
        self._planned.append(_Block(here, here, 0.0, 0.0, seconds, seconds, dwell=True))

    def _plan(
        self, words: dict[str, float], relative: bool, feed: float, power: float, jog: bool = False
    ) -> None:
        start = self._target if self._planned else self.position
        base = start if relative else (0.0, 0.0)
        x = base[0] + words["X"] if "X" in words else start[0]
        y = base[1] + words["Y"] if "Y" in words else start[1]
        length = ((x - start[0]) ** 2 + (y - start[1]) ** 2) ** 0.5
        seconds = length / feed * 60
        self._planned.append(_Block(start, (x, y), feed, power, seconds, seconds, jog))
        self._target = (x, y)

    def _say(self, line: str) -> None:
        self._out += line.encode() + b"\r\n"


def _words(text: str) -> list[tuple[str, float]]:
    """`G1X20` as letters and numbers. Raises `_Refused` 1 (no letter) or 2 (no number)."""
    words, at = [], 0
    while at < len(text):
        found = _WORD.match(text, at)
        if not found:
            raise _Refused(1)
        if found[2] is None:
            raise _Refused(2)
        words.append((found[1], float(found[2])))
        at = found.end()
    return words


def _numbers(text: str, letter: str) -> list[float]:
    return [number for found, number in _words(text) if found == letter]
