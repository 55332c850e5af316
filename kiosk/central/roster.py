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
from typing import Any, TypeVar

from kiosk.central import audit
from kiosk.central.audit import Act
from kiosk.central.people import book, tables
from kiosk.central.people.book import raise_version
from kiosk.central.roster_file import Listed, Refused, RosterFile
from machines.badges import DigestKey
from machines.members import AgeBand, Category, Clearance, ClearanceRule, Member, Roster
from machines.people_entries import BadgeOver

T = TypeVar("T")

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


def create_first(connection: sqlite3.Connection) -> None:
    """The first tables, where they are not there yet."""
    for statement in SCHEMA.split(";"):
        connection.execute(statement)
    create_pins(connection)
    connection.execute("INSERT OR IGNORE INTO roster VALUES(1, ?, 0)", (secrets.token_hex(8),))


def create(connection: sqlite3.Connection) -> None:
    """The tables as they are now, in a file that has none."""
    create_first(connection)
    tables.add(connection)


def snapshot(connection: sqlite3.Connection, lab: str) -> Roster:
    """The roster as `lab` gets it: those of that lab, and those of every lab."""
    epoch, version = connection.execute("SELECT epoch, version FROM roster").fetchone()
    clearances, badges, labs = _clearances(connection), _badges(connection), _labs(connection)
    pins = dict(connection.execute("SELECT member, hash FROM pin"))
    rows = connection.execute(
        "SELECT id, first_name, last_name, category, animator, language, public, age_band,"
        " provisional, (SELECT max(until) FROM membership WHERE member = member.id"
        " AND cancelled_on IS NULL) FROM member WHERE left_on IS NULL ORDER BY id"
    )
    members = tuple(
        Member(
            id=id_,
            first_name=first,
            initial=last[:1],
            category=Category(category),
            member_until=_day(until),
            animator=bool(animator),
            clearances=tuple(clearances.get(id_, ())),
            badges=tuple(badges.get(id_, ())),
            language=language,
            pin=pins.get(id_, "") if animator else "",
            public=public,
            minor=band != AgeBand.ADULT,
            provisional=provisional is not None,
        )
        for id_, first, last, category, animator, language, public, band, provisional, until in rows
        if not labs.get(id_) or lab in labs[id_]
    )
    return Roster(
        epoch,
        version,
        members,
        upto=dict(connection.execute("SELECT store, seq FROM decision_upto WHERE lab = ?", (lab,))),
        rules=rules(connection),
        aliases=dict(connection.execute("SELECT id, member FROM alias ORDER BY id")),
        erased=tuple(id_ for (id_,) in connection.execute("SELECT id FROM erased ORDER BY id")),
    )


def rules(connection: sqlite3.Connection) -> dict[str, ClearanceRule]:
    """When clearances end by themselves, as the central's file said when it started."""
    rows = connection.execute("SELECT of, months, unused_months FROM rule ORDER BY of")
    return {of: ClearanceRule(months, unused) for of, months, unused in rows}


def keep_rules(connection: sqlite3.Connection, act: Act, told: Mapping[str, ClearanceRule]) -> None:
    """Those of the central's file, which every lab then judges by."""
    if rules(connection) != dict(told):
        connection.execute("DELETE FROM rule")
        connection.executemany(
            "INSERT INTO rule VALUES(?, ?, ?)",
            [(of, one.months, one.unused_months) for of, one in told.items()],
        )
        ending = "SELECT of FROM rule WHERE unused_months > 0"
        connection.execute(f"DELETE FROM used WHERE of NOT IN ({ending})")
        raise_version(connection, act)


