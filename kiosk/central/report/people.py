"""The sections of a report about people: who was counted, and who became a member."""

from __future__ import annotations

from kiosk.central.report import charts
from kiosk.central.report.asked import Asked
from kiosk.central.report.charts import Point
from kiosk.central.report.parts import Line, Section, Table, opening
from kiosk.central.report.users import OVERLAP, SEVERAL, TOTAL, UNNAMED, WORKSHOP, Definition
from kiosk.central.report.words import category, joined, many, say, share, whole

#: The order of the association's report; what else a lab has comes after, by name.
ORDER = ("individual", "company", "association", "local-authority", "school")
_NO_LINES = (TOTAL, OVERLAP, SEVERAL, UNNAMED)


def users(asked: Asked) -> Section:
    language, counted = asked.language, asked.year.users(asked.definition)
    lines = [(key, counted[key]) for key in _in_order(counted)]
    whole_n = sum(number for _, number in lines)
    points = [
        Point(
            _name(asked, key),
            number,
            f"{whole(number, language)} ({share(number, whole_n, language)})",
        )
        for key, number in lines
    ]
    told = _told(asked, counted, lines)
    title = say("users", language)
    scopes = _scopes(asked)
    table = Table(
        f"{title}, {say(f'definition_{asked.definition.value}', language)}",
        (say("category", language), *(name for _, name in scopes)),
        tuple(
            Line(
                _name(asked, key),
                tuple(
                    whole(asked.year.users(asked.definition, lab).get(key, 0), language)
                    for lab, _ in scopes
                ),
                opening("users", category=key),
            )
            for key in _in_order(
                {k for lab, _ in scopes for k in asked.year.users(asked.definition, lab)}
            )
        ),
        Line(
            say("total", language),
            tuple(whole(asked.sum("usagers", lab), language) for lab, _ in scopes),
            "users",
        ),
    )
    chart = charts.ring("users", title, told[0], points) if points else None
    return Section("users", title, told, chart, table if lines else None)


def _scopes(asked: Asked) -> list[tuple[str, str]]:
    """The columns: each lab, then all together; or the one lab that the report is of."""
    labs = list(asked.year.names.labs.items())
    if asked.year.lab or len(labs) > 6:
        return [(asked.year.scope, say("number", asked.language))]
    return [*labs, ("", say("together", asked.language))]


def _in_order(counted: object) -> list[str]:
    keys = [key for key in counted if key not in _NO_LINES]  # type: ignore[attr-defined]
    places = {key: place for place, key in enumerate(ORDER)}
    return sorted(keys, key=lambda key: (key == WORKSHOP, places.get(key, len(ORDER)), key))


def _name(asked: Asked, key: str, number: int = 2) -> str:
    if key == WORKSHOP and asked.definition is Definition.PEOPLE:
        key = "workshop_only"
    return category(key, asked.language, number)


def _told(asked: Asked, counted: dict[str, int], lines: list[tuple[str, int]]) -> tuple[str, ...]:
    """The sentence of the report, then what a careful reader would ask."""
    language = asked.language
    parts = [f"{whole(n, language)} {_name(asked, key, n)}" for key, n in lines]
    total = many("users_n", counted.get(TOTAL, 0), language)
    what = (
        say("users_made_of", language, users=total, parts=joined(parts, language))
        if parts
        else say("users_none", language)
    )
    told = [say("users_told", language, year=asked.year.year, what=what)]
    if overlap := counted.get(OVERLAP):
        once = asked.definition is Definition.PEOPLE
        how = say("overlap_once" if once else "overlap_twice", language)
        told.append(many("overlap", overlap, language, how=how))
    if several := counted.get(SEVERAL):
        told.append(many("several", several, language))
    if unnamed := counted.get(UNNAMED):
        out = asked.definition is Definition.PEOPLE
        told.append(many("unnamed_out" if out else "unnamed_in", unnamed, language))
    if lines and len(_scopes(asked)) > 1:
        told.append(say("no_sum", language))
    name = say(f"definition_{asked.definition.value}", language)
    colon = say("colon", language)
    told.append(
        f"{say('definition', language)}{colon}{name}."
        f" {say(f'told_{asked.definition.value}', language)}"
    )
    return tuple(told)


def memberships(asked: Asked) -> Section | None:
    sums, language = asked.year.figures, asked.language
    new, renewed = sums.sum("adhesions_nouvelles"), sums.sum("adhesions_renouvelees")
    if not (new or renewed):
        return None
    told = many(
        "memberships_told",
        new + renewed,
        language,
        new=many("new_n", new, language),
        renewed=many("renewed_n", renewed, language),
    )
    keys = ("adhesions_nouvelles", "adhesions_renouvelees")
    by = [sums.by(key, "category") for key in keys]
    lines = [
        Line(
            category(name, language),
            tuple(whole(found.get(name, 0), language) for found in by),
            opening("memberships", category=name),
        )
        for name in _in_order({name for found in by for name in found})
    ]
    title = say("memberships", language)
    return Section(
        "memberships",
        title,
        (told,),
        None,
        Table(
            title,
            (say("category", language), *map(asked.name, keys)),
            tuple(lines),
            asked.total(keys, "memberships"),
        ),
    )
