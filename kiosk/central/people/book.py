"""The book of people: the one module by which anything about a member is written.

Each verb works within the caller's transaction, raises the roster's version (so that the
labs fetch it) and writes its line of the audit. An `Act` says who does it and when; one
`Act` is one transaction.
"""

from __future__ import annotations

import hmac
import sqlite3
import unicodedata
from dataclasses import asdict, dataclass
from datetime import date

from kiosk.central import audit, figure_people
from kiosk.central.audit import Act
from kiosk.central.figures_tables import key_of
from kiosk.central.people import decisions
from kiosk.central.people.decisions import Decision
from kiosk.central.people.ids import is_erased, is_known, new_id
from machines.instants import paris
from machines.members import AgeBand, Category
from machines.people_entries import BadgeOver

#: Sources of a membership that nobody took: it was there before, or a lab lets somebody in
#: until the central knows them. They count in no figure.
BEFORE, PROVISIONAL = "before", "provisional"


class PeopleError(ValueError):
    """What cannot be done, and why."""


class Unknown(PeopleError):
    """Nobody, or nothing, of that id."""


class Taken(PeopleError):
    """The badge is somebody else's: `member`."""

    def __init__(self, member: str) -> None:
        super().__init__(f"member {member} has this badge")
        self.member = member


@dataclass(frozen=True, slots=True)
class Person:
    """What the roster keeps of somebody. Its fields are columns of `member`."""

    first_name: str
    last_name: str = ""
    category: Category = Category.INDIVIDUAL  #: that of the organisation, where there is one
    public: str = ""  #: a `Public`, or ""
    age_band: AgeBand = AgeBand.ADULT
    guardian_on: date | None = None  #: of a minor: the day of the guardian's authorisation
    organisation: str | None = None  #: an id
    email: str | None = None  #: `email_digest` of an address: to recognise it, not to write to it
    animator: bool = False
    language: str = "fr"
    labs: tuple[str, ...] = ()  #: slugs; none: every lab


def today(act: Act) -> date:
    """The day of an act, in Paris."""
    return paris(act.now_us).date()


def email_digest(connection: sqlite3.Connection, address: str) -> str | None:
    """What is kept of an e-mail address: enough to recognise it; None for no address."""
    plain = unicodedata.normalize("NFKC", address).strip().casefold()
    if "@" not in plain:
        return None
    return hmac.digest(key_of(connection, "email"), plain.encode(), "sha256").hex()[:24]


def person(connection: sqlite3.Connection, member: str) -> Person:
    """Raises Unknown."""
    row = connection.execute(
        "SELECT first_name, last_name, category, public, age_band, guardian_on, organisation,"
        " email, animator, language FROM member WHERE id = ?",
        (member,),
    ).fetchone()
    if row is None:
        raise Unknown(f"{member}: nobody of that id")
    labs = connection.execute("SELECT lab FROM member_lab WHERE member = ? ORDER BY 1", (member,))
    first, last, category, public, band, guardian, organisation, email, animator, language = row
    return Person(
        first,
        last,
        Category(category),
        public,
        AgeBand(band),
        date.fromisoformat(guardian) if guardian else None,
        organisation,
        email,
        bool(animator),
        language,
        tuple(lab for (lab,) in labs),
    )


# ---- joining and leaving


def join(
    connection: sqlite3.Connection,
    act: Act,
    one: Person,
    member: str = "",
    provisional: str | None = None,
) -> str:
    """Somebody new; their id. `provisional`: the lab where they joined without the central.

    Raises PeopleError for an id that somebody has or had.
    """
    member = member or new_id(connection)
    if is_known(connection, member) or is_erased(connection, member):
        raise PeopleError(f"{member}: this id is or was somebody else's")
    connection.execute(
        "INSERT INTO member(id, first_name, last_name, category, animator, language, joined_us,"
        " provisional) VALUES(?, '', '', '', 0, '', ?, ?)",
        (member, act.now_us, provisional),
    )
    _write(connection, member, one)
    raise_version(connection, act)
    audit.note(connection, act, "joined", member)
    return member


def change(connection: sqlite3.Connection, act: Act, member: str, one: Person) -> bool:
    """Whether anything is another than before; the audit says which fields. Raises Unknown.

    Somebody who joined at a lab is written down by it, and provisional no more.
    """
    before, now = asdict(person(connection, member)), asdict(one)
    changed = [name for name in now if now[name] != before[name]]
    settled = connection.execute(
        "UPDATE member SET provisional = NULL WHERE id = ? AND provisional IS NOT NULL", (member,)
    )
    if not changed and not settled.rowcount:
        return False
    _write(connection, member, one)
    figure_people.note_again(connection, member, today(act).year)
    raise_version(connection, act)
    audit.note(connection, act, "changed", member, " ".join(changed))
    return True


