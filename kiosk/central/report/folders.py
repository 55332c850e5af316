"""The folders of closings: written once, never over what stands there.

`exports/closed/2026-10` is sealed; `exports/sessions/2026-10` is not, and goes
when its time is over.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Mapping
from pathlib import Path

from kiosk.central.export import write_through
from kiosk.central.report import closings
from kiosk.central.report.words import say


class Changed(ValueError):
    """A sealed folder is not what was closed: what to do, in either language (`said`)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        super().__init__(self.said("en"))

    def said(self, language: str) -> str:
        return say("folder_changed", language, folder=self._folder)


def sealed(exports: Path, period: str) -> Path:
    return exports / "closed" / period


def sessions(exports: Path, period: str) -> Path:
    return exports / "sessions" / period


def put(made: Mapping[str, bytes], target: Path) -> bool:
    """The whole folder or nothing; False where it is there already, byte for byte.

    Raises Changed where something else stands there.
    """
    if target.exists():
        if found(target) == dict(made):
            return False
        raise Changed(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        for name, content in made.items():
            path = beside / "new" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            write_through(path, content)
        (beside / "new").rename(target)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return True


def found(folder: Path) -> dict[str, bytes]:
    """Every file in it, by its path inside."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def let_go(connection: sqlite3.Connection, exports: Path, today: str) -> list[str]:
    """Deletes the sessions whose last day is before `today` (2027-01-31); which periods'.

    For the purge: what is sealed stays.
    """
    over = []
    for closing in closings.all_of(connection):
        folder = sessions(exports, closing.period)
        if closing.sessions_until and closing.sessions_until < today and folder.exists():
            shutil.rmtree(folder)
            over.append(closing.period)
    return over
