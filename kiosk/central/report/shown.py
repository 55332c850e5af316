"""A report as it is read: everything in it is text, a chart, or a table of text.

The page, the file, the PDF and the text to paste are drawn from this one
picture, so that none of them can say another figure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kiosk.central.report import sections, tiles
from kiosk.central.report.cells import ALONE, Cell, Figures
from kiosk.central.report.frozen import figures_csv, sha
from kiosk.central.report.parts import Section, Tile
from kiosk.central.report.users import Definition
from kiosk.central.report.words import say
from kiosk.central.report.year import Year
from machines.figures import ALL
from machines.instants import Month


@dataclass(frozen=True, slots=True)
class Report:
    """One year, in one language, by one definition of users."""

    language: str
    year: int
    lab: str | None
    definition: Definition
    title: str
    subtitle: str
    status: str
    tiles: tuple[Tile, ...]
    sections: tuple[Section, ...]
    counted: tuple[tuple[str, str], ...]  #: each figure, and how it is counted
    as_of: str
    sha: str
    dated_us: int  #: of the figures: when the last entry in them was written
    late: str = ""  #: what arrived after closing
    empty: str = ""

    @property
    def name(self) -> str:
        """Of its files: rapport-2026, rapport-2026-ccdv."""
        return f"rapport-{self.year}-{self.lab}" if self.lab else f"rapport-{self.year}"


def report(
    year: Year,
    before: Year | None,
    now: Month,
    definition: Definition = Definition.REPORT,
    language: str = "fr",
    late: Sequence[Cell] = (),
) -> Report:
    """`before` is the year before, where it has figures; `now` says whether the year is over;
    `late` is what is in the figures and came after they were closed.
    """
    asked = sections.Asked(year, before, definition, language)
    title = (
        say("title_lab", language, lab=year.names.labs.get(year.lab, year.lab), year=year.year)
        if year.lab
        else say("title", language, year=year.year)
    )
    digest = sha(figures_csv(year.figures.cells))
    return Report(
        language=language,
        year=year.year,
        lab=year.lab,
        definition=definition,
        title=title,
        subtitle=", ".join(year.names.labs.values()),
        status=_status(year, now, language),
        tiles=tiles.tiles(asked),
        sections=sections.sections(asked),
        counted=_counted(asked),
        as_of=_as_of(year, language),
        sha=say("sha", language, sha=digest),
        dated_us=_dated_us(year),
        late=_late(asked, late),
        empty="" if year.figures.cells else say("nothing", language),
    )


def _late(asked: sections.Asked, late: Sequence[Cell]) -> str:
    """The figures of the comparison that changed; "" where none did."""
    sums = Figures(late)
    changed = [(key, sums.sum(key)) for key in sections.COMPARED if key not in ALONE]
    told = [
        f"{asked.name(key)} {'+' if number > 0 else chr(0x2212)}{asked.value(key, abs(number))}"
        for key, number in changed
        if number
    ]
    return say("late", asked.language, told=", ".join(told)) if told else ""


def _dated_us(year: Year) -> int:
    """The end of a closed year; else when the last entry in its figures was written."""
    if year.sealed:
        return year.months[-1].ends_us
    return max((one.last_us for one in year.labs), default=0)


def _status(year: Year, now: Month, language: str) -> str:
    if year.sealed:
        return say("closed", language, sha=year.sealed[:12])
    return say("running" if year.year >= now.year else "open", language)


def _counted(asked: sections.Asked) -> tuple[tuple[str, str], ...]:
    french = asked.language == "fr"
    users = [
        (
            f"{say('users', asked.language)}, {say(f'definition_{one.value}', asked.language)}",
            say(f"told_{one.value}", asked.language),
        )
        for one in Definition
    ]
    figures = [
        (f.french, f.counted_fr) if french else (f.english, f.counted_en)
        for f in ALL
        if asked.year.figures.by(f.key, "period")
    ]
    return (*users, *figures)


def _as_of(year: Year, language: str) -> str:
    positions = ", ".join(
        say("position", language, lab=one.lab, store=one.store[:8], upto=one.upto)
        for one in year.positions
    )
    return say("as_of_told", language, arrived=year.arrived, positions=positions or "–")
