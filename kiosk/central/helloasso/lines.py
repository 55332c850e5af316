"""What a file says, line by line: the nouns of an import, before anything is compared."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kiosk.central.csv_file import plain
from machines.members import AgeBand, Category, Public


class Kind(StrEnum):
    """Which file it is, told by the names of its columns."""

    MEMBERSHIPS = "memberships"  #: of a campaign, as HelloAsso writes them since 2022
    OLD_MEMBERSHIPS = "old-memberships"  #: as it wrote them before
    EVENT = "event"  #: who booked for an event
    OWN = "own"  #: anything else: its columns are told by whoever brings it


class Field(StrEnum):
    """What a column can be."""

    FIRST_NAME = "first-name"
    LAST_NAME = "last-name"
    CATEGORY = "category"
    PUBLIC = "public"
    EMAIL = "email"
    DAY = "day"  #: of the order, or on which the membership was taken
    UNTIL = "until"
    ORGANISATION = "organisation"
    BADGE = "badge"
    BIRTH = "birth"  #: becomes an age band at once, and goes no further
    MINOR = "minor"
    ORDER = "order"
    STATUS = "status"
    RATE = "rate"
    AMOUNT = "amount"
    TICKET = "ticket"
    TICKET_NUMBER = "ticket-number"
    PAYER_EMAIL = "payer-email"
    PAYER_NAME = "payer-name"
    CARD = "card"


class Status(StrEnum):
    """What became of an order."""

    VALID = "valid"  # Validé
    OFFLINE = "offline"  # Hors-ligne: cash or a cheque, entered by hand
    PENDING = "pending"  # En attente
    CANCELLED = "cancelled"  # Annulé
    REFUNDED = "refunded"  # Remboursé

    @property
    def stands(self) -> bool:
        return self in (Status.VALID, Status.OFFLINE)

    @property
    def gone(self) -> bool:
        return self in (Status.CANCELLED, Status.REFUNDED)


@dataclass(frozen=True, slots=True)
class Line:
    """One person of one order. `number` is the line of the file on which it begins."""

    number: int
    first_name: str
    last_name: str = ""
    status: Status = Status.VALID
    order: str = ""  #: HelloAsso's reference; "": the file has none
    day: date | None = None
    until: date | None = None  #: as the file says; HelloAsso's says nothing
    emails: tuple[str, ...] = ()  #: their own where it is told, then the payer's
    organisation: str = ""
    category: Category = Category.INDIVIDUAL
    public: Public | None = None
    age: AgeBand | None = None
    rate: str = ""
    amount_cents: int | None = None
    ticket: str = ""
    ticket_number: str = ""
    badge: str = ""  #: canonical number

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def name_key(self) -> str:
        return name_key(self.first_name, self.last_name)

    @property
    def identity(self) -> str:
        """What is the same in every file that has this line: the order and the name.

        A file without orders is known by the days. A booked seat has its number: who
        books three in their own name takes three.
        """
        stamp = self.order or f"{self.day or ''}/{self.until or ''}/{self.badge}"
        return "\n".join((stamp, self.ticket_number, self.name_key))


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that cannot be read: which cell, what stands there, what was expected."""

    number: int
    field: Field | None  #: None: the line as a whole
    found: str
    wanted: Wanted


class Wanted(StrEnum):
    """What a refused cell should have been; pages have a sentence for each."""

    FEWER_CELLS = "fewer-cells"  #: as many cells as the first line has
    NAME = "name"
    SHORT_NAME = "short-name"  #: at most 80 characters on one line
    STATUS = "status"
    DAY = "day"
    AMOUNT = "amount"
    CATEGORY = "category"
    BADGE = "badge"
    ORDER = "order"


@dataclass(frozen=True, slots=True)
class Brought:
    """A file, read. `left` are the columns of which nothing is kept."""

    kind: Kind
    lines: tuple[Line, ...]
    refused: tuple[Refused, ...]
    columns: Mapping[Field, str]
    left: tuple[str, ...] = ()


def name_key(first: str, last: str) -> str:
    """As two names are compared: without case, accents, hyphens and apostrophes.

    >>> name_key("Jean-Pierre", "D’Hérouville") == name_key("JEAN PIERRE", "d'Herouville")
    True
    """
    return "|".join(" ".join(re.split(r"[\W_]+", plain(part))).strip() for part in (first, last))
