"""A roster as a CSV file: every line read, or refused with what was expected.

Headers in French or English. A column that is not there says nothing: what is
known stays. Cells that hold several things separate them by `|`. No badge
number leaves this module: a sentence shows its last two digits.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from kiosk.central.csv_file import CsvError, Flaw, plain, rows, text_of
from machines.badges import canonical
from machines.members import Category


@dataclass(frozen=True, slots=True)
class Listed:
    """One person as a line tells them. Badges are canonical numbers."""

    id: str
    first_name: str = ""
    last_name: str = ""
    category: Category = Category.INDIVIDUAL
    member_until: date | None = None
    clearances: tuple[tuple[str, date | None], ...] = ()  #: (machine or family:…, last day)
    badges: tuple[str, ...] = ()
    animator: bool = False
    labs: tuple[str, ...] = ()  #: slugs; none: every lab
    language: str = "fr"


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that was not taken. `column` is "" where it is the line as a whole."""

    line: int
    column: str
    found: str
    expected: str

    def __str__(self) -> str:
        what = f'{self.column} = "{self.found}"' if self.column else self.found
        return f"line {self.line}: {what}: expected {self.expected}"


@dataclass(frozen=True, slots=True)
class RosterFile:
    """What a file said: which columns it has, its good lines by number, and the refused."""

    columns: frozenset[str]
    lines: Mapping[int, Listed]
    refused: tuple[Refused, ...]


class _Wrong(Exception):
    """A cell that cannot be read: what was found (as it may be shown), what was expected."""

    def __init__(self, found: str, expected: str) -> None:
        self.found, self.expected = found, expected


def read(raw: bytes) -> RosterFile:
    """Raises CsvError where there is no header to read the lines by."""
    found = rows(text_of(raw))
    _, header = next(found, (0, []))
    columns = _columns(header)
    lines: dict[int, Listed] = {}
    refused: list[Refused] = []
    seen: dict[str, int] = {}
    for number, cells in found:
        try:
            listed = _listed(columns, cells)
        except _Refusal as wrong:
            refused.append(Refused(number, wrong.column, wrong.found, wrong.expected))
            continue
        if listed.id in seen:
            expected = f"each id once; it is on line {seen[listed.id]} already"
            refused.append(Refused(number, "id", listed.id, expected))
            continue
        seen[listed.id] = number
        lines[number] = listed
    return RosterFile(frozenset(c for c in columns if c), lines, tuple(refused))


def masked(number: str) -> str:
    """A badge number as it may be shown: `…C3`."""
    return "…" + number.strip()[-2:]


# ---- the file


#: What a header may be called, without accents and in lower case.
_NAMES = {
    "id": ("id", "identifiant", "numero", "numero adherent", "member"),
    "first_name": ("first_name", "first name", "prenom", "prenom adherent"),
    "last_name": ("last_name", "last name", "nom", "nom adherent"),
    "category": ("category", "categorie"),
    "member_until": ("member_until", "member until", "adhesion jusqu'au", "fin d'adhesion"),
    "clearances": ("clearances", "habilitations"),
    "badges": ("badges", "badge"),
    "animator": ("animator", "animateur", "animatrice", "forgeur"),
    "labs": ("labs", "lab", "lieux", "lieu"),
    "language": ("language", "langue"),
}
_NEEDED = {"id": "id or identifiant", "first_name": "first_name or prénom"}
_COLUMN = {name: column for column, names in _NAMES.items() for name in names}


def _columns(header: list[str]) -> list[str]:
    """The column of each cell, "" where it is none of ours."""
    columns = [_COLUMN.get(plain(name), "") for name in header]
    for needed, names in _NEEDED.items():
        if needed not in columns:
            found = ", ".join(header)[:80]
            sentence = f'"{found}": no column {needed}: expected one named {names}'
            raise CsvError(Flaw.COLUMN_MISSING, sentence, 1, needed)
    for column in columns:
        if column and columns.count(column) > 1:
            sentence = f"the column {column} stands there twice"
            raise CsvError(Flaw.COLUMN_TWICE, sentence, 1, column)
    return columns


# ---- a line


