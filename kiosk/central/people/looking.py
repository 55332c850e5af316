"""What the pages show of members: found by what is typed, filtered, one with all that is theirs.

Everything is read in one short look; a few thousand members are searched one by one, since
SQLite knows nothing of accents.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from kiosk.central import roster
from kiosk.central.people import book, decisions
from kiosk.central.people.book import Person
from kiosk.central.people.decisions import Decision
from kiosk.central.people.words import plain
from machines.members import AgeBand, Clearance, Ends, ends

#: Lines of a list on a page; whoever looks for somebody types more.
SHOWN = 100


@dataclass(frozen=True, slots=True)
class Row:
    """One member in a list."""

    id: str
    first_name: str
    last_name: str
    category: str
    organisation: str
    age_band: str
    until: date | None  #: the last day of their membership
    badges: int
    left: bool
    provisional: bool
    guardian_on: date | None
    animator: bool

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def minor(self) -> bool:
        return self.age_band != AgeBand.ADULT


def everybody(connection: sqlite3.Connection) -> list[Row]:
    """In the order of their names."""
    rows = connection.execute(
        "SELECT m.id, first_name, last_name, m.category, coalesce(o.name, ''), age_band,"
        " (SELECT max(until) FROM membership WHERE member = m.id AND cancelled_on IS NULL),"
        " (SELECT count(*) FROM badge WHERE member = m.id), left_on IS NOT NULL,"
        " provisional IS NOT NULL, guardian_on, animator"
        " FROM member m LEFT JOIN organisation o ON o.id = m.organisation"
    )
    found = [_row(*row) for row in rows]
    return sorted(found, key=lambda row: (plain(row.last_name), plain(row.first_name), row.id))


def _row(
    id_: str,
    first: str,
    last: str,
    category: str,
    organisation: str,
    band: str,
    until: str | None,
    badges: int,
    left: int,
    provisional: int,
    guardian: str | None,
    animator: int,
) -> Row:
    days = _day(until), _day(guardian)
    flags = bool(left), bool(provisional)
    who = (id_, first, last, category, organisation, band)
    return Row(*who, days[0], badges, *flags, days[1], bool(animator))


Test = Callable[[Row, date], bool]
#: The filters of the list, by their word in the address.
FILTERS: dict[str, Test] = {
    "current": lambda row, today: not row.left and row.until is not None and row.until >= today,
    "over": lambda row, today: not row.left and (row.until is None or row.until < today),
    "no-badge": lambda row, today: not row.left and not row.badges,
    "minors": lambda row, today: not row.left and row.minor,
    "provisional": lambda row, today: row.provisional,
    "animators": lambda row, today: not row.left and row.animator,
    "left": lambda row, today: row.left,
}


def _here(row: Row, today: date) -> bool:
    return not row.left


def found(rows: list[Row], typed: str, which: str, category: str, today: date) -> list[Row]:
    """Those whose name (or organisation, or id) has every word that was typed in it."""
    words = plain(typed).split()
    test = FILTERS.get(which, _here)
    return [
        row
        for row in rows
        if test(row, today)
        and (not category or row.category == category)
        and all(word in plain(f"{row.name} {row.organisation} {row.id}") for word in words)
    ]


# ---- one member


@dataclass(frozen=True, slots=True)
class Badge:
    """`handle` names it in a form, and tells nothing of its number."""

    handle: str
    digest: str
    since: str | None


@dataclass(frozen=True, slots=True)
class Taken:
    """One membership."""

    id: int
    since: str | None
    until: str
    source: str
    reference: str
    rate: str
    cancelled_on: str | None
    why: str


@dataclass(frozen=True, slots=True)
class Held:
    """One clearance, when it ends and why, and by whom it was granted, as they are called."""

    clearance: Clearance
    ends: Ends | None
    by: str

    def good(self, today: date) -> bool:
        return self.ends is None or self.ends.last >= today


@dataclass(frozen=True, slots=True)
class Card:
    """One member with all that is theirs."""

    id: str
    person: Person
    organisation: str
    left_on: str | None
    provisional: str | None
    until: date | None
    memberships: tuple[Taken, ...]
    badges: tuple[Badge, ...]
    clearances: tuple[Held, ...]
    decided: tuple[Decision, ...]  #: by labs and here, the latest first
    has_pin: bool

    @property
    def name(self) -> str:
        return f"{self.person.first_name} {self.person.last_name}".strip()

    @property
    def minor(self) -> bool:
        return self.person.age_band != AgeBand.ADULT


def card(connection: sqlite3.Connection, member: str) -> Card:
    """Raises Unknown."""
    person = book.person(connection, member)
    left_on, provisional, organisation = connection.execute(
        "SELECT left_on, provisional, coalesce(name, '') FROM member m"
        " LEFT JOIN organisation o ON o.id = m.organisation WHERE m.id = ?",
        (member,),
    ).fetchone()
    memberships = tuple(
        Taken(*row)
        for row in connection.execute(
            "SELECT id, since, until, source, reference, rate, cancelled_on, why FROM membership"
            " WHERE member = ? ORDER BY until DESC, id DESC",
            (member,),
        )
    )
    counting = [date.fromisoformat(one.until) for one in memberships if not one.cancelled_on]
    badges = connection.execute(
        "SELECT digest, since FROM badge WHERE member = ? ORDER BY since, digest", (member,)
    )
    rules, called = roster.rules(connection), names(connection)
    return Card(
        member,
        person,
        organisation,
        left_on,
        provisional,
        max(counting, default=None),
        memberships,
        tuple(Badge(handle(digest), digest, since) for digest, since in badges),
        tuple(
            Held(one, ends(one, rules), called.get(one.granted_by, one.granted_by))
            for one in roster.clearances_of(connection, member)
        ),
        tuple(reversed(decisions.of_member(connection, member))),
        bool(connection.execute("SELECT 1 FROM pin WHERE member = ?", (member,)).fetchone()),
    )


def handle(digest: str) -> str:
    return hashlib.sha256(digest.encode()).hexdigest()[:12]


def names(connection: sqlite3.Connection) -> dict[str, str]:
    """How whoever does things is called: members by their names, administrators by theirs."""
    rows = connection.execute("SELECT id, trim(first_name || ' ' || last_name) FROM member")
    called = dict(rows.fetchall())
    called |= {
        f"account:{name}": name for (name,) in connection.execute("SELECT name FROM account")
    }
    return called


def machines(connection: sqlite3.Connection) -> dict[str, str]:
    """The names of machines by their slugs; two labs' machines of one slug are one clearance."""
    rows = connection.execute(
        "SELECT slug, min(name) FROM usage_machine WHERE NOT retired GROUP BY slug ORDER BY 2"
    )
    return dict(rows.fetchall())


