"""What no lab can have seen: hours below zero, instants of no calendar.

A device that lies, or a kiosk gone mad, must neither take hours from the sums of
the others nor stop their export: what it told waits in quarantine.
"""

from __future__ import annotations

from machines.instants import SECOND, Instant
from machines.job_entries import PrintReconciled
from machines.journal import Body

#: The year 3000: no clock of a lab says later than that, whatever happened to it.
LATEST_US = 32_503_680_000 * SECOND
#: Ten years: nothing that a machine or a member does lasts as long.
LONGEST_US = 10 * 366 * 86_400 * SECOND
#: How much each may be, from 0 on.
MOST = {
    "used_us": LONGEST_US,
    "paused_us": LONGEST_US,
    "unseen_us": LONGEST_US,
    "error_us": LONGEST_US,
    "utc_us": LATEST_US - 1,
    "party": 100_000,
    "participants": 100_000,
    "minors": 100_000,
    "minutes": 100_000,
    "count": 100_000,
}
INSTANTS = ("began", "ended", "since", "last_seen")


def unsound(at: Instant, body: Body) -> str:
    """What of an entry written `at` cannot be; "" where all of it can."""
    if not (0 <= at.wall_us < LATEST_US and 0 <= at.boot_us < LATEST_US and _is_numbered(at)):
        return f"written at {at}"
    for name, most in MOST.items():
        value = getattr(body, name, None)
        if value is not None and not 0 <= value <= most:
            return f"{name} = {value}"
    if isinstance(body, PrintReconciled) and not 0 <= body.printer_s <= LONGEST_US / SECOND:
        return f"printer_s = {body.printer_s}"  # these are its hours, and no evidence
    for name in INSTANTS:
        told = getattr(body, name, None)
        if isinstance(told, Instant) and not _is_near(told, at):
            return f"{name} = {told}"
    return ""


def _is_near(told: Instant, at: Instant) -> bool:
    """A print that was going before its Pi was started began below zero of the boot clock."""
    if not (_is_numbered(told) and abs(told.wall_us) < LATEST_US):
        return False
    return abs(told.boot_us - at.boot_us) <= (
        LONGEST_US if told.boot_no == at.boot_no else LATEST_US
    )


def _is_numbered(at: Instant) -> bool:
    return 0 <= at.boot_no < 2**31


def believed(figure: float | None, most: float) -> float | None:
    """What a printer or a file says of itself, where that can be: it is no more than evidence."""
    return figure if figure is not None and 0 <= figure <= most else None
