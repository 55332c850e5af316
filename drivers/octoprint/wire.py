"""OctoPrint's JSON -> facts. Pure; nothing that OctoPrint can send raises here.

Only the state's *text* says whether a printer prints: its flag `printing` is
set while a file is sent to the SD card, and while a print is pausing or being
cancelled. A text that we do not know, a state that is missing, is unknown.
Source: OctoPrint 1.11.8, octoprint/util/comm.py, `getStateString`; 2.0.0rc7,
octoprint/printer/connection.py, `ConnectedPrinterState`.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, replace
from typing import Any

from machines.facts import Happened, JobSeen, Printed, PrinterSeen, PrintHappened
from machines.instants import SECOND
from machines.meter import Work
from machines.print_record import pulse

#: What each text says of the machine. Those of a printer that is not connected
#: (Offline, Closed, Error, Connecting, Detecting, Opening) are not here: OctoPrint
#: drives no print then, which `machines.printing` takes as its end, but what the
#: machine itself does (an SD print, a hot nozzle) is not known.
WORK: dict[str, Work] = {
    "Starting": Work.WORKING,
    "Starting print from SD": Work.WORKING,
    "Printing": Work.WORKING,
    "Printing from SD": Work.WORKING,
    "Resuming": Work.WORKING,
    "Finishing": Work.WORKING,
    "Pausing": Work.PAUSED,
    "Paused": Work.PAUSED,
    # The print is given up and the machine is busy parking: no use, and no rest.
    "Cancelling": Work.PAUSED,
    "Operational": Work.RESTING,
    "Starting to send file to SD": Work.RESTING,
    "Sending file to SD": Work.RESTING,
    "Transferring file to SD": Work.RESTING,
    "Transferring file to printer": Work.RESTING,
}

EVENTS: dict[str, Happened] = {
    "PrintStarted": Happened.STARTED,
    "PrintPaused": Happened.PAUSED,
    "PrintResumed": Happened.RESUMED,
    "PrintDone": Happened.DONE,
    "PrintFailed": Happened.FAILED,
    "PrintCancelled": Happened.CANCELLED,
    "Disconnected": Happened.DISCONNECTED,
    "FilamentChange": Happened.FILAMENT,
}

#: Events that say only: ask now.
HINTS = ("PrinterStateChanged", "Connected", "Error")

#: Characters kept of a name or an error: more is noise on a screen.
LONGEST = 200

#: Sights in a row in which nothing moved, after which "Printing" is not believed:
#: 30 s at 3 s a poll, OctoPrint's own communication timeout. It gives up after six.
STALLED_AFTER = 10


def decode(body: bytes | str) -> dict[str, Any] | None:
    """The JSON object in `body`; None where it is anything else."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def printer_seen(
    machine: str, job: dict[str, Any] | None, printer: dict[str, Any] | None = None
) -> PrinterSeen:
    """What `/api/job` says, and `/api/printer` where it was asked and is operational."""
    job = job or {}
    state = text(job.get("state"))
    heat = _table(printer, "temperature")
    return PrinterSeen(
        machine,
        WORK.get(state, Work.UNKNOWN),
        state,
        _job(job),
        nozzle_c=_number(_table(heat, "tool0"), "actual"),
        nozzle_target_c=_number(_table(heat, "tool0"), "target"),
        bed_c=_number(_table(heat, "bed"), "actual"),
        bed_target_c=_number(_table(heat, "bed"), "target"),
        error=text(job.get("error")),
    )


def _job(body: dict[str, Any]) -> JobSeen | None:
    job, progress = _table(body, "job"), _table(body, "progress")
    file = _table(job, "file")
    path = text(file.get("path"))
    if not path:
        return None
    completion = _number(progress, "completion")
    return JobSeen(
        path=path,
        name=text(file.get("display")) or text(file.get("name")) or path,
        estimated_s=_positive(_number(job, "estimatedPrintTime")),
        elapsed_s=_positive(_number(progress, "printTime")),
        left_s=_positive(_number(progress, "printTimeLeft")),
        progress=None if completion is None else min(max(completion / 100, 0.0), 1.0),
        filament_mm=_filament_mm(job.get("filament")),
    )


def _filament_mm(filament: object) -> float | None:
    """Of all tools. `null`, `{"length": null}` and `{"tool0": {…}}` all occur."""
    if not isinstance(filament, dict):
        return None
    tools = [filament, *(_table(filament, key) for key in filament)]
    lengths = [_positive(_number(tool, "length")) for tool in tools]
    told = [length for length in lengths if length is not None]
    return sum(told) if told else None


# -- the push stream ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Pushed:
    """What one frame asks of the link: tell `fact`, ask the printer now, log in again."""

    fact: PrintHappened | None = None
    ask: bool = False
    log_in: bool = False


NOTHING = Pushed()


