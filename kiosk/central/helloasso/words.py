"""What the pages of an import say: for each outcome, reason and choice, its words."""

from __future__ import annotations

from collections.abc import Mapping

from kiosk.central.csv_file import Flaw
from kiosk.central.helloasso.lines import Field, Kind, Refused, Wanted
from kiosk.central.helloasso.matching import CANCEL, CREATE, SKIP, Outcome, Why
from kiosk.central.helloasso.taking import Done
from kiosk.central.helloasso.undoing import Undone
from kiosk.web.language import _
from kiosk.web.words import clean


def kind(one: str) -> str:
    said = {
        Kind.MEMBERSHIPS: _("HelloAsso, memberships"),
        Kind.OLD_MEMBERSHIPS: _("HelloAsso, memberships (before 2022)"),
        Kind.EVENT: _("HelloAsso, event"),
        Kind.OWN: _("A list of one’s own"),
    }
    return said[Kind(one)]


def outcome(one: str, seat: bool = False) -> str:
    if seat and one in (Outcome.NEW, Outcome.RENEWED):
        return _("No member") if one == Outcome.NEW else _("Member")
    said = {
        Outcome.NEW: _("New"),
        Outcome.RENEWED: _("Renewed"),
        Outcome.MATCHED: _("Already taken in"),
        Outcome.AMBIGUOUS: _("To be decided"),
        Outcome.CANCELS: _("To be cancelled"),
        Outcome.CANCELLED: _("Cancelled order"),
        Outcome.PENDING: _("Pending order"),
        Outcome.REFUSED: _("Refused"),
    }
    return said[Outcome(one)]


def why(one: str) -> str:
    said: Mapping[str, str] = {
        Why.NOBODY: _("Nobody of this name is known."),
        Why.EMAIL_AND_NAME: _("The name and the e-mail are known."),
        Why.ONLY_NAME: _("One person has this name, and nothing speaks against them."),
        Why.SAME_IN_FILE: _("The same person as on another line of this file."),
        Why.TAKEN: _("This order was taken in already."),
        Why.BY_HAND: _("They have this membership already."),
        Why.KNOWN: _("They are known, and the line adds nothing."),
        Why.REPEATED: _("The same order and name stand on another line."),
        Why.CANCELLED_HERE: _("It was taken in, and cancelled here since."),
        Why.HOMONYMS: _("Several people have this name."),
        Why.OTHER_EMAIL: _("The name is known, with another e-mail."),
        Why.OTHER_CATEGORY: _("The name is known, in another category."),
        Why.SWAPPED: _("The first name and the name are perhaps exchanged."),
        Why.SAME_EMAIL: _("The payer’s e-mail is known, with another name."),
        Why.HOMONYM_IN_FILE: _("Another line has this name, with another e-mail."),
        Why.ERASED: _("They were taken in before, and erased since."),
        Why.ORDER_CANCELLED: _("The order was cancelled."),
        Why.ORDER_REFUNDED: _("The order was refunded."),
        Why.ORDER_PENDING: _("The order is not paid yet: it comes with a later file."),
        Why.UNREADABLE: _("The line could not be read."),
    }
    return said[one]


def choice(one: str, seat: bool = False) -> str:
    """Of the three that are no person."""
    if seat and one != SKIP:
        return _("Comes, without being a member") if one == CREATE else _("Free the seat")
    return {
        CREATE: _("Somebody new"),
        SKIP: _("Leave out"),
        CANCEL: _("Cancel the membership"),
    }[one]


def done(one: str, of: str) -> str:
    """Of a line of an import of that kind: whoever books for an event becomes no member."""
    if of == Kind.EVENT and one in (Done.CREATED, Done.JOINED, Done.CANCELLED):
        return {
            Done.CREATED: _("Entered, no member"),
            Done.JOINED: _("Entered, member"),
            Done.CANCELLED: _("Seat freed"),
        }[Done(one)]
    said = {
        Done.CREATED: _("Member created"),
        Done.JOINED: _("Added to a member"),
        Done.CANCELLED: _("Membership cancelled"),
        Done.NOTHING: _("Nothing to do"),
        Done.LEFT_OUT: _("Left out"),
        Done.CHANGED: _("Left out: changed since it was shown"),
    }
    return said[Done(one)]


def undone(one: str) -> str:
    said = {
        Undone.REMOVED: _("Taken out again"),
        Undone.PUT_BACK: _("Put back"),
        Undone.KEPT: _("Membership cancelled; the person was changed since and stays"),
        Undone.CHANGED: _("Changed since: left as it is"),
    }
    return said[Undone(one)]


def refused(one: Refused) -> str:
    """« Statut : « Contesté ». Attendu : … »"""
    said = {
        Wanted.FEWER_CELLS: _("as many cells as there are columns"),
        Wanted.NAME: _("a name"),
        Wanted.SHORT_NAME: _("a name of at most 80 characters on one line"),
        Wanted.STATUS: _("one of validé, hors-ligne, en attente, annulé, remboursé"),
        Wanted.DAY: _("a day such as 31/01/2027"),
        Wanted.AMOUNT: _("an amount such as 15,00"),
        Wanted.CATEGORY: _("individual, company, association, local authority or school"),
        Wanted.BADGE: _("a badge number such as 0A00D2F5C3"),
        Wanted.ORDER: _("the reference of an order"),
    }
    found = clean(one.found, 60)
    where = field(one.field) if one.field else _("Line")
    if not found:
        return _("%(where)s: empty. Expected: %(wanted)s.", where=where, wanted=said[one.wanted])
    return _(
        "%(where)s: “%(found)s”. Expected: %(wanted)s.",
        where=where,
        found=found,
        wanted=said[one.wanted],
    )


def field(one: str) -> str:
    said = {
        Field.FIRST_NAME: _("First name"),
        Field.LAST_NAME: _("Last name"),
        Field.CATEGORY: _("Category"),
        Field.PUBLIC: _("Public (what they do)"),
        Field.EMAIL: _("E-mail"),
        Field.DAY: _("Taken on"),
        Field.UNTIL: _("Until"),
        Field.ORGANISATION: _("Company or other body"),
        Field.BADGE: _("Badge number"),
        Field.BIRTH: _("Date of birth"),
        Field.MINOR: _("Minor"),
        Field.ORDER: _("Order"),
        Field.STATUS: _("Status"),
        Field.RATE: _("Rate"),
        Field.AMOUNT: _("Amount"),
        Field.TICKET: _("Ticket"),
        Field.TICKET_NUMBER: _("Number of the ticket"),
        Field.PAYER_EMAIL: _("E-mail of the payer"),
        Field.PAYER_NAME: _("Name of the payer"),
        Field.CARD: _("Card"),
    }
    return said[Field(one)]


def flaw(one: Flaw, line: int, what: str) -> str:
    """Why a file is not read at all, and what to do."""
    match one:
        case Flaw.EMPTY:
            return _("This file is empty.")
        case Flaw.TOO_LONG:
            return _("This file is too long: at most %(most)s.", most=what)
        case Flaw.NO_TEXT:
            return _("This is no CSV file. Export it again as CSV.")
        case Flaw.QUOTES:
            return _("A quoted cell does not end, from line %(line)s on.", line=line)
        case Flaw.COLUMN_MISSING:
            return _("There is no column “%(column)s”.", column=field(what))
        case Flaw.COLUMN_TWICE:
            return _("Two columns are “%(column)s”.", column=field(what))
