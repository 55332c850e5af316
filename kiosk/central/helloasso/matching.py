"""Each line of a file beside who is known: what would become of it, and why.

In this order: the order and the name, which were taken in before; an e-mail and
the name; the name alone, where one person has it and nothing speaks against
them. What is left open is asked: nothing is joined to somebody by a guess.
The order of the lines says nothing, and a person found for one line is no
candidate for another that has only their payer in common.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from kiosk.central.helloasso.lines import Line, Status
from machines.members import Category


class Outcome(StrEnum):
    """What would become of a line. Written to disk."""

    NEW = "new"
    RENEWED = "renewed"
    MATCHED = "matched"  #: taken in already: nothing to do
    AMBIGUOUS = "ambiguous"
    CANCELS = "cancels"  #: what was taken in is cancelled
    CANCELLED = "cancelled"
    PENDING = "pending"
    REFUSED = "refused"


class Why(StrEnum):
    """The reason beside the outcome; pages have a sentence for each. Written to disk."""

    NOBODY = "nobody"  #: nobody of this name or e-mail
    EMAIL_AND_NAME = "email-and-name"
    ONLY_NAME = "only-name"  #: one person has this name, and nothing speaks against them
    SAME_IN_FILE = "same-in-file"  #: the new person of an earlier line
    TAKEN = "taken"
    BY_HAND = "by-hand"  #: they have this membership already
    KNOWN = "known"  #: a person with nothing to add
    REPEATED = "repeated"  #: the same order and name on another line
    CANCELLED_HERE = "cancelled-here"  #: taken in, and cancelled here since
    HOMONYMS = "homonyms"
    OTHER_EMAIL = "other-email"  #: the name is known, with another e-mail
    OTHER_CATEGORY = "other-category"
    SWAPPED = "swapped"  #: first and last name exchanged
    SAME_EMAIL = "same-email"  #: the payer's e-mail is known, with other names
    HOMONYM_IN_FILE = "homonym-in-file"
    ERASED = "erased"  #: they were taken in, and asked to be erased
    ORDER_CANCELLED = "order-cancelled"
    ORDER_REFUNDED = "order-refunded"
    ORDER_PENDING = "order-pending"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the roster, as far as a line can be compared with them."""

    id: str
    name_key: str
    category: Category
    email: str = ""  #: its digest
    memberships: frozenset[tuple[str, date | None]] = frozenset()  #: (order, last day)


@dataclass(frozen=True, slots=True)
class Taken:
    """What an earlier import made of the same line. `member` "": they were erased."""

    member: str
    stands: bool


@dataclass(frozen=True, slots=True)
class Known:
    people: Sequence[Person] = ()
    taken: Mapping[str, Taken] = field(default_factory=dict)  #: by the digest of an identity


@dataclass(frozen=True, slots=True)
class Candidate:
    """Whom a line may be joined to: a member, or the new person of another line."""

    member: str = ""
    line: int = 0


CREATE, SKIP, CANCEL = "create", "skip", "cancel"


