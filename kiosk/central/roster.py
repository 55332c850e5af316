"""The roster: everybody, as the central knows them and as each lab gets them.

Surnames stay here. A change is one transaction that raises the version; a file
that changes nothing raises nothing, so that no lab fetches its roster again.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from typing import Any

from kiosk.central.roster_file import Listed, Refused, RosterFile
from machines.badges import DigestKey
from machines.members import Category, Clearance, Member, Roster

SCHEMA = """
CREATE TABLE IF NOT EXISTS member(
    id TEXT PRIMARY KEY, first_name TEXT NOT NULL, last_name TEXT NOT NULL,
    category TEXT NOT NULL, animator INTEGER NOT NULL, language TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS membership(
    member TEXT PRIMARY KEY REFERENCES member(id) ON DELETE CASCADE,
    until TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS member_lab(
    member TEXT NOT NULL REFERENCES member(id) ON DELETE CASCADE,
    lab TEXT NOT NULL, PRIMARY KEY(member, lab)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS badge(
    digest TEXT PRIMARY KEY,
    member TEXT NOT NULL REFERENCES member(id) ON DELETE CASCADE) STRICT;
CREATE INDEX IF NOT EXISTS badge_member ON badge(member);
CREATE TABLE IF NOT EXISTS clearance(
    member TEXT NOT NULL REFERENCES member(id) ON DELETE CASCADE,
    of TEXT NOT NULL, granted_by TEXT NOT NULL, since TEXT, until TEXT,
    PRIMARY KEY(member, of)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS roster(
    id INTEGER PRIMARY KEY CHECK (id = 1), epoch TEXT NOT NULL, version INTEGER NOT NULL) STRICT;
"""

#: Codes of animators, apart from what a file of people says.
PINS = (
    "CREATE TABLE IF NOT EXISTS pin("
    "member TEXT PRIMARY KEY REFERENCES member(id) ON DELETE CASCADE, hash TEXT NOT NULL) STRICT"
)


def create_pins(connection: sqlite3.Connection) -> None:
    """The table of codes, which files of before did not have."""
    connection.execute(PINS)


def create(connection: sqlite3.Connection) -> None:
    """The tables, where they are not there yet."""
    for statement in SCHEMA.split(";"):
        connection.execute(statement)
    create_pins(connection)
    connection.execute("INSERT OR IGNORE INTO roster VALUES(1, ?, 0)", (secrets.token_hex(8),))


def snapshot(connection: sqlite3.Connection, lab: str) -> Roster:
    """The roster as `lab` gets it: those of that lab, and those of every lab."""
    epoch, version = connection.execute("SELECT epoch, version FROM roster").fetchone()
    people = _everybody(connection).values()
    mine = [person for person in people if not person.labs or lab in person.labs]
    granted, pins = _grants(connection), dict(connection.execute("SELECT member, hash FROM pin"))
    members = (_member(one, granted, pins.get(one.id, "")) for one in mine)
    return Roster(epoch, version, tuple(members))


def set_pin(connection: sqlite3.Connection, member: str, pin_hash: str, now_us: int) -> None:
    """Gives an animator a code, or takes it away (""), within the caller's transaction.

    Raises ValueError for who is no animator.
    """
    one = _everybody(connection).get(member)
    if one is None or not one.animator:
        raise ValueError(f"{member}: expected the id of an animator of the roster")
    connection.execute("DELETE FROM pin WHERE member = ?", (member,))
    if pin_hash:
        connection.execute("INSERT INTO pin VALUES(?, ?)", (member, pin_hash))
    _raise_version(connection, now_us)


def _member(
    person: Listed, granted: Mapping[tuple[str, str], tuple[str, str | None]], pin: str
) -> Member:
    clearances = []
    for of, until in person.clearances:
        by, since = granted[person.id, of]
        clearances.append(Clearance(of, by, date.fromisoformat(since) if since else None, until))
    return Member(
        id=person.id,
        first_name=person.first_name,
        initial=person.last_name[:1],
        category=person.category,
        member_until=person.member_until,
        animator=person.animator,
        clearances=tuple(clearances),
        badges=person.badges,
        language=person.language,
        pin=pin if person.animator else "",
    )


# ---- a file of people


@dataclass(frozen=True, slots=True)
class Report:
    """What an import did, or would do. `absent`: known here, not in the file, left as they are."""

    new: int
    changed: int
    unchanged: int
    absent: int
    refused: tuple[str, ...]
    version: int
    dry_run: bool

    def as_answer(self) -> dict[str, Any]:
        return asdict(self)


def digested(file: RosterFile, key: DigestKey) -> RosterFile:
    """The same file with digests for badge numbers. Slow on purpose: some 6 ms a badge."""
    lines = {
        number: replace(listed, badges=tuple(sorted(key.digest(b) for b in listed.badges)))
        for number, listed in file.lines.items()
    }
    return replace(file, lines=lines)


def take_in(
    connection: sqlite3.Connection, file: RosterFile, now_us: int, dry_run: bool = False
) -> Report:
    """Brings the people of a digested `file` into the roster, within the caller's transaction."""
    known = _everybody(connection)
    told = {n: _laid_over(known.get(one.id), one, file.columns) for n, one in file.lines.items()}
    refused = _refuse_taken_badges(known, told)
    different = [one for one in told.values() if one != known.get(one.id)]
    if different and not dry_run:
        _write(connection, different)
        _raise_version(connection, now_us)
    new = sum(one.id not in known for one in different)
    return Report(
        new=new,
        changed=len(different) - new,
        unchanged=len(told) - len(different),
        absent=len(known.keys() - {one.id for one in file.lines.values()}),
        refused=tuple(str(one) for one in sorted((*file.refused, *refused), key=lambda r: r.line)),
        version=connection.execute("SELECT version FROM roster").fetchone()[0],
        dry_run=dry_run,
    )


def _laid_over(known: Listed | None, told: Listed, columns: frozenset[str]) -> Listed:
    """What the file says, and for the columns that it has not, what is known."""
    if known is None:
        return told
    silent = {f.name: getattr(known, f.name) for f in fields(Listed) if f.name not in columns}
    return replace(told, **silent)


def _refuse_taken_badges(known: Mapping[str, Listed], told: dict[int, Listed]) -> list[Refused]:
    """Takes out of `told` each line with a badge that somebody else has or keeps.

    Again until none is left: a refused line keeps its old badges, which may
    be the ones that an earlier line was about to take.
    """
    refused: list[Refused] = []
    while clash := _first_clash(known, told):
        refused.append(clash)
        del told[clash.line]
    return refused


def _first_clash(known: Mapping[str, Listed], told: Mapping[int, Listed]) -> Refused | None:
    moving = {one.id for one in told.values()}
    owner = {
        badge: f"member {one.id} of the roster"
        for one in known.values()
        if one.id not in moving
        for badge in one.badges
    }
    for line, one in told.items():
        for badge in one.badges:
            if badge in owner:
                return Refused(line, "", "a badge", f"one of its own: {owner[badge]} has it")
            owner[badge] = f"line {line}"
    return None


# ---- rows


def _everybody(connection: sqlite3.Connection) -> dict[str, Listed]:
    """Everybody by id, in the order of their ids."""
    badges = _by_member(connection.execute("SELECT member, digest FROM badge ORDER BY digest"))
    labs = _by_member(connection.execute("SELECT member, lab FROM member_lab ORDER BY lab"))
    clearances: dict[str, list[tuple[str, date | None]]] = {}
    for member, of, until in connection.execute(
        "SELECT member, of, until FROM clearance ORDER BY member, of"
    ):
        day = date.fromisoformat(until) if until else None
        clearances.setdefault(member, []).append((of, day))
    rows = connection.execute(
        "SELECT id, first_name, last_name, category, animator, language, until"
        " FROM member LEFT JOIN membership ON member = id ORDER BY id"
    )
    return {
        id_: Listed(
            id=id_,
            first_name=first,
            last_name=last,
            category=Category(category),
            member_until=date.fromisoformat(until) if until else None,
            clearances=tuple(clearances.get(id_, ())),
            badges=tuple(badges.get(id_, ())),
            animator=bool(animator),
            labs=tuple(labs.get(id_, ())),
            language=language,
        )
        for id_, first, last, category, animator, language, until in rows
    }


def _by_member(rows: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for member, value in rows:
        found.setdefault(member, []).append(value)
    return found


def _grants(connection: sqlite3.Connection) -> dict[tuple[str, str], tuple[str, str | None]]:
    rows = connection.execute("SELECT member, of, granted_by, since FROM clearance")
    return {(member, of): (by, since) for member, of, by, since in rows}


def _write(connection: sqlite3.Connection, people: list[Listed]) -> None:
    """Every badge is let go before any is given: two members may have exchanged theirs."""
    ids = [(one.id,) for one in people]
    for table in ("badge", "member_lab", "membership"):
        connection.executemany(f"DELETE FROM {table} WHERE member = ?", ids)
    for one in people:
        _write_one(connection, one)


def _write_one(connection: sqlite3.Connection, one: Listed) -> None:
    connection.execute(
        "INSERT INTO member VALUES(?, ?, ?, ?, ?, ?) ON CONFLICT(id) DO UPDATE SET"
        " first_name = excluded.first_name, last_name = excluded.last_name,"
        " category = excluded.category, animator = excluded.animator,"
        " language = excluded.language",
        (one.id, one.first_name, one.last_name, one.category, one.animator, one.language),
    )
    if one.member_until:
        connection.execute(
            "INSERT INTO membership VALUES(?, ?)", (one.id, one.member_until.isoformat())
        )
    connection.executemany(
        "INSERT INTO member_lab VALUES(?, ?)", [(one.id, lab) for lab in one.labs]
    )
    connection.executemany(
        "INSERT INTO badge VALUES(?, ?)", [(digest, one.id) for digest in one.badges]
    )
    _write_clearances(connection, one)


def _write_clearances(connection: sqlite3.Connection, one: Listed) -> None:
    """Who granted a clearance that stays is kept; the file does not know it."""
    kept = [of for of, _ in one.clearances]
    marks = ", ".join("?" * len(kept))
    connection.execute(
        f"DELETE FROM clearance WHERE member = ? AND of NOT IN ({marks})", (one.id, *kept)
    )
    connection.executemany(
        "INSERT INTO clearance VALUES(?, ?, '', NULL, ?)"
        " ON CONFLICT(member, of) DO UPDATE SET until = excluded.until",
        [(one.id, of, until.isoformat() if until else None) for of, until in one.clearances],
    )


def _raise_version(connection: sqlite3.Connection, now_us: int) -> None:
    """Never below the clock's seconds: a central put back from a backup must not give a version
    a second time that the labs have seen already, for other people."""
    connection.execute("UPDATE roster SET version = max(version + 1, ?)", (now_us // 1_000_000,))
