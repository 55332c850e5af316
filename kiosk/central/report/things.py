"""The sections of a report about what was made and held: objects, workshops, openings."""

from __future__ import annotations

from kiosk.central.held_sheets import public
from kiosk.central.report import charts
from kiosk.central.report.asked import Asked
from kiosk.central.report.charts import Point
from kiosk.central.report.parts import Line, Section, Table, opening
from kiosk.central.report.words import joined, many, say, whole


def objects(asked: Asked) -> Section | None:
    sums, language = asked.year.figures, asked.language
    by_item = sums.by("objets", "of")
    if not by_item:
        return None
    items = sorted(by_item, key=lambda slug: (-by_item[slug], slug))
    parts = [
        f"{whole(by_item[slug], language)} {item(asked, slug, by_item[slug]).lower()}"
        for slug in items
    ]
    told = many("objects_told", sum(by_item.values()), language, parts=joined(parts, language))
    points = [
        Point(item(asked, slug), by_item[slug], whole(by_item[slug], language)) for slug in items
    ]
    scopes = _labs(asked)
    lines = [
        Line(
            item(asked, slug),
            tuple(whole(sums.sum("objets", of=slug, **where), language) for _, where in scopes),
            "objects",
        )
        for slug in items
    ]
    total = tuple(whole(sums.sum("objets", **where), language) for _, where in scopes)
    title = say("objects_by_item", language)
    return Section(
        "objects",
        say("objects", language),
        (told,),
        charts.lines("objects", title, told, points),
        Table(
            title,
            (say("item", language), *(name for name, _ in scopes)),
            tuple(lines),
            Line(say("total", language), total, "objects"),
        ),
    )


def item(asked: Asked, slug: str, number: int = 1) -> str:
    """What a thing made is called: so many of it, as far as a name of one word tells."""
    french, english = asked.year.names.items.get(slug, (slug, slug))
    name = french if asked.language == "fr" else english or french
    one_word = " " not in name or asked.language != "fr"
    return f"{name}s" if number > 1 and one_word and not name.endswith(("s", "x", "z")) else name


def _labs(asked: Asked) -> list[tuple[str, dict[str, str]]]:
    """The columns: each lab, and all together; one where there is one lab, or too many."""
    labs = asked.year.names.labs
    if not 1 < len(labs) <= 6:
        return [(say("number", asked.language), {})]
    return [
        *((name, {"lab": lab}) for lab, name in labs.items()),
        (say("together", asked.language), {}),
    ]


WORKSHOPS = ("ateliers", "participants", "mineurs", "participants_h")


def workshops(asked: Asked) -> Section | None:
    sums, language = asked.year.figures, asked.language
    if not sums.sum("ateliers"):
        return None
    told = say(
        "workshops_told",
        language,
        workshops=many("workshops_n", sums.sum("ateliers"), language),
        participants=many("participants_n", sums.sum("participants"), language),
        minors=many("minors_n", sums.sum("mineurs"), language),
    )
    by_month = sums.by("participants", "period")
    points = [
        Point(
            say("months_short", language).split()[month.number - 1],
            by_month.get(str(month), 0),
            whole(by_month.get(str(month), 0), language),
        )
        for month in asked.year.months
    ]
    by_public = [sums.by(key, "of") for key in WORKSHOPS]
    lines = [
        Line(
            _public(asked, of),
            tuple(
                asked.value(key, found.get(of, 0))
                for key, found in zip(WORKSHOPS, by_public, strict=True)
            ),
            "workshops",
        )
        for of in sorted(by_public[0], key=lambda of: (of == "", of))
    ]
    title = say("workshops_by_public", language)
    return Section(
        "workshops",
        say("workshops", language),
        (told,),
        charts.columns("workshops", asked.name("participants"), told, points),
        Table(
            title,
            (say("public", language), *map(asked.name, WORKSHOPS)),
            tuple(lines),
            asked.total(WORKSHOPS, "workshops"),
        ),
    )


def _public(asked: Asked, of: str) -> str:
    if not of:
        return say("public_none", asked.language)
    return public(of) if asked.language == "fr" else of


OPENINGS = ("jours_ouverts", "ouverture_h")


def openings(asked: Asked) -> Section | None:
    sums, language = asked.year.figures, asked.language
    days = sums.by("jours_ouverts", "lab")
    if not days:
        return None
    names = asked.year.names.labs
    told = tuple(
        many("openings_told", number, language, lab=names.get(lab, lab))
        for lab, number in days.items()
    )
    lines = [
        Line(
            names.get(lab, lab),
            (
                *(asked.value(key, sums.sum(key, lab=lab)) for key in OPENINGS),
                asked.value("per_open_day_h", 1000 * sums.sum("sessions", lab=lab) // number),
            ),
            opening("openings", lab=lab),
        )
        for lab, number in days.items()
    ]
    title = say("openings_by_lab", language)
    return Section(
        "openings",
        say("openings", language),
        told[:6],
        None,
        Table(
            title,
            (say("lab", language), *map(asked.name, OPENINGS), say("per_open_day", language)),
            tuple(lines),
        ),
    )