def pushed(machine: str, frame: bytes | str) -> Pushed:
    """One frame of the push stream (raw JSON, without SockJS' framing)."""
    message = decode(frame) or {}
    if "reauthRequired" in message:
        return Pushed(log_in=True)
    if "history" in message:  # the stream is open to us: what happened before was not told
        return Pushed(ask=True)
    event = _table(message, "event")
    kind, payload = text(event.get("type")), _table(event, "payload")
    if kind in HINTS:
        return Pushed(ask=True)
    if kind not in EVENTS:
        return NOTHING
    printer_s = _positive(_number(payload, "time"))
    return Pushed(PrintHappened(machine, EVENTS[kind], text(payload.get("path")), printer_s), True)


def subscribe(name: str, session: str) -> tuple[str, str]:
    """The two messages that open the stream: who we are, and the events alone.

    Without the second, a frame of 1.7 kB comes twice a second.
    """
    events = [*EVENTS, *HINTS]
    return (
        json.dumps({"auth": f"{name}:{session}"}),
        json.dumps({"subscribe": {"state": False, "plugins": False, "events": events}}),
    )


def credentials(login: dict[str, Any] | None) -> tuple[str, str] | None:
    """Name and session of a log-in's answer (which also holds the API key: never log it)."""
    name, session = (text((login or {}).get(key)) for key in ("name", "session"))
    return (name, session) if name and session else None


# -- what it answers to commands ----------------------------------------------------------------


def complaint(body: bytes, status: int) -> str:
    """Why OctoPrint refuses, in its own words where it has any."""
    return text((decode(body) or {}).get("error")) or f"answers {status}"


def kept_as(upload: dict[str, Any] | None) -> str:
    """The path that an upload's answer names; "" where it names none."""
    return text(_table(_table(upload, "files"), "local").get("path"))


def free_bytes(files: dict[str, Any] | None) -> float | None:
    """What `/api/files` says is free on the disk of the files."""
    return _number(files or {}, "free")


def history(files: dict[str, Any]) -> tuple[tuple[Printed, ...], tuple[Printed, ...]]:
    """`/api/files`, with all its folders: files whose last print succeeded, and failed; the
    latest first. 2.0 tells whole seconds, cut off."""
    done: list[Printed] = []
    failed: list[Printed] = []
    folders = [files.get("files")]
    while folders:
        entries = folders.pop()
        for entry in entries if isinstance(entries, list) else ():
            folders.append(entry.get("children") if isinstance(entry, dict) else None)
            if (past := _printed(entry)) is not None:
                (done if _last_print(entry).get("success") is True else failed).append(past)
    return _latest_first(done), _latest_first(failed)


def _printed(entry: object) -> Printed | None:
    path = text(entry.get("path")) if isinstance(entry, dict) else ""
    last = _last_print(entry)
    ended_s, printer_s = (_positive(_number(last, key)) for key in ("date", "printTime"))
    if last.get("success") is not True:
        printer_s = 0.0
    if not path or ended_s is None or printer_s is None or ended_s > _LATEST_S:
        return None
    return Printed(path, round(ended_s * SECOND), printer_s)


def _last_print(entry: object) -> dict[str, Any]:
    return _table(_table(entry, "prints"), "last")


def _latest_first(printed: list[Printed]) -> tuple[Printed, ...]:
    return tuple(sorted(printed, key=lambda past: past.ended_us, reverse=True))


#: Seconds since 1970 that are no time of a print any more: the year 2200.
_LATEST_S = 7_258_118_400.0


# -- a printer that says "Printing" and does nothing ------------------------------------------


@dataclass(frozen=True, slots=True)
class Stall:
    """Believes "Printing" only while something moves: print time, progress or temperatures.

    A printer that fell silent leaves OctoPrint "Printing" with a frozen print
    time, for six communication timeouts. One that tells no print time is believed.
    """

    last: tuple[object, ...] = ()
    still: int = 0

    def judge(self, seen: PrinterSeen) -> tuple[Stall, PrinterSeen]:
        told = seen.job is not None and seen.job.elapsed_s is not None
        now = (seen.state, *pulse(seen))
        if seen.work is not Work.WORKING or not told or now != self.last:
            return Stall(now), seen
        stall = replace(self, still=self.still + 1)
        if stall.still < STALLED_AFTER:
            return stall, seen
        return stall, replace(seen, work=Work.UNKNOWN)


# -- odd payloads -----------------------------------------------------------------------------


def text(value: object) -> str:
    """A text fit for a screen: no control characters, not longer than `LONGEST`."""
    if not isinstance(value, str):
        return ""
    return "".join(c if c.isprintable() else " " for c in value[:LONGEST]).strip()


def _table(value: object, key: str) -> dict[str, Any]:
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}


def _number(table: dict[str, Any], key: str) -> float | None:
    value = table.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _positive(value: float | None) -> float | None:
    """None below 0: an SD transfer after a pause has a print time of -4 s."""
    return None if value is None or value < 0 else value
