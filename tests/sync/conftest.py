"""A central that listens, for the tests that go through the real network stack."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sync.pi import Pi
from tests.sync.served import Served, served
from tests.sync.world import Lab


@pytest.fixture
def central(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path / "central") as running:
        yield running


@pytest.fixture
def lab() -> Lab:
    """A card with a boot and nine taps."""
    lab = Lab(random.Random(1))
    for _ in range(9):
        lab.tap()
    return lab


@pytest.fixture
def token(central: Served) -> str:
    return central.token()


@pytest.fixture
def pi(tmp_path: Path, central: Served) -> Iterator[Pi]:
    pi = Pi(tmp_path / "lab.db", central.url, central.token())
    yield pi
    pi.close()
