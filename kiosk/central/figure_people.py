"""Who is behind the figures, without saying who: the year's pseudonyms, and what is kept by them.

A pseudonym is a keyed digest with a key of its year: of a roster id, of an organisation's
id, or of a workshop's participant who is no member. Nothing here names anybody, so that it
outlives an erasure; once the year's key is destroyed, nobody has a pseudonym of that year
any more. All functions work within the caller's transaction.
"""

from __future__ import annotations

import hmac
import sqlite3
import unicodedata
from dataclasses import dataclass
from datetime import date

from kiosk.central.figures_tables import key_of
from kiosk.central.statements import among

#: Names keys of years: `year-2026`.
YEAR = "year-"
#: Ties a membership, told by its number in the roster, to its figure.
MEMBERSHIPS = "memberships"
_LONGEST_CHAIN = 20


class Pseudonyms:
    """Pseudonyms for many people at once: keys and given-up ids are looked up once."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._keys: dict[int, bytes] = {}
        self._aliases: dict[str, str] | None = None
        self.seen: set[tuple[str, int]] = set()  #: whoever was asked for, with the year

    def of(self, identity: str, year: int) -> str | None:
        """24 hex digits; None once the key of that year is destroyed."""
        self.seen.add((identity, year))
        key = self._keys.get(year)
        if key is None:
            key = self._keys[year] = key_of(self._connection, f"{YEAR}{year}")
        return _digest(key, self.known_as(identity))

    def known_as(self, identity: str) -> str:
        """The roster id that a given-up one was given up for; else the same."""
        if self._aliases is None:
            self._aliases = dict(self._connection.execute("SELECT id, member FROM alias"))
        for _ in range(_LONGEST_CHAIN if self._aliases else 0):
            identity = self._aliases.get(identity, identity)
        return identity


def year_person(connection: sqlite3.Connection, identity: str, year: int) -> str | None:
    """The pseudonym in `year` of a roster id, given up or not; None once its key is gone."""
    return Pseudonyms(connection).of(identity, year)


def known_as(connection: sqlite3.Connection, member: str) -> str:
    """The roster id that a given-up one was given up for; else the same."""
    for _ in range(_LONGEST_CHAIN):
        row = connection.execute("SELECT member FROM alias WHERE id = ?", (member,)).fetchone()
        if row is None:
            break
        member = row[0]
    return member


def participant(name: str, email_digest: str = "") -> str:
    """The identity of somebody who came to a workshop and is no member.

    >>> participant(" Inès  DUPONT") == participant("ines dupont")
    True
    """
    plain = unicodedata.normalize("NFKD", name).casefold()
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return f"participant:{' '.join(letters.split())}:{email_digest}"


def organisation(id_: str) -> str:
    return f"organisation:{id_}"


def _digest(key: bytes, identity: str) -> str | None:
    return hmac.digest(key, identity.encode(), "sha256").hex()[:24] if key else None


# ---- members


def note_person(connection: sqlite3.Connection, member: str, year: int) -> str | None:
    """What `member` is, as the roster has it now, under their pseudonym of that year.

    Told anew whenever it changes: the last word of a year counts. The pseudonym; None where
    nobody of that id is in the roster, or the key of the year is gone.
    """
    names = Pseudonyms(connection)
    person = names.of(member, year)
    row = connection.execute(
        "SELECT m.category, m.public, m.age_band, o.id, o.category FROM member m"
        " LEFT JOIN organisation o ON o.id = m.organisation WHERE m.id = ?",
        (known_as(connection, member),),
    ).fetchone()
    if person is None or row is None:
        return None
    category, public, age_band, of, kind = row
    connection.execute(
        "INSERT OR REPLACE INTO figure_person VALUES(?, ?, ?, ?, ?, ?, ?)",
        (year, person, category, public, names.of(organisation(of), year) if of else None, kind,
         age_band),
    )  # fmt: skip
    return person


def note_again(connection: sqlite3.Connection, member: str, year: int) -> None:
    """Where something is kept of `member` for that year, it is what they are now."""
    known = connection.execute(
        "SELECT 1 FROM figure_person WHERE year = ? AND person = ?",
        (year, year_person(connection, member, year)),
    ).fetchone()
    if known:
        note_person(connection, member, year)


def note_people(connection: sqlite3.Connection, seen: set[tuple[str, int]]) -> None:
    """Those of (roster id, year) that nothing is kept of yet, and that the roster knows."""
    names = Pseudonyms(connection)
    persons = {(year, names.of(member, year)): member for member, year in sorted(seen)}
    told = among(
        connection,
        "SELECT year, person FROM figure_person WHERE person IN ({keys})",
        sorted({person for _, person in persons if person}),
    )
    new = {(year, persons[year, person]) for year, person in persons.keys() - set(told) if person}
    ids = sorted({names.known_as(member) for _, member in new})
    listed = set(among(connection, "SELECT id FROM member WHERE id IN ({keys})", ids))
    for year, member in sorted(new):
        if (names.known_as(member),) in listed:
            note_person(connection, member, year)


def merge_people(connection: sqlite3.Connection, gone: str, into: str) -> None:
    """Whatever was counted for `gone` is `into`'s, in every year whose key there still is.

    To be called by whoever merges two members: the figures of before know the old id only.
    """
    for (name,) in connection.execute(
        "SELECT name FROM secret WHERE name LIKE ? AND length(key) > 0", (f"{YEAR}%",)
    ).fetchall():
        year, key = int(name.removeprefix(YEAR)), key_of(connection, name)
        renamed = (_digest(key, into), _digest(key, gone), year * 100, year * 100 + 99)
        for table in ("usage", "figure_made", "figure_membership"):
            connection.execute(
                f"UPDATE {table} SET person = ? WHERE person = ? AND month BETWEEN ? AND ?", renamed
            )
        for table in ("usage_job", "figure_participant"):
            connection.execute(f"UPDATE {table} SET person = ? WHERE person = ?", renamed[:2])
        connection.execute(
            "UPDATE OR IGNORE figure_person SET person = ? WHERE person = ?", renamed[:2]
        )
        connection.execute("DELETE FROM figure_person WHERE person = ?", renamed[1:2])


# ---- memberships


def membership_taken(
    connection: sqlite3.Connection, membership: str, member: str, taken_on: date, renewed: bool
) -> None:
    """One more membership, told by its identity in the roster (its number, as a text).

    It counts in the month in which it was taken, with what the member was then.
    """
    person = note_person(connection, member, taken_on.year)
    row = connection.execute(
        "SELECT category, public FROM member WHERE id = ?", (known_as(connection, member),)
    ).fetchone()
    category, public = row or ("", "")
    connection.execute(
        "INSERT OR REPLACE INTO figure_membership VALUES(?, ?, ?, ?, ?, ?, NULL)",
        (_month(taken_on), _subject(connection, membership), person, category, public, renewed),
    )


def membership_cancelled(connection: sqlite3.Connection, membership: str, on: date) -> None:
    """It was taken, and then cancelled: a figure of the month of `on`."""
    connection.execute(
        "UPDATE figure_membership SET cancelled = ? WHERE subject = ? AND cancelled IS NULL",
        (_month(on), _subject(connection, membership)),
    )


def membership_never_was(connection: sqlite3.Connection, membership: str) -> None:
    """It was written down by mistake (an import that was undone), and counts nowhere."""
    connection.execute(
        "DELETE FROM figure_membership WHERE subject = ?", (_subject(connection, membership),)
    )


def _subject(connection: sqlite3.Connection, membership: str) -> str:
    return _digest(key_of(connection, MEMBERSHIPS), membership) or ""


def _month(day: date) -> int:
    return day.year * 100 + day.month


# ---- workshops of the central


@dataclass(frozen=True, slots=True)
class Held:
    """A workshop that was written down at the central. `subject` is its identity there."""

    subject: str
    title: str
    day: date
    minutes: int
    participants: int
    minors: int = 0
    public: str = ""
    lab: str = ""  #: a slug; "": of no lab


def workshop_held(connection: sqlite3.Connection, held: Held) -> None:
    """A workshop, told anew whenever it changes."""
    workshop_never_was(connection, held.subject, people=False)
    connection.execute(
        "INSERT INTO figure_workshop VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, '', 'central', 0)",
        (_month(held.day), held.lab, held.subject, held.title, held.day.isoformat(), held.minutes,
         held.participants, held.minors, held.public),
    )  # fmt: skip


def workshop_never_was(connection: sqlite3.Connection, subject: str, people: bool = True) -> None:
    """Neither it nor, with `people`, who came counts any more."""
    connection.execute("DELETE FROM figure_workshop WHERE subject = ?", (subject,))
    if people:
        connection.execute("DELETE FROM figure_participant WHERE workshop = ?", (subject,))


def participants_named(
    connection: sqlite3.Connection, workshop: str, identities: list[str | None], year: int
) -> None:
    """Who came, in place of whoever was noted before.

    Roster ids, `participant(…)` for who is no member, None where nobody noted whose a place was.
    """
    names = Pseudonyms(connection)
    connection.execute("DELETE FROM figure_participant WHERE workshop = ?", (workshop,))
    connection.executemany(
        "INSERT INTO figure_participant VALUES(?, ?, ?)",
        [(workshop, no, names.of(one, year) if one else None) for no, one in enumerate(identities)],
    )
