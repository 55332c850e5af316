"""Who was erased, in a small file beside the database: a backup put back does not bring it back.

One id a line, of no name and no record any more. Whoever puts a database back from a
backup leaves this file where it is; then what was erased since is erased again at the
start. It is kept for good: nobody knows how old a backup somebody may find.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path


class Tombstones:
    """For one thread at a time. Raises OSError where the disk refuses."""

    def __init__(self, database: Path) -> None:
        self.path = database.with_name(f"{database.name}.erased")

    def ids(self) -> frozenset[str]:
        try:
            return frozenset(self.path.read_text(encoding="utf-8").split("\n")) - {""}
        except FileNotFoundError:
            return frozenset()

    def add(self, ids: Iterable[str]) -> None:
        """They are on disk once this returns: whole, or as they were before."""
        known = self.ids()
        if not (told := known | set(ids)) - known:
            return
        new = self.path.with_name(f"{self.path.name}.new")
        with open(os.open(new, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w") as file:
            file.write("".join(f"{one}\n" for one in sorted(told)))
            file.flush()
            os.fsync(file.fileno())
        new.replace(self.path)
        folder = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
