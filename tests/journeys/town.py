"""A town of real processes: a central, a lab's relay keeper and its kiosk, and the devices' fakes.

Nothing is imported from what is tested but the fakes that ship: the processes
are started as systemd would, told by badge frames on a pty and by HTTP, and
asked by their pages, their files and the command line.
"""

from __future__ import annotations

import csv
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, Self

from drivers.badge.fake import FakeReader
from drivers.relay.fake import Change, lines_on, read_trace
from machines.presence import APART_US
from tests.web.reading import read

#: What has not come by then will not, on the slowest machine of ours.
DEADLINE_S = 30.0

BADGES = {"ines": "0A00D2F5C3", "karim": "0A0000002B", "nobody": "0A000000FF"}

MEMBERS = """\
id;prénom;nom;catégorie;adhésion jusqu'au;habilitations;badges;animateur
m-1;Inès;Bernard;particulier;31/08/2099;laser|family:3d-printer;0A00D2F5C3;oui
m-2;Karim;Dubois;association;31/08/2099;;0000000043;
"""

SITE = """\
[lab]
slug = "ccdv"
name = "FabLab CCDV"

[kiosk]
port = {port}
address = "http://kiosk.local:{port}"
rtc = true
database = "lab.db"
runtime = "run"
credentials = "keys"

[central]
url = "http://127.0.0.1:{central}"
every_s = 1

[readers.desk]
kind = "rdm6300"
port = "{folder}/desk"

[readers.saw]
kind = "rdm6300"
port = "{folder}/saw"
machine = "saw"

[machines.saw]
name = "Scie à ruban"
family = "saw"
sort = "interlocked"
relay = {{ line = 17, when_lost = "drop", drop_after_s = 2 }}

[machines.press]
name = "Presse à mugs"
family = "press"
sort = "bare"
{machines}
"""

