"""A 3D printer that only counts time, behind an OctoPrint with its files and its troubles."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from drivers import Pace
from drivers.octoprint import fake_answers as answers
from drivers.octoprint.fake_answers import NO_ANSWER, NOT_FOUND, Answer, Job, refused
from drivers.octoprint.fake_files import SUFFIXES, FakeFile

AMBIENT_C, NOZZLE_C, BED_C = 21.3, 215.0, 60.0
#: Bytes on its disk.
FREE = 80_000_000_000
#: Share of what is missing that a nozzle gains, or loses, in a second.
WARMING = 0.02


@dataclass(slots=True)
class Troubles:
    """What goes wrong at an OctoPrint beside its printer. Set from any thread."""

    rights: str = "all"  #: of the key: all, read (it may look only), none (it was revoked)
    disk_full: bool = False
    silent: bool = False  #: whatever it is asked, no answer comes
    stopped: bool = False  #: it closes every connection
    lost_answers: int = 0  #: so many commands are carried out, and not answered
    idle_starts: int = 0  #: so many starts are agreed to, and nothing begins
    delay_s: float = 0.0  #: real seconds before a command is carried out
    bytes_a_second: float = 0.0  #: real ones, that its network takes; 0: as many as come


class FakePrinter:
    """One printer with its files.

    `state` is OctoPrint's text. Every verb may be called from any thread; those
    of a person at the printer (`drop`, `connect`, `switch`) stand beside those of REST.
    `wall` gives the UTC seconds that its files are dated by.
    """

    def __init__(self, pace: Pace, wall: Callable[[], float] = time.time) -> None:
        self._pace = pace
        self._wall = wall
        self._lock = threading.RLock()
        self._files: dict[str, FakeFile] = {}
        self._job: Job | None = None
        self._state = "Operational"
        self._error = ""
        self._powered = True
        self._nozzle_c = self._bed_c = AMBIENT_C
        self._at = pace.now()
        self.troubles = Troubles()

    @property
    def state(self) -> str:
        with self._lock:
            self._go_on()
            return self._state

    def upload(self, path: str, seconds: float, changes: tuple[float, ...] = ()) -> None:
        """A file that prints so long. `changes`: after which shares of it filament is changed."""
        self.keep(FakeFile(path, seconds, changes=changes))

    def keep(self, file: FakeFile) -> Answer:
        """What an upload's answer is."""
        with self._lock:
            self._go_on()
            if not file.path.endswith(SUFFIXES):
                return 415, {"error": "Could not upload file, invalid type"}
            if self.troubles.disk_full:
                return 500, {"error": "[Errno 28] No space left on device"}
            if self._prints(file.path):
                return refused("Trying to overwrite file that is currently being printed")
            file.date_s = int(self._wall())
            self._files[file.path] = file
            kept = {"name": file.name, "origin": "local", "path": file.path, "refs": file.refs("")}
            said = {"done": True, "effectivePrint": False, "effectiveSelect": False}
            return 201, said | {"files": {"local": kept}}

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
                return refused("Printer is already printing, cannot select a new file")
            self._job = Job(self._files[path])
            return self.start() if start else NO_ANSWER

    def remove(self, path: str) -> Answer:
        with self._lock:
            self._go_on()
            if path not in self._files:
                return NOT_FOUND
            if self._prints(path):
                return refused("Trying to delete a file that is currently in use")
            del self._files[path]
            if self._job and self._job.path == path:
                self._job = None
            return NO_ANSWER

    def start(self) -> Answer:
        with self._lock:
            self._go_on()
            if self._is_busy():
                return refused("Printer already has an active print job, did you mean 'restart'?")
            if self._state != "Operational":
                return refused("Printer is not operational")
            if self.troubles.idle_starts:
                self.troubles.idle_starts -= 1
            elif job := self._job:  # with nothing selected OctoPrint says 204, and does nothing
                job.printed = 0.0
                job.changes = [share * job.seconds for share in job.file.changes]
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
                self._job.file.ended(self._wall(), None)
            return answer

    def drop(self, error: str = "SerialTimeoutException: ") -> None:
        """The cable to the printer is pulled: whatever it printed is over."""
        with self._lock:
            self._go_on()
            if self._is_busy() and self._job:
                self._job.file.ended(self._wall(), None)
            self._job, self._error = None, error
            self._state = "Offline after error" if error else "Offline"

    def restart(self) -> None:
        """OctoPrint is killed in the midst of what it does, and starts again: it remembers its
        files alone, and has no printer."""
        with self._lock:
            self._go_on()
            self._job, self._error, self._state = None, "", "Offline"

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
                return refused(f"{why}, '{command}' command cannot be performed")
            self._state = turns.get(self._state, self._state)
            return NO_ANSWER

    def _is_busy(self) -> bool:
        return self._state in ("Printing", "Paused")

    def _prints(self, path: str) -> bool:
        return self._is_busy() and self._job is not None and self._job.path == path

    def _go_on(self) -> None:
        """Count what was printed since the last look."""
        now = self._pace.now()
        passed, self._at = now - self._at, now
        if self._state == "Printing" and self._job:
            self._print_on(self._job, passed)
        share = 1 - (1 - WARMING) ** passed
        nozzle_c, bed_c = self._targets()
        self._nozzle_c += ((nozzle_c or AMBIENT_C) - self._nozzle_c) * share
        self._bed_c += ((bed_c or AMBIENT_C) - self._bed_c) * share

    def _print_on(self, job: Job, seconds: float) -> None:
        job.printed += seconds
        if job.changes and job.printed >= job.changes[0]:
            job.printed = job.changes.pop(0)
            self._state = "Paused"
        elif job.printed >= job.seconds:
            over_s, job.printed = job.printed - job.seconds, job.seconds
            self._state = "Operational"
            job.file.ended(self._wall() - over_s, job.seconds)

    def _targets(self) -> tuple[float, float]:
        return (NOZZLE_C, BED_C) if self._is_busy() else (0.0, 0.0)

    # -- what OctoPrint says of it ------------------------------------------------------------

    def job(self) -> Answer:
        """`/api/job`."""
        with self._lock:
            self._go_on()
            body: dict[str, Any] = {
                "job": answers.job_body(self._job),
                "progress": answers.progress(self._job, self._is_busy()),
                "state": self._state,
            }
            return 200, body | ({"error": self._error} if self._error else {})

    def printer(self) -> Answer:
        """`/api/printer`."""
        with self._lock:
            self._go_on()
            if self._state.startswith("Offline"):
                return refused("Printer is not operational")
            nozzle_c, bed_c = self._targets()
            return 200, {
                "sd": {"ready": True},
                "state": {"error": "", "flags": answers.flags(self._state), "text": self._state},
                "temperature": {
                    "bed": answers.heat(self._bed_c, bed_c),
                    "tool0": answers.heat(self._nozzle_c, nozzle_c),
                },
            }

    def files(self, url: str) -> Answer:
        """`/api/files/local`."""
        with self._lock:
            self._go_on()
            free = 0 if self.troubles.disk_full else FREE
            files = [file.body(url) for file in self._files.values()]
            return 200, {"files": files, "free": free, "total": 3 * FREE}

    def file(self, path: str, url: str) -> Answer:
        """`/api/files/local/<path>`."""
        with self._lock:
            self._go_on()
            file = self._files.get(path)
            return (200, file.body(url)) if file else NOT_FOUND

    def connection(self) -> Answer:
        """`/api/connection`."""
        return 200, answers.connection(self.state)
