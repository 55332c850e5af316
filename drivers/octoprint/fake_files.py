"""The files of an OctoPrint that is not there: how they come, how long they print, how it went."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BufferedIOBase
from itertools import chain
from typing import Any

#: Bytes read at one go: no file is ever in memory.
BLOCK = 64 * 1024
#: Bytes of a file that says nothing of its time, per second that it prints.
BYTES_A_SECOND = 100
#: Filament of a typical print: mm per second of printing.
FILAMENT_MM_S = 2.0
SUFFIXES = (".gcode", ".gco", ".g")

_WORDS = re.compile(
    rb"^(?:(?P<change>M600\b)|G4 P(?P<dwell_ms>\d+)|;TIME:(?P<cura_s>\d+)"
    rb"|; estimated printing time \(normal mode\) = (?P<prusa>[^\r\n]*))",
    re.MULTILINE,
)
_NAME = re.compile(rb'name="file"; filename="([^"\r\n]+)"')
_SECONDS = {"d": 86400, "h": 3600, "m": 60, "s": 1}


@dataclass(slots=True)
class FakeFile:
    """`changes`: shares of it after which it asks for another filament (M600)."""

    path: str
    seconds: float
    size: int = 0
    changes: tuple[float, ...] = ()
    date_s: int = 0
    success: int = 0
    failure: int = 0
    last: dict[str, Any] = field(default_factory=dict)
    times: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.seconds = max(self.seconds, 0.01)
        self.size = self.size or round(self.seconds * BYTES_A_SECOND)

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    def ended(self, at_s: float, printed_s: float | None) -> None:
        """One print of it is over. `printed_s` None: it failed, and OctoPrint keeps no time."""
        self.last = {"date": at_s, "success": printed_s is not None}
        if printed_s is None:
            self.failure += 1
            return
        self.success += 1
        self.last["printTime"] = printed_s
        self.times = {"_default": printed_s}

    def refs(self, url: str) -> dict[str, str]:
        return {
            "download": f"{url}/downloads/files/local/{self.path}",
            "resource": f"{url}/api/files/local/{self.path}",
        }

    @property
    def filament_mm(self) -> float:
        return self.seconds * FILAMENT_MM_S

    def body(self, url: str) -> dict[str, Any]:
        """As `/api/files` lists it."""
        printed = {"failure": self.failure, "last": self.last, "success": self.success}
        times = {"averagePrintTime": self.times, "lastPrintTime": self.times}
        return {
            "date": self.date_s,
            "display": self.name,
            "gcodeAnalysis": {
                "estimatedPrintTime": self.seconds,
                "filament": {"tool0": {"length": self.filament_mm, "volume": 0.0}},
            },
            "hash": "0" * 40,
            "name": self.name,
            "origin": "local",
            "path": self.path,
            "refs": self.refs(url),
            "size": self.size,
            "type": "machinecode",
            "typePath": ["machinecode", "gcode"],
            "user": "admin",
            **({"prints": printed, "statistics": times} if self.last else {}),
        }


def receive(
    flow: BufferedIOBase, length: int, content_type: str, wait: Callable[[int], object]
) -> FakeFile | None:
    """The file of an upload of `length` bytes, all of which are read; None where it has none.

    `wait` is called after each block, with its bytes: the speed of a network. Raises
    ConnectionError where it breaks off before.
    """
    boundary = content_type.partition("boundary=")[2].strip('"').encode()
    blocks = _blocks(flow, length, wait)
    first = next(blocks, b"")
    head, _, rest = first.partition(b"\r\n\r\n")
    name = _NAME.search(head)
    size = length - len(head) - len(b"\r\n\r\n") - len(b"\r\n--" + boundary + b"--\r\n")
    seconds, changes = _read(rest, blocks, size)
    return FakeFile(name[1].decode(), seconds, size, changes) if boundary and name else None


def _blocks(flow: BufferedIOBase, length: int, wait: Callable[[int], object]) -> Iterator[bytes]:
    while length > 0:
        block = flow.read(min(BLOCK, length))
        if not block:
            raise ConnectionError("the upload breaks off")
        length -= len(block)
        wait(len(block))
        yield block


def _read(first: bytes, blocks: Iterator[bytes], size: int) -> tuple[float, tuple[float, ...]]:
    """How long it prints, and where it changes filament: line by line, whatever the blocks."""
    told_s, dwelt_s, at, rest = 0.0, 0.0, 0, b""
    changes = []
    for block in chain((first,), blocks, (b"\n",)):
        lines = rest + block
        whole = lines.rfind(b"\n") + 1
        for word in _WORDS.finditer(lines, 0, whole):
            told_s = told_s or float(word["cura_s"] or 0) or _prusa_s(word["prusa"])
            dwelt_s += int(word["dwell_ms"] or 0) / 1000
            if word["change"]:
                changes.append((at + word.start()) / max(size, 1))
        at, rest = at + whole, lines[whole:]
    return told_s or dwelt_s or size / BYTES_A_SECOND, tuple(changes)


def _prusa_s(told: bytes | None) -> float:
    """ "1d 2h 3m 4s" """
    parts = re.findall(rb"(\d+)([dhms])", told or b"")
    return float(sum(int(number) * _SECONDS[unit.decode()] for number, unit in parts))
