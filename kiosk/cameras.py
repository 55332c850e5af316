"""Snapshots of printers that have a camera: `kiosk.web.cameras.Cameras`.

A picture is fetched only when somebody asks for one, at most every `EVERY_S`
whoever and however many ask, and only from the address of the site file: no
redirect, no proxy, no cookie, no key. None is written anywhere; what is older
than `OLD_S` is thrown away. A camera off or astray costs its own picture alone.
"""

from __future__ import annotations

import http.client
import logging
import threading
import time
from typing import NamedTuple
from urllib.parse import urlsplit

from config.site import Site
from kiosk.lane import Lane

log = logging.getLogger("cameras")

#: Real seconds between two fetches.
EVERY_S = 5.0
#: Real seconds for a whole picture, and bytes of one.
TIMEOUT_S, LARGEST = 3.0, 1024 * 1024
#: Real seconds after which a picture says nothing any more.
OLD_S = 30.0
#: Real seconds that whoever asks waits for the first picture of all: each holds one of the
#: web server's threads meanwhile.
PATIENCE_S = 1.0
#: What each kind of picture begins with; what a server calls it is not believed.
KINDS = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}


class Snapshot(NamedTuple):
    picture: bytes
    mime: str
    age_s: float  #: real seconds


class NoPicture(Exception):
    """A sentence for the operator, without the address."""


class Cameras:
    """The cameras of `site`, by the slugs of their machines. From any thread."""

    def __init__(self, site: Site) -> None:
        self._cameras = {
            machine.slug: Camera(machine.slug, machine.printer.camera)
            for machine in site.machines
            if machine.printer and machine.printer.camera
        }

    def snapshot(self, machine: str) -> Snapshot | None:
        """The last picture. Waits a moment for the first one; None where there is none."""
        camera = self._cameras.get(machine)
        return camera.snapshot() if camera else None


class Camera:
    def __init__(self, name: str, url: str) -> None:
        self._name, self._url = name, url
        self._news = threading.Condition()
        self._picture, self._mime, self._taken_s = b"", "", 0.0
        self._due_s = 0.0
        self._fetching = False
        self._why = ""
        self._lane = Lane(f"{name} camera")

    def snapshot(self) -> Snapshot | None:
        with self._news:
            now = time.monotonic()
            if now >= self._due_s and not self._fetching:
                self._due_s = now + EVERY_S
                self._lane.put(self._fetch)
                self._fetching = True
            if self._last() is None and not self._why:  # of one that failed, nobody waits
                self._news.wait_for(lambda: not self._fetching, PATIENCE_S)
            return self._last()

    def _last(self) -> Snapshot | None:
        age_s = time.monotonic() - self._taken_s
        if self._picture and age_s > OLD_S:
            self._picture = b""
        return Snapshot(self._picture, self._mime, age_s) if self._picture else None

    def _fetch(self) -> None:
        picture, mime, why = b"", "", ""
        try:
            picture = fetch(self._url)
            mime = kind(picture)
        except NoPicture as none:
            why = str(none)
        finally:
            with self._news:
                self._fetching = False
                if mime:
                    self._picture, self._mime, self._taken_s = picture, mime, time.monotonic()
                before, self._why = self._why, why
                self._news.notify_all()
        if why != before:
            log.warning("%s: %s", self._name, why or "its camera gives pictures again")


def kind(picture: bytes) -> str:
    """Raises NoPicture."""
    for beginning, mime in KINDS.items():
        if picture.startswith(beginning):
            return mime
    raise NoPicture("its camera gives something that is neither JPEG nor PNG")


def fetch(url: str) -> bytes:
    """What is at this address. Raises NoPicture."""
    where, until = urlsplit(url), time.monotonic() + TIMEOUT_S
    secure = where.scheme == "https"
    line = (http.client.HTTPSConnection if secure else http.client.HTTPConnection)(
        where.hostname or "", where.port, timeout=TIMEOUT_S
    )
    path = (where.path or "/") + (f"?{where.query}" if where.query else "")
    try:
        line.request("GET", path, headers={"Accept": "image/jpeg, image/png"})
        answer = line.getresponse()
        if answer.status != 200:
            raise NoPicture(f"its camera answers {answer.status}")
        return _all(answer, until)
    except (OSError, http.client.HTTPException, ValueError) as broken:
        raise NoPicture(f"its camera cannot be reached ({type(broken).__name__})") from broken
    finally:
        line.close()


def _all(answer: http.client.HTTPResponse, until: float) -> bytes:
    picture = bytearray()
    while piece := answer.read1(LARGEST):
        picture += piece
        if len(picture) > LARGEST:
            raise NoPicture("its camera gives more than 1 MB: expected a snapshot, not a stream")
        if time.monotonic() > until:
            raise NoPicture(f"its camera takes more than {TIMEOUT_S:g} s")
    return bytes(picture)
