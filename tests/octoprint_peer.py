"""A real OctoPrint with OctoPrint's own virtual printer, as a process beside the tests.

OctoPrint is AGPL and has some seventy requirements: it lives in a venv of its
own, `.octoprint/<version>` (made by `python -m tests.octoprint_venv`), and
nothing of it is imported. A print lasts as long as its `G4` dwells say.

    with OctoPrintPeer("1.11.8") as peer:
        peer.connect()
        peer.upload("cube.gcode", gcode(seconds=5))
        peer.print("cube.gcode")
        peer.wait_for("Operational")
"""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self

import pytest
import requests

HOME = Path(__file__).parents[1] / ".octoprint"
VERSIONS = ("1.11.8", "2.0.0rc7")
KEY = "k" * 32
#: Of an account that may what the queue needs and no more, and of one that may only look.
KIOSK_KEY, VIEWER_KEY = "q" * 32, "v" * 32

# The default `simulated_errors` break every print at line 100; without `sendWait`
# every pause hangs ten seconds in "Pausing" (measured, 1.11.8). What calls out is off.
CONFIG = """\
server:
  firstRun: false
  onlineCheck: {{enabled: false}}
  pluginBlacklist: {{enabled: false}}
  pythonEolCheck: {{enabled: false}}
  ipCheck: {{enabled: false}}
  seenWizards: {{corewizard: '4', tracking: '1', classicwebcam: '1', errortracking: '1'}}
serial:
  port: VIRTUAL
  baudrate: 115200
  timeout: {{communication: {comm_timeout_s}, connection: 5}}
  maxCommunicationTimeouts: {{printing: {timeouts}, long: {timeouts}}}
webcam: {{webcamEnabled: false, timelapseEnabled: false}}
plugins:
  _disabled: [announcements, softwareupdate, tracking, discovery, errortracking, health_check,
              firmware_check, pi_support, achievements, pluginmanager, backup, gcodeviewer]
  virtual_printer: {{enabled: true, simulated_errors: [], sendWait: true, waitInterval: 0.5}}
"""

USERS = """\
_version: 2
admin:
  active: true
  apikey: {key}
  groups: [admins, users]
  password: ''
  permissions: [ADMIN]
  roles: [user, admin]
  settings: {{}}
kiosk:
  active: true
  apikey: {kiosk}
  groups: []
  password: ''
  permissions: [STATUS, CONNECTION, FILES_LIST, FILES_UPLOAD, FILES_SELECT, FILES_DELETE, PRINT]
  roles: [user]
  settings: {{}}
viewer:
  active: true
  apikey: {viewer}
  groups: [readonly]
  password: ''
  permissions: []
  roles: [user]
  settings: {{}}
"""


def binary(version: str) -> Path:
    return HOME / version / "bin" / "octoprint"


