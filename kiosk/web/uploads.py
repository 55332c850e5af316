"""A file on its way from a browser, in slices: any size, flat memory, a slice sent again at worst.

The web server would lay a large request down whole, before any page is asked
whether it may come at all: so no request is large. A page's module (`upload.js`)
cuts the file; the form that follows names the upload, and its view takes the file.
What nobody takes is removed after ten minutes.
"""

from __future__ import annotations

import logging
import os
import secrets
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from flask import Blueprint, abort, request

from kiosk.web.language import _
from kiosk.web.limits import Tries

log = logging.getLogger("web.uploads")

#: Bytes of a slice: the web server keeps a request of this size in memory.
SLICE = 256 * 1024
#: Seconds without a slice after which what came is removed.
WAITS_S = 600.0
#: Uploads under way at once in a lab.
MOST = 8
#: Bytes that stay free on the disk whatever is brought: the journal needs them.
SPARE = 100 << 20


@dataclass(slots=True)
class _Coming:
    owner: str
    name: str
    size: int
    path: Path
    came: int
    last_s: float


@dataclass(frozen=True, slots=True)
class Arrived:
    """A file that came whole. `name` is the browser's, whatever it holds."""

    stream: BinaryIO
    name: str
    size: int


class Uploads:
    """`owner` is a browser's secret: nobody else goes on with its upload. For any thread."""

    def __init__(
        self, folder: Path, at_most: int, seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self.at_most = at_most  #: bytes of a file
        self._folder = folder
        self._seconds = seconds
        self._lock = threading.Lock()
        self._coming: dict[str, _Coming] = {}
        self._tries = Tries(6, 10.0, seconds)
        self._swept = False

    def begin(self, owner: str, name: str, size: int) -> str:
        """The name of a new upload, in the place of what this owner had under way.

        Aborts with a sentence: 413 too large, 429 too many, 503 no room.
        """
        if size > self.at_most:
            megabytes = self.at_most // 1_000_000
            abort(413, _("This file is too large: at most %(size)s MB.", size=megabytes))
        self._tries.check()
        with self._lock:
            self._make_room(owner)
            if len(self._coming) >= MOST:
                abort(429, _("Several files are being sent. Wait a moment."))
            rest = sum(one.size - one.came for one in self._coming.values())
            # Kept once more when it is examined, before the first copy goes.
            if shutil.disk_usage(self._folder).free < rest + 2 * size + SPARE:
                abort(503, _("The kiosk's disk is full. Ask a host."))
            number = secrets.token_hex(8)
            path = self._folder / f"{number}.part"
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            self._coming[number] = _Coming(owner, name, size, path, 0, self._seconds())
            return number

    def put(self, owner: str, number: str, at: int, data: bytes) -> int:
        """How many bytes came so far. A slice that came before is not written again."""
        with self._lock:
            one = self._find(owner, number)
            if at > one.came or at + len(data) > one.size:
                abort(409, _("The file did not arrive whole. Send it again."))
            fresh = data[one.came - at :]
            try:  # at its place: what a full disk took of it before is written over
                with one.path.open("r+b") as file:
                    file.seek(one.came)
                    file.write(fresh)
            except OSError:
                log.warning("a slice of a file could not be written", exc_info=True)
                abort(503, _("The kiosk's disk is full. Ask a host."))
            one.came += len(fresh)
            one.last_s = self._seconds()
            return one.came

    @contextmanager
    def take(self, owner: str, number: str) -> Iterator[Arrived]:
        """The file, while its view looks at it; then it is removed. 400 where it is not whole."""
        with self._lock:
            one = self._find(owner, number)
            if one.came != one.size:
                abort(400, _("The file did not arrive whole. Send it again."))
            del self._coming[number]
        try:
            with one.path.open("rb") as stream:
                yield Arrived(stream, one.name, one.size)
        finally:
            one.path.unlink(missing_ok=True)

    def _find(self, owner: str, number: str) -> _Coming:
        one = self._coming.get(number)
        if one is None or not secrets.compare_digest(one.owner.encode(), owner.encode()):
            abort(400, _("The file did not arrive whole. Send it again."))
        return one

    def tidy(self) -> None:
        """Remove what nobody goes on with: to be called now and then."""
        with self._lock:
            self._make_room("")

    def _make_room(self, owner: str) -> None:
        """What this owner began before, what nobody goes on with, and what another run left."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        now = self._seconds()
        for number, one in list(self._coming.items()):
            if one.owner == owner or now - one.last_s > WAITS_S:
                del self._coming[number]
                one.path.unlink(missing_ok=True)
        if not self._swept:
            self._swept = True
            for left in self._folder.glob("*.part"):
                with suppress(OSError):
                    left.unlink()


def upload_routes(pages: Blueprint, uploads: Uploads, owner: Callable[[], str]) -> None:
    """`…/upload` and `…/upload/<number>?at=…` of a blueprint whose posts are checked already."""

    @pages.post("/upload")
    def begin() -> dict[str, object]:
        size = request.form.get("size", "")
        if not (size.isascii() and size.isdigit() and len(size) < 16):
            abort(400, _("This form is not complete. Load the page again."))
        name = request.form.get("name", "")[:1000]
        return {"upload": uploads.begin(owner(), name, int(size)), "slice": SLICE}

    @pages.post("/upload/<number>")
    def put(number: str) -> dict[str, object]:
        request.max_content_length = SLICE
        at = request.args.get("at", "")
        if not (at.isascii() and at.isdigit() and len(at) < 16):
            abort(400, _("This form is not complete. Load the page again."))
        data = request.get_data(cache=False)
        return {"came": uploads.put(owner(), number, int(at), data)}