def deactivate(connection: sqlite3.Connection, act: Act, member: str) -> None:
    """No lab has them any more, from now on; what was, stays. Raises Unknown."""
    _must_know(connection, member)
    connection.execute(
        "UPDATE member SET left_on = ? WHERE id = ?", (today(act).isoformat(), member)
    )
    raise_version(connection, act)
    audit.note(connection, act, "deactivated", member)


def reactivate(connection: sqlite3.Connection, act: Act, member: str) -> None:
    """Raises Unknown."""
    _must_know(connection, member)
    connection.execute("UPDATE member SET left_on = NULL WHERE id = ?", (member,))
    raise_version(connection, act)
    audit.note(connection, act, "reactivated", member)


def _write(connection: sqlite3.Connection, member: str, one: Person) -> None:
    category = one.category
    if one.organisation:
        row = connection.execute(
            "SELECT category FROM organisation WHERE id = ?", (one.organisation,)
        ).fetchone()
        if row is None:
            raise Unknown(f"{one.organisation}: no organisation of that id")
        category = Category(row[0])
    connection.execute(
        "UPDATE member SET first_name = ?, last_name = ?, category = ?, public = ?,"
        " age_band = ?, guardian_on = ?, organisation = ?, email = ?, animator = ?, language = ?"
        " WHERE id = ?",
        (
            one.first_name,
            one.last_name,
            category,
            one.public,
            one.age_band,
            one.guardian_on.isoformat() if one.guardian_on else None,
            one.organisation,
            one.email,
            one.animator,
            one.language,
            member,
        ),
    )
    connection.execute("DELETE FROM member_lab WHERE member = ?", (member,))
    connection.executemany(
        "INSERT INTO member_lab VALUES(?, ?)", [(member, lab) for lab in one.labs]
    )


# ---- memberships


def take_membership(
    connection: sqlite3.Connection,
    act: Act,
    member: str,
    until: date,
    *,
    since: date | None = None,
    taken_on: date | None = None,
    source: str = "page",
    reference: str = "",
    rate: str = "",
    from_import: str | None = None,
) -> int:
    """One more membership, to its last day `until`; its id. Raises Unknown.

    `since` and `taken_on`: the day of the act, unless they are said. `from_import` ties it to
    the import that brought it.
    """
    _must_know(connection, member)
    taken_on = taken_on or today(act)
    row = connection.execute(
        "INSERT INTO membership(member, taken_on, since, until, source, reference, rate, import)"
        " VALUES(?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        (
            member,
            taken_on.isoformat(),
            (since or taken_on).isoformat(),
            until.isoformat(),
            source,
            reference,
            rate,
            from_import,
        ),
    ).fetchone()
    if source not in (BEFORE, PROVISIONAL):
        (others,) = connection.execute(
            "SELECT count(*) FROM membership WHERE member = ? AND id <> ? AND source <> ?"
            " AND cancelled_on IS NULL",
            (member, row[0], PROVISIONAL),
        ).fetchone()
        figure_people.membership_taken(connection, str(row[0]), member, taken_on, others > 0)
    raise_version(connection, act)
    audit.note(connection, act, "membership taken", member, until.isoformat())
    return int(row[0])


def cancel_membership(connection: sqlite3.Connection, act: Act, membership: int, why: str) -> None:
    """It counts no more; it stays in the list, cancelled. Raises Unknown."""
    row = connection.execute(
        "UPDATE membership SET cancelled_on = ?, why = ? WHERE id = ? AND cancelled_on IS NULL"
        " RETURNING member, until",
        (today(act).isoformat(), why, membership),
    ).fetchone()
    if row is None:
        raise Unknown(f"membership {membership}: none of that number that still counts")
    figure_people.membership_cancelled(connection, str(membership), today(act))
    raise_version(connection, act)
    audit.note(connection, act, "membership cancelled", *row)


# ---- badges and clearances


def enrol(connection: sqlite3.Connection, act: Act, member: str, digest: str) -> None:
    """One more badge. Raises Unknown, and Taken where it is another's: let it go first."""
    _must_know(connection, member)
    held = decisions.owners(connection, digest)
    if others := [one.member for one in held if one.member != member]:
        raise Taken(others[-1])
    if held:
        return
    _decide(connection, act, decisions.ENROLLED, member, digest)
    audit.note(connection, act, "badge enrolled", member)


