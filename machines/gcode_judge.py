"""What a file's facts mean for one printer: findings, which the pages have sentences for.

Heat, size, nozzle and model are not judged here: `machines.fit` does, of the same
facts, since a file too hot for one printer may go to another.
"""

from __future__ import annotations

from typing import NamedTuple

from machines.fit import Profile
from machines.gcode import Code, Facts
from machines.gcode_codes import BY_FIRMWARE, HOST_COMMANDS, Severity

#: Printers purge and park a little outside of what their slicers call the bed: a MK4 at
#: Y-4, a Bambu at Y265 of 256. Source: the start code of their slicers' profiles.
MARGIN_MM = 15


class Finding(NamedTuple):
    """`key`: not-gcode, no-print, command, unknown, host, outside, wild, hot."""

    key: str
    severity: Severity
    line: int = 0  #: where it is first, from 1; 0: nowhere in particular
    detail: str = ""  #: the command, the axis and its mm, or the heater


def judge(facts: Facts, profile: Profile) -> tuple[Finding, ...]:
    """Gravest first.

    not-gcode: lines of no G-code. no-print: nothing moves, or no filament is pushed.
    command: a known one that is refused, or asks for an animator. unknown: in no list
    of this firmware. host: OctoPrint would act on it, not the printer. outside: it
    moves beyond the bed and its margin. wild: its moves cannot be measured. hot: a
    heater is left on at the end.
    """
    if not facts.readable or not (facts.moves or facts.codes):
        return (Finding("not-gcode", Severity.REFUSE),)
    found = [_code(code, profile.firmware) for code in facts.codes]
    found += [*_moves(facts, profile)]
    found += [Finding("hot", Severity.WARN, 0, heater) for heater in facts.hot]
    order = list(Severity)
    return tuple(sorted((f for f in found if f), key=lambda f: order.index(f.severity)))


def _code(code: Code, firmware: str) -> Finding | None:
    if code.word.startswith(HOST_COMMANDS):
        return Finding("host", Severity.REFUSE, code.line, code.text)
    codes = BY_FIRMWARE[firmware]
    severity = codes.severity(code.word)
    if severity is None:
        return None
    return Finding(
        "command" if codes.lists(code.word) else "unknown", severity, code.line, code.text
    )


def _moves(facts: Facts, profile: Profile) -> list[Finding]:
    if not (facts.moves and facts.pushes):
        return [Finding("no-print", Severity.REFUSE)]
    if not facts.followed:
        return [Finding("wild", Severity.APPROVE)]
    found = []
    for axis, low, high, bed in zip(
        "XYZ", facts.low_mm, facts.high_mm, profile.bed_mm, strict=True
    ):
        for mm in (low, high):
            if not -MARGIN_MM <= mm <= bed + MARGIN_MM:
                found.append(Finding("outside", Severity.APPROVE, 0, f"{axis} {mm}"))
    return found
