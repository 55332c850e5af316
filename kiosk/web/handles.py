"""Names for people that say nothing: what a page sends instead of a roster id.

A handle is a digest under a key made at the start: good until the kiosk is
started again, and the same for the same person meanwhile.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable

_KEY = secrets.token_bytes(16)


def handle(roster_id: str) -> str:
    """16 hex digits."""
    return hmac.digest(_KEY, roster_id.encode(), hashlib.sha256)[:8].hex()


def who(told: str, among: Iterable[str]) -> str | None:
    """Whose of these roster ids the handle is; None: nobody's."""
    said = told.encode()
    return next((one for one in among if hmac.compare_digest(handle(one).encode(), said)), None)
