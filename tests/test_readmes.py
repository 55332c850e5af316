"""Every folder says in a README what it is, and names only what is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.cli import verbs

HOUSE = Path(__file__).parents[1]
FOLDERS = sorted(
    folder.name
    for folder in HOUSE.iterdir()
    if folder.is_dir() and not folder.name.startswith((".", "__")) and any(folder.rglob("*.py"))
)
READMES = [HOUSE / "README.md", *sorted(HOUSE.glob("[!.]*/**/README.md"))]
#: Whose README has every module in its tables.
MAPPED = ["kiosk/floor", "kiosk/web", "kiosk/central"]

_CODE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")
#: A name that is a file or a folder of ours: it has a slash at its end or a known suffix.
_OURS = re.compile(r"[\w./*-]+(?:/|\.(?:py|toml|sh|md|service|conf|rules|json|css|js|po))")
_MAKE = re.compile(r"^[a-z-]+(?=:.*)", re.MULTILINE)


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_folder_says_what_it_is(folder: str) -> None:
    readme = HOUSE / folder / "README.md"
    assert readme.exists()
    assert len(readme.read_text().splitlines()) < 240, "short, so that it is read"


@pytest.mark.parametrize("readme", READMES, ids=lambda path: str(path.relative_to(HOUSE)))
def test_a_readme_names_only_files_that_are_there(readme: Path) -> None:
    assert [name for name in _files(readme) if not _is_there(readme.parent, name)] == []


@pytest.mark.parametrize("readme", READMES, ids=lambda path: str(path.relative_to(HOUSE)))
def test_a_readme_gives_only_commands_that_exist(readme: Path) -> None:
    text = readme.read_text()
    targets = set(_MAKE.findall((HOUSE / "Makefile").read_text()))
    said = re.findall(r"(?:^ {4}|`)make ([a-z-]+)", text, re.MULTILINE)
    assert [verb for verb in said if verb not in targets] == []
    said = re.findall(r"(?:^ {4}|`)(?:sudo )?fablab ([a-z-]+)", text, re.MULTILINE)
    assert [verb for verb in said if verb not in verbs()] == []


@pytest.mark.parametrize("folder", MAPPED)
def test_a_map_of_a_folder_has_every_module(folder: str) -> None:
    told = set(_CODE.findall((HOUSE / folder / "README.md").read_text()))
    there = {module.name for module in (HOUSE / folder).glob("[!_]*.py")}
    assert sorted(there - told) == []


def test_the_first_page_tells_of_every_verb() -> None:
    told = re.findall(r"^\| `fablab ([a-z-]+)", (HOUSE / "README.md").read_text(), re.MULTILINE)
    assert sorted(told) == sorted(verbs())


def _files(readme: Path) -> Iterator[str]:
    text = readme.read_text()
    yield from (link for link in _LINK.findall(text) if "://" not in link)
    yield from (name for name in _CODE.findall(text) if _OURS.fullmatch(name))


def _is_there(folder: Path, name: str) -> bool:
    """Beside the README or one folder above or below, or named from the top. `/…` is on a Pi."""
    if name.startswith(("/", "http")):
        return True
    places = (
        folder,
        folder.parent,
        HOUSE,
        *(below for below in folder.iterdir() if below.is_dir()),
    )
    return any(any(place.glob(name.rstrip("/"))) for place in places)
