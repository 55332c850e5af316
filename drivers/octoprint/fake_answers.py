"""What OctoPrint 1.11.8 says of a print, in the shapes of the recordings, which a test compares."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from drivers.octoprint.fake_files import FakeFile

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


def refused(why: str) -> Answer:
    return 409, {"error": why}


@dataclass(slots=True)
class Job:
    """A selected file, printed or not."""

    file: FakeFile
    printed: float = 0.0  #: seconds
    changes: list[float] = field(default_factory=list)  #: seconds printed, still to come

    @property
    def path(self) -> str:
        return self.file.path

    @property
    def seconds(self) -> float:
        return self.file.seconds


def job_body(job: Job | None) -> dict[str, Any]:
    """`job` of `/api/job`."""
    name = job.file.name if job else None
    body: dict[str, Any] = {
        "estimatedPrintTime": job.seconds if job else None,
        "filament": {"length": None, "volume": None},
        "file": {
            "date": job.file.date_s if job else None,
            "name": name,
            "origin": "local" if job else None,
            "path": job.path if job else None,
            "size": job.file.size if job else None,
        },
        "lastPrintTime": None,
        "user": "admin" if job else None,
    }
    if job:
        body["averagePrintTime"] = None
        body["file"]["display"] = name
        body["filament"] = {"tool0": {"length": job.file.filament_mm, "volume": 0.0}}
    return body


def progress(job: Job | None, is_busy: bool) -> dict[str, Any]:
    """`progress` of `/api/job`."""
    if job is None or not (job.printed or is_busy):
        keys = ("completion", "filepos", "printTime", "printTimeLeft", "printTimeLeftOrigin")
        return dict.fromkeys(keys)
    done = job.printed >= job.seconds
    return {
        "completion": 100.0 if done else 100 * job.printed / job.seconds,
        "filepos": round(job.file.size * job.printed / job.seconds),
        "printTime": int(job.printed),
        "printTimeLeft": int(job.seconds - job.printed),
        "printTimeLeftOrigin": None if done else "analysis",
    }


def flags(state: str) -> dict[str, bool]:
    """`state.flags` of `/api/printer`, for a printer that is connected."""
    never = ("cancelling", "closedOrError", "error", "finishing", "pausing", "resuming")
    return dict.fromkeys(never, False) | {
        "operational": True,
        "paused": state == "Paused",
        "printing": state == "Printing",
        "ready": state == "Operational",
        "sdReady": True,
    }


def connection(state: str) -> dict[str, Any]:
    """`/api/connection`."""
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
    return {"current": current, "options": options}


def heat(actual_c: float, target_c: float) -> dict[str, float]:
    return {"actual": round(actual_c, 1), "offset": 0, "target": target_c}
