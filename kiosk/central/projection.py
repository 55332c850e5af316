"""Facts become rows of use: the figures' table, kept up as facts arrive.

`advance` goes on from where it was, on the writing connection and within the
caller's transaction. Any order of arrival, any size of step and any number of
restarts give the same rows, because a subject (a session, a run, a print) is
folded anew from all of its facts whenever one of them arrives, or when an
anchor arrives that places one of them better.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from kiosk.central import figures_tables
from kiosk.central.figure_people import Pseudonyms, note_people
from kiosk.central.people import arrived
from kiosk.central.places import Near, learn_of_boots, unset_instants
from kiosk.central.statements import among, insert
from kiosk.central.use_rows import (
    NOBODY,
    Whose,
    job_row,
    made_row,
    use_rows,
    whose_is,
    workshop_row,
)
from kiosk.store.codec import decode
from machines.folding import fold_one, subject
from machines.job_entries import JobSubmitted, PrintJudged, PrintOwned, PrintReconciled
from machines.journal import Entry, PrintBegan, PrintEnded, SiteDescribed
from machines.made_fold import Made, Workshop
from machines.placing import anchor_of
from machines.timeline import rank
from machines.usage import Job, Session

#: The kinds of entry that tell of prints and of whose they are.
OF_PRINTS = tuple(
    kind.kind
    for kind in (JobSubmitted, PrintBegan, PrintEnded, PrintJudged, PrintOwned, PrintReconciled)
)


def create(connection: sqlite3.Connection) -> None:
    """The tables as they are now, in a file that has none."""
    figures_tables.create(connection)
    figures_tables.add_prints(connection)
    figures_tables.add_made(connection)


class Told(NamedTuple):
    """A fact that has arrived."""

    arrived: int
    lab: str
    entry: Entry


def advance(connection: sqlite3.Connection, at_most: int = 1000) -> int:
    """Takes in up to `at_most` facts, in the caller's transaction; how many there were.

    Raises CodecError or OverflowError for a fact of which no row can be made:
    the caller rolls back, sets that one aside, and goes on.
    """
    (cursor,) = connection.execute("SELECT arrived FROM usage_cursor").fetchone()
    rows = connection.execute(
        "SELECT arrived, lab, body, personal FROM fact WHERE arrived > ? ORDER BY arrived LIMIT ?",
        (cursor, at_most),
    ).fetchall()
    if not rows:
        return 0
    told = [_told(*row) for row in rows]
    _hear(connection, told)
    spoken = _learn(connection, told)
    decided = arrived.learn(connection, told)
    dirty = learn_of_boots(connection, [fact.entry for fact in told]) | spoken.keys() | decided
    decided = {name for name in dirty if name.startswith(arrived.NAME)}
    arrived.settle(connection, decided)
    _fold(connection, sorted(dirty - decided), spoken, cursor)
    connection.execute("UPDATE usage_cursor SET arrived = ?", (told[-1].arrived,))
    return len(told)


def _told(arrived: int, lab: str, body: bytes, personal: bytes | None) -> Told:
    return Told(arrived, lab, decode(body, personal))


def pending(connection: sqlite3.Connection) -> int:
    """How many facts have no row yet."""
    (count,) = connection.execute(
        "SELECT count(*) FROM fact WHERE arrived > (SELECT arrived FROM usage_cursor)"
    ).fetchone()
    return int(count)


def _learn(connection: sqlite3.Connection, told: Iterable[Told]) -> dict[str, list[Told]]:
    """Keeps what is told of each subject: that it is, and which of its instants are unset."""
    spoken: dict[str, list[Told]] = {}
    for fact in told:
        if name := subject(fact.entry):
            spoken.setdefault(name, []).append(fact)
    mine = [(name, fact) for name, facts in spoken.items() for fact in facts]
    insert(connection, "OR IGNORE INTO usage_fact", [(name, fact.arrived) for name, fact in mine])
    unset = [
        (fact.entry.birth.store, at.boot_no, at.boot_us, name)
        for name, fact in mine
        for at in unset_instants(fact.entry)
    ]
    insert(connection, "OR IGNORE INTO usage_unset", unset)
    return spoken


def _hear(connection: sqlite3.Connection, told: Iterable[Told]) -> None:
    """When a lab last told something, as far as a clock says; its name and its machines."""
    last_us: dict[str, int] = {}
    for fact in told:
        anchor = anchor_of(fact.entry)
        last_us[fact.lab] = max(last_us.get(fact.lab, 0), anchor.utc_us if anchor else 0)
    insert(
        connection,
        "INTO usage_lab",
        [(lab, lab, 0, us) for lab, us in last_us.items()],
        "ON CONFLICT(lab) DO UPDATE SET last_us = max(last_us, excluded.last_us)",
    )
    for fact in told:
        if isinstance(fact.entry.body, SiteDescribed):
            _describe(connection, fact.lab, fact.entry.body, fact.entry.at.wall_us)
            _keep_hours(connection, fact.lab, fact.entry.body, fact.entry.at.wall_us)


def _describe(connection: sqlite3.Connection, lab: str, site: SiteDescribed, told_us: int) -> None:
    """What describes a site is ordered by the wall clock, set or not: even one
    restored from a file only moves forward, and nothing is counted by it.
    """
    changed = connection.execute(
        "UPDATE usage_lab SET name = ?, told_us = ? WHERE lab = ? AND told_us <= ?",
        (site.name, told_us, lab, told_us),
    )
    if changed.rowcount:
        connection.execute("UPDATE usage_machine SET retired = 1 WHERE lab = ?", (lab,))
    insert(
        connection,
        "INTO usage_machine",
        [
            (lab, m.slug, m.name, m.family, m.sort, told_us, not changed.rowcount)
            for m in site.machines
        ],
        "ON CONFLICT(lab, slug) DO UPDATE"
        " SET name = excluded.name, family = excluded.family, sort = excluded.sort,"
        " told_us = excluded.told_us, retired = excluded.retired WHERE told_us <= excluded.told_us",
    )


def _keep_hours(
    connection: sqlite3.Connection, lab: str, site: SiteDescribed, told_us: int
) -> None:
    """Its opening hours from then on, and what it calls the things that it counts."""
    week = json.dumps(site.hours, separators=(",", ":"))
    connection.execute(
        "INSERT INTO figure_hours VALUES(?, ?, ?) ON CONFLICT(lab, from_us)"
        " DO UPDATE SET week = max(week, excluded.week)",
        (lab, told_us, week),
    )
    insert(
        connection,
        "INTO figure_item",
        [(lab, item.slug, item.name, item.english, told_us) for item in site.items],
        "ON CONFLICT(lab, slug) DO UPDATE SET name = excluded.name, english = excluded.english,"
        " told_us = excluded.told_us WHERE told_us <= excluded.told_us",
    )


def _fold(
    connection: sqlite3.Connection,
    names: Sequence[str],
    spoken: Mapping[str, Sequence[Told]],
    cursor: int,
) -> None:
    """The rows of some subjects, made anew from all of their facts: those up to
    `cursor`, and those `spoken` of after it.
    """
    facts = {name: list(spoken.get(name, ())) for name in names}
    for name, *row in among(connection, BEFORE, names, cursor):
        facts[name].append(_told(*row))
    near = Near(connection, (fact.entry for told in facts.values() for fact in told))
    kept = {name: Whose(*whose) for sql in WHOSE for name, *whose in among(connection, sql, names)}
    rows, seen = _folded(connection, facts, near, kept)
    for table in ROWS:
        among(connection, f"DELETE FROM {table} WHERE subject IN ({{keys}})", names)
        insert(connection, f"INTO {table}", rows[table])
    note_people(connection, seen)


def _folded(
    connection: sqlite3.Connection,
    facts: Mapping[str, Sequence[Told]],
    near: Near,
    kept: Mapping[str, Whose],
) -> tuple[dict[str, list[tuple[object, ...]]], set[tuple[str, int]]]:
    """The rows of each table, and the members who were active, each with the year."""
    named = Pseudonyms(connection)
    rows: dict[str, list[tuple[object, ...]]] = {table: [] for table in ROWS}
    sessions: list[tuple[str, Session]] = []
    for name, told in facts.items():
        entries = [fact.entry for fact in told]
        lab = min(told, key=lambda fact: rank(fact.entry)).lab
        match fold_one(entries, near.of(entries)):
            case None:
                continue
            case Workshop() as held:
                if not held.void:
                    rows["figure_workshop"].append(workshop_row(lab, held))
            case Made() as made:
                whose = whose_is(made, named.of, kept.get(name, NOBODY))
                if made.count:
                    rows["figure_made"].append(made_row(lab, made, whose))
            case Job() as job:
                whose = whose_is(job, named.of, kept.get(name, NOBODY))
                rows["usage_job"].append(job_row(lab, job, whose))
            case use:
                if isinstance(use, Session):
                    sessions.append((lab, use))
                rows["usage"] += use_rows(lab, use, whose_is(use, named.of, kept.get(name, NOBODY)))
    arrived.note_used(connection, sessions)
    return rows, named.seen


def fold_prints_again(connection: sqlite3.Connection) -> None:
    """The prints and jobs of facts that were taken in before their rows could hold all of it."""
    (cursor,) = connection.execute("SELECT arrived FROM usage_cursor").fetchone()
    marks = ", ".join("?" * len(OF_PRINTS))
    after = 0
    while rows := connection.execute(
        "SELECT arrived, lab, body, personal FROM fact WHERE arrived > ? AND arrived <= ?"
        f" AND kind IN ({marks}) ORDER BY arrived LIMIT 1000",
        (after, cursor, *OF_PRINTS),
    ).fetchall():
        spoken = _learn(connection, [_told(*row) for row in rows])
        _fold(connection, sorted(spoken), {}, cursor)
        after = rows[-1][0]


def hear_again(connection: sqlite3.Connection) -> None:
    """The opening hours that labs told before there was a table of them."""
    rows = connection.execute(
        "SELECT arrived, lab, body, personal FROM fact WHERE kind = ?"
        " AND arrived <= (SELECT arrived FROM usage_cursor)",
        (SiteDescribed.kind,),
    ).fetchall()
    _hear(connection, [_told(*row) for row in rows])


#: What facts are folded into, by their subjects.
ROWS = ("usage", "usage_job", "figure_made", "figure_workshop")
BEFORE = (
    "SELECT subject, arrived, lab, body, personal FROM usage_fact JOIN fact USING (arrived)"
    " WHERE arrived <= ? AND subject IN ({keys})"
)
#: Who and of which category, as it was known when the personal part was there.
WHOSE = (
    "SELECT subject, person, category FROM usage WHERE subject IN ({keys})",
    "SELECT subject, person, category FROM usage_job WHERE subject IN ({keys})",
    "SELECT subject, person, category FROM figure_made WHERE subject IN ({keys})",
)
