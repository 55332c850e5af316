"""A good lab on paper, and two kinds of driver to try it with."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from config.load import SiteError, load_site
from config.site import Site


@dataclass(frozen=True, slots=True)
class PrinterOptions:
    """A driver with an address."""

    url: str
    key_file: str
    poll_s: float = 3.0
    push: bool = True


@dataclass(frozen=True, slots=True)
class LaserOptions:
    """A driver with a serial port, and a door of its own."""

    port: str
    baudrate: int = 115200
    tap_port: int = 2300


DRIVERS = {"octoprint": PrinterOptions, "grbl": LaserOptions}
READERS = ("rdm6300", "em18")

GOOD = """\
[lab]
slug = "essai"
name = "FabLab d'essai"

[lab.hours]
wednesday = "09:00-12:30 13:30-18:00"

[kiosk]
port = 8080
database = "lab.db"

[central]
url = "https://central.example.org"

[readers.desk]
kind = "rdm6300"
port = "/dev/serial/by-id/desk"

[readers.laser]
kind = "em18"
port = "/dev/serial/by-id/laser"
machine = "laser"

[machines.laser]
name = "Laser"
family = "laser"
sort = "interlocked"
clearance = true
idle_after_min = 10

[machines.laser.relay]
line = 17

[machines.laser.driver]
kind = "grbl"
port = "/dev/serial/by-id/grbl"

[machines.mk4]
name = "MK4"
family = "3d-printer"
sort = "watched"
outlives = true

[machines.mk4.driver]
kind = "octoprint"
url = "http://mk4.local"
key_file = "mk4"

[machines.drill]
name = "Perceuse"
family = "drill"
sort = "interlocked"

[machines.drill.relay]
line = 18

[machines.drill.sense]
line = 22

[machines.mugs]
name = "Presse à mugs"
family = "press"
sort = "bare"
"""

Load = Callable[[str], Site]


def load(path: Path) -> Site:
    return load_site(path, DRIVERS, READERS)


def changed(old: str, new: str) -> str:
    """The good file with one thing changed."""
    assert GOOD.count(old) == 1, f"{old!r} stands {GOOD.count(old)} times in the good file"
    return GOOD.replace(old, new)


def complaints(folder: Path, text: str) -> list[str]:
    """What is said of a file, without its name. A good file has none."""
    path = folder / "lab.toml"
    path.write_text(textwrap.dedent(text))
    try:
        load(path)
    except SiteError as error:
        return [problem.removeprefix(f"{path}: ") for problem in error.problems]
    return []
