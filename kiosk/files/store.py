"""The folder of the members' files: each once, by its SHA-256, with what is known of it beside.

`<sha256>.gcode` is there only when it is whole and on the disk, and then so is
`<sha256>.json`, what was read of it, and the picture of it where it holds one. The
kiosk alone writes there.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
import shutil
import time
from collections.abc import Callable, Iterator, Set
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Protocol

import msgspec

from kiosk.files.content import check_name, check_start, check_text, clean_name
from kiosk.files.refused import FileRefused
from machines.gcode import Examiner, Facts
from machines.slicer import HEAD, TAIL, Sliced, sliced

#: Bytes of a read: as much as stays in the processor's cache.
CHUNK = 512 * 1024
#: Bytes that stay free on the disk whatever is brought: the journal needs them.
SPARE = 100 << 20
_DIGEST = re.compile("[0-9a-f]{64}")
_PICTURES = ("png", "jpg")
_COMING = ".coming"


class Stream(Protocol):
    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Examined:
    """What a file says of itself, and what it does."""

    sliced: Sliced  #: as it is kept, its pictures lie beside it
    facts: Facts


@dataclass(frozen=True, slots=True)
class Received:
    sha256: str
    size: int  #: bytes
    name: str  #: cleaned, for a page
    examined: Examined
    again: bool = False  #: the same content was here already


class Files:
    """For any thread. `at_most`: bytes of a file. `seconds`: the time by which they grow old."""

    def __init__(
        self, folder: Path, at_most: int, seconds: Callable[[], float] = time.time
    ) -> None:
        self._folder = folder
        self._at_most = at_most
        self._seconds = seconds
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for left in folder.glob(f"*{_COMING}"):  # of a kiosk that lost its power
            left.unlink(missing_ok=True)

    def receive(self, stream: Stream, length: int, name: str) -> Received:
        """Keep the next `length` bytes of `stream`. Raises FileRefused: then nothing is kept."""
        check_name(name)
        if length <= 0:
            raise FileRefused("empty")
        self._check_size(length)
        with _disk_troubles():
            if shutil.disk_usage(self._folder).free < length + SPARE:
                raise FileRefused("full")
            with self._coming() as (file, path):
                digest, examined = self._copy(stream, length, file)
                file.flush()
                os.fsync(file.fileno())
                again = self.path(digest) is not None
                if not again:
                    self._keep(digest, examined, path)
                os.utime(self._place(digest), (self._seconds(),) * 2)
        plain = replace(examined, sliced=replace(examined.sliced, thumbnails=()))
        return Received(digest, length, clean_name(name), plain, again)

    def path(self, sha256: str) -> Path | None:
        return _there(self._place(sha256)) if _DIGEST.fullmatch(sha256) else None

    def thumbnail(self, sha256: str) -> Path | None:
        """A PNG or a JPEG, as its suffix says."""
        if not _DIGEST.fullmatch(sha256):
            return None
        places = (_there(self._place(sha256, kind)) for kind in _PICTURES)
        return next((place for place in places if place), None)

    def facts(self, sha256: str) -> Examined | None:
        """None: no such file. What was written beside it is read again where it is spoilt."""
        path = self.path(sha256)
        if path is None:
            return None
        try:
            return msgspec.json.decode(self._place(sha256, "json").read_bytes(), type=Examined)
        except (OSError, msgspec.MsgspecError):
            return _read_again(path)

    def forget(self, keep: Set[str], older_than_s: float) -> int:
        """Remove files that nobody brought or wanted for so long; how many went.

        Those of `keep` are wanted: they grow old from the last time that they were.
        """
        gone, now = 0, self._seconds()
        for path in self._folder.glob("*.gcode"):
            if path.stem in keep:
                os.utime(path, (now, now))
            elif now - path.stat().st_mtime > older_than_s:
                self.remove(path.stem)
                gone += 1
        return gone

    def remove(self, sha256: str) -> None:
        """The file, and what lies beside it. Raises OSError."""
        for kind in ("json", *_PICTURES, "gcode"):  # last: the rest is found by it
            self._place(sha256, kind).unlink(missing_ok=True)

    # -- as it comes ----------------------------------------------------------------------------

    def _check_size(self, size: int) -> None:
        if size > self._at_most:
            raise FileRefused("too-large", str(self._at_most // 1_000_000))

    def _copy(self, stream: Stream, length: int, file: BinaryIO) -> tuple[str, Examined]:
        """One pass, in flat memory: written, hashed, examined."""
        digest, reading = hashlib.sha256(), _Reading()
        left = length
        while left and (chunk := stream.read(min(CHUNK, left))):
            if left == length:
                check_start(chunk)
            check_text(chunk)
            left -= len(chunk)
            file.write(chunk)
            digest.update(chunk)
            reading.feed(chunk)
        if left:
            raise FileRefused("incomplete")
        return digest.hexdigest(), reading.examined()

    def _keep(self, sha256: str, examined: Examined, path: Path) -> None:
        if examined.sliced.thumbnails:
            picture = examined.sliced.thumbnails[-1]
            self._write(self._place(sha256, picture.kind), picture.data)
        told = replace(examined, sliced=replace(examined.sliced, thumbnails=()))
        self._write(self._place(sha256, "json"), msgspec.json.encode(told))
        os.replace(path, self._place(sha256))
        _sync(self._folder)

    def _write(self, place: Path, data: bytes) -> None:
        with self._coming() as (file, path):
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            os.replace(path, place)

    @contextmanager
    def _coming(self) -> Iterator[tuple[BinaryIO, Path]]:
        """A file of no name yet; it is gone afterwards unless it was given one."""
        path = self._folder / f"{secrets.token_hex(8)}{_COMING}"
        try:
            descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                yield file, path
        finally:
            path.unlink(missing_ok=True)

    def _place(self, sha256: str, kind: str = "gcode") -> Path:
        return self._folder / f"{sha256}.{kind}"


class _Reading:
    """What is learned of a file while it passes."""

    def __init__(self) -> None:
        self._head = bytearray()
        self._tail = b""
        self._examiner = Examiner()

    def feed(self, chunk: bytes) -> None:
        room = HEAD - len(self._head)
        self._head += chunk[:room]
        self._tail = (self._tail + chunk[room:] if room > 0 else self._tail + chunk)[-TAIL:]
        self._examiner.feed(chunk)

    def examined(self) -> Examined:
        return Examined(sliced(bytes(self._head), self._tail), self._examiner.facts())


def _read_again(path: Path) -> Examined:
    reading = _Reading()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            reading.feed(chunk)
    examined = reading.examined()
    return replace(examined, sliced=replace(examined.sliced, thumbnails=()))


def _there(path: Path) -> Path | None:
    return path if path.is_file() else None


def _sync(folder: Path) -> None:
    """Until the name of a file is on the disk too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _disk_troubles() -> Iterator[None]:
    try:
        yield
    except OSError as wrong:
        key = "full" if wrong.errno in (errno.ENOSPC, errno.EDQUOT) else "disk"
        raise FileRefused(key, os.strerror(wrong.errno or 0)) from wrong
