"""What the pages say of a file: why it is not taken, why an animator looks at it, what to know.

A key that is not known is said in general words. What stands beside it (a
command, a line, a size) comes from the file and is shown as it is, cleaned.
"""

from __future__ import annotations

from kiosk.files.refused import FileRefused
from kiosk.floor.queue_view import Obstacle
from kiosk.web.language import _
from kiosk.web.queue_words import hindrance
from kiosk.web.words import NBSP, clean
from machines.gcode_judge import Finding
from machines.order import Hindrance

UNFIT = "unfit-"


def refused(why: FileRefused) -> str:
    """Why a file is not taken, and what to do."""
    if why.key.startswith(UNFIT):
        return _no_printer(why.key.removeprefix(UNFIT), why.detail)
    what = _at(why.detail, why.line)
    said = {
        "suffix": _("This is no G-code file: export one with your slicer (.gcode)."),
        "empty": _("This file is empty."),
        "too-large": _("This file is too large: at most %(size)s MB.", size=clean(why.detail, 9)),
        "incomplete": _("The file did not arrive whole. Send it again."),
        "full": _("The kiosk's disk is full. Ask a host."),
        "disk": _("The kiosk's disk does not answer. Ask a host."),
        "project": _("This is a 3MF project: slice it first, and export G-code."),
        "model": _("This is a model: slice it first, and export G-code."),
        "bgcode": _("Binary G-code is not read here: export text G-code with your slicer."),
        "archive": _("This is an archive: send the G-code file itself."),
        "binary": _("This is no text: export G-code with your slicer."),
        "not-gcode": _("This is no G-code: export it with your slicer."),
        "no-print": _("Nothing is printed by this file: export it again with your slicer."),
        "command": _("A command in it is not allowed here: %(what)s.", what=what),
        "host": _("A command in it is not allowed here: %(what)s.", what=what),
    }
    return said.get(why.key, _("This file cannot be printed here. Ask a host."))


def warning(found: Finding) -> str:
    """What whoever brings a file should know of it."""
    what = _at(found.detail, found.line)
    if found.key == "hot":
        heater = {"nozzle": _("the nozzle"), "bed": _("the bed")}.get(found.detail, what)
        return _("It leaves %(heater)s hot at the end.", heater=heater)
    return approval(f"{found.key}:{what}")


def approval(written: str) -> str:
    """Why an animator has to approve a file. `written`: "long", or "command:M81 (12)"."""
    key, _colon, detail = written.partition(":")
    what = clean(detail, 60)
    said = {
        "long": _("a long print"),
        "all": _("every print, by the rules of this lab"),
        "wild": _("its moves cannot be followed"),
        "command": _("an unusual command: %(what)s", what=what),
        "host": _("an unusual command: %(what)s", what=what),
        "unknown": _("a command not known here: %(what)s", what=what),
        "outside": _("it moves beyond the bed: %(what)s", what=f"{what}{NBSP}mm"),
    }
    return said.get(key, what or clean(key, 60))


def _no_printer(why: str, detail: str) -> str:
    """It fits none of the lab's printers: as most of them would say it."""
    if why not in [known.value for known in Hindrance]:
        return _("No printer here can print it.")
    said = hindrance(Obstacle("", Hindrance(why), detail)).rstrip(".")
    return _("No printer here can print it. %(why)s.", why=said)


def _at(detail: str, line: int) -> str:
    """« M500 (line 12) »."""
    what = clean(detail, 60)
    return _("%(what)s (line %(line)s)", what=what, line=line) if line else what
