"""A disk whose power can be cut, as a VFS beneath the shipped connection set-up.

What was synced stays. Of what was not, each sector of each write survives or
not by chance, as do a file's new length and its very name: the name of a new
WAL is durable once the directory has been synced, which SQLite does at the
first sync of the file, and until then a deleted one may come back. The model is
the one of SQLite's own test6.c.

Everything is in memory, in one thread. WAL needs shared memory, which a VFS in
Python has not; in exclusive locking mode SQLite does without.
"""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass, field

import apsw

SECTOR = 512
DATABASE = "lab.db"
_names = itertools.count()


class PowerCut(Exception):
    """The power went. Nothing after this reaches the disk."""


@dataclass
class Platter:
    """One file: what a program reads, what a power cut leaves, and what lies between."""

    seen: bytearray = field(default_factory=bytearray)
    durable: bytes = b""
    unsynced: list[tuple[int, bytes | None]] = field(default_factory=list)
    name_durable: bool = True

    def write(self, offset: int, piece: bytes) -> None:
        _put(self.seen, offset, piece)
        self.unsynced.append((offset, piece))

    def truncate(self, size: int) -> None:
        _resize(self.seen, size)
        self.unsynced.append((size, None))

    def sync(self) -> None:
        self.durable, self.unsynced = bytes(self.seen), []

    def after_cut(self, chance: random.Random) -> Platter:
        left, survives = bytearray(self.durable), chance.random()
        for offset, piece in self.unsynced:
            if piece is None:
                if chance.random() < survives:
                    _resize(left, offset)
                continue
            for start in range(0, len(piece), SECTOR):
                if chance.random() < survives:
                    _put(left, offset + start, piece[start : start + SECTOR])
        return Platter(left, bytes(left))


class Disk:
    """The files of one computer. After `cut_at` operations, the power goes."""

    def __init__(self, files: dict[str, Platter] | None = None, folder_syncs: bool = True) -> None:
        self.files = files or {}
        self.deleted: dict[str, Platter] = {}  #: whose deletion is not durable yet
        self.folder_syncs = folder_syncs
        self.operations = 0
        self.written = 0
        self.syncs = 0
        self.cut_at: int | None = None

    def tick(self) -> None:
        self.operations += 1
        if self.cut_at is not None and self.operations >= self.cut_at:
            raise PowerCut

    def after_cut(self, chance: random.Random) -> Disk:
        """One of the disks that may be found when the power is back."""
        left = {}
        for name, platter in self.deleted.items():
            if chance.random() < 0.5:
                left[name] = platter.after_cut(chance)
        for name, platter in self.files.items():
            if platter.name_durable or chance.random() < 0.5:
                left[name] = platter.after_cut(chance)
        return Disk(left, self.folder_syncs)

    def sync_folder(self) -> None:
        if self.folder_syncs:
            self.deleted.clear()
            for platter in self.files.values():
                platter.name_durable = True

    def connect(self) -> apsw.Connection:
        """A connection to the lab's file on this disk; nothing is set up yet."""
        name = f"power-{next(_names)}"
        vfs = _Vfs(name, self)
        connection = _Connection(DATABASE, vfs=name)
        connection.vfs_kept = vfs
        connection.execute("PRAGMA locking_mode = EXCLUSIVE").fetchall()
        return connection


class _Connection(apsw.Connection):
    vfs_kept: _Vfs  #: SQLite holds its VFS by name only


class _Vfs(apsw.VFS):
    def __init__(self, name: str, disk: Disk) -> None:
        self.disk = disk
        super().__init__(name, "")

    def excepthook(self, *_: object) -> None:
        """A power cut is no error to be told on stderr."""

    def xOpen(self, name, flags):
        file = name.filename() if isinstance(name, apsw.URIFilename) else name
        file = file or f"temporary-{next(_names)}"
        if file not in self.disk.files:
            if not flags[0] & apsw.SQLITE_OPEN_CREATE:
                raise apsw.CantOpenError
            self.disk.tick()
            is_database = bool(flags[0] & apsw.SQLITE_OPEN_MAIN_DB)
            self.disk.files[file] = Platter(name_durable=is_database)
        flags[1] = flags[0]
        return _File(self.disk, self.disk.files[file])

    def xFullPathname(self, name):
        return name

    def xAccess(self, path, _flags):
        return path in self.disk.files

    def xDelete(self, name, sync_folder):
        self.disk.tick()
        self.disk.deleted[name] = self.disk.files.pop(name)
        if sync_folder:
            self.disk.sync_folder()

    def xGetLastError(self):
        return 0, ""


class _File:
    def __init__(self, disk: Disk, platter: Platter) -> None:
        self.disk, self.platter, self.level = disk, platter, 0

    def excepthook(self, *_: object) -> None:
        pass

    def xRead(self, amount, offset):
        return bytes(self.platter.seen[offset : offset + amount])

    def xWrite(self, piece, offset):
        self.disk.tick()
        self.disk.written += len(piece)
        self.platter.write(offset, bytes(piece))

    def xTruncate(self, size):
        self.disk.tick()
        self.platter.truncate(size)

    def xSync(self, _flags):
        self.disk.tick()
        self.disk.syncs += 1
        self.platter.sync()
        if not self.platter.name_durable:
            self.disk.sync_folder()

    def xFileSize(self):
        return len(self.platter.seen)

    def xClose(self):
        pass

    def xLock(self, level):
        self.level = level

    def xUnlock(self, level):
        self.level = level

    def xCheckReservedLock(self):
        return self.level >= apsw.SQLITE_LOCK_RESERVED

    def xFileControl(self, _op, _pointer):
        return False

    def xSectorSize(self):
        return SECTOR

    def xDeviceCharacteristics(self):
        return 0


def _put(file: bytearray, offset: int, piece: bytes) -> None:
    if len(file) < offset:
        file.extend(bytes(offset - len(file)))
    file[offset : offset + len(piece)] = piece


def _resize(file: bytearray, size: int) -> None:
    del file[size:]
    file.extend(bytes(size - len(file)))