CENTRAL = """\
[central]
name = "Central"
port = {port}
rtc = true
database = "central.db"
runtime = "run"
credentials = "keys"
exports = "exports"
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(wanted: Callable[[], Any], what: str, deadline_s: float = DEADLINE_S) -> Any:
    """The first true answer of `wanted`, asked again and again."""
    end = time.monotonic() + deadline_s
    while not (answer := wanted()):
        assert time.monotonic() < end, f"not within {deadline_s:g} s: {what}"
        time.sleep(0.02)
    return answer


class Process:
    """`fablab VERB …`, and what it said on stderr."""

    def __init__(self, log: Path, *arguments: str) -> None:
        self.log = log
        self._command = [sys.executable, "-m", "kiosk", *arguments]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as said:
            self._process = subprocess.Popen(self._command, stdout=said, stderr=said)

    def send(self, number: signal.Signals) -> None:
        assert self._process
        self._process.send_signal(number)

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        assert self._process
        self._process.send_signal(number)
        return self._process.wait(DEADLINE_S)

    def close(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGCONT)
            self._process.kill()
            self._process.wait(DEADLINE_S)

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid


class Town:
    """`machines`: TOML of machines beside the saw and the press."""

    def __init__(
        self, folder: Path, machines: str = "", keys: dict[str, str] | None = None
    ) -> None:
        self.lab, self.hall = folder / "lab", folder / "central"
        for place in (self.lab, self.hall):
            (place / "keys").mkdir(parents=True)
            (place / "keys" / "badge-key").write_text("a key of forty-two characters, or so\n")
        for name, key in (keys or {}).items():
            (self.lab / "keys" / name).write_text(key)
        self.port, self.central_port = free_port(), free_port()
        self.site, self.central_site = self.lab / "site.toml", self.hall / "central.toml"
        self.site.write_text(
            SITE.format(
                port=self.port, central=self.central_port, folder=self.lab, machines=machines
            )
        )
        self.central_site.write_text(CENTRAL.format(port=self.central_port))
        self.trace = self.lab / "trace"
        self.desk, self.saw = FakeReader(self.lab / "desk"), FakeReader(self.lab / "saw")
        site, mock = ("--site", str(self.site)), ("--mock", "--trace", str(self.trace))
        self._tapped: dict[tuple[str, Path], float] = {}
        self.central = Process(self.hall / "log", "central", "--site", str(self.central_site))
        self.keeper = Process(self.lab / "relays.log", "relays", *site, *mock)
        self.kiosk = Process(self.lab / "kiosk.log", "run", *site)

    def __enter__(self) -> Self:
        try:
            self.found()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        for process in (self.kiosk, self.keeper, self.central):
            process.close()
        self.desk.close()
        self.saw.close()

    # -- life ---------------------------------------------------------------------------------

    def found(self) -> None:
        """The central with its members, a token for the lab; keeper and kiosk started."""
        self.central.start()
        until((self.hall / "run" / "central.sock").exists, "the central listens")
        members = self.hall / "members.csv"
        members.write_text(MEMBERS, encoding="utf-8-sig")
        assert self.ask("roster", "import", str(members), "--site", str(self.central_site))
        token = self.ask("node", "add", "ccdv-1", "--lab", "ccdv", "--site", str(self.central_site))
        (self.lab / "keys" / "central-token").write_text(token)
        self.keeper.start()
        until((self.lab / "run" / "relays.sock").exists, "the keeper listens")
        self.start_kiosk()
        until(lambda: self.health()["roster_age_s"] is not None, "the lab has the roster")

    def start_kiosk(self) -> None:
        """Returns once its pages answer, its readers are open and the keeper has admitted it."""
        self._tapped.clear()
        self.kiosk.start()
        until(self.is_ready, "the kiosk answers")

    def is_ready(self) -> bool:
        try:
            health = self.health()
            return health["readers_ok"] and "keeper-unreachable" not in health["notices"]
        except OSError:
            return False

    def ask(self, *arguments: str, typed: str = "") -> str:
        """What `fablab …` prints. It must succeed. `typed`: what it is told when it asks."""
        done = fablab(*arguments, typed=typed)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def try_kiosk(self) -> subprocess.CompletedProcess[str]:
        """A kiosk on this site file that is expected not to start."""
        return fablab("run", "--site", str(self.site))

    # -- what a person does and sees ------------------------------------------------------------

    def tap(self, who: str, reader: FakeReader | None = None) -> None:
        """A badge passed over a reader, late enough to be no repeat of the one before."""
        at = reader or self.desk
        apart_s = APART_US / 1e6 + 0.5  # the frame before may have been read that late
        due = self._tapped.get((who, at.path), 0.0) + apart_s
        until(lambda: time.monotonic() > due, "the badge was away")
        self._tapped[who, at.path] = time.monotonic()
        at.present(BADGES[who])

    def touch(self, what: str, value: str = "") -> None:
        url = f"http://127.0.0.1:{self.port}"
        body = json.dumps({"what": what, "value": value}).encode()
        headers = {"Content-Type": "application/json", "Origin": url}
        request = urllib.request.Request(f"{url}/touch", body, headers)
        urllib.request.urlopen(request, timeout=10).close()

    def screen(self) -> str:
        kind = self._json("screen.json")["kind"]
        assert isinstance(kind, str)
        return kind

    def wait_for_screen(self, kind: str) -> None:
        until(lambda: self.screen() == kind, f"the screen says {kind}")

    def card(self, name: str) -> str:
        """What the tablet says of a machine, a line per statement."""
        cards = re.findall(r"<article.*?</article>", self._get("tablet/cards"), re.DOTALL)
        [card] = [card for card in cards if name in card]
        return "\n".join(read(card))

    def health(self) -> dict[str, Any]:
        return self._json("healthz")

    def _json(self, path: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self._get(path))
        return found

    def _get(self, path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/{path}", timeout=10) as answer:
            return str(answer.read().decode())

    # -- what is on disk and on the lines ---------------------------------------------------------

    def on(self) -> set[str]:
        return lines_on(self.trace)

    def changes(self, machine: str) -> list[Change]:
        return [change for change in read_trace(self.trace) if change.machine == machine]

    def entries(self, *kinds: str) -> list[dict[str, Any]]:
        """The lab's journal by `fablab journal show`, oldest first: `data` is an entry's own."""
        said = self.ask("journal", "show", "--json", "--last", "100000", "--site", str(self.site))
        entries = [json.loads(line) for line in said.splitlines()]
        return [entry for entry in entries if not kinds or entry["kind"] in kinds]

    def open_sessions(self) -> set[str]:
        """Births of the sessions that the journal has not closed."""
        closed = {entry["data"]["session"] for entry in self.entries("session.closed")}
        return {entry["birth"] for entry in self.entries("session.opened")} - closed

    def from_the_future(self) -> bytes:
        """Makes the lab's file one of a newer kiosk's; its bytes. The kiosk is stopped."""
        file = self.lab / "lab.db"
        with closing(sqlite3.connect(file)) as connection:
            connection.execute(
                "INSERT INTO _sqlite_migrations(migration_set, name, applied_at)"
                " VALUES('lab', '999_what_is_to_come', '2030-01-01')"
            )
            connection.commit()
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return file.read_bytes()

    def sync(self) -> None:
        """Until the central has what the journal has now; the kiosk's own word is a round old."""
        last = self.entries()[-1]["seq"]
        until(lambda: self.taken_in() >= last, "the central has it all")

    def taken_in(self) -> int:
        """How many entries of the lab the central's file has."""
        with closing(sqlite3.connect(f"file:{self.hall}/central.db?mode=ro", uri=True)) as ledger:
            [(count,)] = ledger.execute("SELECT coalesce(sum(hw), 0) FROM store")
        return int(count)

    def export(self, month: str) -> Path:
        """The folder of that month."""
        out = self.hall / "export"
        until(lambda: self.try_export(month, out).returncode == 0, f"{month} is exported")
        return out

    def try_export(self, month: str, out: Path | None = None) -> subprocess.CompletedProcess[str]:
        to = () if out is None else ("--out", str(out))
        return fablab("export", month, "--site", str(self.central_site), *to)


def fablab(*arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    """`fablab VERB …`, run to its end."""
    command = [sys.executable, "-m", "kiosk", *arguments]
    return subprocess.run(
        command, input=typed, capture_output=True, text=True, timeout=60, check=False
    )


def table(folder: Path, name: str) -> list[dict[str, str]]:
    """A sheet of an export, in open data's flavour, without its totals line."""
    [file] = [f for f in folder.rglob(f"*{name}*.csv") if "donnees" in str(f).lower()]
    with file.open(encoding="utf-8", newline="") as lines:
        return [row for row in csv.DictReader(lines) if row["lieu"] != "TOTAL"]


def month_now() -> str:
    return time.strftime("%Y-%m", time.localtime())


os.environ.setdefault("TZ", "Europe/Paris")
time.tzset()
