"""A member's own page: an address shown after badging in, good for ten minutes, for one browser.

The touch screen shows it as a QR code to whoever stands there. The first
browser that opens it has it; a photograph of it opens nothing after that. Times
are real seconds; a restart ends them all.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass

#: How long a member's page is theirs, from the badge on.
GOOD_S = 600.0
#: An address that nobody opened is shown again for this long; then another takes its place.
FRESH_S = 60.0


@dataclass(slots=True)
class _Invitation:
    member: str
    made_s: float
    secret: str = ""  #: of the browser that opened it; "": nobody did


@dataclass(frozen=True, slots=True)
class Visit:
    """A member's browser: whose it is (a roster id), and for how long yet."""

    member: str
    left_s: float


class Invitations:
    """The floor shows them, the pages open them: each on its own thread."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._by_token: dict[str, _Invitation] = {}

    def show(self, member: str) -> str:
        """The token to be shown to this member: 128 random bits in 22 letters and digits."""
        with self._lock:
            now_s = self._forget()
            for token, one in self._by_token.items():
                if one.member == member and not one.secret and now_s < one.made_s + FRESH_S:
                    return token
            token = secrets.token_urlsafe(16)
            self._by_token[token] = _Invitation(member, now_s)
            return token

    def open(self, token: str, secret: str = "") -> str | None:
        """What the browser keeps to be known again; None: too old, or another browser has it.

        `secret`: what the browser keeps already, of an earlier opening.
        """
        with self._lock:
            self._forget()
            one = self._by_token.get(token)
            if one is None:
                return None
            if not one.secret:
                one.secret = secrets.token_urlsafe(32)
                return one.secret
            return secret if secrets.compare_digest(secret.encode(), one.secret.encode()) else None

    def visit(self, secret: str) -> Visit | None:
        """Whose browser that is, while its ten minutes last."""
        with self._lock:
            now_s = self._forget()
            for one in self._by_token.values():
                if secret and secrets.compare_digest(secret.encode(), one.secret.encode()):
                    return Visit(one.member, one.made_s + GOOD_S - now_s)
            return None

    def _forget(self) -> float:
        now_s = self._seconds()
        kept = {t: one for t, one in self._by_token.items() if now_s < one.made_s + GOOD_S}
        self._by_token = kept
        return now_s