def revoke_badge(
    connection: sqlite3.Connection, act: Act, member: str, digest: str, reason: BadgeOver
) -> None:
    _decide(connection, act, decisions.LET_GO, member, digest, reason=reason)
    audit.note(connection, act, "badge revoked", member, reason)


def grant(
    connection: sqlite3.Connection,
    act: Act,
    member: str,
    of: str,
    until: date | None = None,
    trains: bool = False,
) -> None:
    """From today on, over whatever was granted of it before. Raises Unknown."""
    _must_know(connection, member)
    last = until.isoformat() if until else None
    _decide(connection, act, decisions.GRANTED, member, of, until=last, trains=trains)
    audit.note(connection, act, "clearance granted", member, of)


def revoke(connection: sqlite3.Connection, act: Act, member: str, of: str, reason: str) -> None:
    """`reason` names nobody; the audit does not say it."""
    _decide(connection, act, decisions.REVOKED, member, of, reason=reason)
    audit.note(connection, act, "clearance revoked", member, of)


def _decide(
    connection: sqlite3.Connection,
    act: Act,
    kind: str,
    member: str,
    subject: str,
    until: str | None = None,
    trains: bool = False,
    reason: str = "",
) -> None:
    one = Decision("", "", None, kind, member, subject, until, trains, reason, act.by)
    decisions.decide(connection, one, act.now_us)
    raise_version(connection, act)


# ---- two who are one, and who is forgotten


def merge(connection: sqlite3.Connection, act: Act, gone: str, into: str) -> None:
    """`gone` was `into` all along: all that was theirs is theirs. It cannot be undone.

    Raises Unknown, and PeopleError for one and the same.
    """
    for one in (gone, into):
        _must_know(connection, one)
    if gone == into:
        raise PeopleError("one and the same member cannot be merged")
    for table, column in (("membership", "member"), ("decision", "member"), ("alias", "member")):
        connection.execute(f"UPDATE {table} SET {column} = ? WHERE {column} = ?", (into, gone))
    connection.execute("UPDATE decision SET by = ? WHERE by = ?", (into, gone))
    connection.execute(
        "INSERT INTO used SELECT ?, of, day FROM used WHERE member = ?"
        " ON CONFLICT(member, of) DO UPDATE SET day = max(day, excluded.day)",
        (into, gone),
    )
    connection.execute(
        "UPDATE member SET email = coalesce(email, (SELECT email FROM member WHERE id = ?))"
        " WHERE id = ?",
        (gone, into),
    )
    _remove(connection, gone)
    connection.execute("INSERT INTO alias VALUES(?, ?)", (gone, into))
    decisions.fold_of(connection, into)
    figure_people.merge_people(connection, gone, into)
    raise_version(connection, act)
    audit.note(connection, act, "merged", into, gone)


def forget(connection: sqlite3.Connection, act: Act, member: str) -> tuple[str, ...]:
    """The record, badges, memberships and clearances are gone, and the id is nobody's for ever.

    The ids that meant them. What entries and figures say of them is not the book's.
    Raises Unknown.
    """
    _must_know(connection, member)
    rows = connection.execute("SELECT id FROM alias WHERE member = ? ORDER BY 1", (member,))
    ids = (member, *(id_ for (id_,) in rows))
    for one in ids:
        connection.execute("INSERT INTO erased VALUES(?, ?)", (one, act.now_us))
        connection.execute("DELETE FROM decision WHERE member = ?", (one,))
        connection.execute("UPDATE decision SET by = '' WHERE by = ?", (one,))
        connection.execute("UPDATE clearance SET granted_by = '' WHERE granted_by = ?", (one,))
    connection.execute("DELETE FROM alias WHERE member = ?", (member,))
    _remove(connection, member)
    raise_version(connection, act)
    audit.note(connection, act, "erased", member)
    return ids


def _remove(connection: sqlite3.Connection, member: str) -> None:
    for table in ("pin", "member_lab", "membership", "badge", "clearance", "used"):
        connection.execute(f"DELETE FROM {table} WHERE member = ?", (member,))
    connection.execute("DELETE FROM member WHERE id = ?", (member,))


# ---- the roster


def raise_version(connection: sqlite3.Connection, act: Act) -> None:
    """Once an act: the labs fetch the roster at their next sync.

    Never below the clock's seconds: a central put back from a backup must not give a version
    a second time that the labs have seen already, for other people.
    """
    if not act.raised:
        act.raised = True
        seconds = act.now_us // 1_000_000
        connection.execute("UPDATE roster SET version = max(version + 1, ?)", (seconds,))


def _must_know(connection: sqlite3.Connection, member: str) -> None:
    if not is_known(connection, member):
        raise Unknown(f"{member}: nobody of that id")
