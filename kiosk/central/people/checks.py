"""What somebody should look at: contradictions between labs, and people not quite known yet."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from kiosk.central.people import decisions, looking
from kiosk.central.people.looking import Row


@dataclass(frozen=True, slots=True)
class Contradiction:
    """One badge that several members were given; the last of them has it now."""

    handle: str
    held: tuple[tuple[str, str, str], ...]  #: (id, name, lab or ""), the one who has it last


@dataclass(frozen=True, slots=True)
class Orphan:
    """A decision of a lab about somebody who was erased, or whom nobody knows."""

    kind: str
    lab: str
    at_us: int | None
    erased: bool


@dataclass(frozen=True, slots=True)
class Checks:
    badges: tuple[Contradiction, ...]
    provisional: tuple[Row, ...]
    guardians: tuple[Row, ...]  #: minors without an authorisation
    orphans: tuple[Orphan, ...]
    waiting: tuple[tuple[str, str, int | None], ...]  #: (code, lab, seen) of unknown badges

    @property
    def count(self) -> int:
        return len(self.badges) + len(self.provisional) + len(self.guardians)


def checks(connection: sqlite3.Connection) -> Checks:
    rows = looking.everybody(connection)
    present = [row for row in rows if not row.left]
    orphans = connection.execute(
        "SELECT kind, lab, at_us, member IN (SELECT id FROM erased) FROM decision"
        " WHERE member NOT IN (SELECT id FROM member) ORDER BY at_us DESC"
    )
    waiting = connection.execute(
        "SELECT code, lab, seen_us FROM unknown_badge ORDER BY seen_us DESC LIMIT 20"
    )
    return Checks(
        tuple(_contradictions(connection, looking.names(connection))),
        tuple(row for row in rows if row.provisional),
        tuple(row for row in present if row.minor and not row.guardian_on),
        tuple(Orphan(kind, lab, at, bool(erased)) for kind, lab, at, erased in orphans),
        tuple(waiting.fetchall()),
    )


def _contradictions(connection: sqlite3.Connection, names: dict[str, str]) -> list[Contradiction]:
    doubtful = connection.execute(
        "SELECT subject FROM decision WHERE kind = ? AND subject <> ''"
        " GROUP BY subject HAVING count(DISTINCT member) > 1 ORDER BY subject",
        (decisions.ENROLLED,),
    ).fetchall()
    told = []
    for (digest,) in doubtful:
        held = decisions.owners(connection, digest)
        if len(held) > 1:
            people = tuple((one.member, names.get(one.member, "?"), one.lab) for one in held)
            told.append(Contradiction(looking.handle(digest), people))
    return told