def labs(connection: sqlite3.Connection) -> dict[str, str]:
    """The labs that have told of themselves: names by slug."""
    return dict(connection.execute("SELECT lab, name FROM usage_lab ORDER BY name").fetchall())


def families(connection: sqlite3.Connection) -> list[str]:
    rows = connection.execute(
        "SELECT DISTINCT family FROM usage_machine WHERE NOT retired ORDER BY family"
    )
    return [family for (family,) in rows]


# ---- lists


@dataclass(frozen=True, slots=True)
class Entitled:
    """Somebody with a clearance, in a list of those who have it."""

    id: str
    name: str
    of: str
    since: date | None
    last: date | None  #: None: it does not end
    trains: bool
    member_until: date | None

    def good(self, today: date) -> bool:
        return self.last is None or self.last >= today


def entitled(connection: sqlite3.Connection, of: tuple[str, ...] = ()) -> list[Entitled]:
    """Who has one of these clearances (all of them: `of` empty), in the order of their names."""
    rules = roster.rules(connection)
    listed = []
    for row in everybody(connection):
        if row.left:
            continue
        for one in roster.clearances_of(connection, row.id):
            if not of or one.of in of:
                end = ends(one, rules)
                last = end.last if end else None
                listed.append(
                    Entitled(row.id, row.name, one.of, one.since, last, one.trains, row.until)
                )
    return listed


def month_of(today: date) -> tuple[date, date]:
    """Its first and last day."""
    first = today.replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
