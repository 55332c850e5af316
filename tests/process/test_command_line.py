"""The command line as a whole: what every verb has alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.cli import parser

OF_A_LAB = [
    "run",
    "relays",
    "journal show",
    "journal check",
    "machine laser --ok",
    "tablet pair",
    "tablet list",
    "tablet remove 1",
]
OF_THE_CENTRAL = [
    "central",
    "export 2026-11",
    "roster import members.csv",
    "roster pin M0001",
    "node add ccdv-1 --lab ccdv",
    "node list",
]


@pytest.mark.parametrize(
    ("asked", "file"),
    [(asked, "/etc/fablab/site.toml") for asked in OF_A_LAB]
    + [(asked, "/etc/fablab-central/central.toml") for asked in OF_THE_CENTRAL],
)
def test_on_an_installed_computer_no_verb_needs_to_be_told_the_site(asked: str, file: str) -> None:
    assert parser().parse_args(asked.split()).site == Path(file)
    given = parser().parse_args([*asked.split(), "--site", "other.toml"])
    assert given.site == Path("other.toml")
