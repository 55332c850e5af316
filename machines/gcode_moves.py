"""How far the moves of a G-code file reach: boxes that hold them, found at some 200 MB/s.

Only a coordinate beyond the box so far is ever read: a pattern made from the box
finds those, since a file's moves nearly all stay inside. So a box is kept in whole
millimetres, outwards, and always holds the origin. Where positions are relative,
shifted (G92) or in inches, each move is read.

Left out: the bulge of an arc between its ends, moves by firmware macros, tool
offsets, and a second G command in one line.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

#: Further than any printer's bed: beyond it nothing is measured any more.
FARTHEST_MM = 2000
#: Changes between absolute and relative that are followed; timelapses make two a layer.
MODES_AT_MOST = 50_000
#: Bytes: firmwares take 96. Source: Marlin, Configuration_adv.h, MAX_CMD_SIZE.
LONGEST_MOVE = 256
INCH_MM = 25.4

_MOVE = re.compile(rb"\nG[0-3] ([^\n]*)")
_BEGINS = re.compile(rb"\nG[0-3] ")
_WORD = re.compile(rb"([XYZE]) ?([-+]?(?:\d+\.?\d*|\.\d+))")
_NUMBER = re.compile(rb" ?([-+]?(?:\d{1,9}\.?\d*|\.\d+))")
#: Filament is pushed, not drawn back.
_PUSHED = re.compile(rb"E ?\+?[\d.]")
_AXES = b"XYZ"


class Box:
    """Whole millimetres by axis, outwards, with the origin in it."""

    def __init__(self) -> None:
        self.low = [0, 0, 0]
        self.high = [0, 0, 0]

    def take(self, axis: int, mm: float) -> bool:
        """Whether it had to grow."""
        if self.low[axis] <= mm <= self.high[axis]:
            return False
        self.low[axis] = min(self.low[axis], math.floor(mm))
        self.high[axis] = max(self.high[axis], math.ceil(mm))
        return True


class Moves:
    """Fed with lines in order, each `\\nG1 X10 Y5.2 E.3` in capitals and without comments."""

    def __init__(self) -> None:
        self.any = False
        self.pushed = False  #: any filament
        self.followed = True
        self.reached = Box()
        self.printed = Box()  #: of moves that push filament; heights at which some is pushed
        self._relative = False
        self._scale = 1.0
        self._shift = [0.0, 0.0, 0.0]
        self._at = [0.0, 0.0, 0.0]
        self._modes = 0
        self._beyond = [_beyond(letter, 0, 0) for letter in _AXES]

    def walk(self, lines: bytes) -> None:
        """Moves up to the next change of mode; other lines between them do no harm."""
        if not self.followed:
            return
        self.any = self.any or _MOVE.search(lines) is not None
        self.pushed = self.pushed or _pushes(lines, 0, len(lines))
        if self._relative or self._scale != 1.0 or any(self._shift):
            self._each(lines)
        else:
            self._leaps(lines)

    def mode(self, word: str, line: bytes) -> None:
        """G20, G21, G28, G90, G91, G92: how the moves after it are meant."""
        self._modes += 1
        self.followed = self.followed and self._modes <= MODES_AT_MOST
        match word:
            case "G90" | "G91":
                self._relative = word == "G91"
            case "G20" | "G21":
                self._scale = INCH_MM if word == "G20" else 1.0
            case "G92":
                for letter, number in _WORD.findall(line, 3):
                    if letter != b"E":
                        axis = _AXES.index(letter)
                        self._shift[axis] = self._at[axis] - _mm(number) * self._scale
            case "G28":
                named = [axis for axis in range(3) if _AXES[axis] in line[3:]]
                for axis in named or range(3):
                    self._at[axis] = self._shift[axis] = 0.0

    # -- absolute, in millimetres: only what leaves the box is read -----------------------------

    def _leaps(self, lines: bytes) -> None:
        self._rise(self._at[2], lines, 0, 0)
        for axis in range(3):
            for mm, start, end, pushes in self._outside(lines, axis):
                self.reached.take(axis, mm)
                if axis == 2:
                    self._rise(mm, lines, start, end)
                elif pushes:
                    self._print(axis, mm)
            self._at[axis] = _last(lines, axis, self._at[axis])

    def _outside(self, lines: bytes, axis: int) -> Iterator[tuple[float, int, int, bool]]:
        """Coordinates of moves beyond what is printed so far: each with the start and end
        of its line, and whether filament is pushed there."""
        at = start = end = 0
        moves = pushes = False
        while found := self._beyond[axis].search(lines, at):
            if found.start() >= end:  # once a line
                start = lines.rfind(b"\n", 0, found.start())
                end = lines.find(b"\n", found.end())
                end = end if end >= 0 else len(lines)
                moves = _BEGINS.match(lines, start) is not None
                pushes = moves and _PUSHED.search(lines, start, end) is not None
                if moves and end - start > LONGEST_MOVE:
                    self.followed = False
                    return
            at = found.end() if moves else end
            number = _NUMBER.match(lines, found.start() + 1)
            if number and moves:
                yield _mm(number.group(1)), start, end, pushes

    def _rise(self, mm: float, lines: bytes, start: int, after: int) -> None:
        """A height counts where filament is pushed before the next one: no lift at the end."""
        if mm > self.printed.high[2] and _pushes(lines, start, _next_height(lines, after)):
            self._print(2, mm)

    # -- otherwise: each move -------------------------------------------------------------------

    def _each(self, lines: bytes) -> None:
        for move in _MOVE.finditer(lines):
            pushes = _PUSHED.search(move.group(1)) is not None
            for letter, number in _WORD.findall(move.group(1)):
                if letter != b"E":
                    self._step(_AXES.index(letter), _mm(number) * self._scale)
            for axis in range(3):
                self.reached.take(axis, self._at[axis])
                if pushes:
                    self._print(axis, self._at[axis])

    def _step(self, axis: int, mm: float) -> None:
        origin = self._at[axis] if self._relative else self._shift[axis]
        self._at[axis] = _bounded(origin + mm)

    def _print(self, axis: int, mm: float) -> None:
        if self.printed.take(axis, mm):
            low, high = self.printed.low[axis], self.printed.high[axis]
            self._beyond[axis] = _beyond(_AXES[axis], low, high)


def _pushes(lines: bytes, start: int, end: int) -> bool:
    return any(_PUSHED.search(move.group(1)) for move in _MOVE.finditer(lines, start, end))


def _next_height(lines: bytes, after: int) -> int:
    """Start of the next move with a Z; the end where there is none."""
    at = after
    while (at := lines.find(b"Z", at)) >= 0:
        start = lines.rfind(b"\n", 0, at)
        if _BEGINS.match(lines, start):
            return start
        at = lines.find(b"\n", at)
        if at < 0:
            break
    return len(lines)


def _last(lines: bytes, axis: int, otherwise: float) -> float:
    """Where the last of these moves leaves this axis."""
    at = len(lines)
    while (at := lines.rfind(_AXES[axis : axis + 1], 0, at)) >= 0:
        start = lines.rfind(b"\n", 0, at)
        moves = _BEGINS.match(lines, start) is not None
        number = _NUMBER.match(lines, at + 1)
        if moves and number:
            return _mm(number.group(1))
        at = at if moves else start + 1
    return otherwise


def _beyond(letter: int, low: int, high: int) -> re.Pattern[bytes]:
    """Finds coordinates outside low to high, and those in a spelling that it cannot judge.

    >>> x = _beyond(ord("X"), 0, 182)
    >>> [bool(x.search(line)) for line in (b"X182.00 Y", b"X182.01 Y", b"X93.5 Y", b"X-1 Y")]
    [False, True, False, True]
    """
    inside = f"{_up_to(high)}|-(?:{_up_to(-low)})"
    return re.compile(rf"{chr(letter)}(?!{inside})[-+ .\d]".encode())


def _up_to(most: int) -> str:
    """Decimal numbers from 0 to a whole one, as far as the blank or line end after them.

    What it does not know is taken for more, and read: a slow file, never a wrong one.
    """
    digits = str(most)
    found = [rf"\d{{1,{len(digits) - 1}}}"] if len(digits) > 1 else []
    for place, digit in enumerate(digits):
        least = 1 if place == 0 and len(digits) > 1 else 0
        if int(digit) > least:
            rest = len(digits) - place - 1
            found.append(rf"{digits[:place]}[{least}-{int(digit) - 1}]\d{{{rest}}}")
    below = rf"(?:{'|'.join(reversed(found))})[.\n ]|" if found else ""
    return rf"{below}{digits}(?:\.0*)?[\n ]"


def _mm(number: bytes) -> float:
    return _bounded(float(number))


def _bounded(mm: float) -> float:
    return max(-FARTHEST_MM, min(FARTHEST_MM, mm))
