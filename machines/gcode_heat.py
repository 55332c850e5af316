"""What a G-code file heats: the hottest it asks for, and what it leaves on at its end."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_CELSIUS = rb"\+?0*(\d{1,9}(?:\.\d{1,9})?)"
#: Marlin takes `M104 XS300` for X and S, and any blanks before a value; B is the most of F, an
#: automatic heat. Source: Marlin, src/gcode/parser.cpp.
_HEAT = re.compile(rb"[SRB:][ \t]*" + _CELSIUS)
#: Kept for later, by number: `M145 S0 H200 B60`, then `M104 I0`.
_PRESET = re.compile(rb"([HB])[ \t]*" + _CELSIUS)
_TOOL = re.compile(rb"(?<![A-Z])T ?(\d{1,2})")
_RRF_TOOL = re.compile(rb"(?<![A-Z])P ?(\d{1,2})")
#: Klipper: `SET_HEATER_TEMPERATURE HEATER=extruder TARGET=210`, `PRINT_START BED_TEMP=60`.
_NAMED_HEAT = re.compile(rb"(?:(EXTRUDER|HOTEND|NOZZLE)|BED)\w{0,40}=" + _CELSIUS)
_HEATER = re.compile(rb"\bHEATER=(HEATER_BED|EXTRUDER(\d?))\b")
_TARGET = re.compile(rb"\bTARGET=" + _CELSIUS)
_QUOTES = b"\"'"

_NOZZLE = frozenset({"M104", "M109"})
#: RepRapFirmware's: active (S) and standby (R) of a tool (P). Marlin's G10 has no P.
_TOOLS = frozenset({"G10", "M568"})
_BED = frozenset({"M140", "M190"})
#: After one of these nobody can tell from the file what is still hot.
_ENDS = frozenset({"END_PRINT", "PRINT_END", "TURN_OFF_HEATERS"})


@dataclass(slots=True)
class Heat:
    """What is heated, by tool, and the hottest ever."""

    nozzle_c: float | None = None
    bed_c: float | None = None
    _nozzles: dict[int, float] = field(default_factory=dict)
    _bed: float = 0.0
    _tool: int = 0

    def take(self, word: str, rest: bytes) -> None:
        if word in _NOZZLE:
            tool = _TOOL.search(rest)
            for number in _HEAT.findall(rest):
                self._heat_nozzle(int(tool.group(1)) if tool else self._tool, float(number))
        elif word in _TOOLS and (tool := _RRF_TOOL.search(rest)):
            for number in _HEAT.findall(rest):
                self._heat_nozzle(int(tool.group(1)), float(number))
        elif word in _BED:
            for number in _HEAT.findall(rest):
                self._heat_bed(float(number))
        elif word == "M145":
            for heater, number in _PRESET.findall(rest):
                self._at_most(float(number), nozzle=heater == b"H")
        elif word[0] == "T" and word[1:].isdigit():
            self._tool = int(word[1:])
        elif word in _ENDS:
            self._nozzles, self._bed = {}, 0.0
        elif len(word) > 4:
            self._named(rest)

    def left_on(self) -> tuple[str, ...]:
        nozzle = ("nozzle",) if any(self._nozzles.values()) else ()
        return (*nozzle, "bed") if self._bed else nozzle

    def _named(self, rest: bytes) -> None:
        """A macro cools down at its own end: only the hottest is learned from it."""
        rest = rest.translate(None, _QUOTES)
        for nozzle, number in _NAMED_HEAT.findall(rest):
            self._at_most(float(number), nozzle=bool(nozzle))
        heater, target = _HEATER.search(rest), _TARGET.search(rest)
        if heater and target:
            if heater.group(1) == b"HEATER_BED":
                self._heat_bed(float(target.group(1)))
            else:
                self._heat_nozzle(int(heater.group(2) or 0), float(target.group(1)))

    def _heat_nozzle(self, tool: int, celsius: float) -> None:
        self._nozzles[tool] = celsius
        self._at_most(celsius, nozzle=True)

    def _heat_bed(self, celsius: float) -> None:
        self._bed = celsius
        self._at_most(celsius, nozzle=False)

    def _at_most(self, celsius: float, nozzle: bool) -> None:
        if nozzle:
            self.nozzle_c = max(self.nozzle_c or 0.0, celsius)
        else:
            self.bed_c = max(self.bed_c or 0.0, celsius)
