from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.keeper.keeping import KeeperProcess, KioskProcess


@pytest.fixture
def keeper(tmp_path: Path) -> Iterator[KeeperProcess]:
    """A keeper that runs."""
    process = KeeperProcess(tmp_path)
    process.start()
    yield process
    process.close()


@pytest.fixture
def new_kiosk(keeper: KeeperProcess) -> Iterator[Callable[[], KioskProcess]]:
    """Makes a kiosk that knocks at the keeper's door."""
    made: list[KioskProcess] = []

    def make() -> KioskProcess:
        made.append(KioskProcess(keeper.socket))
        return made[-1]

    yield make
    for kiosk in made:
        kiosk.close()


@pytest.fixture
def kiosk(new_kiosk: Callable[[], KioskProcess]) -> KioskProcess:
    """A kiosk that has been let in."""
    process = new_kiosk()
    process.connected()
    return process