def joining(place: int) -> str:
    """The choice of the candidate at that place."""
    return f"join-{place}"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What would become of one line. `choices` begins with what is done unless told otherwise."""

    line: Line
    key: str
    outcome: Outcome
    why: Why
    candidates: tuple[Candidate, ...] = ()
    member: str = ""  #: whose it is already
    seat: bool = False  #: at a workshop: who is not known counts all the same

    @property
    def choices(self) -> tuple[str, ...]:
        joins = tuple(joining(place) for place in range(len(self.candidates)))
        match self.outcome:
            case Outcome.NEW:
                return (CREATE, SKIP)
            case Outcome.RENEWED:
                return (*joins, CREATE, SKIP)
            case Outcome.AMBIGUOUS:
                return (CREATE, *joins, SKIP) if self.seat else (SKIP, *joins, CREATE)
            case Outcome.CANCELS:
                return (CANCEL, SKIP)
        return ()


@dataclass(frozen=True, slots=True)
class Digests:
    """What is kept of an e-mail address in the roster, and of a line that was taken in."""

    email: Callable[[str], str]
    line: Callable[[str], str]


def proposals(lines: Iterable[Line], known: Known, digests: Digests) -> tuple[Proposal, ...]:
    """In the order of the file."""
    return _Matching(known, digests).all(lines)


#: Ids of people who are not there yet: of the line that would make them.
_LINE = "line:"


class _Matching:
    def __init__(self, known: Known, digests: Digests) -> None:
        self._known, self._digests = known, digests
        self._by_name: dict[str, list[Person]] = defaultdict(list)
        self._by_email: dict[str, list[Person]] = defaultdict(list)
        for person in sorted(known.people, key=lambda one: one.id):
            self._by_name[person.name_key].append(person)
            if person.email:
                self._by_email[person.email].append(person)

    def all(self, lines: Iterable[Line]) -> tuple[Proposal, ...]:
        """Again until nothing is learnt: who is new, and whose e-mail a line tells, is known to
        every other line, so that the same file brought once more finds nothing else."""
        told, repeated = self._once(lines)
        told = dict(sorted(told.items(), key=lambda item: _content(item[1])))
        fixed: dict[str, Proposal] = {}
        while True:
            before = len(fixed)
            settled = {key: fixed.get(key) or self._settled(told[key], key) for key in told}
            found = {one.member for one in settled.values() if one.member}
            found |= {c.member for o in settled.values() if _certain(o) for c in o.candidates}
            for key in [key for key in told if key not in fixed]:
                one = settled[key] = self._by_payer(self._settled(told[key], key), found)
                if self._learns(one):
                    fixed[key] = one
            if len(fixed) == before:
                break
        every = [*(_in_file(one) for one in settled.values()), *repeated]
        return tuple(sorted(every, key=lambda one: one.line.number))

    def _learns(self, one: Proposal) -> bool:
        """Whether others can be compared with more people, or with more of somebody, by it."""
        line = one.line
        email = self._digests.email(line.emails[0]) if line.emails else ""
        named = self._by_name[line.name_key]
        if one.outcome is Outcome.NEW:
            named.append(Person(f"{_LINE}{line.number}", line.name_key, line.category, email))
            return True
        if _certain(one) and one.why is Why.ONLY_NAME and email:
            (person,) = named
            if not person.email:
                named[0] = replace(person, email=email)
                return True
        return False

    def _once(self, lines: Iterable[Line]) -> tuple[dict[str, Line], list[Proposal]]:
        """One line for each order and name: one that stands, where there is one."""
        by_key: dict[str, list[Line]] = defaultdict(list)
        for line in lines:
            by_key[self._digests.line(line.identity)].append(line)
        told, repeated = {}, []
        for key, same in by_key.items():
            told[key], *others = sorted(same, key=lambda line: (_rank(line.status), _content(line)))
            for line in others:
                gone = line.status.gone and not told[key].status.gone
                outcome = Outcome.CANCELLED if gone else Outcome.MATCHED
                repeated.append(
                    Proposal(line, key, outcome, Why.REPEATED, (Candidate(line=told[key].number),))
                )
        return told, repeated

    def _settled(self, line: Line, key: str) -> Proposal:
        """By the order and the name, then by who is known."""
        taken = self._known.taken.get(key)
        if line.status is Status.PENDING:
            return Proposal(line, key, Outcome.PENDING, Why.ORDER_PENDING)
        if line.status.gone:
            refunded = line.status is Status.REFUNDED
            why = Why.ORDER_REFUNDED if refunded else Why.ORDER_CANCELLED
            if taken and taken.stands and taken.member:
                return Proposal(line, key, Outcome.CANCELS, why, member=taken.member)
            return Proposal(line, key, Outcome.CANCELLED, why)
        if taken is None:
            return self._by_person(line, key)
        if not taken.member:
            return Proposal(line, key, Outcome.AMBIGUOUS, Why.ERASED)
        why = Why.TAKEN if taken.stands else Why.CANCELLED_HERE
        return Proposal(line, key, Outcome.MATCHED, why, member=taken.member)

    def _by_person(self, line: Line, key: str) -> Proposal:
        named = self._by_name[line.name_key]
        digests = {self._digests.email(email) for email in line.emails}
        sure = [one for one in named if one.email and one.email in digests]
        if len(sure) == 1:
            return self._theirs(line, key, sure[0], Why.EMAIL_AND_NAME)
        if len(named) > 1:
            return _asked(line, key, Why.HOMONYMS, sure or named)
        if named:
            (one,) = named
            if one.category is not line.category:
                return _asked(line, key, Why.OTHER_CATEGORY, named)
            if one.email and digests:
                return _asked(line, key, Why.OTHER_EMAIL, named)
            return self._theirs(line, key, one, Why.ONLY_NAME)
        swapped = "|".join(reversed(line.name_key.split("|")))
        if line.last_name and (others := self._by_name.get(swapped)):
            return _asked(line, key, Why.SWAPPED, others)
        return Proposal(line, key, Outcome.NEW, Why.NOBODY)

    def _theirs(self, line: Line, key: str, person: Person, why: Why) -> Proposal:
        if not (line.order or line.day or line.until or line.badge):
            return Proposal(line, key, Outcome.MATCHED, Why.KNOWN, member=person.id)
        for order, until in person.memberships:
            if (line.order and order == line.order) or (line.until and until == line.until):
                return Proposal(line, key, Outcome.MATCHED, Why.BY_HAND, member=person.id)
        return Proposal(line, key, Outcome.RENEWED, why, (Candidate(person.id),))

    def _by_payer(self, proposal: Proposal, found: set[str]) -> Proposal:
        """Somebody new whose payer is known: perhaps that person, perhaps a child of theirs."""
        if proposal.outcome is not Outcome.NEW:
            return proposal
        digests = sorted({self._digests.email(email) for email in proposal.line.emails})
        others = {one.id: one for email in digests for one in self._by_email.get(email, ())}
        left = [one for id_, one in sorted(others.items()) if id_ not in found]
        if not left:
            return proposal
        return _asked(proposal.line, proposal.key, Why.SAME_EMAIL, left)


def _in_file(one: Proposal) -> Proposal:
    """In place of people who are not there yet, the lines that would make them."""
    if one.member.startswith(_LINE):
        mine = (_candidate(one.member),)
        return Proposal(one.line, one.key, Outcome.MATCHED, Why.REPEATED, mine)
    candidates = tuple(_candidate(candidate.member) for candidate in one.candidates)
    if not any(candidate.line for candidate in candidates):
        return one
    why = Why.SAME_IN_FILE if _certain(one) else Why.HOMONYM_IN_FILE
    return replace(one, why=why, candidates=candidates)


def _candidate(id_: str) -> Candidate:
    line = id_.removeprefix(_LINE)
    return Candidate(id_) if line == id_ else Candidate(line=int(line))


def in_time(some: Iterable[Proposal]) -> list[Proposal]:
    """Who is new comes first, so that whom a line may be joined to is there before it; else
    the earliest."""
    return sorted(some, key=lambda one: (one.outcome is not Outcome.NEW, _content(one.line)))


def _asked(line: Line, key: str, why: Why, people: Sequence[Person]) -> Proposal:
    candidates = tuple(Candidate(one.id) for one in people)
    return Proposal(line, key, Outcome.AMBIGUOUS, why, candidates)


def _certain(proposal: Proposal) -> bool:
    return proposal.outcome is Outcome.RENEWED


def _rank(status: Status) -> int:
    return 0 if status.stands else 2 if status.gone else 1


def _content(line: Line) -> tuple[object, ...]:
    """Lines by what they say, earliest first; their place in the file comes last."""
    return (line.day or date.max, line.identity, repr(replace(line, number=0)), line.number)
