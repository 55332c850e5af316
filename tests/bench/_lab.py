"""A lab of real processes for a bench: relay keeper, kiosk, readers on ptys, a roster."""

from __future__ import annotations

import json
import os
import shutil
import time
import urllib.request
from collections.abc import Iterable
from contextlib import ExitStack, closing
from datetime import date
from pathlib import Path
from typing import Self

from drivers.badge.fake import FakeReader
from drivers.relay.fake import Change
from kiosk.store.disk import open_writer
from kiosk.sync import roster
from machines.badges import DigestKey
from machines.members import Member, Roster
from tests.journeys.town import Process, free_port, until

KEY = b"the key of a bench, which is no secret"
LONGEST_S = 20.0

SITE = """\
[lab]
slug = "bench"
name = "Bench"

[kiosk]
port = {port}
database = "lab.db"
runtime = "run"
credentials = "keys"

[readers.desk]
kind = "rdm6300"
port = "{folder}/desk"

[readers.saw]
kind = "rdm6300"
port = "{folder}/saw"
machine = "saw"

[machines.saw]
name = "Scie"
family = "saw"
sort = "interlocked"
relay = {{ line = 27 }}
"""


def badge(number: int) -> str:
    """Ten hex digits, as a reader says them."""
    return f"0A{number:08X}"


def interlocked(slug: str, line: int) -> str:
    return (
        f'[machines.{slug}]\nname = "{slug}"\nfamily = "tool"\nsort = "interlocked"\n'
        f"relay = {{ line = {line} }}\n"
    )


def bare(slug: str) -> str:
    return f'[machines.{slug}]\nname = "{slug}"\nfamily = "press"\nsort = "bare"\n'


def printer(slug: str, url: str, push: bool = False) -> str:
    return (
        f'[machines.{slug}]\nname = "{slug}"\nfamily = "3d-printer"\nsort = "watched"\n'
        f'[machines.{slug}.driver]\nkind = "octoprint"\nurl = "{url}"\n'
        f'key_file = "octoprint"\npush = {str(push).lower()}\n'
    )


class BenchLab:
    """`folder` is on the disk that is measured. `members` of the roster have badges 1 to n.

    `past`: a lab's file to begin with."""

    def __init__(
        self,
        folder: Path,
        machines: Iterable[str] = (),
        members: int = 1,
        key: str = "k" * 32,
        past: Path | None = None,
    ) -> None:
        (folder / "keys").mkdir(parents=True)
        (folder / "keys/badge-key").write_bytes(KEY)
        (folder / "keys/octoprint").write_text(key)
        self.folder = folder
        self.port = free_port()
        site = folder / "site.toml"
        site.write_text(SITE.format(port=self.port, folder=folder) + "\n".join(machines))
        self.database = folder / "lab.db"
        if past:
            shutil.copy(past, self.database)
        self._enrol(members)
        self.desk, self.saw = FakeReader(folder / "desk"), FakeReader(folder / "saw")
        self._trace = folder / "trace"
        self._read = 0
        mock = ("--mock", "--trace", str(self._trace))
        self.keeper = Process(folder / "relays.log", "relays", "--site", str(site), *mock)
        self.kiosk = Process(folder / "kiosk.log", "run", "--site", str(site))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with ExitStack() as last:
            last.callback(self.saw.close)
            last.callback(self.desk.close)
            last.callback(self.keeper.close)
            last.callback(self.kiosk.close)

    def start(self) -> None:
        """Returns once pages answer and the keeper has admitted the kiosk."""
        self.keeper.start()
        until((self.folder / "run/relays.sock").exists, "the keeper listens")
        self.kiosk.start()
        until(self.is_ready, "the kiosk answers, hears its readers and has its keeper")

    def is_ready(self) -> bool:
        try:
            health = json.loads(self.get("healthz"))
        except OSError:
            return False
        return health["readers_ok"] and "keeper-unreachable" not in health["notices"]

    def get(self, path: str) -> bytes:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/{path}", timeout=10) as answer:
            body: bytes = answer.read()
        return body

    def touch(self, what: str, value: str = "") -> None:
        url = f"http://127.0.0.1:{self.port}"
        headers = {"Content-Type": "application/json", "Origin": url}
        body = json.dumps({"what": what, "value": value}).encode()
        request = urllib.request.Request(f"{url}/touch", body, headers)
        urllib.request.urlopen(request, timeout=10).close()

    def screen(self) -> str:
        return str(json.loads(self.get("screen.json"))["kind"])

    def changes(self, on: bool) -> Change:
        """The next change of a line to this level, as the pin's own trace has it."""
        end = time.monotonic() + LONGEST_S
        while True:
            for change in self._new_changes():
                if change.on is on:
                    return change
            assert time.monotonic() < end, f"no line goes {'on' if on else 'off'}"
            time.sleep(0.0005)

    def _new_changes(self) -> Iterable[Change]:
        """One at a time, so that what comes after it is kept for the next who asks."""
        if not self._trace.exists() or self._trace.stat().st_size <= self._read:
            return
        with self._trace.open("rb") as trace:
            trace.seek(self._read)
            while (line := trace.readline()).endswith(b"\n"):
                self._read = trace.tell()
                yield Change(**json.loads(line))

    def _enrol(self, members: int) -> None:
        key, year = DigestKey(KEY), date(2099, 12, 31)
        people = tuple(
            Member(f"m-{n}", f"M{n}", member_until=year, badges=(key.digest(f"{n:08X}"),))
            for n in range(1, members + 1)
        )
        with closing(open_writer(self.database)) as connection:
            roster.keep(connection, roster.encode(Roster("e1", 1, people)))


def resident_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise LookupError(f"process {pid} has no VmRSS")


def cpu_s(pid: int) -> float:
    """Seconds of processor time, of all threads, so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def share(values: list[float], part: float) -> float:
    """The value below which `part` of them lie."""
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]
