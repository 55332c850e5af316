"""One line of G-code, as GRBL reads it: its words, or the number of its error.

Source: gnea/grbl, doc/csv/error_codes_en_US.csv; grbl/gcode.c, gc_execute_line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

LONGEST_LINE = 80

_WORD = re.compile(r"([A-Z])(-?(?:\d+\.?\d*|\.\d+))?")
_KNOWN = {"G": {0, 1, 4, 17, 20, 21, 53, 54, 90, 91, 94}, "M": {0, 2, 3, 4, 5, 7, 8, 9, 30}}
_MOTIONS = {0, 1, 4}


class Refused(Exception):
    """`error:N`."""


@dataclass(frozen=True, slots=True)
class Words:
    """The codes of a line, and the number of each other letter."""

    g: tuple[float, ...]
    m: tuple[float, ...]
    values: dict[str, float]

    @property
    def moves(self) -> bool:
        return any(axis in self.values for axis in "XYZ")


def strip(line: str) -> str:
    """Without comments and blanks, in capitals. Raises `Refused` 11 where it is too long.

    >>> strip("g1 x5 (the lid) ; cut")
    'G1X5'
    """
    if len(line) >= LONGEST_LINE:
        raise Refused(11)
    return re.sub(r"\([^)]*\)?|;.*|\s", "", line).upper()


def read(text: str) -> Words:
    """What a stripped line says. Raises `Refused`.

    >>> read("G1X5F600").values
    {'X': 5.0, 'F': 600.0}
    """
    pairs = _pairs(text)
    codes = {kind: tuple(number for letter, number in pairs if letter == kind) for kind in "GM"}
    if any(not set(codes[kind]) <= _KNOWN[kind] for kind in "GM"):
        raise Refused(20)
    if sum(code in _MOTIONS for code in codes["G"]) > 1:
        raise Refused(24)
    others = [(letter, number) for letter, number in pairs if letter not in "GM"]
    values = dict(others)
    if len(values) < len(others):
        raise Refused(25)
    if values.get("S", 0) < 0 or values.get("F", 0) < 0:
        raise Refused(4)
    if values.get("T", 0) > 255:
        raise Refused(38)
    return Words(codes["G"], codes["M"], values)


def _pairs(text: str) -> list[tuple[str, float]]:
    """Raises `Refused` 1 (no letter) or 2 (no number)."""
    pairs, at = [], 0
    while at < len(text):
        found = _WORD.match(text, at)
        if not found:
            raise Refused(1)
        if found[2] is None:
            raise Refused(2)
        pairs.append((found[1], float(found[2])))
        at = found.end()
    return pairs
