"""A file that was brought and not taken in: in memory alone, for the hour of a task.

No name of it is kept on disk before somebody has said that it may be: half a megabyte and
more passes through temporary files of no name, which go with the request.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from config.site import Memberships
from kiosk.central.audit import Act
from kiosk.central.csv_file import CsvError, Flaw
from kiosk.central.helloasso import booking, taking
from kiosk.central.helloasso.booking import Group
from kiosk.central.helloasso.columns import OFFERED, kind_of, told
from kiosk.central.helloasso.lines import Brought, Field, Kind
from kiosk.central.helloasso.matching import CANCEL, SKIP, Outcome, Proposal
from kiosk.central.helloasso.reading import beginning, read
from kiosk.central.helloasso.records import Earlier, earlier, remember, remembered
from kiosk.central.helloasso.taking import ChoiceError, File
from kiosk.central.helloasso.workshops import Details
from kiosk.credentials import credential
from machines.badges import DigestKey

if TYPE_CHECKING:
    from kiosk.central.store import Central

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """The file as a whole is none that is known."""

    flaw: Flaw
    line: int
    what: str


@dataclass(frozen=True, slots=True)
class Untold:
    """A list of one's own: what its columns are is to be told first."""

    raw: bytes
    name: str
    header: tuple[str, ...]
    first: tuple[tuple[str, ...], ...]
    fields: Mapping[str, Field]  #: as they are guessed, or were told the last time

    def mapping(self, chosen: Mapping[int, str]) -> dict[str, Field]:
        """Of the columns by their places. Raises CsvError for one that is told twice."""
        found: dict[str, Field] = {}
        for place, name in enumerate(self.header):
            told_as = next((one for one in OFFERED if one == chosen.get(place)), None)
            if told_as in found.values():
                raise CsvError(Flaw.COLUMN_TWICE, f"two columns are {told_as}", 1, str(told_as))
            if told_as:
                found[name] = told_as
        return found


@dataclass(slots=True)
class DryRun:
    """What would become of each line, and what somebody has chosen so far."""

    file: File
    brought: Brought
    shown: tuple[Proposal, ...]
    badges: Mapping[str, str]  #: digests by number
    before: Earlier | None  #: when the same file was taken in
    groups: tuple[Group, ...] = ()  #: of an event: what workshops it may be
    told: dict[str, str] = field(default_factory=dict)  #: of an event: its form as it was sent
    choices: dict[int, str] = field(default_factory=dict)

    def choose(self, number: int, choice: str) -> None:
        """Raises ChoiceError for what is not offered."""
        one = next((one for one in self.shown if one.line.number == number), None)
        if one is None or choice not in one.choices:
            raise ChoiceError(number)
        self.choices[number] = choice

    def chosen(self, one: Proposal) -> str:
        return self.choices.get(one.line.number, one.choices[0]) if one.choices else ""

    @property
    def counts(self) -> Counter[Outcome]:
        counts = Counter(one.outcome for one in self.shown)
        counts[Outcome.REFUSED] += len(self.brought.refused)
        return counts

    @property
    def doing(self) -> tuple[int, int, int]:
        """How many lines will be taken in, cancelled, and left out for want of a choice."""
        chosen = Counter(self.chosen(one) for one in self.shown)
        left = sum(
            one.outcome is Outcome.AMBIGUOUS and self.chosen(one) == SKIP for one in self.shown
        )
        taken = sum(n for one, n in chosen.items() if one not in ("", SKIP, CANCEL))
        return taken, chosen[CANCEL], left


Found = Unreadable | Untold | DryRun


def bring(
    central: Central,
    credentials: Path,
    raw: bytes,
    name: str,
    mapping: Mapping[str, Field] | None,
    progress: Progress,
) -> Found:
    """Reads a file and compares it. Raises CredentialError where badges cannot be digested."""
    try:
        header, first = beginning(raw)
        if mapping is None and kind_of(header) is Kind.OWN:
            return _untold(central, raw, name, header, first)
        brought = read(raw, mapping)
    except CsvError as wrong:
        return Unreadable(wrong.flaw, wrong.line, wrong.what)
    badges = _digested(brought, credentials, progress)
    with central.reader() as connection:
        shown, found = _compared(connection, brought, name)
        sha256 = hashlib.sha256(raw).hexdigest()
        before = earlier(connection, sha256)
    if mapping is not None:
        central.submit(lambda c: _remember(c, header, mapping, central.now_us())).result()
    return DryRun(File(sha256, name, brought.kind), brought, shown, badges, before, found)


def take(central: Central, act: Act, dry: DryRun, rule: Memberships, progress: Progress) -> str:
    """The import's id: in one transaction, of which the last word is that it is on disk."""
    return central.submit(
        lambda connection: taking.take_in(
            connection,
            act,
            dry.file,
            dry.shown,
            dry.brought.refused,
            dict(dry.choices),
            rule,
            dry.badges,
            progress,
        )
    ).result()


def book(central: Central, act: Act, dry: DryRun, where: Mapping[str, Details | str | None]) -> str:
    """The same of an event's seats. `where` by group, as `booking.take_bookings` has it."""
    return central.submit(
        lambda connection: booking.take_bookings(
            connection,
            act,
            dry.file,
            dry.shown,
            dry.brought.refused,
            dict(dry.choices),
            where,
            dry.brought,
        )
    ).result()


def _compared(
    connection: sqlite3.Connection, brought: Brought, name: str
) -> tuple[tuple[Proposal, ...], tuple[Group, ...]]:
    if brought.kind is not Kind.EVENT:
        return taking.dry_run(connection, brought), ()
    shown = booking.seats_shown(connection, brought)
    return shown, booking.groups(connection, shown, Path(name).stem)


def _untold(
    central: Central, raw: bytes, name: str, header: list[str], first: list[list[str]]
) -> Untold:
    with central.reader() as connection:
        before = remembered(connection, _header_key(header))
    fields = before or {header[place]: one for place, one in told(header, Kind.OWN).items()}
    return Untold(raw, name, tuple(header), tuple(map(tuple, islice(first, 5))), fields)


def _digested(brought: Brought, credentials: Path, progress: Progress) -> dict[str, str]:
    """Slow on purpose: some 6 ms a badge."""
    numbers = sorted({line.badge for line in brought.lines if line.badge})
    if not numbers:
        return {}
    key = DigestKey(credential(credentials, "badge-key"))
    digests = {}
    for done, number in enumerate(numbers, 1):
        digests[number] = key.digest(number)
        progress(done, len(numbers))
    return digests


def _remember(
    connection: sqlite3.Connection, header: list[str], mapping: Mapping[str, Field], now_us: int
) -> None:
    remember(connection, _header_key(header), json.dumps(mapping, ensure_ascii=False), now_us)


def _header_key(header: list[str]) -> str:
    return hashlib.sha256("\n".join(header).encode()).hexdigest()
