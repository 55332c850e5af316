"""A 3D printer that only counts time, and what OctoPrint 1.11.8 would say of it.

Its bodies have the shapes of the recordings, which a test compares.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

from drivers import Pace

#: Filament of a typical print: mm per second of printing.
FILAMENT_MM_S = 2.0
AMBIENT_C, NOZZLE_C, BED_C = 21.3, 215.0, 60.0
#: Share of what is missing that a nozzle gains, or loses, in a second.
WARMING = 0.02

Answer = tuple[int, Any]
NO_ANSWER: Answer = (204, None)
NOT_FOUND: Answer = (
    404,
    {
        "error": "The requested URL was not found on the server. If you entered the URL "
        "manually please check your spelling and try again."
    },
)
NOT_ALLOWED = (
    "You don't have the permission to access the requested resource. "
    "It is either read-protected or not readable by the server."
)


@dataclass(slots=True)
class _Job:
    path: str
    seconds: float
    printed: float = 0.0


class FakePrinter:
    """One printer with its files. A file is a name and how long it prints.

    `state` is OctoPrint's text. Every verb may be called from any thread; those
    of a person at the printer (`drop`, `connect`, `switch`) stand beside those of REST.
    """

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._lock = threading.RLock()
        self._files: dict[str, float] = {}
        self._job: _Job | None = None
        self._state = "Operational"
        self._error = ""
        self._powered = True
        self._nozzle_c = self._bed_c = AMBIENT_C
        self._at = pace.now()

    @property
    def state(self) -> str:
        with self._lock:
            self._go_on()
            return self._state

    def upload(self, path: str, seconds: float) -> None:
        with self._lock:
            self._files[path] = seconds

    def print(self, path: str, seconds: float) -> Answer:
        """Upload, select and start."""
        self.upload(path, seconds)
        return self.select(path, start=True)

    def select(self, path: str, start: bool) -> Answer:
        with self._lock:
            self._go_on()
            if path not in self._files:
                return NOT_FOUND
            if self._state != "Operational":
                return _refused("Printer is already printing, cannot select a new file")
            self._job = _Job(path, self._files[path])
            return self.start() if start else NO_ANSWER

    def start(self) -> Answer:
        with self._lock:
            self._go_on()
            if self._is_busy():
                return _refused("Printer already has an active print job, did you mean 'restart'?")
            if self._state != "Operational":
                return _refused("Printer is not operational")
            if self._job is not None:  # with nothing selected OctoPrint says 204, and does nothing
                self._job.printed = 0.0
                self._state = "Printing"
            return NO_ANSWER

    def pause(self) -> Answer:
        return self._turn("pause", {"Printing": "Paused"})

    def resume(self) -> Answer:
        return self._turn("pause", {"Paused": "Printing"})

    def toggle(self) -> Answer:
        return self._turn("pause", {"Printing": "Paused", "Paused": "Printing"})

    def cancel(self) -> Answer:
        with self._lock:
            answer = self._turn("cancel", {"Printing": "Operational", "Paused": "Operational"})
            if answer == NO_ANSWER and self._job:
                self._job.printed = 0.0
            return answer

    def drop(self, error: str = "SerialTimeoutException: ") -> None:
        """The cable to the printer is pulled: whatever it printed is over."""
        with self._lock:
            self._go_on()
            self._job, self._error = None, error
            self._state = "Offline after error" if error else "Offline"

    def connect(self) -> None:
        with self._lock:
            self._go_on()
            if self._powered and self._state.startswith("Offline"):
                self._state, self._error = "Operational", ""

    def switch(self, on: bool) -> None:
        """Its mains. OctoPrint loses a printer without, and finds it by itself when it is back."""
        with self._lock:
            was, self._powered = self._powered, on
            if on and not was:
                self.connect()
            elif was and not on:
                self.drop("SerialException: device reports readiness to read but returned no data")

    def _turn(self, command: str, turns: dict[str, str]) -> Answer:
        with self._lock:
            self._go_on()
            if not self._is_busy():
                why = "Printer is neither printing nor paused"
                return _refused(f"{why}, '{command}' command cannot be performed")
            self._state = turns.get(self._state, self._state)
            return NO_ANSWER

    def _is_busy(self) -> bool:
        return self._state in ("Printing", "Paused")

    def _go_on(self) -> None:
        """Count what was printed since the last look."""
        now = self._pace.now()
        passed, self._at = now - self._at, now
        if self._state == "Printing" and self._job:
            self._job.printed += passed
            if self._job.printed >= self._job.seconds:
                self._job.printed = self._job.seconds
                self._state = "Operational"
        share = 1 - (1 - WARMING) ** passed
        nozzle_c, bed_c = self._targets()
        self._nozzle_c += ((nozzle_c or AMBIENT_C) - self._nozzle_c) * share
        self._bed_c += ((bed_c or AMBIENT_C) - self._bed_c) * share

    def _targets(self) -> tuple[float, float]:
        return (NOZZLE_C, BED_C) if self._is_busy() else (0.0, 0.0)

    # -- what OctoPrint says of it ------------------------------------------------------------

    def job(self) -> Answer:
        """`/api/job`."""
        with self._lock:
            self._go_on()
            body: dict[str, Any] = {
                "job": self._job_body(),
                "progress": self._progress(),
                "state": self._state,
            }
            return 200, body | ({"error": self._error} if self._error else {})

    def _job_body(self) -> dict[str, Any]:
        job = self._job
        name = job.path.rpartition("/")[2] if job else None
        body: dict[str, Any] = {
            "estimatedPrintTime": job.seconds if job else None,
            "filament": {"length": None, "volume": None},
            "file": {
                "date": 0 if job else None,
                "name": name,
                "origin": "local" if job else None,
                "path": job.path if job else None,
                "size": round(job.seconds * 100) if job else None,
            },
            "lastPrintTime": None,
            "user": "admin" if job else None,
        }
        if job:
            body["averagePrintTime"] = None
            body["file"]["display"] = name
            body["filament"] = {"tool0": {"length": job.seconds * FILAMENT_MM_S, "volume": 0.0}}
        return body

    def _progress(self) -> dict[str, Any]:
        job = self._job
        if job is None or not (job.printed or self._is_busy()):
            keys = ("completion", "filepos", "printTime", "printTimeLeft", "printTimeLeftOrigin")
            return dict.fromkeys(keys)
        done = job.printed >= job.seconds
        return {
            "completion": 100.0 if done else 100 * job.printed / job.seconds,
            "filepos": round(job.printed * 100),
            "printTime": int(job.printed),
            "printTimeLeft": int(job.seconds - job.printed),
            "printTimeLeftOrigin": None if done else "analysis",
        }

    def printer(self) -> Answer:
        """`/api/printer`."""
        with self._lock:
            self._go_on()
            if self._state.startswith("Offline"):
                return _refused("Printer is not operational")
            nozzle_c, bed_c = self._targets()
            return 200, {
                "sd": {"ready": True},
                "state": {"error": "", "flags": self._flags(), "text": self._state},
                "temperature": {
                    "bed": _heat(self._bed_c, bed_c),
                    "tool0": _heat(self._nozzle_c, nozzle_c),
                },
            }

    def _flags(self) -> dict[str, bool]:
        never = ("cancelling", "closedOrError", "error", "finishing", "pausing", "resuming")
        return dict.fromkeys(never, False) | {
            "operational": True,
            "paused": self._state == "Paused",
            "printing": self._state == "Printing",
            "ready": self._state == "Operational",
            "sdReady": True,
        }

    def connection(self) -> Answer:
        """`/api/connection`."""
        state = self.state
        offline = state.startswith("Offline")
        current = {
            "baudrate": None if offline else 115200,
            "port": None if offline else "VIRTUAL",
            "printerProfile": "_default",
            "state": "Closed" if offline else state,
        }
        options = {
            "baudratePreference": 115200,
            "baudrates": [250000, 115200],
            "portPreference": "VIRTUAL",
            "ports": ["VIRTUAL"],
            "printerProfilePreference": "_default",
            "printerProfiles": [{"id": "_default", "name": "Default"}],
        }
        return 200, {"current": current, "options": options}


def _heat(actual_c: float, target_c: float) -> dict[str, float]:
    return {"actual": round(actual_c, 1), "offset": 0, "target": target_c}


def _refused(why: str) -> Answer:
    return 409, {"error": why}
