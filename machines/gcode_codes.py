"""What may stand in a file that a member brings: the commands, by firmware, as data.

A command of no list is unknown, and an animator looks at it. Those refused last
longer than the print, or act on something else than it: settings that are stored,
the firmware, the card, another file. Limits that slicers write into every file
(M201 to M205, M900) last until the printer is switched off, and are let pass.
Sources: marlinfw.org/meta/gcode, help.prusa3d.com "Buddy firmware-specific G-code
commands", docs.duet3d.com "GCode dictionary", klipper3d.org "G-Codes" (2026-11).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    REFUSE = "refuse"  #: it is not taken
    APPROVE = "approve"  #: an animator looks at it first
    WARN = "warn"  #: whoever brings it is told


def _codes(text: str) -> frozenset[str]:
    """
    >>> sorted(_codes("G1-3 M5"))
    ['G1', 'G2', 'G3', 'M5']
    """
    found = set()
    for word in text.split():
        letter, span = word[0], word[1:]
        first, _, last = span.partition("-")
        numbers = range(int(first), int(last) + 1) if last else None
        found |= {f"{letter}{n}" for n in numbers} if numbers else {word}
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Codes:
    """A code may carry a subcode ("M862.3"): where it is in no list itself, its number counts."""

    known: frozenset[str]
    refused: frozenset[str]
    suspect: frozenset[str]  #: known, and for an animator's eyes
    #: Settings of the machine: harmless in the start code of a lab that knows why.
    warned: frozenset[str] = frozenset()

    def lists(self, word: str) -> bool:
        lists = self.known | self.refused | self.suspect | self.warned
        return any(said in lists for said in _spellings(word))

    def severity(self, word: str) -> Severity | None:
        """None: nothing to say of it."""
        for said in _spellings(word):
            for codes, severity in (
                (self.refused, Severity.REFUSE),
                (self.suspect, Severity.APPROVE),
                (self.warned, Severity.WARN),
            ):
                if said in codes:
                    return severity
            if said in self.known:
                return None
        return Severity.APPROVE


def _spellings(word: str) -> tuple[str, str]:
    return word, word.partition(".")[0]


#: Moves, homing, levelling, units; heat, fans, filament; messages and progress; tools.
_PRINTING = _codes(
    "G0-5 G10-12 G17-21 G26-30 G34 G35 G60 G61 G76 G80 G81 G90-92 "
    "M0 M1 M17 M18 M31 M73-79 M82-84 M85 M104-110 M113-119 M126 M127 M140 M141 M144 M145 "
    "M149 M150 M155 M190 M191 M200-205 M207-209 M217 M218 M220 M221 M240 M250 "
    "M280 M300 M302 M355 M400-405 M407 M412 M413 M420 M425 M486 M555 M572 M591 M593 "
    "M600 M601-603 M605 M701 M702 M862 M863 M865 M900 M951 T0-15"
)
#: The card; emergency stop; PID tuning; what is stored; new firmware; restart.
_REFUSED = _codes("M20-30 M32-34 M112 M303 M500 M502 M504 M928 M997 M999")
#: Pins, power, ends of the axes, height of the nozzle, stored macros.
_SUSPECT = _codes("M42 M43 M80 M81 M211 M226 M290 M410 M421 M810-819")

MARLIN = Codes(
    known=_PRINTING | _codes("M142 M503 M569 M958 M970 M974 T"),
    refused=_REFUSED | _codes("M92 M206 M428 M575 M851 M906 M665 M666"),
    suspect=_SUSPECT | _codes("M301 M304 M305 M350 M351"),
    warned=_codes("M907 M914 M501"),
)
REPRAPFIRMWARE = Codes(
    known=_PRINTING | _codes("G31 G32 G53-59 M116 M122 M291 M292 M561 M566-568 M671"),
    refused=_REFUSED
    | _codes("M36-40 M92 M206 M350 M471 M472 M540 M550-554 M559 M560 M569 M575 M584 M586-589")
    | _codes("M665-669 M851 M929 M950"),
    suspect=_SUSPECT
    | _codes("M98 M143 M501 M503 M505 M558 M563 M570 M574 M579 M581 M585 M906 M913 M915-917"),
)
KLIPPER = Codes(
    known=_PRINTING
    | _codes(
        "BED_MESH_CALIBRATE BED_MESH_CLEAR BED_MESH_PROFILE CLEAR_PAUSE EXCLUDE_OBJECT "
        "EXCLUDE_OBJECT_DEFINE EXCLUDE_OBJECT_END EXCLUDE_OBJECT_START QUAD_GANTRY_LEVEL "
        "RESTORE_GCODE_STATE SAVE_GCODE_STATE SET_DISPLAY_TEXT SET_FAN_SPEED SET_GCODE_OFFSET "
        "SET_HEATER_TEMPERATURE SET_PRESSURE_ADVANCE SET_PRINT_STATS_INFO SET_RETRACTION "
        "SET_VELOCITY_LIMIT TEMPERATURE_WAIT TURN_OFF_HEATERS Z_TILT_ADJUST "
        # Macros that the lab wrote itself, under the names that every slicer's profile calls:
        "CANCEL_PRINT END_PRINT LINE_PURGE PAUSE PRINT_END PRINT_START PURGE_LINE RESUME "
        "START_PRINT TIMELAPSE_TAKE_FRAME"
    ),
    refused=_REFUSED
    | _codes(
        "CONFIG_RESTART FIRMWARE_RESTART PID_CALIBRATE RESTART RUN_SHELL_COMMAND SAVE_CONFIG "
        "SAVE_VARIABLE SDCARD_PRINT_FILE SDCARD_RESET_FILE SET_STEPPER_ENABLE "
        "SHAPER_CALIBRATE Z_OFFSET_APPLY_ENDSTOP Z_OFFSET_APPLY_PROBE"
    ),
    suspect=_SUSPECT | _codes("M92 M206 M851 M906"),
)
BY_FIRMWARE = {"marlin": MARLIN, "klipper": KLIPPER, "reprapfirmware": REPRAPFIRMWARE}

#: Whatever the firmware: OctoPrint acts on them, not the printer. Source: docs.octoprint.org,
#: "features/atcommands" and "features/action_commands".
HOST_COMMANDS = ("@", "//")
#: Commands whose rest is a text or a name: what stands in it is no command.
WITH_TEXT = re.compile(
    rb"(?:M(?:0|1|16|23|28|30|32|33|36|75|98|117|118|291|486|550|862\.3)\b|@|[^GMTN])"
)
