"""One cell read: a value, or what it should have been."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime

from kiosk.central.csv_file import plain
from kiosk.central.helloasso.guessing import category_in, public_in
from kiosk.central.helloasso.lines import Status, Wanted
from kiosk.central.roster_file import CATEGORY_NAMED, masked
from machines.badges import canonical
from machines.members import Category, Public

_STATUSES = {
    Status.VALID: ("valide", "validee", "paye", "payee", "confirme", "confirmee"),
    Status.OFFLINE: ("hors-ligne", "hors ligne", "horsligne"),
    Status.PENDING: ("en attente", "en cours", "a payer", "en attente de paiement"),
    Status.CANCELLED: ("annule", "annulee", "annulation"),
    Status.REFUNDED: ("rembourse", "remboursee", "remboursement", "partiellement rembourse"),
}
_STATUS = {word: status for status, words in _STATUSES.items() for word in words}

#: HelloAsso's first, then what spreadsheets make of it.
_DAYS = (
    "%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y", "%Y-%m-%d", "%Y-%m-%d %H:%M",
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%d/%m/%y", "%d-%m-%Y", "%d.%m.%Y",
)  # fmt: skip


class Unread(Exception):
    """What was found, as it may be shown, and what was wanted."""

    def __init__(self, found: str, wanted: Wanted) -> None:
        self.found, self.wanted = found[:80], wanted


def status(cell: str) -> Status:
    if plain(cell) not in _STATUS:
        raise Unread(cell, Wanted.STATUS)
    return _STATUS[plain(cell)]


def day(cell: str) -> date | None:
    """The day of `04/05/2024 10:32`, as the clock on the wall had it; None for an empty cell."""
    text = re.sub(r"\s+(a|à)\s+", " ", cell.strip(), flags=re.IGNORECASE)
    if not text:
        return None
    for form in _DAYS:
        try:
            found = datetime.strptime(text, form).date()  # noqa: DTZ007 -- a day, no instant
        except ValueError:
            continue
        if 1900 <= found.year < 2200:
            return found
    raise Unread(cell, Wanted.DAY)


def cents(cell: str) -> int | None:
    """`1 234,50 €` as cents; None for an empty cell."""
    text = re.sub(r"[\s€]|EUR", "", cell)
    if not text:
        return None
    if not (found := re.fullmatch(r"(-?\d{1,9})(?:[.,](\d{1,2}))?", text)):
        raise Unread(cell, Wanted.AMOUNT)
    euros, rest = found.groups()
    return int(euros + (rest or "").ljust(2, "0"))


def name(cell: str) -> str:
    """As it is written, but for one that is all in capitals or all in small letters."""
    text = " ".join(cell.split())
    if len(text) > 80 or any(unicodedata.category(c).startswith("C") for c in text):
        raise Unread(f"{text[:30]}…", Wanted.SHORT_NAME)
    if len(text) > 2 and (text.isupper() or text.islower()):
        return re.sub(r"[^\W\d_]+", lambda word: word[0].capitalize(), text)
    return text


def email(cell: str) -> str:
    """An address as it is compared, or "": it recognises somebody, and nothing hangs on it."""
    text = cell.strip().casefold()
    return text if re.fullmatch(r"[^@\s]{1,64}@[^@\s]+\.[^@\s]+", text) else ""


def category(cell: str) -> Category | None:
    if not cell.strip():
        return None
    found = CATEGORY_NAMED.get(plain(cell)) or category_in(cell)
    if found is None:
        raise Unread(cell, Wanted.CATEGORY)
    return found


def public(cell: str) -> Public | None:
    """What one of a campaign's free answers does not say is not known."""
    return public_in(cell)


def yes(cell: str) -> bool:
    return plain(cell) in ("oui", "yes", "1", "vrai", "true", "x", "mineur", "mineure")


def badge(cell: str) -> str:
    """The canonical number; a refusal shows its last two digits."""
    if not cell.strip():
        return ""
    try:
        return canonical(cell)
    except ValueError:
        raise Unread(masked(cell), Wanted.BADGE) from None
