"""How many people a year had: the definitions among which a report chooses.

`REPORT` is the one of the association's report of 2020, whose 466 users are
350 individuals + 9 companies + 12 associations + 4 local authorities + 91
workshop participants: an organisation counts once, however many of its people
came, and who is a member and came to a workshop counts in both lines, which
the report says beside it. `PEOPLE` counts each person once whatever they did.
`MACHINE` counts members who began a session at a machine.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

INDIVIDUAL = "individual"
#: The lines beside those of the categories.
WORKSHOP = "workshop"  #: participants of workshops
TOTAL = "total"
OVERLAP = "overlap"  #: members who came to a workshop too
SEVERAL = "several"  #: by how much the lines of the categories are more than the people in them
UNNAMED = "unnamed"  #: places in workshops of which nobody noted whose they were


class Definition(StrEnum):
    """Whom a report counts as a user. Written in files."""

    REPORT = "2020"
    PEOPLE = "people"
    MACHINE = "machine"


class How(StrEnum):
    """By what somebody is known to have come."""

    SESSION = "session"
    PRINT = "print"
    MEMBERSHIP = "membership"
    WORKSHOP = "workshop"


class Seen(NamedTuple):
    """Somebody, known by the pseudonym of the year. `category` is "" for who is no member."""

    person: str
    how: How
    category: str = ""
    organisation: str = ""  #: its pseudonym of the year


def count(seen: Iterable[Seen], unnamed: int, definition: Definition) -> dict[str, int]:
    """The lines of a definition: categories, `WORKSHOP`, `TOTAL` and the rest; no zeros.

    `unnamed` participants may be the same people over and over: `REPORT` counts
    each, as heads were counted then, `PEOPLE` tells them apart and counts none.
    """
    known = set(seen)
    members = {one for one in known if one.how is not How.WORKSHOP}
    if definition is Definition.MACHINE:
        members = {one for one in members if one.how is How.SESSION}
    lines = _categories(members, organisations=definition is Definition.REPORT)
    persons = {one.person for one in members}
    came = {one.person for one in known if one.how is How.WORKSHOP}
    found = {category: len(units) for category, units in lines.items()}
    match definition:
        case Definition.REPORT:
            found[WORKSHOP] = len(came) + unnamed
            found[TOTAL] = sum(found.values())
            found[OVERLAP] = len(came & persons)
            found[UNNAMED] = unnamed
        case Definition.PEOPLE:
            found[SEVERAL] = sum(found.values()) - len(persons)
            found[WORKSHOP] = len(came - persons)
            found[TOTAL] = len(persons | came)
            found[OVERLAP] = len(came & persons)
            found[UNNAMED] = unnamed
        case Definition.MACHINE:
            found[SEVERAL] = sum(found.values()) - len(persons)
            found[TOTAL] = len(persons)
    return {line: number for line, number in sorted(found.items()) if number}


def _categories(members: Iterable[Seen], organisations: bool) -> dict[str, set[str]]:
    """Who is in each category; an organisation stands for its people where `organisations`."""
    lines: dict[str, set[str]] = {}
    for one in members:
        counted_once = organisations and one.category != INDIVIDUAL and one.organisation
        unit = f"organisation:{one.organisation}" if counted_once else one.person
        lines.setdefault(one.category, set()).add(unit)
    return lines
