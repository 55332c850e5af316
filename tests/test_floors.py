"""Who may import whom: the floors of the house, read from the sources themselves."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

import pytest

HOUSE = Path(__file__).parents[1]
FLOORS = ("machines", "config", "drivers", "kiosk")

#: For each floor, what of ours it may import. The first pattern that fits a module counts.
OURS = {
    "machines*": ("machines",),
    "config*": ("config", "machines"),
    "drivers*": ("drivers", "machines"),
    "kiosk.central*": ("kiosk", "config", "machines"),
    "kiosk*": FLOORS,
}
#: What a module that may import the rest must not, with the reason.
NEVER = {
    ("kiosk.central*", "kiosk.floor*"): "the central runs where no machine is",
}
#: Third parties with a place of their own: only these modules may import them.
PLACES = {
    "serial": ("drivers.*.link",),
    "gpiozero": ("drivers.*.link",),
    "lgpio": ("drivers.*.link",),
    "flask": ("kiosk.web*", "kiosk.central*"),
    "flask_babel": ("kiosk.web*", "kiosk.central*"),
    "sqlite_utils": ("kiosk.store*", "kiosk.central*"),
    "sqlite3": ("kiosk.*",),
    "waitress": ("kiosk.*",),
    "requests": ("drivers.octoprint.rest", "kiosk.sync.http"),
    "urllib3": ("drivers.octoprint.rest",),
    "websocket": ("drivers.octoprint.stream",),
    "cattrs": ("config*",),
    "tenacity": ("drivers.*.link", "kiosk*"),
}


class Import(NamedTuple):
    """`module` imports `name`, at `line` of its file."""

    module: str
    name: str
    line: int


def imports_of(module: str, source: str) -> Iterator[Import]:
    """Every import of a module, wherever in it, for types only or not."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (Import(module, alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = _absolute(module, node)
            yield from (Import(module, f"{start}.{a.name}", node.lineno) for a in node.names)


def _absolute(module: str, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    package = module.split(".")[: -node.level]
    return ".".join([*package, *([node.module] if node.module else [])])


def wrong(found: Import) -> str:
    """Why this import is not allowed, "" where it is."""
    top = found.name.split(".")[0]
    if top in FLOORS:
        allowed = next(ours for floor, ours in OURS.items() if fnmatchcase(found.module, floor))
        if top not in allowed:
            return f"only {', '.join(allowed)} of ours"
        for (importer, imported), why in NEVER.items():
            if fnmatchcase(found.module, importer) and fnmatchcase(found.name, imported):
                return why
        return ""
    if found.module.startswith("machines") and top not in sys.stdlib_module_names:
        return "the standard library only"
    places = PLACES.get(top)
    if places and not any(fnmatchcase(found.module, place) for place in places):
        return f"{top} only in {', '.join(places)}"
    return ""


def _modules() -> Iterator[tuple[str, Path]]:
    for floor in FLOORS:
        for path in sorted((HOUSE / floor).rglob("*.py")):
            parts = path.relative_to(HOUSE).with_suffix("").parts
            yield ".".join(part for part in parts if part != "__init__"), path


MODULES = dict(_modules())
IMPORTS = [
    found for module, path in MODULES.items() for found in imports_of(module, path.read_text())
]


@pytest.mark.parametrize("floor", FLOORS)
def test_no_floor_imports_what_stands_above_it(floor: str) -> None:
    mine = [found for found in IMPORTS if found.module.split(".")[0] == floor]
    assert mine
    assert [f"{f.module}:{f.line} {f.name}: {why}" for f in mine if (why := wrong(f))] == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("machines.session", "import msgspec"),
        ("machines.session", "from kiosk.clock import Clock"),
        ("machines.session", "def f():\n    import config.site"),
        ("config.load", "from drivers.badge import Options"),
        ("drivers.badge.wire", "import serial"),
        ("drivers.badge.link", "import kiosk"),
        ("kiosk.floor.floor", "import gpiozero"),
        ("kiosk.floor.floor", "from flask import Flask"),
        ("kiosk.sync.engine", "import sqlite_utils"),
        ("kiosk.central.pages", "from drivers.octoprint import wire"),
        ("kiosk.central.pages", "from kiosk.floor.view import LabView"),
        ("kiosk.central.pages", "from kiosk import floor"),
        ("kiosk.central.pages", "from ..floor import view"),
    ],
)
def test_an_import_that_breaks_the_house_is_caught(module: str, source: str) -> None:
    assert any(wrong(found) for found in imports_of(module, source))


#: What decides does not look at the world: time and chance are given to it.
WORLD = {
    "os",
    "time",
    "threading",
    "random",
    "secrets",
    "socket",
    "subprocess",
    "sqlite3",
    "pathlib",
}


def test_what_decides_reads_no_clock_no_file_and_starts_no_thread() -> None:
    field = [found for found in IMPORTS if found.module.startswith("machines")]
    assert [f"{f.module}: {f.name}" for f in field if f.name.split(".")[0] in WORLD] == []
    for module, path in MODULES.items():
        if module.startswith("machines"):
            assert not _calls(path) & {"open", "print", "input", "now", "today", "utcnow"}, module


def _calls(path: Path) -> set[str]:
    called = [
        node.func for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)
    ]
    names = {call.id for call in called if isinstance(call, ast.Name)}
    return names | {call.attr for call in called if isinstance(call, ast.Attribute)}
