"""The tablets that may look: paired once, with a code that the command line shows.

A tablet keeps 256 random bits in a cookie; what is kept of them here is their
SHA-256, until the tablet is removed.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from collections.abc import Callable
from typing import Protocol

from kiosk.store.tablets import Tablet
from machines.authority import PAIRING_S, PairingCode

#: Letters of a tablet's name: it stands in a line of the tablet and of the list.
NAME_AT_MOST = 40


class Shelf(Protocol):
    """Where the list of tablets is kept; each change is on disk when it returns."""

    def load(self) -> tuple[Tablet, ...]: ...

    def add(self, name: str, digest: bytes) -> Tablet: ...

    def remove(self, number: str) -> None: ...


class Forgetful:
    """A shelf in memory: its tablets are forgotten with it."""

    def __init__(self) -> None:
        self._last = 0

    def load(self) -> tuple[Tablet, ...]:
        return ()

    def add(self, name: str, digest: bytes) -> Tablet:
        self._last += 1
        return Tablet(str(self._last), name, digest)

    def remove(self, number: str) -> None:
        """Nothing is kept."""


class Pairing:
    """For any thread. What the shelf raises comes through."""

    def __init__(self, shelf: Shelf, seconds: Callable[[], float]) -> None:
        self._shelf = shelf
        self._seconds = seconds
        self._lock = threading.Lock()
        self._code: PairingCode | None = None
        self._tablets = {tablet.digest: tablet for tablet in shelf.load()}

    def show_code(self, name: str) -> str:
        """Six digits, good for one tablet and five minutes. An earlier code is dead."""
        with self._lock:
            code = f"{secrets.randbelow(1_000_000):06d}"
            self._code = PairingCode(name, code, self._seconds() + PAIRING_S)
            return code

    def pair(self, code: str) -> str | None:
        """The new tablet's secret; None: that is not the code, or there is none."""
        with self._lock:
            asked, now_s = self._code, self._seconds()
            if asked is None or not asked.lives(now_s):
                return None
            if not hmac.compare_digest(asked.code.encode(), code.encode()):
                self._code = asked.guessed()
                return None
            self._code = None
            secret = secrets.token_urlsafe(32)
            tablet = self._shelf.add(asked.name, digest(secret))
            self._tablets = {**self._tablets, tablet.digest: tablet}
            return secret

    def tablet(self, secret: str) -> Tablet | None:
        """Whose secret that is."""
        return self._tablets.get(digest(secret)) if secret else None

    def listing(self) -> tuple[Tablet, ...]:
        return tuple(self._tablets.values())

    def remove(self, number: str) -> None:
        """It looks no more from now on. Raises KeyError."""
        with self._lock:
            left = {d: t for d, t in self._tablets.items() if t.number != number}
            if len(left) == len(self._tablets):
                raise KeyError(number)
            self._shelf.remove(number)
            self._tablets = left


def tablet_verbs(pairing: Pairing) -> dict[str, Callable[..., object]]:
    """What the command line may ask of the list, for `kiosk.admin.AdminSocket`."""

    def pair(name: str) -> str:
        shown = " ".join(name.split())
        if not 0 < len(shown) <= NAME_AT_MOST or not shown.isprintable():
            raise ValueError(f"name {shown[:60]!r}: expected 1 to {NAME_AT_MOST} letters")
        return pairing.show_code(shown)

    def remove(number: str) -> None:
        try:
            pairing.remove(number)
        except KeyError:
            raise ValueError(f"no tablet {number}: `fablab tablet list` shows them") from None

    def listing() -> list[dict[str, str]]:
        known = pairing.listing()
        return [{"number": t.number, "name": t.name, "paired": t.paired} for t in known]

    return {"tablet-pair": pair, "tablet-remove": remove, "tablet-list": listing}


def digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
