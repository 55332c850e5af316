"""A lab's file on disk: how it is opened, by whom, and what is refused.

One process writes a file, by one connection, which alone checkpoints it; every
other connection reads. SQLite up to 3.51.2 can corrupt a WAL file that two
connections write (sqlite.org/wal.html, "WAL-reset bug"), and Debian's are such.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

from kiosk.store import schema

APPLICATION_ID = 0x46414231  #: "FAB1", in the file's header

#: How long a connection waits for another by itself.
BUSY_MS = 5000

#: Applied to every writing connection, in this order; the power-cut tests apply
#: the same list. FULL: an acknowledged tap is on disk (NORMAL lost 68 % of the
#: simulated cuts' taps, FULL none). secure_delete: what is erased is overwritten.
SETTINGS = (
    f"PRAGMA busy_timeout = {BUSY_MS}",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
    "PRAGMA wal_autocheckpoint = 1000",
)


class StoreError(RuntimeError):
    """The lab's file cannot be used; says which, why, and what to do."""


class StoreBusy(StoreError):
    """Another process has the file."""


class NotOurs(StoreError):
    """The file is of another program, or nothing of it can be read."""


class TooNew(StoreError):
    """The file was written by a newer version of this program."""


class Damaged(StoreError):
    """Part of the file is lost."""


class Connection(Protocol):
    """What the journal asks of a connection: SQLite's own, whoever wraps it."""

    @property
    def in_transaction(self) -> bool: ...

    def execute(self, sql: str, parameters: Any = ..., /) -> Any: ...


def settle(connection: Connection) -> None:
    """The set-up of a writing connection."""
    for setting in SETTINGS:
        connection.execute(setting).fetchall()


@contextmanager
def transaction(connection: Connection) -> Iterator[None]:
    """All of it or nothing; once left without an exception, it is on disk."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def open_writer(
    path: Path, factory: type[sqlite3.Connection] = sqlite3.Connection
) -> sqlite3.Connection:
    """The one writing connection of a file, made and brought up to date where needed.

    Belongs to the thread that opened it. `claim` the file first. Raises NotOurs
    and TooNew before a byte is written, sqlite3.DatabaseError for a damaged file.
    """
    make_private(path)
    connection = sqlite3.connect(path, isolation_level=None, factory=factory)
    try:
        is_new = _refuse(connection, path)
        settle(connection)
        if is_new:
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        schema.migrate(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def make_private(path: Path) -> None:
    """An empty file that its owner alone may read, where there is none: members are in it.

    SQLite gives `-wal` and `-shm` the mode of the file. One that is there is not
    touched, nor opened: closing it would drop the locks of a connection of ours.
    """
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))


@contextmanager
def as_owner(path: Path) -> Iterator[None]:
    """As whoever has the file, where root asks: what is written beside it is the service's, which
    deletes it in its time. A file that is not there yet is its folder's."""
    if os.geteuid() != 0:
        yield
        return
    there = next(place for place in (path, *path.parents) if place.exists()).stat()
    group = os.getegid()
    os.setegid(there.st_gid)
    os.seteuid(there.st_uid)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(group)


def open_reader(path: Path) -> sqlite3.Connection:
    """A connection that can only read, for a short while: a long reader lets the WAL grow.

    Only while the file's owner runs, or as its user: a lone reader leaves `-wal`
    and `-shm` behind. Raises NotOurs and TooNew.
    """
    if not path.is_file():
        raise NotOurs(f"{path}: no such file; a lab's file is made by `fablab run`")
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    try:
        _refuse(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _refuse(connection: sqlite3.Connection, path: Path) -> bool:
    """Whether the file is new, that is empty. Raises NotOurs and TooNew."""
    try:
        (identity,) = connection.execute("PRAGMA application_id").fetchone()
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.DatabaseError as wrong:
        raise NotOurs(
            f"{path}: not a lab's file, or its first page is destroyed ({wrong});"
            " put a backup in its place, or give `database` another path"
        ) from wrong
    if identity != APPLICATION_ID and (identity or tables):
        raise NotOurs(
            f"{path}: a database of another program (application id {identity:#x}, expected"
            f" {APPLICATION_ID:#x}); give `database` another path"
        )
    if newer := sorted(schema.applied(connection) - schema.known()):
        raise TooNew(
            f"{path}: written by a newer version of fablab ({', '.join(newer)} is unknown here);"
            " install that version again, or put back the backup from before it"
        )
    return bool(identity != APPLICATION_ID)


class Claim:
    """A lab's file is ours until `release`, or until this process is gone, however it goes."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            owner = os.read(self._file, 32).decode(errors="replace").strip()
            os.close(self._file)
            raise StoreBusy(
                f"{path}: another fablab has it (pid {owner or 'unknown'}); stop that one first"
            ) from None
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        with suppress(OSError):
            os.close(self._file)


def claim(path: Path) -> Claim:
    """Takes the file for this process. Raises StoreBusy where another has it.

    The lock is on a file beside it: closing any descriptor of the database itself
    would drop SQLite's own locks (sqlite.org/howtocorrupt.html, 2.2).
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return Claim(path)
    except OSError as wrong:
        raise StoreError(f"{path}: cannot be opened for writing ({wrong})") from wrong
