"""Any file at all either becomes a lab or gets sentences that say where."""

from __future__ import annotations

import datetime
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.load import SiteError
from tests.config.paper import GOOD, load

VALUES = st.one_of(
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.text(max_size=12),
    st.just([]),
    st.just({}),
    st.just(datetime.date(2026, 11, 24)),
    st.dictionaries(st.text(max_size=6), st.integers(), max_size=2),
    st.lists(st.integers(), max_size=2),
)


@given(at=st.integers(0, len(GOOD)), cut=st.integers(0, 30), put=st.text(max_size=10))
def test_a_file_with_any_stretch_of_it_overwritten(at: int, cut: int, put: str) -> None:
    _loads_or_says_where((GOOD[:at] + put + GOOD[at + cut :]).encode("utf-8", "surrogatepass"))


@given(st.binary(max_size=60))
def test_a_file_of_any_bytes(raw: bytes) -> None:
    _loads_or_says_where(raw)


@pytest.mark.slow
@given(data=st.data(), value=VALUES)
def test_a_file_with_any_value_in_any_place(data: st.DataObject, value: Any) -> None:
    tree = tomllib.loads(GOOD)
    table, key = data.draw(st.sampled_from(list(_places(tree))))
    table[data.draw(st.sampled_from([key, "extra", "slug", "kind", ""]))] = value
    _loads_or_says_where(_toml(tree).encode("utf-8", "surrogatepass"))


def _loads_or_says_where(raw: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lab.toml"
        path.write_bytes(raw)
        said = _said(path)
        assert said is None or (said and all(line.startswith(f"{path}: ") for line in said))


def _said(path: Path) -> tuple[str, ...] | None:
    try:
        load(path)
    except SiteError as error:
        return error.problems
    return None


def _places(table: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    for key, value in table.items():
        yield table, key
        if isinstance(value, dict):
            yield from _places(value)


def _toml(value: Any) -> str:
    """Inline TOML of a whole document: enough for a test."""
    return "\n".join(f"{_text(key)} = {_inline(below)}" for key, below in value.items())


def _inline(value: Any) -> str:
    match value:
        case dict():
            return "{" + ", ".join(f"{_text(k)} = {_inline(v)}" for k, v in value.items()) + "}"
        case list():
            return "[" + ", ".join(_inline(item) for item in value) + "]"
        case bool():
            return str(value).lower()
        case str():
            return _text(value)
        case _:
            return str(value)


def _text(text: str) -> str:
    return '"' + "".join(f"\\U{ord(sign):08x}" for sign in text) + '"'
