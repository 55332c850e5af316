"""GRBL 1.1h as far as a laser's port shows it: bytes and time in, bytes out.

Pure, and held to the recordings of the unmodified firmware. What it leaves out:
acceleration, arcs (error:20), homing (error:5), and most settings, which it
takes and forgets.
Source: gnea/grbl, doc/markdown/interface.md and commands.md; grbl/report.c.
"""

from __future__ import annotations

import re
from collections import deque

from drivers.grbl import gcode
from drivers.grbl.gcode import Refused
from drivers.grbl.motion import PLANNER, Motion

VERSION = "Grbl 1.1h ['$' for help]"
#: Bytes that a sender may have under way: the ring of 128 holds one less.
WINDOW = 127
RAPID_MM_MIN = 6000.0

_UNLOCK = "[MSG:'$H'|'$X' to unlock]"
#: What waits until all that is planned is done: a spindle's word, a dwell.
_SYNCS = re.compile(r"M[345]\b|M[345][A-Z]|G0?4[^0-9]")


class Firmware:
    """One controller. `receive` bytes, `pass_time`, `take` what it sent meanwhile."""

    def __init__(self) -> None:
        self.lost = 0  #: bytes that came while the ring was full, as on the real chip
        self.laser_mode = True
        self._out = bytearray()
        self._rx: deque[int] = deque()
        self._motion = Motion()
        self._buffer_in_reports = False
        self._alarmed = self._deaf = self._ended_check = False
        self._begin()

    @property
    def state(self) -> str:
        if self._alarmed:
            return "Alarm"
        if self._motion.halted:
            return self._motion.halted_as
        if self._check:
            return "Check"
        if (block := self._motion.now) is None or block.dwell:
            return "Idle"
        return "Jog" if block.jog else "Run"

    @property
    def power(self) -> float:
        """S as it is now: what the laser's PWM follows."""
        return self._motion.power

    def take(self) -> bytes:
        out = bytes(self._out)
        self._out.clear()
        return out

    # -- what happens to the board

    def press_reset(self) -> None:
        """The chip starts anew, as when a port's DTR falls: no alarm, position lost."""
        self._motion.position = (0.0, 0.0)
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
            seconds -= self._motion.step(seconds)
            self._read_lines()

    def _begin(self, banner: bool = True) -> None:
        self._rx.clear()
        self._line = ""
        self._pending: str | None = None
        self._motion.drop()
        self._check = False
        self._rapid, self._feed, self._spindle, self._s = True, 0.0, 5, 0.0
        self._absolute = True
        self._overrides_in = self._offset_in = 0
        if banner:
            self._say("")
            self._say(VERSION)

    # -- real-time keys

    def _key(self, byte: int) -> None:
        if byte == 0x3F:
            self._report()
        elif self._alarmed:
            return
        elif byte == 0x21:
            self._motion.hold("Hold")
        elif byte == 0x84:
            self._say("[MSG:Check Door]")
            self._motion.hold("Door")
        elif byte == 0x7E and self._motion.halted in ("Hold", "Door"):
            self._resume()
        elif byte == 0x85:
            self._motion.cancel_jog()

    def _resume(self) -> None:
        if self._motion.halted == "Hold" and self.laser_mode and self._spindle != 5:
            self._say("[MSG:Restoring spindle]")
        self._motion.resume(self._standing_power())

    def _soft_reset(self) -> None:
        moving = self._motion.moves
        locked = moving or self._alarmed or self._motion.halted == "Sleep"
        if moving:
            self._say("ALARM:3")
        self._alarmed, self._deaf = locked, False
        self._begin()
        if locked:
            self._say(_UNLOCK)

    # -- reports

    def _report(self) -> None:
        if self._deaf:
            return
        state, block = self.state, self._motion.now
        moving = state in ("Run", "Jog", "Hold:1", "Door:2")
        feed = block.feed if moving and block else 0.0
        x, y = self._motion.position
        fields = [state, f"MPos:{x:.3f},{y:.3f},0.000"]
        if self._buffer_in_reports:
            free = PLANNER - self._motion.planned
            fields.append(f"Bf:{free},{WINDOW + 1 - len(self._rx)}")
        fields.append(f"FS:{feed:.0f},{self.power:.0f}")
        self._say(f"<{'|'.join(fields + self._now_and_then(state != 'Idle'))}>")

    def _now_and_then(self, busy: bool) -> list[str]:
        """The work offset in every 10th or 30th report, the overrides after it (report.c)."""
        if self._offset_in > 0:
            self._offset_in -= 1
            return self._overrides(busy)
        self._offset_in = 29 if busy else 9
        self._overrides_in = self._overrides_in or 1
        return [*self._overrides(busy), "WCO:0.000,0.000,0.000"]

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
        if self._deaf or self._motion.halted == "Sleep":
            return True
        if line.startswith("$") and not line.startswith("$J"):
            return False
        if self._motion.planned and _SYNCS.search(line.upper()):
            return True
        return self._motion.planned >= PLANNER or self._motion.dwells

    def _answer(self, line: str) -> None:
        try:
            text = gcode.strip(line)
            if text.startswith("$"):
                self._command(text)
            elif text and self._alarmed:
                raise Refused(9)
            elif text:
                self._run(gcode.read(text))
        except Refused as refused:
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
            self._motion.sleep()
        elif text == "$I":
            self._say("[VER:1.1h.20190830:]")
            self._say("[OPT:V,15,128]")
        elif text == "$H":
            raise Refused(5)
        elif text.startswith("$J="):
            self._jog(gcode.read(text[3:]))
        elif setting := re.fullmatch(r"\$(\d+)=(-?[\d.]+)", text):
            self._set(int(setting[1]), float(setting[2]))
        else:
            raise Refused(3)

    def _after_ok(self) -> None:
        if self._motion.halted == "Sleep":
            self._say("[MSG:Sleeping]")
        if self._ended_check:
            self._ended_check = False
            self._begin()

    def _set(self, number: int, value: float) -> None:
        if value < 0:
            raise Refused(4)
        if number == 32:
            self.laser_mode = bool(value)
        elif number == 10:
            self._buffer_in_reports = bool(int(value) & 2)

    def _jog(self, words: gcode.Words) -> None:
        if "F" not in words.values:
            raise Refused(22)
        to = self._target(words.values, relative=91 in words.g)
        self._motion.go(to, words.values["F"], 0.0, jog=True)

    def _run(self, words: gcode.Words) -> None:
        rapid = 0 in words.g or (self._rapid and 1 not in words.g)
        feed = words.values.get("F", self._feed)
        if words.moves and not rapid and feed == 0:
            raise Refused(22)
        self._take_up(words, rapid, feed)
        if self._check:
            return
        if 4 in words.g:
            self._motion.dwell(words.values.get("P", 0.0))
        elif words.moves:
            dark = self._spindle == 5 or (rapid and self.laser_mode)
            self._motion.go(
                self._target(words.values, relative=not self._absolute),
                RAPID_MM_MIN if rapid else feed,
                0.0 if dark else self._s,
                fades=self.laser_mode and self._spindle == 4,
            )

    def _take_up(self, words: gcode.Words, rapid: bool, feed: float) -> None:
        """The modal state that a line leaves."""
        self._rapid, self._feed = rapid, feed
        self._s = words.values.get("S", self._s)
        if 90 in words.g or 91 in words.g:
            self._absolute = 90 in words.g
        for code in words.m:
            if code in (3, 4, 5):
                self._spindle = int(code)
                self._motion.power = 0.0 if self._check else self._standing_power()
            elif code in (2, 30):
                self._spindle, self._motion.power = 5, 0.0

    def _standing_power(self) -> float:
        """M3 burns at standstill; in laser mode not after G0. M4 never does in laser mode."""
        if self._spindle == 5:
            return 0.0
        if not self.laser_mode:
            return self._s
        return self._s if self._spindle == 3 and not self._rapid else 0.0

    def _target(self, values: dict[str, float], relative: bool) -> tuple[float, float]:
        x, y = self._motion.target
        from_x, from_y = (x, y) if relative else (0.0, 0.0)
        return (
            from_x + values["X"] if "X" in values else x,
            from_y + values["Y"] if "Y" in values else y,
        )

    def _say(self, line: str) -> None:
        self._out += line.encode() + b"\r\n"
