"""What the pages show of a lab: its figures of a month, its machines, how it stands.

Frozen pictures made of the same rows and the same tally as the export, so that
a page and a sheet never disagree.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kiosk.central import texts, wording
from kiosk.central.month import THOUSANDTH, UseRow
from kiosk.central.standing import LabStanding
from kiosk.central.totals import Tally, grouped, tally
from machines.figures import FIGURES
from machines.instants import SECOND, Month, paris

#: A lab syncs every minute; after an hour without a word somebody should look.
SILENT_AFTER_S = 3600.0
TILES = ("sessions", "personnes", "session_h", "mesure_h", "non_observe_h", "impressions")
COLUMNS = ("sessions", "session_h", "mesure_h", "impressions")
#: Lines in the table of prints.
LAST_PRINTS = 20
KNOWN = ("badge_h", "declare_h", "estime_h")


@dataclass(frozen=True, slots=True)
class FigureShown:
    """One figure: its name, its value as read, and its unit or ""."""

    name: str
    value: str
    unit: str


@dataclass(frozen=True, slots=True)
class LabShown:
    """A lab on a card. `state` is one of the six colours of every page."""

    slug: str
    name: str
    state: str
    health: str
    facts: tuple[tuple[str, str], ...]
    figures: tuple[FigureShown, ...]


@dataclass(frozen=True, slots=True)
class RowShown:
    """One line of a table."""

    name: str
    note: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PartShown:
    """One piece of the bar of provenance; `x` and `width` are thousandths of it."""

    key: str
    name: str
    value: str
    x: int
    width: int


@dataclass(frozen=True, slots=True)
class Bar:
    """One month in the chart of twelve, in its own small coordinates."""

    title: str
    label: str
    value: str
    x: int
    y: int
    height: int
    current: bool


def lab_shown(
    standing: LabStanding, rows: Sequence[UseRow], now_us: int, language: str
) -> LabShown:
    state, health = _health(standing, now_us, language)
    counted = tally(rows)
    return LabShown(
        slug=standing.lab,
        name=standing.name,
        state=state,
        health=health,
        facts=_facts(standing, now_us, language),
        figures=tuple(_figure(key, counted, language) for key in TILES),
    )


def _health(standing: LabStanding, now_us: int, language: str) -> tuple[str, str]:
    """The gravest thing to tell of a lab, and its colour."""
    silent_s = (now_us - standing.heard_us) / SECOND
    if silent_s > SILENT_AFTER_S:
        return "offline", texts.say("silent", language, texts.age(silent_s, language))
    for count, key in (
        (standing.missing, "gaps"),
        (standing.quarantined, "quarantined"),
        (standing.forks, "forks"),
    ):
        if count:
            return "attention", texts.say(key, language)
    return "free", texts.say("well", language)


def _facts(standing: LabStanding, now_us: int, language: str) -> tuple[tuple[str, str], ...]:
    def ago(us: int) -> str:
        seconds = (now_us - us) / SECOND
        if not us:
            return texts.say("never", language)
        if seconds < 60:
            return texts.say("now", language)
        return texts.say("ago", language, texts.age(seconds, language))

    facts = {
        "heard": ago(standing.heard_us),
        "last_entry": f"{paris(standing.last_us):%d/%m/%Y %H:%M}" if standing.last_us else "–",
        "entries": str(standing.entries),
        "waiting": str(standing.waiting),
        "gaps": str(standing.missing),
        "forks": str(standing.forks),
        "quarantined": str(standing.quarantined),
    }
    return tuple((texts.say(key, language), value) for key, value in facts.items())


# ---- figures


def heads(language: str) -> tuple[str, ...]:
    return tuple(_name(key, language) for key in COLUMNS)


def machine_rows(
    connection: sqlite3.Connection, lab: str, rows: Iterable[UseRow], language: str
) -> list[RowShown]:
    """Every machine that the lab has, used or not, and those used that it has no more."""
    counted = dict(grouped(rows, lambda row: (row.machine_name, row.family, row.machine)))
    has = connection.execute(
        "SELECT name, family, slug FROM usage_machine WHERE lab = ? AND NOT retired", (lab,)
    ).fetchall()
    return [
        RowShown(
            name,
            _family(family, language),
            _cells(counted.get((name, family, slug), Tally()), language),
        )
        for name, family, slug in sorted({*has, *counted})
    ]


def _family(family: str, language: str) -> str:
    return wording.FAMILY.get(family, family) if language == "fr" else family


def category_rows(rows: Iterable[UseRow], language: str) -> list[RowShown]:
    return [
        RowShown(_category(category, language), "", _cells(counted, language))
        for (category,), counted in grouped(rows, lambda row: (_category_key(row.category),))
    ]


def _category_key(category: str | None) -> str:
    return "no_session" if category is None else category or "not_known"


def _category(category: str, language: str) -> str:
    return texts.say(category, language) if category in texts.TEXTS else category


def print_rows(rows: Iterable[UseRow], language: str) -> list[RowShown]:
    """The last prints of these rows, the latest end first. Whose they are is not said."""
    ended = [row for row in rows if row.kind == "print" and row.ended_us is not None]
    latest = sorted(ended, key=lambda row: (row.ended_us or 0, row.subject), reverse=True)
    return [
        RowShown(
            row.machine_name,
            f"{paris(row.ended_us or 0):%d/%m/%Y %H:%M}",
            (
                texts.say(row.outcome, language) if row.outcome else "–",
                texts.hours(row.used, language),
                "–" if row.filament_g is None else texts.grams(row.filament_g, language),
            ),
        )
        for row in latest[:LAST_PRINTS]
    ]


def known(rows: Iterable[UseRow], language: str) -> list[PartShown]:
    """How session hours are known, as pieces of one bar."""
    sums = tally(rows).figures()
    whole = sum(sums.get(key, 0) for key in KNOWN)
    pieces, before = [], 0
    for key in KNOWN:
        value = sums.get(key, 0)
        start, end = (1000 * v // whole if whole else 0 for v in (before, before + value))
        shown = texts.hours(value, language)
        pieces.append(PartShown(key, _name(key, language), shown, start, end - start))
        before += value
    return pieces


def _figure(key: str, counted: Tally, language: str) -> FigureShown:
    value = counted.figures().get(key, 0)
    if key.endswith("_h"):
        return FigureShown(_name(key, language), texts.hours(value, language), "h")
    return FigureShown(_name(key, language), str(value), "")


def _cells(counted: Tally, language: str) -> tuple[str, ...]:
    return tuple(_figure(key, counted, language).value for key in COLUMNS)


def _name(key: str, language: str) -> str:
    figure = next(figure for figure in FIGURES if figure.key == key)
    return figure.french if language == "fr" else figure.english


# ---- the year


def month_name(month: Month, language: str) -> str:
    return f"{texts.say('months', language).split()[month.number - 1]} {month.year}"


def before(month: Month) -> Month:
    return Month(month.year - (month.number == 1), (month.number - 2) % 12 + 1)


def year(connection: sqlite3.Connection, lab: str, last: Month, language: str) -> list[Bar]:
    """Session hours of the twelve months up to `last`. Twelve short reads of one lab's pages."""
    shown = [last]
    while len(shown) < 12:
        shown.insert(0, before(shown[0]))
    sums = [_session_thousandths(connection, lab, month) for month in shown]
    tallest = max(*sums, 1)
    bars = []
    for place, (month, total) in enumerate(zip(shown, sums, strict=True)):
        height = max(1, 105 * total // tallest)
        name, value = month_name(month, language), texts.hours(total, language)
        label = name[:1].upper()
        bars.append(
            Bar(
                f"{name} : {value} h",
                label,
                value,
                5 + 40 * place,
                125 - height,
                height,
                month == last,
            )
        )
    return bars


def _session_thousandths(connection: sqlite3.Connection, lab: str, month: Month) -> int:
    (us,) = connection.execute(
        "SELECT coalesce(sum(used_us), 0) FROM usage"
        " WHERE month = ? AND lab = ? AND kind = 'session'",
        (month.year * 100 + month.number, lab),
    ).fetchone()
    return int(us) // THOUSANDTH
