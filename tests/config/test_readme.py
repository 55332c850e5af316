"""config/README.md names every key of a site file, with its default, and no other."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import pytest

from config import load
from config.site import (
    Association,
    Central,
    CountedItem,
    Driver,
    Expiry,
    Machine,
    Memberships,
    Printer,
    Queue,
    Reader,
    Relay,
    Retention,
    Sense,
)

README = Path(__file__).parents[2] / "config" / "README.md"

SECTIONS: dict[str, type] = {
    "[lab]": load.Lab,
    "[kiosk]": load.Kiosk,
    "[central]": Central,
    "[readers.SLUG]": Reader,
    "[machines.SLUG]": Machine,
    "[machines.SLUG.relay]": Relay,
    "[machines.SLUG.sense]": Sense,
    "[machines.SLUG.driver]": Driver,
    "[machines.SLUG.printer]": Printer,
    "[queue]": Queue,
    "[items.SLUG]": CountedItem,
    "[retention]": Retention,
    "[central] of the central": load.Store,
    "[memberships]": Memberships,
    "[clearances.SLUG]": Expiry,
    "[association]": Association,
}
#: Not keys: a slug is the table's name, options are the driver's own keys.
ELSEWHERE = {
    (Machine, "slug"),
    (Reader, "slug"),
    (CountedItem, "slug"),
    (Expiry, "slug"),
    (Driver, "options"),
}


def _rows(section: str) -> dict[str, str]:
    """The keys and defaults of the table under a heading."""
    under = README.read_text().split(f"### {section}\n", 1)[1].split("\n#", 1)[0]
    rows = re.findall(r"^\| `(\w+)` \|\s*(?:`([^`]*)`|[^|`]*)\s*\|", under, re.MULTILINE)
    return dict(rows)


@pytest.mark.parametrize("section", SECTIONS)
def test_the_readme_names_every_key(section: str) -> None:
    owner = SECTIONS[section]
    keys = [f.name for f in fields(owner) if (owner, f.name) not in ELSEWHERE]
    assert list(_rows(section)) == keys


@pytest.mark.parametrize("section", SECTIONS)
def test_the_readme_gives_the_true_defaults(section: str) -> None:
    rows = _rows(section)
    shown = dict(_plain(SECTIONS[section]))
    assert {key: rows[key] for key in shown} == shown


def _plain(owner: type) -> Iterator[tuple[str, str]]:
    assert is_dataclass(owner)
    for field in fields(owner):
        if (owner, field.name) not in ELSEWHERE:
            yield field.name, _default(field)


def _default(field: Field[Any]) -> str:
    value = field.default
    if value is MISSING or value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:g}"
    return json.dumps(value.value if isinstance(value, Enum) else value, default=str)
