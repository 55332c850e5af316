"""A file on its way to OctoPrint: multipart/form-data of known length, read once from disk.

OctoPrint refuses a body without a length (411), and 50 MB are not held in
memory. The content is checked while it leaves: its last bytes, without which
OctoPrint keeps nothing, are sent only where the SHA-256 is the expected one.
Written here since it is one field with a name that needs no escaping.
Source: RFC 7578; docs.octoprint.org, REST API, "Upload file or create folder".
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Self

#: What both 1.11.8 and 2.0.0rc7 keep as it is, and no shell, URL or page has to escape.
SAFE = re.compile(r"[a-z0-9][a-z0-9.-]{0,99}\.gcode")


class Spoilt(Exception):
    """The file is not on the disk any more, or not the same."""


class Parcel:
    """`file`, whose SHA-256 is `digest`, to be kept as `path` (`SAFE`). Is a `rest.Body`.

    `told` hears the share that was sent, 0 to 1, at every block; what it raises ends
    the sending. Raises ValueError for another path, and Spoilt, here and while it is read.
    """

    def __init__(
        self, file: Path, digest: str, path: str, told: Callable[[float], None] = lambda _: None
    ) -> None:
        if not SAFE.fullmatch(path):
            raise ValueError(f"path {path!r}: expected such as fablab-3.gcode, of a-z 0-9 . -")
        boundary = secrets.token_hex(16)
        self.content_type = f"multipart/form-data; boundary={boundary}"
        self.path = path
        self._digest = digest
        self._told = told
        self._head = (
            f"--{boundary}\r\n"
            f'Content-Disposition: form-data; name="file"; filename="{path}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        ).encode()
        self._tail = f"\r\n--{boundary}--\r\n".encode()
        self._hash = hashlib.sha256()
        try:
            self._file = file.open("rb")
        except OSError as gone:
            raise Spoilt(gone.strerror or "cannot be read") from gone
        self.size = os.fstat(self._file.fileno()).st_size
        self._left = self.size
        self._length = len(self._head) + self.size + len(self._tail)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __len__(self) -> int:
        return self._length

    def read(self, size: int = 16384, /) -> bytes:
        """The next bytes: head, content in blocks of at most `size`, tail; b"" at the end."""
        if self._head:
            head, self._head = self._head, b""
            return head
        if self._left:
            return self._content(size)
        if self._hash.hexdigest() != self._digest:
            raise Spoilt("its content is not what was brought")
        tail, self._tail = self._tail, b""
        return tail

    def _content(self, size: int) -> bytes:
        try:
            block = self._file.read(min(size, self._left))
        except OSError as broken:
            raise Spoilt(broken.strerror or "cannot be read") from broken
        if not block:
            raise Spoilt("it became shorter")
        self._left -= len(block)
        self._hash.update(block)
        self._told(1 - self._left / self.size)
        return block
