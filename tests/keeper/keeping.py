"""A real keeper process on mock lines, and a real kiosk process that can be killed or stopped."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from drivers.relay.fake import Change, lines_on, read_trace

#: Long enough for a loaded machine; a test that waits so long has failed.
DEADLINE_S = 15.0

SITE = """
[lab]
slug = "lab"
name = "FabLab"

[kiosk]
runtime = "run"
database = "lab.db"

[machines.laser]
name = "Laser"
family = "laser"
sort = "interlocked"
relay = { line = 17, active = "low", when_lost = "drop", drop_after_s = 2 }

[machines.mill]
name = "Mill"
family = "mill"
sort = "interlocked"
relay = { line = 22, when_lost = "drop", drop_after_s = 4 }

[machines.prusa]
name = "Prusa"
family = "3d-printer"
sort = "interlocked"
relay = { line = 27, when_lost = "hold" }
"""


def until(wanted: Callable[[], Any], what: str) -> Any:
    """The first true answer of `wanted`, asked again and again until the deadline."""
    end = time.monotonic() + DEADLINE_S
    while not (answer := wanted()):
        assert time.monotonic() < end, f"not within {DEADLINE_S} s: {what}"
        time.sleep(0.01)
    return answer


class KeeperProcess:
    """`fablab relays --mock --trace`, as systemd would start it: told when it is ready."""

    def __init__(self, folder: Path) -> None:
        self.site = folder / "site.toml"
        self.site.write_text(SITE)
        self.socket = folder / "run" / "relays.sock"
        self.trace = folder / "trace"
        self.log = folder / "log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(self.command(), stderr=log)
        until(self.socket.exists, "the keeper listens")

    def command(self, *more: str) -> list[str]:
        mock = ["--site", str(self.site), "--mock", "--trace", str(self.trace)]
        return [sys.executable, "-m", "kiosk", "relays", *mock, *more]

    def send(self, number: signal.Signals) -> None:
        assert self._process
        self._process.send_signal(number)

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Its exit code."""
        assert self._process
        self._process.send_signal(number)
        return self._process.wait(DEADLINE_S)

    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def close(self) -> None:
        if self.is_running():
            self.send(signal.SIGCONT)
            self.end(signal.SIGKILL)

    # -- the lines ----------------------------------------------------------------------------

    def on(self) -> set[str]:
        return lines_on(self.trace)

    def changes(self, machine: str) -> list[Change]:
        return [change for change in read_trace(self.trace) if change.machine == machine]

    def times_energised(self) -> int:
        return sum(change.on for change in read_trace(self.trace))

    def wait_until_off(self, machine: str) -> Change:
        """The change that put the line off."""
        until(lambda: machine not in self.on(), f"{machine} is off")
        return self.changes(machine)[-1]


class KioskProcess:
    """`tests.keeper.a_kiosk`: a floor's end in a process of its own, told what to do."""

    def __init__(self, socket: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.keeper.a_kiosk", str(socket)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.reports: list[dict[str, Any]] = []
        self._answers: queue.SimpleQueue[Any] = queue.SimpleQueue()
        threading.Thread(target=self._listen, daemon=True).start()

    def ask(self, verb: str, *values: str) -> Any:
        assert self._process.stdin
        self._process.stdin.write(json.dumps([verb, *values]) + "\n")
        self._process.stdin.flush()
        return self._answers.get(timeout=DEADLINE_S)

    def connected(self) -> None:
        until(lambda: self.ask("connected"), "the kiosk is connected")

    def on(self, *machines: str) -> None:
        self.connected()
        for machine in machines:
            assert self.ask("set", machine, "on"), f"{machine} could not be energised"

    def wait_for_report(self, machine: str, **wanted: Any) -> dict[str, Any]:
        def found() -> dict[str, Any] | None:
            for report in self.reports:
                if report["machine"] == machine and wanted.items() <= report.items():
                    return report
            return None

        report: dict[str, Any] = until(found, f"{machine} told as {wanted}")
        return report

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def close(self) -> None:
        if self._process.poll() is None:
            os.kill(self._process.pid, signal.SIGCONT)
            self._process.kill()
        self._process.wait(DEADLINE_S)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()

    def _listen(self) -> None:
        assert self._process.stdout
        try:
            for line in self._process.stdout:
                said = json.loads(line)
                if "report" in said:
                    self.reports.append(said["report"])
                else:
                    self._answers.put(said["answer"])
        except ValueError:
            return  # closed while it was read
