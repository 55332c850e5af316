"""A central that listens, for the tests that go through the real network stack."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sync.served import Served, served


@pytest.fixture
def central(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path / "central") as running:
        yield running
