"""The two labs of the known year: their machines, and who comes to them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Machine:
    """`meters`: in how many ways it tells its work, "print" among them for a printer."""

    slug: str
    family: str
    meters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    id: str
    category: str
    organisation: str = ""


LABS = {
    "ccdv": (
        Machine("laser", "laser", ("job", "beam")),
        Machine("mk4-1", "3d-printer", ("print",)),
        Machine("mk4-2", "3d-printer", ("print",)),
        Machine("cnc", "mill", ("job", "run")),
        Machine("mug-press", "press"),
        Machine("sewing", "sewing"),
    ),
    "doret": (
        Machine("mk4-1", "3d-printer", ("print",)),
        Machine("cr10", "3d-printer", ("print",)),
        Machine("band-saw", "saw", ("run",)),
        Machine("tshirt-press", "press"),
    ),
}

_CATEGORIES = (
    ("individual", 14),
    ("company", 3),
    ("association", 3),
    ("local-authority", 2),
    ("school", 2),
)

PEOPLE = tuple(
    Person(
        f"m-{category}-{number}",
        category,
        "" if category == "individual" else f"{category}-{number % 2}",
    )
    for category, count in _CATEGORIES
    for number in range(count)
)


def machine(lab: str, slug: str) -> Machine:
    return next(one for one in LABS[lab] if one.slug == slug)
