"""Facts become rows of use: the figures' table, kept up as facts arrive.

`advance` goes on from where it was, on the writing connection and within the
caller's transaction. Any order of arrival, any size of step and any number of
restarts give the same rows, because a subject (a session, a run, a print) is
folded anew from all of its facts whenever one of them arrives, or when an
anchor arrives that places one of them better.

The rows hold no roster id: a person is a digest with a key of the year, so
that people stay countable after their facts have lost their personal part.
"""

from __future__ import annotations

import hmac
import secrets
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from kiosk.central.places import Near, learn_of_boots, unset_instants
from kiosk.central.soundness import LONGEST_US, believed
from kiosk.central.statements import among, insert
from kiosk.store.codec import decode
from machines.folding import fold_one, subject
from machines.instants import SECOND, paris
from machines.journal import Entry, SiteDescribed
from machines.monthly import Part, parts
from machines.placing import anchor_of
from machines.timeline import rank
from machines.usage import Print, Run, Session, Use

#: `usage` is clustered by month and lab: one lab's month is one stretch of pages,
#: however many years and labs stand around it. Month 0: not placed.
SCHEMA = """
CREATE TABLE IF NOT EXISTS usage(
    month INTEGER NOT NULL, lab TEXT NOT NULL, kind TEXT NOT NULL, machine TEXT NOT NULL,
    subject TEXT NOT NULL, meter TEXT NOT NULL, session TEXT, category TEXT, person TEXT,
    public TEXT NOT NULL, party INTEGER NOT NULL, source TEXT NOT NULL,
    began_us INTEGER, ended_us INTEGER, first INTEGER NOT NULL,
    used_us INTEGER NOT NULL, paused_us INTEGER NOT NULL, unseen_us INTEGER NOT NULL,
    whole_us INTEGER, provenance TEXT NOT NULL, outcome TEXT NOT NULL,
    corrected INTEGER NOT NULL, filament_mm REAL, printer_s REAL,
    PRIMARY KEY(month, lab, kind, machine, subject)) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS usage_of_subject ON usage(subject, category, person);
CREATE TABLE IF NOT EXISTS usage_fact(
    subject TEXT NOT NULL, arrived INTEGER NOT NULL,
    PRIMARY KEY(subject, arrived)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS usage_anchor(
    store TEXT NOT NULL, boot_no INTEGER NOT NULL, boot_us INTEGER NOT NULL,
    error_us INTEGER NOT NULL, utc_us INTEGER NOT NULL, spoken INTEGER NOT NULL,
    PRIMARY KEY(store, boot_no, boot_us, error_us, utc_us, spoken)) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS usage_anchor_unspoken
    ON usage_anchor(store, boot_no) WHERE spoken = 0;
CREATE TABLE IF NOT EXISTS usage_boot(
    store TEXT NOT NULL, boot_no INTEGER NOT NULL, boot_id TEXT NOT NULL,
    PRIMARY KEY(store, boot_no, boot_id)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS usage_unset(
    store TEXT NOT NULL, boot_no INTEGER NOT NULL, boot_us INTEGER NOT NULL,
    subject TEXT NOT NULL,
    PRIMARY KEY(store, boot_no, boot_us, subject)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS usage_lab(
    lab TEXT PRIMARY KEY, name TEXT NOT NULL, told_us INTEGER NOT NULL,
    last_us INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS usage_machine(
    lab TEXT NOT NULL, slug TEXT NOT NULL, name TEXT NOT NULL, family TEXT NOT NULL,
    sort TEXT NOT NULL, told_us INTEGER NOT NULL, retired INTEGER NOT NULL,
    PRIMARY KEY(lab, slug)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS usage_cursor(
    id INTEGER PRIMARY KEY CHECK (id = 1), arrived INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS secret(name TEXT PRIMARY KEY, key BLOB NOT NULL) STRICT;
"""

EXPORT_KEY = "export"
#: A thousand kilometres: no file wants as much filament.
FARTHEST_MM = 1e9


def create(connection: sqlite3.Connection) -> None:
    """The tables and the key of the exports, where they are not there yet."""
    for statement in SCHEMA.split(";"):
        connection.execute(statement)
    connection.execute("INSERT OR IGNORE INTO usage_cursor VALUES(1, 0)")
    _key(connection, EXPORT_KEY)


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
    dirty = learn_of_boots(connection, [fact.entry for fact in told]) | spoken.keys()
    _fold(connection, sorted(dirty), spoken, cursor)
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
    people = dict(among(connection, PERSON, names))
    key = cache(lambda name: _key(connection, name))
    rows: list[tuple[object, ...]] = []
    for name, told in facts.items():
        entries = [fact.entry for fact in told]
        use = fold_one(entries, near.of(entries))
        if use is not None:
            lab = min(told, key=lambda fact: rank(fact.entry)).lab
            person = _person(use, key) or people.get(name)
            rows += [_row(lab, use, part, person) for part in parts(use)]
    among(connection, "DELETE FROM usage WHERE subject IN ({keys})", names)
    insert(connection, "INTO usage", rows)


BEFORE = (
    "SELECT subject, arrived, lab, body, personal FROM usage_fact JOIN fact USING (arrived)"
    " WHERE arrived <= ? AND subject IN ({keys})"
)
PERSON = "SELECT subject, person FROM usage WHERE person IS NOT NULL AND subject IN ({keys})"


def _row(lab: str, use: Use, part: Part, person: str | None) -> tuple[object, ...]:
    month = part.month.year * 100 + part.month.number if part.month else 0
    about = _about(use)
    return (
        month, lab, about.kind, use.machine, use.subject, about.meter, about.session,
        about.category, person, about.public, about.party, about.source,
        use.began_us, use.ended_us, part.first, part.used_us, part.paused_us, part.unseen_us,
        use.used_us, use.provenance, about.outcome, about.corrected, about.filament_mm,
        about.printer_s,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _About:
    """What differs between the three kinds of use, in the words of the table."""

    kind: str
    meter: str
    outcome: str
    session: str | None = None
    category: str | None = None
    public: str = ""
    party: int = 0
    source: str = ""
    corrected: bool = False
    filament_mm: float | None = None
    printer_s: float | None = None


def _about(use: Use) -> _About:
    match use:
        case Session():
            return _About(
                "session",
                "badge",
                use.reason or "",
                category=use.category,
                public=use.public,
                party=use.party,
                source=use.source,
                corrected=use.corrected,
            )
        case Run():
            return _About("run", use.meter, "", session=use.session)
        case Print():
            return _About(
                "print",
                use.meter,
                use.result or "",
                session=use.session,
                filament_mm=believed(use.filament_mm, FARTHEST_MM),
                printer_s=believed(use.printer_s, LONGEST_US / SECOND),
            )


# ---- people, without saying who


def _person(use: Use, key: Callable[[str], bytes]) -> str | None:
    """The pseudonym of the year for the member of a session that is placed; else None."""
    if not isinstance(use, Session) or use.member is None or use.began_us is None:
        return None
    year = key(f"year-{paris(use.began_us).year}")
    return hmac.digest(year, use.member.encode(), "sha256").hex()[:24]


def _key(connection: sqlite3.Connection, name: str) -> bytes:
    """The key of that name, made at its first use."""
    found = connection.execute("SELECT key FROM secret WHERE name = ?", (name,)).fetchone()
    if found:
        return bytes(found[0])
    made = secrets.token_bytes(32)
    connection.execute("INSERT INTO secret VALUES(?, ?)", (name, made))
    return made
