"""The kinds of entry: machines/README.md names each with its fields, and no other."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from machines.journal import KINDS, Birth, Body

MACHINES = Path(__file__).parents[2] / "machines"
README = (MACHINES / "README.md").read_text()


def test_the_readme_names_every_kind_of_entry_with_its_fields_and_no_other() -> None:
    table = README.split("## Kinds of entry")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `([\w.]+)` \|([^|]*)\|[^|]*\|$", table, re.MULTILINE)
    told = {kind: re.findall(r"`(\w+)`", body) for kind, body in rows}
    assert told == {kind: [f.name for f in fields(body)] for kind, body in KINDS.items()}


def test_the_readme_names_every_module_and_no_other() -> None:
    table = README.split("## Words")[0]
    modules = {path.name for path in MACHINES.glob("*.py")} - {"__init__.py"}
    assert set(re.findall(r"`(\w+\.py)`", table)) == modules


def test_every_kind_is_known_by_its_name_on_disk() -> None:
    assert {body: body.kind for body in get_args(Body)} == {b: k for k, b in KINDS.items()}


def test_a_kind_says_of_whom_it_speaks_in_its_personal_part_only() -> None:
    about_a_person = {"member", "badge", "by", "file_name"}
    assert all(about_a_person.isdisjoint(f.name for f in fields(body)) for body in KINDS.values())


@given(st.binary(min_size=16, max_size=16), st.integers(1, 2**62), st.integers(0, 2**63 - 1))
def test_a_birth_reads_back_from_its_text(store: bytes, seq: int, nonce: int) -> None:
    birth = Birth(store.hex(), seq, nonce)
    assert Birth.parse(str(birth)) == birth


@pytest.mark.parametrize("text", ["", "a1-7", "a1-seven-0", "a1-7-0-0"])
def test_what_is_no_birth_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 — any sentence will do
        Birth.parse(text)
