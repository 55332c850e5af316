"""Who is logged in: kept in memory, so that a restart of the central ends every log-in.

A name and a password (of an administrator) or a code (of an animator) begin one; half an
hour without a request, ten hours in all, « Se déconnecter », or another password end it.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from kiosk.central.accounts import NOBODYS, Known
from kiosk.web.pins import Pins, Verdict

IDLE_S = 1800.0
LONGEST_S = 36_000.0
#: Log-ins at once; a FabLab has a handful. Those that began longest ago go first.
REMEMBERED = 200


@dataclass(slots=True)
class _Stay:
    by: str
    proof: str  #: the hash by which they came in: another one ends the stay
    began_s: float
    seen_s: float


class Entrance:
    """For any thread. `seconds` only grows."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._pins = Pins(seconds)
        self._lock = threading.Lock()
        self._stays: dict[bytes, _Stay] = {}
        self._names = secrets.token_bytes(16)

    def knock(
        self, known: Known | None, device: str, word: str, name: str = ""
    ) -> tuple[Verdict, str]:
        """Whether `word` is theirs; the secret of the log-in, "" where it is not.

        Five wrong ones lock the person, and the address that they came from. `None` is nobody
        known, takes as long, and is locked by the `name` typed, as somebody would be: which
        names are known is not told by which are locked.
        """
        person, proof = (known.by, known.proof) if known else (self._nobody(name), NOBODYS)
        verdict = self._pins.check(person, device, proof, word)
        if not (verdict.right and known):
            return verdict, ""
        secret, now_s = secrets.token_urlsafe(32), self._seconds()
        with self._lock:
            self._stays[_key(secret)] = _Stay(known.by, known.proof, now_s, now_s)
            while len(self._stays) > REMEMBERED:
                del self._stays[next(iter(self._stays))]
        return verdict, secret

    def who(self, secret: str, look: Callable[[str], Known | None]) -> Known | None:
        """Whose log-in it is, as `look` knows them now; being asked keeps it from idling."""
        with self._lock:
            now_s, key = self._seconds(), _key(secret)
            stay = self._stays.get(key)
            if stay is None:
                return None
            if now_s - stay.seen_s >= IDLE_S or now_s - stay.began_s >= LONGEST_S:
                del self._stays[key]
                return None
            stay.seen_s = now_s
        known = look(stay.by)
        if known is None or known.proof != stay.proof:
            self.leave(secret)
            return None
        return known

    def _nobody(self, name: str) -> str:
        """One of some thousands, so that names typed at random fill no memory."""
        return "nobody " + hmac.digest(self._names, name.casefold().encode(), "sha256").hex()[:3]

    def leave(self, secret: str) -> None:
        with self._lock:
            self._stays.pop(_key(secret), None)


def _key(secret: str) -> bytes:
    """Looked up by a digest: how long a look takes tells nothing of a secret."""
    return hashlib.sha256(secret.encode()).digest()
