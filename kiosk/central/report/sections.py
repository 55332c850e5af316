"""The sections of a report, each from the same figures: what is said, drawn and tabled."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kiosk.central.overview import month_name
from kiosk.central.report import charts, people, things
from kiosk.central.report.asked import Asked
from kiosk.central.report.charts import Point
from kiosk.central.report.parts import Line, Section, Table, opening
from kiosk.central.report.words import family, hours, many, say, share, whole

__all__ = ["Asked", "sections"]

LASER, PRINTER = "laser", "3d-printer"


def sections(asked: Asked) -> tuple[Section, ...]:
    """In the order of the document; a section that has nothing to say is not there."""
    made = (
        people.users(asked),
        _activity(asked),
        _families(asked),
        _printing(asked),
        _laser(asked),
        things.objects(asked),
        things.workshops(asked),
        people.memberships(asked),
        things.openings(asked),
        _labs(asked),
        _before(asked),
        _quality(asked),
    )
    return tuple(section for section in made if section)


def _activity(asked: Asked) -> Section | None:
    sums, language = asked.year.figures, asked.language
    if not sums.sum("sessions"):
        return None
    by_month = {
        key: sums.by(key, "period") for key in ("sessions", "passages", "session_h", "mesure_h")
    }
    lines = [
        Line(
            month_name(month, language).split()[0],
            tuple(asked.value(key, by_month[key].get(str(month), 0)) for key in by_month),
            opening("sessions", month=str(month)),
        )
        for month in asked.year.months
    ]
    points = [
        Point(
            say("months_short", language).split()[month.number - 1],
            by_month["session_h"].get(str(month), 0),
            whole(round(by_month["session_h"].get(str(month), 0) / 1000), language),
        )
        for month in asked.year.months
    ]
    told = say(
        "activity_told",
        language,
        sessions=many("sessions_n", sums.sum("sessions"), language),
        hours=hours(sums.sum("session_h"), language),
        visits=many("visits_n", sums.sum("passages"), language),
    )
    title = say("hours_by_month", language)
    return Section(
        "activity",
        say("activity", language),
        (told,),
        charts.columns("activity", title, told, points),
        Table(
            title,
            (say("month", language), *map(asked.name, by_month)),
            tuple(lines),
            asked.total(by_month, "sessions"),
        ),
    )


def _families(asked: Asked) -> Section | None:
    language = asked.language
    keys = ("sessions", "session_h", "mesure_h", "marche_autre_h")
    by_family = {key: asked.year.by_family(key) for key in keys}
    used = by_family["session_h"]
    names = sorted({*used, *by_family["mesure_h"]}, key=lambda name: (-used.get(name, 0), name))
    if not names:
        return None
    lines = [
        Line(
            family(name, language),
            tuple(asked.value(key, by_family[key].get(name, 0)) for key in keys),
            opening("sessions", family=name),
        )
        for name in names
    ]
    points = [
        Point(family(name, language), used.get(name, 0), f"{hours(used.get(name, 0), language)} h")
        for name in names
    ]
    told = say(
        "families_told",
        language,
        family=family(names[0], language),
        hours=hours(used.get(names[0], 0), language),
    )
    title = say("hours_by_family", language)
    return Section(
        "families",
        say("families", language),
        (told,),
        charts.lines("families", title, told, points),
        Table(
            title,
            (say("family", language), *map(asked.name, keys)),
            tuple(lines),
            asked.total(keys, "sessions"),
        ),
    )


@dataclass(frozen=True, slots=True)
class Worked:
    """The working hours of a family, in thousandths."""

    measured: int
    other: int
    session: int

    @property
    def all(self) -> int:
        return self.measured + self.other


def worked(asked: Asked, of: str) -> Worked:
    measured, other, session = (
        asked.year.by_family(key).get(of, 0) for key in ("mesure_h", "marche_autre_h", "session_h")
    )
    return Worked(measured, other, session)


def _printing(asked: Asked) -> Section | None:
    work, sums, language = worked(asked, PRINTER), asked.year.figures, asked.language
    prints = sums.sum("impressions")
    if not (work.all or prints):
        return None
    told = say(
        "printing_told",
        language,
        hours=hours(work.all, language),
        measured=hours(work.measured, language),
        share=share(work.measured, work.all, language),
        prints=many("prints_n", prints, language),
        done=many("done_n", sums.sum("reussies"), language),
    )
    keys = ("impressions", "reussies", "annulees", "echouees", "perdues", "filament_g")
    return Section("printing", say("printing", language), (told,), None, _by_lab(asked, keys))


def _laser(asked: Asked) -> Section | None:
    work, language = worked(asked, LASER), asked.language
    if not (work.all or work.session):
        return None
    told = say(
        "laser_told" if work.all else "laser_unmeasured",
        language,
        hours=hours(work.all, language),
        measured=hours(work.measured, language),
        share=share(work.measured, work.all, language),
        sessions=many("sessions_n", asked.year.by_family("sessions").get(LASER, 0), language),
        session_h=hours(work.session, language),
    )
    return Section("laser", say("laser", language), (told,))


def _labs(asked: Asked) -> Section | None:
    """Only where there are several."""
    if len(asked.year.names.labs) < 2:
        return None
    keys = ("sessions", "passages", "personnes", "session_h", "mesure_h", "impressions")
    return Section(
        "labs",
        say("labs", asked.language),
        (say("by_lab_users", asked.language),),
        None,
        _by_lab(asked, keys),
    )


def _by_lab(asked: Asked, keys: Iterable[str]) -> Table:
    keys, language = tuple(keys), asked.language
    labs = asked.year.names.labs

    def cells(lab: str) -> tuple[str, ...]:
        return tuple(asked.value(key, asked.sum(key, lab)) for key in keys)

    return Table(
        say("labs", language),
        (say("lab", language), *map(asked.name, keys)),
        tuple(Line(name, cells(lab), opening("sessions", lab=lab)) for lab, name in labs.items()),
        Line(say("together", language), cells(""), "sessions"),
    )


def _before(asked: Asked) -> Section:
    language = asked.language
    title = say("before", language, year=asked.year.year - 1)
    if asked.before is None:
        return Section("before", title, (say("before_none", language, year=asked.year.year - 1),))
    lines = []
    for key in COMPARED:
        now, then = asked.sum(key), asked.sum(key, year=asked.before)
        if now or then:
            shown = (asked.value(key, then), asked.value(key, now), asked.change(then, now))
            lines.append(Line(asked.name(key), shown))
    return Section(
        "before",
        title,
        (),
        None,
        Table(
            title,
            (
                say("figure", language),
                str(asked.before.year),
                str(asked.year.year),
                say("change", language),
            ),
            tuple(lines),
        ),
    )


#: What is set beside the year before.
COMPARED = (
    "usagers",
    "personnes",
    "sessions",
    "passages",
    "session_h",
    "mesure_h",
    "marche_autre_h",
    "impressions",
    "reussies",
    "filament_g",
    "objets",
    "ateliers",
    "participants",
    "adhesions_nouvelles",
    "adhesions_renouvelees",
    "jours_ouverts",
)


def _quality(asked: Asked) -> Section:
    sums, language = asked.year.figures, asked.language
    measured, other, unseen, badge, declared, estimated, session = (
        sums.sum(key)
        for key in ("mesure_h", "marche_autre_h", "non_observe_h", "badge_h", "declare_h",
                    "estime_h", "session_h")
    )  # fmt: skip
    working = measured + other
    told = say(
        "quality_told",
        language,
        measured=share(measured, working, language),
        badge=share(badge, session, language),
        declared=share(declared, session, language),
        estimated=share(estimated, session, language),
        unseen=share(unseen, working + unseen, language),
    )
    return Section("quality", say("quality", language), (told,))
