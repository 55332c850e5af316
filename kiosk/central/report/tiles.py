"""The big figures at the head of a report, each with what it was a year before."""

from __future__ import annotations

from kiosk.central.report.asked import Asked
from kiosk.central.report.parts import Tile
from kiosk.central.report.sections import LASER, PRINTER, worked
from kiosk.central.report.words import hours, say, share, whole


def tiles(asked: Asked) -> tuple[Tile, ...]:
    return (
        _of(asked, "usagers", "users"),
        _of(asked, "sessions", "sessions"),
        _working(asked, "printing_h", PRINTER, "prints"),
        _working(asked, "laser_h", LASER, f"sessions?family={LASER}"),
        _share(asked),
    )


def _of(asked: Asked, key: str, opens: str) -> Tile:
    now = asked.sum(key)
    return Tile(key, asked.name(key), asked.value(key, now), "", _before(asked, key, now), opens)


def _before(asked: Asked, key: str, now: int) -> str:
    if asked.before is None:
        return ""
    then = asked.sum(key, year=asked.before)
    colon = say("colon", asked.language)
    return f"{asked.before.year}{colon}{asked.value(key, then)} ({asked.change(then, now)})"


def _working(asked: Asked, key: str, family: str, opens: str) -> Tile:
    """Working hours; where nothing tells them, the hours between badges, and the note says so."""
    work = worked(asked, family)
    told = work.all or work.session
    note = asked.name("session_h")
    if work.all:
        measured = share(work.measured, work.all, asked.language)
        note = say("measured_share", asked.language) + say("colon", asked.language) + measured
    return Tile(key, say(key, asked.language), hours(told, asked.language), "h", note, opens)


def _share(asked: Asked) -> Tile:
    """Of all working hours, those that a machine was seen working."""
    measured, other = (asked.year.figures.sum(key) for key in ("mesure_h", "marche_autre_h"))
    value = share(measured, measured + other, asked.language)
    note = f"{whole(round((measured + other) / 1000), asked.language)} h"
    return Tile("part_mesuree", say("measured_share", asked.language), value, "", note)
