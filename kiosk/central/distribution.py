"""The roster as each lab fetches it: made once for each version, and kept ready to send."""

from __future__ import annotations

import gzip
import sqlite3
from dataclasses import dataclass

from kiosk.central import roster as book
from kiosk.sync import roster as rosters


@dataclass(frozen=True, slots=True)
class Parcel:
    """One lab's roster, packed."""

    etag: str
    gzipped: bytes


class Distribution:
    """Packs rosters. A change of the roster raises its version, so that one look tells."""

    def __init__(self) -> None:
        self._ready: dict[str, tuple[tuple[str, int], Parcel]] = {}

    def parcel(self, connection: sqlite3.Connection, lab: str) -> Parcel:
        """The latest. `connection` is in no transaction."""
        connection.execute("BEGIN")  # an import may commit between two of the reads below
        try:
            named = connection.execute("SELECT epoch, version FROM roster").fetchone()
            ready = self._ready.get(lab)
            if ready is None or ready[0] != named:
                body = rosters.encode(book.snapshot(connection, lab))
                ready = self._ready[lab] = named, _pack(body)
            return ready[1]
        finally:
            connection.execute("ROLLBACK")


def _pack(body: bytes) -> Parcel:
    return Parcel(rosters.etag(body), gzip.compress(body, mtime=0))