@dataclass(slots=True)
class _Refusal(Exception):
    column: str
    found: str
    expected: str


def _listed(columns: list[str], cells: list[str]) -> Listed:
    if len(cells) != len(columns):
        raise _Refusal("", f"{len(cells)} cells", f"{len(columns)}, as in the first line")
    values: dict[str, Any] = {}
    for column, cell in zip(columns, cells, strict=True):
        if not column:
            continue
        try:
            values[column] = _READ[column](cell)
        except _Wrong as wrong:
            raise _Refusal(column, wrong.found, wrong.expected) from None
    return Listed(**values)


def _id(cell: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,64}", cell):
        raise _Wrong(cell[:80], "an id of letters, digits, . _ -, such as M0042")
    return cell


def _name(cell: str) -> str:
    if len(cell) > 80 or any(unicodedata.category(c).startswith("C") for c in cell):
        raise _Wrong(f"{len(cell)} characters", "a name of at most 80 characters on one line")
    return cell


def _first_name(cell: str) -> str:
    if not cell:
        raise _Wrong("", "a first name")
    return _name(cell)


_CATEGORIES = {
    Category.INDIVIDUAL: ("individual", "particulier", "particuliere", ""),
    Category.COMPANY: ("company", "entreprise", "societe"),
    Category.ASSOCIATION: ("association",),
    Category.LOCAL_AUTHORITY: ("local-authority", "local authority", "collectivite"),
    Category.SCHOOL: ("school", "ecole", "scolaire", "etablissement scolaire"),
}
#: What a category may be called, as `plain` has it.
CATEGORY_NAMED = {word: category for category, words in _CATEGORIES.items() for word in words}


def _category(cell: str) -> Category:
    if plain(cell) not in CATEGORY_NAMED:
        raise _Wrong(
            cell[:80], "particulier, entreprise, association, collectivité or école (or in English)"
        )
    return CATEGORY_NAMED[plain(cell)]


def _date(cell: str) -> date | None:
    if not cell:
        return None
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(cell, form).date()  # noqa: DTZ007 -- a day, not an instant
        except ValueError:
            continue
    raise _Wrong(cell[:80], "a day such as 2027-01-31 or 31/01/2027")


def _clearances(cell: str) -> tuple[tuple[str, date | None], ...]:
    found: dict[str, date | None] = {}
    for one in _several(cell):
        of, _, until = one.partition("@")
        if not re.fullmatch(r"(family:)?[a-z0-9][a-z0-9-]*", of.strip()):
            raise _Wrong(
                one[:80], "a machine or family, such as laser or family:3d-printer@2027-01-31"
            )
        found[of.strip()] = _date(until.strip())
    return tuple(sorted(found.items()))


def _badges(cell: str) -> tuple[str, ...]:
    found = set()
    for one in _several(cell):
        try:
            found.add(canonical(one))
        except ValueError:
            raise _Wrong(masked(one), "a badge number such as 0A00D2F5C3 or 210,62915") from None
    return tuple(sorted(found))


def _animator(cell: str) -> bool:
    word = plain(cell)
    if word in ("yes", "oui", "1", "true", "vrai", "x"):
        return True
    if word in ("no", "non", "0", "false", "faux", ""):
        return False
    raise _Wrong(cell[:80], "yes or no")


def _labs(cell: str) -> tuple[str, ...]:
    labs = _several(cell)
    for lab in labs:
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", lab):
            raise _Wrong(lab[:80], "the slug of a lab, such as ccdv")
    return tuple(sorted(set(labs)))


def _language(cell: str) -> str:
    if plain(cell) not in ("", "fr", "en"):
        raise _Wrong(cell[:80], "fr or en")
    return plain(cell) or "fr"


def _several(cell: str) -> list[str]:
    return [one.strip() for one in cell.split("|") if one.strip()]


_READ: dict[str, Callable[[str], Any]] = {
    "id": _id,
    "first_name": _first_name,
    "last_name": _name,
    "category": _category,
    "member_until": _date,
    "clearances": _clearances,
    "badges": _badges,
    "animator": _animator,
    "labs": _labs,
    "language": _language,
}
