"""What was made, held, taken and open in a month, and who came in a year: counted as in
`counting`, by nothing of the product's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

from tests.truth.counting import Month, begins, span
from tests.truth.happened import Truth
from tests.truth.town import PEOPLE
from tests.truth.year import SHUT

ORGANISATION = {person.id: person.organisation for person in PEOPLE}


def made(truth: Truth, month: Month, lab: str = "") -> Counter[str]:
    """Things by their slug."""
    figures: Counter[str] = Counter()
    for one in truth.made:
        if one.dated and lab in ("", one.lab) and begins(one.at_us, span(month)):
            figures[one.item] += one.count
    return +figures


def made_for(truth: Truth, month: Month) -> Counter[str]:
    """Things by whom they were for."""
    figures: Counter[str] = Counter()
    for one in truth.made:
        if one.dated and begins(one.at_us, span(month)):
            figures[one.purpose] += one.count
    return +figures


def held(truth: Truth, month: Month, lab: str = "") -> Counter[str]:
    figures: Counter[str] = Counter()
    for one in truth.held:
        day = date.fromisoformat(one.day)
        if (day.year, day.month) == month and lab in ("", one.lab):
            figures["ateliers"] += 1
            figures["participants"] += one.participants
            figures["mineurs"] += one.minors
            figures["participants_h"] += one.participants * one.minutes * 1000 // 60
    return +figures


def taken(truth: Truth, month: Month) -> Counter[tuple[str, str]]:
    """Memberships by what happened to them, and the member's category."""
    figures: Counter[tuple[str, str]] = Counter()
    for one in truth.joined:
        if (one.day.year, one.day.month) == month:
            what = "adhesions_renouvelees" if one.again else "adhesions_nouvelles"
            figures[what, one.category] += 1
        if one.cancelled and (one.cancelled.year, one.cancelled.month) == month:
            figures["adhesions_annulees", one.category] += 1
    return figures


def open_days(month: Month, first: date) -> int:
    """Each lab is open all week from the day on which it was first described."""
    days = (date(*month, 1) + timedelta(days=ahead) for ahead in range(31))
    return sum(
        day.month == month[1] and day >= first and (day.month, day.day) not in SHUT for day in days
    )


# ---- who came in a year


def members(truth: Truth, year: int, machine_only: bool = False) -> Iterator[tuple[str, str]]:
    """(member, category) of whoever began a session, owns a print or took a membership."""
    time = span((year, 1), 12)
    for sat in truth.sat:
        if sat.member and sat.dated and begins(sat.began_us, time):
            yield sat.member, sat.category
    if machine_only:
        return
    for one in truth.worked:
        if one.owner and one.dated and one.category and begins(one.began_us, time):
            yield one.owner, one.category
    for joined in truth.joined:
        if joined.day.year == year:
            yield joined.member, joined.category


def as_in_2020(truth: Truth, year: int) -> Counter[str]:
    """Individuals, organisations once each, participants of workshops."""
    lines: dict[str, set[str]] = {}
    for member, category in members(truth, year):
        lines.setdefault(category, set()).add(ORGANISATION[member] or member)
    figures = Counter({category: len(units) for category, units in lines.items()})
    figures["workshop"] = sum(one.participants for one in truth.held if one.day[:4] == str(year))
    figures["total"] = figures.total()
    figures["unnamed"] = figures["workshop"]
    return figures


def at_machines(truth: Truth, year: int) -> Counter[str]:
    lines: dict[str, set[str]] = {}
    for member, category in members(truth, year, machine_only=True):
        lines.setdefault(category, set()).add(member)
    figures = Counter({category: len(units) for category, units in lines.items()})
    figures["total"] = len(set().union(*lines.values()))
    figures["several"] = sum(map(len, lines.values())) - figures["total"]
    return +figures
