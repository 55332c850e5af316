"""Every driver folder is built alike, and drivers/README.md says what there is."""

from __future__ import annotations

import ast
import dataclasses
import doctest
import importlib
import json
import re
from pathlib import Path

import pytest

import drivers
from config.site import Relay, Sense
from drivers.relay import Options as RelayOptions
from drivers.sense import Options as SenseOptions
from kiosk.kinds import driver_kinds, reader_kinds

HERE = Path(drivers.__path__[0])
FOLDERS = sorted(path.parent.name for path in HERE.glob("*/__init__.py"))
README = (HERE / "README.md").read_text()

#: What a pure module may not load: whatever can open, wait, or tell the time.
IMPURE = {
    "asyncio", "gpiozero", "http", "logging", "os", "pathlib", "queue", "requests", "select",
    "selectors", "serial", "socket", "subprocess", "tempfile", "threading", "time",
    "urllib.request", "websocket",
}  # fmt: skip


def modules(folder: str) -> dict[str, Path]:
    return {path.stem: path for path in (HERE / folder).glob("*.py")}


def imported(path: Path) -> set[str]:
    """Everything that the module at `path` imports: `a.b` counts as `a` and as `a.b`."""
    dotted: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            dotted |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            dotted.add(node.module or "")
    return dotted | {name.split(".")[0] for name in dotted}


def test_there_are_drivers() -> None:
    assert {"badge", "relay", "sense"} <= set(FOLDERS)


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_folder_has_a_card_a_wire_a_link_and_a_fake(folder: str) -> None:
    assert {"__init__", "wire", "link", "fake"} <= modules(folder).keys()


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_card_names_the_folder_and_its_options(folder: str) -> None:
    card = importlib.import_module(f"drivers.{folder}")
    assert folder == card.NAME
    assert dataclasses.is_dataclass(card.Options)
    assert card.Options.__dataclass_params__.frozen
    assert "__slots__" in vars(card.Options)


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_module_says_in_its_first_lines_what_it_is(folder: str) -> None:
    for path in modules(folder).values():
        assert ast.get_docstring(ast.parse(path.read_text())), path


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_examples_of_its_wire_hold(folder: str) -> None:
    assert doctest.testmod(importlib.import_module(f"drivers.{folder}.wire")).failed == 0


@pytest.mark.parametrize("folder", FOLDERS)
def test_only_the_link_opens_a_port_or_a_line(folder: str) -> None:
    for name, path in modules(folder).items():
        if name != "link":
            assert not imported(path) & {"serial", "gpiozero"}, name


@pytest.mark.parametrize("folder", FOLDERS)
def test_card_and_wire_are_pure_all_the_way_down(folder: str) -> None:
    """What they load of their own folder is pure too: a card never loads its link."""
    seen: set[str] = set()
    todo = ["__init__", "wire"]
    while todo:
        name = todo.pop()
        seen.add(name)
        loaded = imported(modules(folder)[name])
        assert not loaded & IMPURE, name
        parts = {part.removeprefix(f"drivers.{folder}.") for part in loaded}
        todo += sorted((parts & modules(folder).keys()) - seen)


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_table_of_drivers_has_the_folder(folder: str) -> None:
    assert re.search(rf"^\| `{folder}` \|", README, re.MULTILINE)


def test_the_table_of_drivers_has_nothing_else() -> None:
    rows = re.findall(r"^\| `(\w+)` \|.*\[(?:machines|readers)\.", README, re.MULTILINE)
    assert sorted(rows) == FOLDERS


def test_the_table_of_drivers_has_every_kind_that_a_site_file_may_say() -> None:
    for kind in [*driver_kinds(), *reader_kinds()]:
        assert f'"{kind}"' in README


@pytest.mark.parametrize("kind", driver_kinds())
def test_every_option_of_a_driver_is_explained_with_its_default(kind: str) -> None:
    table = README.partition(f"\n### {kind}\n")[2].partition("\n\n")[0]
    explained = re.findall(r"^\| `(\w+)` \|(.*?)\|", table, re.MULTILINE)
    assert {key: default.strip() for key, default in explained} == {
        field.name: "" if field.default is dataclasses.MISSING else f"`{_toml(field.default)}`"
        for field in dataclasses.fields(driver_kinds()[kind])
    }


def _toml(value: object) -> str:
    return json.dumps(int(value) if isinstance(value, float) and value.is_integer() else value)


@pytest.mark.parametrize(("options", "paper"), [(SenseOptions, Sense), (RelayOptions, Relay)])
def test_a_lines_options_are_what_a_site_file_says_of_it(options: type, paper: type) -> None:
    on_paper = {field.name: field.default for field in dataclasses.fields(paper)}
    for field in dataclasses.fields(options):
        assert field.name == "machine" or on_paper[field.name] == field.default
