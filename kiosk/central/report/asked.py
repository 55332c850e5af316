"""What is asked of a report: the year, the year before, the definition and the language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kiosk.central.report.cells import ALONE
from kiosk.central.report.parts import Line
from kiosk.central.report.users import TOTAL, Definition
from kiosk.central.report.words import hours, say, share, whole
from kiosk.central.report.year import Year
from machines.figures import ALL

_NAMES = {figure.key: figure for figure in ALL}


@dataclass(frozen=True, slots=True)
class Asked:
    """And how its figures are looked up and written."""

    year: Year
    before: Year | None
    definition: Definition
    language: str

    def name(self, key: str) -> str:
        if key == "usagers":
            return say("users", self.language)
        figure = _NAMES[key]
        return figure.french if self.language == "fr" else figure.english

    def value(self, key: str, number: int) -> str:
        if key == "filament_g":
            return whole(round(number / 1000), self.language)
        if key.endswith(("_h", "_m")):
            return hours(number, self.language)
        return whole(number, self.language)

    def sum(self, key: str, lab: str | None = None, year: Year | None = None) -> int:
        """Over the whole year; `lab` "" for all of them. People are counted, never added."""
        year = year or self.year
        scope = year.scope if lab is None else lab
        if key == "personnes":
            return year.users(Definition.MACHINE, scope).get(TOTAL, 0)
        if key == "usagers":
            return year.users(self.definition, scope).get(TOTAL, 0)
        return year.figures.sum(key, **({"lab": scope} if scope else {}))

    def total(self, keys: Iterable[str], opens: str) -> Line:
        """The line below those that add up to it."""
        cells = tuple(
            "" if key in ALONE else self.value(key, self.year.figures.sum(key)) for key in keys
        )
        return Line(say("total", self.language), cells, opens)

    def change(self, then: int, now: int) -> str:
        """In hundredths of what it was; a dash where it was nothing."""
        if not then:
            return "–"
        sign = "+" if now >= then else "\u2212"
        return sign + share(abs(now - then), then, self.language)
