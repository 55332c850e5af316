"""A file taken into the roster as somebody chose, in one transaction.

The lines are compared anew with the roster of this instant. What would become
of a line may have changed since it was shown: then it is left out and said.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from enum import StrEnum

from config.site import Memberships
from kiosk.central import audit
from kiosk.central.audit import Act
from kiosk.central.csv_file import plain
from kiosk.central.helloasso.known import digests, known
from kiosk.central.helloasso.lines import Brought, Kind, Line, Refused
from kiosk.central.helloasso.matching import (
    CANCEL,
    CREATE,
    SKIP,
    Candidate,
    Digests,
    Outcome,
    Proposal,
    Why,
    in_time,
    proposals,
)
from kiosk.central.people import book, organisations
from kiosk.central.validity import last_day
from machines.members import AgeBand


class Done(StrEnum):
    """What was done with a line. Written to disk."""

    CREATED = "created"
    JOINED = "joined"  #: to somebody who was known
    CANCELLED = "cancelled"
    NOTHING = "nothing"  #: there was nothing to do
    LEFT_OUT = "left-out"  #: as it was chosen
    CHANGED = "changed"  #: not as it was shown any more: left out


@dataclass(frozen=True, slots=True)
class File:
    """What is noted of the file itself."""

    sha256: str
    name: str
    kind: Kind


class ChoiceError(ValueError):
    """No such choice for this line. `args[0]` is its number."""


Progress = Callable[[int, int], None]


def dry_run(connection: sqlite3.Connection, brought: Brought) -> tuple[Proposal, ...]:
    return proposals(brought.lines, known(connection), digests(connection))


def take_in(
    connection: sqlite3.Connection,
    act: Act,
    file: File,
    shown: Sequence[Proposal],
    refused: Sequence[Refused],
    choices: Mapping[int, str],
    rule: Memberships,
    badges: Mapping[str, str],
    tell: Progress = lambda done, total: None,
) -> str:
    """The id of the import. `choices` by line, where it is not the first that was offered;
    `badges` are the digests of the numbers. Raises ChoiceError."""
    imported = secrets.token_hex(6)
    connection.execute(
        "INSERT INTO import(id, sha256, name, kind, by, at_us) VALUES(?, ?, ?, ?, ?, ?)",
        (imported, file.sha256, file.name, file.kind, act.by, act.now_us),
    )
    taking = _Taking(connection, act, imported, file.kind, rule, badges)
    now = proposals([one.line for one in shown], known(connection), taking.digests)
    as_shown = {one.line.number: one for one in shown}
    for count, one in enumerate(in_time(now), 1):
        if (one.outcome, one.candidates) == _told(as_shown[one.line.number]):
            taking.take(one, chosen(one, choices))
        else:
            taking.write(one, Done.CHANGED)
        tell(count, len(now))
    note_refused(connection, imported, refused)
    audit.note(connection, act, "imported", "", imported)
    return imported


def note_refused(connection: sqlite3.Connection, imported: str, refused: Sequence[Refused]) -> None:
    connection.executemany(
        "INSERT INTO import_line(import, line, key, outcome, why, done, member)"
        " VALUES(?, ?, '', ?, ?, ?, '')",
        [(imported, one.number, Outcome.REFUSED, Why.UNREADABLE, Done.NOTHING) for one in refused],
    )


def _told(proposal: Proposal) -> tuple[Outcome, tuple[Candidate, ...]]:
    return proposal.outcome, proposal.candidates


def chosen(proposal: Proposal, choices: Mapping[int, str]) -> str:
    """ "" where there is nothing to choose."""
    offered = proposal.choices or ("",)
    chosen = choices.get(proposal.line.number, offered[0])
    if chosen not in offered:
        raise ChoiceError(proposal.line.number)
    return chosen


class _Taking:
    """One import under way: whom its lines have made, and which organisations there are."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        act: Act,
        imported: str,
        kind: Kind,
        rule: Memberships,
        badges: Mapping[str, str],
    ) -> None:
        self._connection, self._act, self._imported, self._kind = connection, act, imported, kind
        self._rule, self._badges = rule, badges
        self.digests: Digests = digests(connection)
        self._made: dict[int, str] = {}
        rows = connection.execute("SELECT id, name FROM organisation ORDER BY id")
        self._organisations: dict[str, str] = {plain(name): id_ for id_, name in rows}

    def take(self, proposal: Proposal, choice: str) -> None:
        if choice == "":
            self.write(proposal, Done.NOTHING, proposal.member)
        elif choice == SKIP:
            self.write(proposal, Done.LEFT_OUT)
        elif choice == CANCEL:
            self._cancel(proposal)
        elif choice == CREATE:
            self._create(proposal)
        else:
            self._join(proposal, proposal.candidates[int(choice.removeprefix("join-"))])

    def write(
        self,
        proposal: Proposal,
        done: Done,
        member: str = "",
        membership: int | None = None,
        **more: str,
    ) -> None:
        told = {"badge": "", "made": "", "organisation": "", "before": ""} | more
        self._connection.execute(
            "INSERT INTO import_line(import, line, key, outcome, why, done, member, membership,"
            " badge, made, organisation, before) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                self._imported,
                proposal.line.number,
                proposal.key,
                proposal.outcome,
                proposal.why,
                done,
                member,
                membership,
                *told.values(),
            ),
        )

    def _create(self, proposal: Proposal) -> None:
        line = proposal.line
        organisation, made = self._organisation(line)
        one = book.Person(
            first_name=line.first_name,
            last_name=line.last_name,
            category=line.category,
            public=line.public or "",
            age_band=line.age or AgeBand.ADULT,
            organisation=organisation,
            email=self._email(line),
        )
        member = book.join(self._connection, self._act, one)
        self._made[line.number] = member
        membership, badge = self._membership(line, member), self._badge(line, member)
        print_ = fingerprint(self.digests, book.person(self._connection, member))
        self.write(
            proposal, Done.CREATED, member, membership, badge=badge, made=print_, organisation=made
        )

    def _join(self, proposal: Proposal, candidate: Candidate) -> None:
        line = proposal.line
        member = candidate.member or self._made.get(candidate.line, "")
        if not member:  # the line that would have made them was left out
            self.write(proposal, Done.LEFT_OUT)
            return
        self._made[line.number] = member
        before = self._complete(line, member)
        membership, badge = self._membership(line, member), self._badge(line, member)
        self.write(proposal, Done.JOINED, member, membership, badge=badge, before=before)

    def _complete(self, line: Line, member: str) -> str:
        """What was not known of somebody is now; what it was before, for who undoes it.
        Somebody who had left is back."""
        now = book.person(self._connection, member)
        told: dict[str, str] = {}
        if line.public and not now.public:
            told["public"] = line.public
        if (email := self._email(line)) and not now.email:
            told["email"] = email
        before = {name: [getattr(now, name), value] for name, value in told.items()}
        if told:
            book.change(self._connection, self._act, member, replace(now, **told))  # type: ignore[arg-type]
        (left_on,) = self._connection.execute(
            "SELECT left_on FROM member WHERE id = ?", (member,)
        ).fetchone()
        if left_on:
            book.reactivate(self._connection, self._act, member)
            before["left"] = [left_on, None]
        return json.dumps(before) if before else ""

    def _cancel(self, proposal: Proposal) -> None:
        row = self._connection.execute(
            "SELECT l.membership FROM import_line l JOIN import i ON i.id = l.import"
            " JOIN membership s ON s.id = l.membership WHERE l.key = ? AND i.undone_us IS NULL"
            " AND s.cancelled_on IS NULL ORDER BY i.at_us DESC",
            (proposal.key,),
        ).fetchone()
        if row is None:
            self.write(proposal, Done.NOTHING, proposal.member)
            return
        book.cancel_membership(self._connection, self._act, row[0], proposal.why)
        self.write(proposal, Done.CANCELLED, proposal.member, row[0])

    def _membership(self, line: Line, member: str) -> int | None:
        """None for a list that says nothing of one."""
        if not (line.order or line.day or line.until):
            return None
        taken_on = line.day or book.today(self._act)
        return book.take_membership(
            self._connection,
            self._act,
            member,
            line.until or last_day(self._rule, taken_on),
            taken_on=min(taken_on, line.until or date.max),
            source="csv" if self._kind is Kind.OWN else "helloasso",
            reference=line.order,
            rate=line.rate,
            from_import=self._imported,
        )

    def _badge(self, line: Line, member: str) -> str:
        """The digest of the badge that is theirs now; "" for none, or for another's."""
        digest = self._badges.get(line.badge, "")
        if digest:
            try:
                book.enrol(self._connection, self._act, member, digest)
            except book.Taken:
                return ""
        return digest

    def _email(self, line: Line) -> str | None:
        return self.digests.email(line.emails[0]) if line.emails else None

    def _organisation(self, line: Line) -> tuple[str | None, str]:
        """Its id, and that of the one that had to be made for it."""
        if not line.organisation:
            return None, ""
        name, made = plain(line.organisation), ""
        if name not in self._organisations:
            made = organisations.found(
                self._connection, self._act, line.organisation, line.category
            )
            self._organisations[name] = made
        return self._organisations[name], made


def fingerprint(digests: Digests, one: book.Person) -> str:
    """By which it is seen whether a record was changed, without keeping what stood in it."""
    return digests.line(repr(asdict(one)))
