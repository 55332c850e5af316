"""When a session ends at the latest: the lab's closing time after its opening."""

from __future__ import annotations

from machines.instants import Instant, WallQuality, Week
from machines.session import Held, Session, Suspended


def closes(hours: Week, at: Instant) -> int | None:
    """Of a session opened `at`, in wall time; None while the clock is not set: never guessed."""
    return hours.closing_after(at.wall_us) if at.quality >= WallQuality.NTP else None


def closes_late(hours: Week, session: Session, at: Instant) -> int | None:
    """Of a session opened before the clock was set, now that it is; None of any other.

    What was opened in an earlier boot cannot be placed here: it ends at the next closing.
    """
    if not isinstance(session, Held | Suspended) or session.closes_us is not None:
        return None
    opened = session.opened
    return closes(hours, at.minus(at.since(opened)) if opened.boot_no == at.boot_no else at)
