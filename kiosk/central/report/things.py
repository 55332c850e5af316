"""The sections of a report about what was made and held: objects, workshops, openings."""

from __future__ import annotations

from kiosk.central.report.asked import Asked
from kiosk.central.report.parts import Section


def objects(asked: Asked) -> Section | None:
    return None


def workshops(asked: Asked) -> Section | None:
    return None


def openings(asked: Asked) -> Section | None:
    return None
