"""A page of a dry run: some of its lines as words, with what may be chosen for each."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kiosk.central.helloasso import words
from kiosk.central.helloasso.matching import Candidate, Outcome, Proposal
from kiosk.central.helloasso.waiting import DryRun
from kiosk.central.people.words import day
from kiosk.web.language import _
from kiosk.web.words import clean

#: Lines on one page.
AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """One line. `about`: its day and rate; `choices` empty where nothing is to be chosen."""

    number: int
    name: str
    about: str
    outcome: str
    label: str
    why: str
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Filter:
    value: str
    label: str
    count: int
    here: bool


@dataclass(frozen=True, slots=True)
class RowsShown:
    filters: tuple[Filter, ...]
    rows: tuple[Shown, ...]
    show: str
    page: int
    pages: int


def rows_shown(connection: sqlite3.Connection, dry: DryRun, show: str, page: int) -> RowsShown:
    """`show`: an outcome, or all. What needs somebody's word comes first, if anything does."""
    counts = dry.counts
    if show not in {*counts, "all"}:
        show = Outcome.AMBIGUOUS if counts[Outcome.AMBIGUOUS] else "all"
    filters = [Filter("all", _("All"), sum(counts.values()), show == "all")]
    seats = bool(dry.groups)
    filters += [
        Filter(one, words.outcome(one, seats), counts[one], show == one)
        for one in Outcome
        if counts[one]
    ]
    names = _names(connection, dry.shown)
    told = [_line(dry, one, names) for one in dry.shown if show in ("all", one.outcome)]
    if show in ("all", Outcome.REFUSED):
        told += [
            Shown(
                one.number,
                "",
                "",
                Outcome.REFUSED,
                words.outcome(Outcome.REFUSED),
                words.refused(one),
            )
            for one in dry.brought.refused
        ]
    told.sort(key=lambda one: one.number)
    pages = max(1, -(-len(told) // AT_ONCE))
    page = min(max(page, 1), pages)
    part = tuple(told[(page - 1) * AT_ONCE : page * AT_ONCE])
    return RowsShown(tuple(filters), part, show, page, pages)


def _line(dry: DryRun, one: Proposal, names: Mapping[str, str]) -> Shown:
    line = one.line
    told = [day(line.day) if line.day else "", clean(line.rate, 60), clean(line.ticket, 60)]
    about = [part for part in told if part and not part.startswith("http")]
    chosen = dry.chosen(one)
    return Shown(
        line.number,
        clean(line.name) + (f" ({clean(line.organisation, 60)})" if line.organisation else ""),
        " · ".join(about),
        one.outcome,
        words.outcome(one.outcome, one.seat),
        words.why(one.why),
        tuple(Choice(c, _label(c, one, names), c == chosen) for c in one.choices),
    )


def _label(choice: str, one: Proposal, names: Mapping[str, str]) -> str:
    if not choice.startswith("join-"):
        return words.choice(choice, one.seat)
    candidate: Candidate = one.candidates[int(choice.removeprefix("join-"))]
    if candidate.line:
        return _("The person of line %(line)s", line=candidate.line)
    return names.get(candidate.member, candidate.member)


def _names(connection: sqlite3.Connection, shown: Iterable[Proposal]) -> dict[str, str]:
    """Who may be meant: the name, and what tells two of one name apart."""
    wanted = {c.member for one in shown for c in one.candidates if c.member}
    rows = connection.execute(
        "SELECT m.id, trim(first_name || ' ' || last_name), max(until) FROM member m"
        " LEFT JOIN membership s ON s.member = m.id AND cancelled_on IS NULL GROUP BY m.id"
    )
    return {id_: _named(id_, name, until) for id_, name, until in rows if id_ in wanted}


def _named(id_: str, name: str, until: str | None) -> str:
    if until is None:
        return _("%(name)s, %(id)s, no membership", name=clean(name), id=id_)
    return _("%(name)s, %(id)s, until %(day)s", name=clean(name), id=id_, day=day(until))
