"""What others wrote stays byte for byte what they published, and nothing is fetched elsewhere."""

from __future__ import annotations

import hashlib
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHELVES = (ROOT / "kiosk/web/static/vendor", ROOT / "tests/vendor")
OURS = [
    path
    for path in (ROOT / "kiosk/web").rglob("*")
    if path.suffix in (".html", ".css", ".js", ".svg") and "vendor" not in path.parts
]


@pytest.mark.parametrize("shelf", SHELVES, ids=["shipped", "tests"])
def test_every_vendored_file_is_the_published_one(shelf: Path) -> None:
    known = tomllib.loads((shelf / "VENDOR.toml").read_text())
    found = {path.name for path in shelf.iterdir()} - {"VENDOR.toml", "__init__.py", "__pycache__"}
    assert found == set(known)
    for name, card in known.items():
        assert hashlib.sha256((shelf / name).read_bytes()).hexdigest() == card["sha256"]
        assert card["version"] in name
        assert card["licence"]
        assert card["version"] in card["url"]


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_no_page_asks_anything_of_the_internet(path: Path) -> None:
    addresses = set(re.findall(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}", path.read_text()))
    assert addresses <= {"http://www.w3.org"}


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_no_page_needs_what_its_policy_forbids(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"\son[a-z]+=|\sstyle=|javascript:|\beval\(|new Function", text)
    assert "| safe" not in text
