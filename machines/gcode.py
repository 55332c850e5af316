"""What a G-code file does: every line of it examined, at some 90 MB/s, in one pass.

`Examiner` is fed chunks of any size and gives `Facts`, which know no printer;
`machines.gcode_judge` says what they mean for one. Plain moves, which are nearly
all of a file, are passed over by patterns on bytes; every other line is read.
A command may be written `m0104`, `M 104`, `N12 M104*87`, or stand behind others in
one line: it is the same command. A line ends where OctoPrint ends it, at a lone
carriage return too, and begins behind whatever OctoPrint takes for blanks
(octoprint/util/comm.py, PrintingGcodeFileInformation and process_gcode_line).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from machines.gcode_codes import WITH_TEXT
from machines.gcode_heat import Heat
from machines.gcode_moves import Moves
from machines.job_entries import Needs
from machines.slicer import Sliced

#: Bytes, without the comment; the longest of real files are Klipper's outlines of objects.
LONGEST_LINE = 16 * 1024
#: Different commands that are kept: a real file has some forty.
CODES_AT_MOST = 300
#: Commands that are no plain moves: 200 MB as slicers write them have some 200,000
#: (tests/bench/gcode.py). Each is read by itself, at 1 MB/s: a file of nothing else would keep
#: a Pi busy for a quarter of an hour.
OTHERS_AT_MOST = 4_000_000
#: Of a line that a finding shows.
SHOWN = 80

_COMMENT = re.compile(rb";[^\n]*")
#: Lines that are no plain move.
_OTHER = re.compile(rb"\n(?!G[0-3] [XYZEFIJR]|\n)([^\n]+)")
#: A move that is written otherwise than slicers do, or a bare one.
_ODD = re.compile(rb"[ \t]*(?:N *\d+[ \t]*)?G *0*[0-3](?![\d.])")
_LEAD = re.compile(rb"\n[ \t]*(?:N *\d+[ \t]*)?")
_PLAIN = re.compile(rb"\nG *0*([0-3])(?![\d.])[ \t]*([^\n]*)")
#: G or M behind something else in its line, and all that follows.
_HIDDEN = re.compile(rb"[GM](?<!\n[GM]) *\d[^\n]*")
_EACH = re.compile(rb"[GM] *\d[^GM]*")
_QUOTED = re.compile(rb'"[^"]*"')
#: Every other blank as a blank: no command has a letter beyond ASCII.
_BLANKS = bytes.maketrans(bytes([11, 12, *range(0x7F, 0x100)]), b" " * 131)
#: A value that RepRapFirmware works out while it prints: nobody can tell it from the file.
WORKED_OUT = "{}"
_WORKED_OUT = re.compile(rb"\n([^\n{]*\{[^\n]*)")
_WORD = re.compile(rb"[ \t]*(?:N *\d+[ \t]*)?(?:([GMT]) *0*(\d+(?:\.\d+)?)|(//|@\w*|[A-Z_]\w*|\S))")
_MODES = frozenset({"G20", "G21", "G28", "G90", "G91", "G92"})
#: What comes in each layer, or for each line of one.
_INERT = frozenset({"G4", "M73", "M106", "M107", "M204", "M205", "M486", "M900"})


@dataclass(frozen=True, slots=True)
class Code:
    """A command of the file, and where it is first."""

    word: str  #: "M104", "T0", "PRINT_START", "@PAUSE"; "//": an action for the host
    count: int
    line: int  #: from 1
    text: str  #: that line, as a person may read it


@dataclass(frozen=True, slots=True)
class Facts:
    """Of a whole file. Temperatures are the hottest asked for; None: none is."""

    lines: int
    moves: bool
    pushes: bool  #: filament
    codes: tuple[Code, ...]  #: all but plain moves, in the order of the file
    nozzle_c: float | None
    bed_c: float | None
    hot: tuple[str, ...]  #: what is still heated at the end: nozzle, bed
    printed_mm: tuple[int, int, int]  #: how far it prints from the origin, rounded up
    low_mm: tuple[int, int, int]  #: how far any move goes below the origin…
    high_mm: tuple[int, int, int]  #: …and beyond it
    followed: bool = True  #: False: its moves are too wild to be measured
    readable: bool = True  #: False: longer lines, or more commands, than any file has


class Examiner:
    """One file, fed in order; `facts()` when all of it was fed."""

    def __init__(self) -> None:
        self._rest = b""
        self._returned = False  #: the chunk before ended with a carriage return
        self._lines = 0
        self._others = 0
        self._readable = True
        self._moves = Moves()
        self._heat = Heat()
        self._codes: dict[str, list[int | str]] = {}
        self._inert: dict[bytes, str] = {}  #: lines that change nothing: M204 comes 50,000 times

    def feed(self, chunk: bytes) -> None:
        if self._returned and chunk.startswith(b"\n"):
            chunk = chunk[1:]
        self._returned = chunk.endswith(b"\r")
        if b"\r" in chunk:
            chunk = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        lines, ends, rest = (self._rest + chunk).rpartition(b"\n")
        self._rest = rest
        if len(rest) > LONGEST_LINE and not rest.lstrip().startswith(b";"):
            self._readable = False
        if len(rest) > LONGEST_LINE:
            self._rest = rest[:1]  # a comment goes on being one
        if ends:
            self._take(lines + ends)

    def facts(self) -> Facts:
        self.feed(b"\n")
        moves = self._moves
        codes = (Code(word, *told) for word, told in self._codes.items())  # type: ignore[arg-type]
        return Facts(
            lines=self._lines,
            moves=moves.any,
            pushes=moves.pushed,
            codes=tuple(codes),
            nozzle_c=self._heat.nozzle_c,
            bed_c=self._heat.bed_c,
            hot=self._heat.left_on(),
            printed_mm=_three(moves.printed.high),
            low_mm=_three(moves.reached.low),
            high_mm=_three(moves.reached.high),
            followed=moves.followed,
            readable=self._readable,
        )

    def _take(self, data: bytes) -> None:
        if not self._readable:
            return  # it is refused, whatever comes
        count = data.count(b"\n")
        data = b"\n" + _COMMENT.sub(b"", data[:-1].upper())
        if not data.isascii() or b"\x0b" in data or b"\x0c" in data:
            data = data.translate(_BLANKS)
        if _has_long_line(data):
            self._readable = False
            return
        others = list(_OTHER.finditer(data))
        if any(_ODD.match(data, other.start(1)) for other in others):
            data = _written_plainly(data)
            others = list(_OTHER.finditer(data))
        self._others += len(others)
        self._commands(data, others)
        self._readable = self._readable and self._others <= OTHERS_AT_MOST
        self._lines += count

    def _commands(self, data: bytes, others: list[re.Match[bytes]]) -> None:
        """In order, with the moves between two changes of mode."""
        walked = 0
        for other in others:
            word = self._command(data, other.start(1), other.group(1))
            if word == "G92" and not any(axis in other.group(1) for axis in b"XYZ"):
                continue  # filament only, as slicers write it in each layer
            if word in _MODES:
                self._moves.walk(data[walked : other.start()])
                self._moves.mode(word, other.group(1))
                walked = other.end()
        for at, line in _hidden(data, others):
            self._command(data, at, line)
            self._others += 1
        for found in _WORKED_OUT.finditer(data) if b"{" in data else ():
            if WORKED_OUT not in self._codes and not WITH_TEXT.match(found[1].lstrip()):
                self._meet(WORKED_OUT, found.start(1), found[1], data)
        self._moves.walk(data[walked:])

    def _command(self, data: bytes, at: int, line: bytes) -> str:
        """The word of the command; "" for one that was met before, and changes nothing."""
        if (again := self._inert.get(line)) is not None:
            self._codes[again][0] += 1  # type: ignore[operator]
            return ""
        found = _WORD.match(line)
        if not found:
            return ""  # blanks
        letter, number, name = found.groups()
        word = ((letter or b"") + (number or name)).decode("latin-1")
        rest = line[found.end() :]
        if word == "M118" and b"//" in rest:
            word = "//"
        self._heat.take(word, rest)
        told = self._codes.get(word)
        if told is not None:
            told[0] += 1  # type: ignore[operator]
            if word in _INERT and len(self._inert) < CODES_AT_MOST:
                self._inert[line] = word
        else:
            self._meet(word, at, line, data)
        return word

    def _meet(self, word: str, at: int, line: bytes, data: bytes) -> None:
        if len(self._codes) < CODES_AT_MOST:
            text = line[:SHOWN].decode("utf-8", "replace").strip()
            shown = "".join(c if c.isprintable() else "·" for c in text)
            self._codes[word] = [1, self._lines + data.count(b"\n", 0, at), shown]
        else:
            self._readable = False  # what comes after could not be told


def needs(sliced: Sliced, facts: Facts) -> Needs:
    """What the file wants of a printer: what it does counts before what its comments say."""
    return Needs(
        model=sliced.model,
        material=sliced.material,
        nozzle_mm=sliced.nozzle_mm,
        nozzle_c=facts.nozzle_c or sliced.nozzle_c,
        bed_c=facts.bed_c if facts.bed_c is not None else sliced.bed_c,
        size_mm=tuple(float(mm) for mm in facts.printed_mm) if facts.followed else None,  # type: ignore[arg-type]
        flavour=sliced.flavour,
    )


def _has_long_line(data: bytes) -> bool:
    """`data` begins with a line end."""
    at = 0
    while len(data) - at > LONGEST_LINE:
        end = data.rfind(b"\n", at + 1, at + 1 + LONGEST_LINE)
        if end < 0:
            return True
        at = end
    return False


def _written_plainly(data: bytes) -> bytes:
    """Every move as `G1 X10 E1`, without number and checksum."""
    data = _LEAD.sub(b"\n", data)
    return _PLAIN.sub(
        lambda move: b"\nG" + move[1] + b" " + (move[2].partition(b"*")[0] or b"F"), data
    )


def _hidden(data: bytes, others: list[re.Match[bytes]]) -> Iterator[tuple[int, bytes]]:
    """Commands that stand behind another of their line; what one that takes a text has is its."""
    for start, at, behind in _behind(data, others):
        before = data[start:at]
        if (
            not _WORD.match(before)
            or WITH_TEXT.match(before.lstrip())
            or before.count(b'"') % 2 == 1
        ):
            continue
        behind = _QUOTED.sub(b"", behind)
        for one in _EACH.finditer(behind):
            if WITH_TEXT.match(one.group()):
                yield at, behind[one.start() :]
                break
            yield at, one.group()


def _behind(data: bytes, others: list[re.Match[bytes]]) -> Iterator[tuple[int, int, bytes]]:
    """Lines with such a command: their starts, where it is, and all from there.

    Moves are searched only where letters are left that no other line has: it takes as
    long as all the rest.
    """
    if all(
        data.count(letter) - data.count(b"\n" + letter)
        == sum(other.group(1).count(letter, 1) for other in others)
        for letter in (b"G", b"M")
    ):
        for other in others:
            if found := _HIDDEN.search(data, other.start(1), other.end(1)):
                yield other.start(1), found.start(), found.group()
    else:
        for found in _HIDDEN.finditer(data):
            yield data.rfind(b"\n", 0, found.start()) + 1, found.start(), found.group()


def _three(values: list[int]) -> tuple[int, int, int]:
    x, y, z = values
    return x, y, z
