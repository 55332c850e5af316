"""Figures and names as they are read on a screen: durations, clock times, degrees, file names.

Spaces inside a figure are no-break (U+00A0): « 1 h 20 » never ends a line on « 1 h ».
"""

from __future__ import annotations

import math
import unicodedata

from kiosk.web.language import _, in_french

NBSP = "\N{NO-BREAK SPACE}"

#: What stands for a figure that is none: a device may send anything.
UNKNOWN = "—"
#: More than a machine's life, so that no figure grows out of its place.
LONGEST_S = 3.6e8

#: What reads more than this is a broken wire, not a heat.
HOTTEST_C = 2000.0

#: A heater swings this much around its target.
AT_TARGET_C = 3.0

#: Names come from files and rosters: longer ones are cut, so that no page grows without end.
LONGEST = 120


def duration(seconds: float) -> str:
    """« 1 h 20 », « 45 min », and a word for what is shorter than a minute.

    >>> duration(4805).replace(NBSP, " "), duration(2700).replace(NBSP, " ")
    ('1 h 20', '45 min')
    """
    if not math.isfinite(seconds):
        return UNKNOWN
    minutes = int(min(max(seconds, 0), LONGEST_S) // 60)
    if minutes < 1:
        return _("less than 1 min").replace("1 ", f"1{NBSP}")
    if minutes < 60:
        return f"{minutes}{NBSP}min"
    return f"{minutes // 60}{NBSP}h{NBSP}{minutes % 60:02d}"


def time_of_day(text: str) -> str:
    """A Paris time as the floor gives it (« 15 h 40 »): kept in French, 15:40 in English."""
    return text.replace(" ", NBSP) if in_french() else text.replace(" h ", ":")


def degrees(now: float | None, target: float | None) -> str:
    """« 198 → 215 °C » on the way to a target; what is read once there, or without one."""
    if now is None:
        return ""
    if not abs(now) < HOTTEST_C:
        return UNKNOWN
    if target and AT_TARGET_C < abs(target - now) < HOTTEST_C:
        return f"{now:.0f} → {target:.0f}{NBSP}°C"
    return f"{now:.0f}{NBSP}°C"


def percent(share: float | None) -> int | None:
    """0 to 100, never 100 before the end; None for what is not told, or is no figure."""
    if share is None or math.isnan(share):
        return None
    return int(max(0.0, min(1.0, share)) * 100)


def clean(name: str, longest: int = LONGEST) -> str:
    """One line of a name that others wrote: no control, no direction mark, not too long.

    Direction marks and the like (Unicode Cf) can make « gcode.exe » read backwards.

    >>> clean("a\\u202eb\\n c")
    'ab c'
    """
    kept = "".join(" " if c.isspace() else c for c in name if _shown(c))
    text = unicodedata.normalize("NFC", " ".join(kept.split()))
    return text if len(text) <= longest else text[: longest - 1] + "…"


def middle(name: str, longest: int = 34) -> str:
    """A file name shortened in its middle: its beginning and its end tell it apart.

    >>> middle("bracket_for_the_left_door_v12.gcode", 20)
    'bracket_fo…v12.gcode'
    """
    text = clean(name)
    if len(text) <= longest:
        return text
    tail = longest // 2 - 1
    return f"{text[: longest - tail - 1]}…{text[-tail:]}"


def _shown(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co")
