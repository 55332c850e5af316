"""The big figures at the head of a report, each with what it was a year before."""

from __future__ import annotations

from collections.abc import Callable

from kiosk.central.report import things
from kiosk.central.report.asked import Asked
from kiosk.central.report.parts import Tile, opening
from kiosk.central.report.sections import LASER, PRINTER, worked
from kiosk.central.report.words import hours, many, say, share, whole

#: Kinds of things made that have a tile.
MOST = 4


def tiles(asked: Asked) -> tuple[Tile, ...]:
    return (
        _of(asked, "usagers", "users"),
        _of(asked, "sessions", "sessions"),
        _working(asked, "printing_h", PRINTER, "prints"),
        _working(asked, "laser_h", LASER, opening("sessions", family=LASER)),
        *_objects(asked),
        *_held(asked),
        _share(asked),
    )


def _objects(asked: Asked) -> list[Tile]:
    """The things made most; the section has all of them."""
    made = asked.year.figures.by("objets", "of")
    before = asked.before.figures.by("objets", "of") if asked.before else {}
    most = sorted(made, key=lambda item: (-made[item], item))[:MOST]
    return [
        Tile(
            f"objets-{item}", things.item(asked, item, made[item]),
            whole(made[item], asked.language), "",
            _beside(asked, made[item], before.get(item, 0), whole), "objects",
        )
        for item in most
    ]  # fmt: skip


def _held(asked: Asked) -> list[Tile]:
    """Only what there was."""
    held = (("ateliers", "workshops"), ("participants", "workshops"), ("jours_ouverts", "openings"))
    found = [_of(asked, key, opens) for key, opens in held if asked.sum(key)]
    joined = [asked.sum(key) for key in ("adhesions_nouvelles", "adhesions_renouvelees")]
    if sum(joined):
        number = whole(sum(joined), asked.language)
        note = many("new_n", joined[0], asked.language)
        name = say("memberships", asked.language)
        found.insert(0, Tile("adhesions", name, number, "", note, "memberships"))
    return found


def _of(asked: Asked, key: str, opens: str) -> Tile:
    now = asked.sum(key)
    return Tile(key, asked.name(key), asked.value(key, now), "", _before(asked, key, now), opens)


def _before(asked: Asked, key: str, now: int) -> str:
    if asked.before is None:
        return ""
    then = asked.sum(key, year=asked.before)
    return _beside(asked, now, then, lambda n, _language: asked.value(key, n))


def _beside(asked: Asked, now: int, then: int, value: Callable[[int, str], str]) -> str:
    """What it was a year before; "" where there is no such year."""
    if asked.before is None:
        return ""
    colon = say("colon", asked.language)
    told = value(then, asked.language)
    return f"{asked.before.year}{colon}{told} ({asked.change(then, now)})"


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