def need(version: str) -> None:
    """Skip the test where this OctoPrint is missing; on the build server, fail it."""
    if binary(version).exists():
        return
    reason = f"no OctoPrint {version} here: python -m tests.octoprint_venv says why"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def gcode(seconds: float, step_s: float = 0.25) -> str:
    """A file that prints for about `seconds`, and uses half a millimetre at each step."""
    moves = (
        f"G1 X{i % 100} Y{i % 100} Z{0.2 + i * 0.02:.2f} E0.5 F3000\nG4 P{round(step_s * 1000)}"
        for i in range(round(seconds / step_s))
    )
    return "\n".join(["G28", "G90", "M83", *moves, "M84", ""])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class OctoPrintPeer:
    """One server in a folder of its own; the same folder and port after a restart."""

    def __init__(self, version: str, comm_timeout_s: float = 30, timeouts: int = 5) -> None:
        """`timeouts`: how many in a row, while it prints, until OctoPrint gives a printer up."""
        self.version = version
        self.key = KEY
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._comm_timeout_s = comm_timeout_s
        self._timeouts = timeouts
        self._folder = Path(tempfile.mkdtemp(prefix="octoprint-"))
        self._http = requests.Session()
        self._http.trust_env = False
        self._http.headers["X-Api-Key"] = KEY
        self._server: subprocess.Popen[bytes] | None = None

    # -- life -------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        """Returns once the API answers."""
        self.launch()
        self.wait_until(self._answers, "answering", 60)

    def launch(self) -> None:
        """Begins to start: for some seconds its port answers with what is not HTTP."""
        config = CONFIG.format(comm_timeout_s=self._comm_timeout_s, timeouts=self._timeouts)
        (self._folder / "config.yaml").write_text(config)
        (self._folder / "users.yaml").write_text(
            USERS.format(key=KEY, kiosk=KIOSK_KEY, viewer=VIEWER_KEY)
        )
        command = [str(binary(self.version)), "serve", "--iknowwhatimdoing"]
        command += ["--basedir", str(self._folder), "--host", "127.0.0.1"]
        received = self._folder / "received"  # of an upload that breaks off, it keeps what came
        received.mkdir(exist_ok=True)
        with (self._folder / "stdout.log").open("ab") as out:
            self._server = subprocess.Popen(
                [*command, "--port", str(self.port)],
                stdout=out,
                stderr=out,
                env=os.environ | {"TMPDIR": str(received)},
            )

    def wait_for_bytes(self) -> None:
        """While it boots: until its port answers anything at all."""
        self.wait_until(self._says_anything, "saying anything", 60)

    def _says_anything(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as line:
                line.sendall(b"GET /api/job HTTP/1.1\r\nHost: boot\r\n\r\n")
                return bool(line.recv(1))
        except OSError:
            return False

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self._server is None:
            return
        self._server.send_signal(how)
        try:
            self._server.wait(15)
        except subprocess.TimeoutExpired:
            self._server.kill()
            self._server.wait()
        self._server = None

    def kill(self) -> None:
        self.stop(signal.SIGKILL)

    def freeze(self) -> None:
        """It takes connections, and does nothing, until it is thawed."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        assert self._server is not None
        self._server.send_signal(number)

    def hold_files_to(self, size: int) -> None:
        """It can write no file of more bytes; -1: it can again."""
        assert self._server is not None
        limits = (size, resource.RLIM_INFINITY)
        resource.prlimit(self._server.pid, resource.RLIMIT_FSIZE, limits)

    @contextlib.contextmanager
    def small_disk(self, size_mb: int) -> Iterator[None]:
        """Its files are on a disk of so many MB. Skips the test where that needs rights."""
        folder = str(self._folder / "uploads")
        disk = ["mount", "-t", "tmpfs", "-o", f"size={size_mb}m", "tmpfs", folder]
        made = subprocess.run(disk, capture_output=True, text=True, check=False)
        if made.returncode:
            pytest.skip(f"no small disk can be made here: {made.stderr.strip()}")
        try:
            yield
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)

    def close(self) -> None:
        self.kill()
        self._http.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    # -- what a person at its page would do ---------------------------------------------------

    def connect(self) -> None:
        if self.state() != "Operational":
            self.post("connection", command="connect", port="VIRTUAL", baudrate=115200)
        self.wait_for("Operational")

    def disconnect(self) -> None:
        self.post("connection", command="disconnect")
        self.wait_for("Offline")

    def upload(self, name: str, content: str) -> None:
        files = {"file": (name, content)}
        answer = self._http.post(f"{self.url}/api/files/local", files=files, timeout=10)
        assert answer.status_code == 201, answer.text

    def wait_for_analysis(self, name: str) -> None:
        """Until OctoPrint knows how much filament a file takes; 2.0 tells it only of prints
        started afterwards."""
        self.wait_until(lambda: "gcodeAnalysis" in self.get(f"files/local/{name}"), "analysed", 60)

    def wait_for_history(self, name: str) -> None:
        """Until OctoPrint has written down how a print of this file ended."""
        self.wait_until(lambda: self.get(f"files/local/{name}").get("prints"), "written down", 10)

    def print(self, name: str) -> None:
        """Select and print. Returns once it is under way."""
        self.post(f"files/local/{name}", command="select", print=True)
        self.wait_for("Printing")

    def pause(self) -> None:
        self.post("job", command="pause", action="pause")
        self.wait_for("Paused")

    def resume(self) -> None:
        self.post("job", command="pause", action="resume")
        self.wait_for("Printing")

    def cancel(self) -> None:
        self.post("job", command="cancel")
        self.wait_for("Operational")

    def revoke(self, user: str) -> None:
        """Its API key is worth nothing from now on, until a restart."""
        url = f"{self.url}/api/access/users/{user}/apikey"
        assert self._http.delete(url, timeout=10).status_code in (200, 204)

    def gcode(self, *commands: str) -> None:
        """To the printer; `!!DEBUG:drop_connection` and the like to the virtual one itself."""
        self.post("printer/command", commands=list(commands))

    def post(self, path: str, **body: object) -> None:
        answer = self._http.post(f"{self.url}/api/{path}", json=body, timeout=10)
        assert answer.status_code in (200, 204), f"{path}: {answer.status_code} {answer.text}"

    def get(self, path: str) -> Any:
        return self._http.get(f"{self.url}/api/{path}", timeout=10).json()

    def files(self) -> set[str]:
        return {file["path"] for file in self.get("files/local?recursive=true")["files"]}

    def state(self) -> str:
        return str(self.get("job")["state"])

    def wait_for(self, state: str, timeout_s: float = 60) -> None:
        """`state` is the text, or the beginning of it."""
        self.wait_until(lambda: self.state().startswith(state), state, timeout_s)

    def _answers(self) -> bool:
        assert self._server is not None
        if self._server.poll() is not None:
            log = (self._folder / "stdout.log").read_text()
            raise RuntimeError(f"OctoPrint {self.version} ended:\n{log[-3000:]}")
        try:
            return "server" in self.get("version")
        except requests.RequestException:
            return False

    def wait_until(self, holds: Callable[[], object], what: str, timeout_s: float = 60) -> None:
        deadline = time.monotonic() + timeout_s
        while not holds():
            if time.monotonic() > deadline:
                raise TimeoutError(f"OctoPrint {self.version} is not {what!r}")
            time.sleep(0.02)
