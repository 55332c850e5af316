"""The catalogues as they are in git, for every page of the central."""

from __future__ import annotations

from pathlib import Path

import pytest

import kiosk
from kiosk.web.catalogues import compile_catalogues


@pytest.fixture(scope="session", autouse=True)
def _catalogues() -> None:
    """What an installation does: here, so that a changed catalogue is seen at once."""
    compile_catalogues(Path(kiosk.__file__).parent / "central")