def set_pin(connection: sqlite3.Connection, member: str, pin_hash: str, act: Act) -> None:
    """Gives an animator a code, or takes it away (""), within the caller's transaction.

    Raises ValueError for who is no animator.
    """
    one = _everybody(connection).get(member)
    if one is None or not one.animator:
        raise ValueError(f"{member}: expected the id of an animator of the roster")
    connection.execute("DELETE FROM pin WHERE member = ?", (member,))
    if pin_hash:
        connection.execute("INSERT INTO pin VALUES(?, ?)", (member, pin_hash))
    raise_version(connection, act)
    audit.note(connection, act, "code changed" if pin_hash else "code taken away", member)


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
    connection: sqlite3.Connection, file: RosterFile, act: Act, dry_run: bool = False
) -> Report:
    """Brings the people of a digested `file` into the roster, within the caller's transaction."""
    known = _everybody(connection)
    told = {n: _laid_over(known.get(one.id), one, file.columns) for n, one in file.lines.items()}
    refused = _refuse_taken_badges(known, told)
    different = [one for one in told.values() if one != known.get(one.id)]
    source = "file" if known else book.BEFORE  # the first file of all tells what was before
    if different and not dry_run:
        for one in different:
            _let_go(connection, act, known.get(one.id), one)
        for one in different:
            _write_one(connection, act, known.get(one.id), one, source)
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
    badges, labs, granted = _badges(connection), _labs(connection), _clearances(connection)
    rows = connection.execute(
        "SELECT id, first_name, last_name, category, animator, language,"
        " (SELECT max(until) FROM membership WHERE member = member.id AND cancelled_on IS NULL)"
        " FROM member ORDER BY id"
    )
    return {
        id_: Listed(
            id=id_,
            first_name=first,
            last_name=last,
            category=Category(category),
            member_until=_day(until),
            clearances=tuple((one.of, one.until) for one in granted.get(id_, ())),
            badges=tuple(badges.get(id_, ())),
            animator=bool(animator),
            labs=tuple(labs.get(id_, ())),
            language=language,
        )
        for id_, first, last, category, animator, language, until in rows
    }


def _badges(connection: sqlite3.Connection) -> dict[str, list[str]]:
    """The oldest first: a tablet tells two badges of somebody apart by it."""
    rows = connection.execute("SELECT member, digest FROM badge ORDER BY since, digest")
    return _by_member(rows)


def _labs(connection: sqlite3.Connection) -> dict[str, list[str]]:
    return _by_member(connection.execute("SELECT member, lab FROM member_lab ORDER BY lab"))


def clearances_of(connection: sqlite3.Connection, member: str) -> list[Clearance]:
    """Those of one member, in the order of what they are of."""
    return _clearances(connection, member).get(member, [])


def _clearances(
    connection: sqlite3.Connection, member: str | None = None
) -> dict[str, list[Clearance]]:
    """In the order of what they are of, each with the last day that it was used."""
    rows = connection.execute(
        "SELECT clearance.member, clearance.of, granted_by, since, until, day, trains"
        " FROM clearance LEFT JOIN used USING (member, of)"
        " WHERE ?1 IS NULL OR clearance.member = ?1 ORDER BY clearance.member, clearance.of",
        (member,),
    )
    return _by_member(
        (member, Clearance(of, by, _day(since), _day(until), _day(used), bool(trains)))
        for member, of, by, since, until, used, trains in rows
    )


def _by_member(rows: Iterable[tuple[str, T]]) -> dict[str, list[T]]:
    found: dict[str, list[T]] = {}
    for member, value in rows:
        found.setdefault(member, []).append(value)
    return found


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _let_go(connection: sqlite3.Connection, act: Act, had: Listed | None, one: Listed) -> None:
    """Every badge is let go before any is given: two members may have exchanged theirs."""
    for digest in had.badges if had else ():
        if digest not in one.badges:
            book.revoke_badge(connection, act, one.id, digest, BadgeOver.REPLACED)


def _write_one(
    connection: sqlite3.Connection, act: Act, had: Listed | None, one: Listed, source: str
) -> None:
    """What a file cannot say of somebody who is known (their public, their organisation) stays."""
    known = book.person(connection, one.id) if had else book.Person(one.first_name)
    told = replace(
        known,
        first_name=one.first_name,
        last_name=one.last_name,
        category=one.category,
        animator=one.animator,
        language=one.language,
        labs=one.labs,
    )
    if had is None:
        book.join(connection, act, told, one.id)
    else:
        book.change(connection, act, one.id, told)
    _write_membership(connection, act, had, one, source)
    for digest in set(one.badges) - set(had.badges if had else ()):
        book.enrol(connection, act, one.id, digest)
    before, now = dict(had.clearances if had else ()), dict(one.clearances)
    for of in before.keys() - now.keys():
        book.revoke(connection, act, one.id, of, "")
    for of, until in now.items():
        if of not in before or before[of] != until:
            book.grant(connection, act, one.id, of, until)


def _write_membership(
    connection: sqlite3.Connection, act: Act, had: Listed | None, one: Listed, source: str
) -> None:
    """A later day is one more membership; an earlier one cancels those that go beyond it."""
    before = had.member_until if had else None
    if before == one.member_until:
        return
    last = one.member_until.isoformat() if one.member_until else ""
    beyond = connection.execute(
        "SELECT id FROM membership WHERE member = ? AND cancelled_on IS NULL AND until > ?",
        (one.id, last),
    ).fetchall()
    for (membership,) in beyond:
        book.cancel_membership(connection, act, membership, "")
    if one.member_until:
        book.take_membership(connection, act, one.id, one.member_until, source=source)
