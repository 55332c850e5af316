"""Where the demo keeps its files, and which ports it takes.

    .demo/central/site.toml  central.db  keys/
    .demo/ccdv/site.toml  lab.db  keys/  desk …      (doret likewise)

The site files are copies of `config/sites/demo`: every command of the product
may be tried on them.
"""

from __future__ import annotations

import re
import secrets
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from kiosk.store.disk import StoreError, claim

LABS = ("ccdv", "doret")

#: Ports as the site files of the demo write them; others are as far from 8080.
FIRST_PORT = 8080
PORTS = {"ccdv": 8080, "central": 8081, "doret": 8082, "bench": 8090, "printers": 8091}
#: The laser's tap, which its options name.
TAP_PORT = 2300

#: The longest path of a Unix socket, less the longest name that stands in a folder of ours.
LONGEST = 107 - len("/central/run/relays.sock")


#: Room for a year of three files, their write-ahead logs and what each keeps for a full disk.
NEEDED_MB = 100


class DemoError(RuntimeError):
    """A sentence for whoever started the demo."""


@dataclass(frozen=True, slots=True)
class Places:
    """One demo's folder and the first of its ports."""

    folder: Path
    first_port: int = FIRST_PORT

    def port(self, name: str) -> int:
        return PORTS[name] + self.first_port - FIRST_PORT

    @property
    def tap_port(self) -> int:
        return TAP_PORT + self.first_port - FIRST_PORT

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.port(name)}/"

    def site(self, name: str) -> Path:
        return self.folder / name / "site.toml"

    def trace(self, lab: str) -> Path:
        """What the relays of a lab let through, change by change."""
        return self.folder / lab / "relays.trace"

    def keys(self, name: str) -> Path:
        return self.folder / name / "keys"

    @contextmanager
    def claimed(self) -> Iterator[None]:
        """The folder is ours within, and no other demo's. Raises DemoError."""
        try:
            ours = claim(self.folder / "demo")
        except StoreError as wrong:
            self._refuse_busy_ports()  # a demo forgotten in another terminal: that is enough to say
            raise DemoError(f"{wrong}, or choose another --folder") from wrong
        try:
            yield
        finally:
            ours.release()

    def prepare(self) -> None:
        """Free ports, folders, site files and keys. Raises DemoError."""
        if len(str(self.folder)) > LONGEST:
            raise DemoError(f"{self.folder}: too deep for a socket; choose another with --folder")
        self._refuse_busy_ports()
        self.write()
        free_mb = shutil.disk_usage(self.folder).free // 1_000_000
        if free_mb < NEEDED_MB:
            raise DemoError(
                f"{self.folder}: {free_mb} MB free, expected {NEEDED_MB}; choose another --folder"
            )

    def write(self) -> None:
        """Folders and site files, and the keys that are not there yet. Raises DemoError."""
        try:
            badge_key = self._secret("central", "badge-key", secrets.token_hex(32).encode())
            octoprint_key = self._secret("ccdv", "octoprint", secrets.token_hex(16).encode())
            for name in ("central", *LABS):
                self._secret(name, "badge-key", badge_key)
                self._secret(name, "octoprint", octoprint_key)
                self.site(name).write_text(self._moved(shipped(f"{name}.toml")))
        except OSError as error:
            raise DemoError(f"{error.filename}: {error.strerror}; choose a --folder") from error

    def forget(self) -> None:
        """Begin again from nothing: only ever removes what a demo made. The folder is `claimed`."""
        for name in ("central", *LABS):
            if self.site(name).exists():
                shutil.rmtree(self.folder / name)
        (self.folder / "clock").unlink(missing_ok=True)

    def _secret(self, name: str, key: str, value: bytes) -> bytes:
        file = self.keys(name) / key
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not file.exists():
            file.write_bytes(value)
        return file.read_bytes()

    def _moved(self, text: str) -> str:
        """The same file with ports as far from the usual ones as `first_port` is."""
        ahead = self.first_port - FIRST_PORT
        text = re.sub(r"80[89]\d", lambda port: str(int(port[0]) + ahead), text)
        return text.replace(f"tap_port = {TAP_PORT}", f"tap_port = {self.tap_port}")

    def _refuse_busy_ports(self) -> None:
        busy = [str(port) for port in (*map(self.port, PORTS), self.tap_port) if _is_busy(port)]
        if busy:
            ports = "port " + busy[0] if len(busy) == 1 else "ports " + ", ".join(busy)
            raise DemoError(f"{ports}: in use already; stop what has it, or choose --port 9080")


def shipped(name: str) -> str:
    """A file of `config/sites/demo`, also from an installed wheel."""
    return (resources.files("config") / "sites" / "demo" / name).read_text("utf-8")


def _is_busy(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False
