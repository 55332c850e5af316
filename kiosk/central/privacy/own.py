"""Everything that is kept of one member, to be handed out to them: as JSON, and to be read.

No badge number is known, and no digest is handed out. Who did something is said by what they
are, not by name: that is somebody else's.
"""

from __future__ import annotations

import json
import sqlite3
from datetime import datetime
from typing import Any

from kiosk.central import audit
from kiosk.central.accounts import ACCOUNT
from kiosk.central.people import book
from kiosk.central.people.ids import resolved
from kiosk.central.privacy import erasure, facts
from kiosk.central.privacy.notice import Both, said
from kiosk.central.privacy.sheets import render
from kiosk.forgetting.traces import read_names
from kiosk.store.codec import CodecError, decode
from machines.instants import paris

Told = dict[str, Any]


def about(connection: sqlite3.Connection, member: str, now_us: int) -> Told:
    """All of it, in the words of the program. Raises `book.Unknown`."""
    member = resolved(connection, member)
    person = book.person(connection, member)
    ids = erasure.ids_of(connection, member)
    return {
        "made_on": _day(now_us),
        "record": _record(connection, member, person),
        "memberships": _rows(
            connection,
            "SELECT taken_on, since, until, source, reference, rate, cancelled_on FROM membership"
            " WHERE member = ? ORDER BY until",
            member,
        ),
        "badges": _rows(connection, "SELECT since FROM badge WHERE member = ? ORDER BY 1", member),
        "clearances": _rows(
            connection,
            "SELECT of, since, until, trains FROM clearance WHERE member = ? ORDER BY of",
            member,
        ),
        "workshops": _rows(
            connection,
            "SELECT day, title FROM workshop JOIN workshop_participant ON workshop = id"
            " WHERE member = ? ORDER BY day",
            member,
        ),
        "entries": _entries(connection, ids),
        "looks": _looks(connection, ids),
    }


def as_json(told: Told) -> str:
    return json.dumps(told, indent=2, ensure_ascii=False, default=str) + "\n"


def as_html(told: Told, language: str) -> str:
    def say(both: Both) -> str:
        return said(both, language)

    sections = [
        (say(_TITLES[name]), [[say(_WORDS.get(k, (k, k))) for k in rows[0]], *map(_cells, rows)])
        for name, rows in told.items()
        if name in _TITLES and rows
    ]
    record = [(say(_WORDS.get(k, (k, k))), _cell(v)) for k, v in told["record"].items() if v]
    title = say(("Mes données au FabLab", "My data at the FabLab"))
    return render(
        "privacy/own.html", language, title=title, made_on=told["made_on"], record=record,
        sections=sections,
    )  # fmt: skip


def _record(connection: sqlite3.Connection, member: str, person: book.Person) -> Told:
    joined_us, left_on, organisation = connection.execute(
        "SELECT joined_us, left_on, organisation.name FROM member"
        " LEFT JOIN organisation ON organisation.id = member.organisation WHERE member.id = ?",
        (member,),
    ).fetchone()
    return {
        "id": member,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "category": str(person.category),
        "public": person.public,
        "age_band": str(person.age_band),
        "guardian_on": person.guardian_on,
        "organisation": organisation,
        "email_known": person.email is not None,
        "animator": person.animator,
        "language": person.language,
        "labs": ", ".join(person.labs),
        "joined_on": _day(joined_us) if joined_us else None,
        "left_on": left_on,
    }


def _entries(connection: sqlite3.Connection, ids: frozenset[str]) -> list[Told]:
    """What labs' entries still say of them, in the order of their arrival."""
    labs = dict(connection.execute("SELECT arrived, lab FROM fact WHERE personal IS NOT NULL"))
    found = []
    for fact in facts.named(connection, 0, facts.folded(connection)):
        personal = read_names(fact.personal)
        if personal.member not in ids and personal.by not in ids:
            continue
        try:
            entry = decode(fact.body)
        except CodecError:
            continue
        found.append(
            {
                "at": f"{paris(entry.at.wall_us):%Y-%m-%d %H:%M}",
                "lab": labs[fact.arrived],
                "kind": fact.kind,
                "machine": getattr(entry.body, "machine", ""),
                "file_name": personal.file_name if personal.member in ids else None,
                "role": "member" if personal.member in ids else "by",
            }
        )
    return found


def _looks(connection: sqlite3.Connection, ids: frozenset[str]) -> list[Told]:
    """Who looked at their record, and changed it, oldest first."""
    lines = [line for one in sorted(ids) for line in audit.lines(connection, one, 10_000)]
    return [
        {"at": f"{paris(line.at_us):%Y-%m-%d %H:%M}", "verb": line.verb, "who": _who(line.by)}
        for line in sorted(lines, key=lambda line: line.no)
    ]


def _who(by: str) -> str:
    if by.startswith(ACCOUNT):
        return "administrator"
    return "program" if by == audit.PROGRAM else "host"


def _rows(connection: sqlite3.Connection, sql: str, member: str) -> list[Told]:
    found = connection.execute(sql, (member,))
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found]


def _day(at_us: int) -> str:
    return datetime.date(paris(at_us)).isoformat()


def _cells(row: Told) -> list[str]:
    return [_cell(value) for value in row.values()]


def _cell(value: object) -> str:
    return "" if value is None else "✓" if value is True else str(value)


_TITLES: dict[str, Both] = {
    "memberships": ("Adhésions", "Memberships"),
    "badges": ("Badges (sans leur numéro, qui n'est pas gardé)", "Badges (no number is kept)"),
    "clearances": ("Habilitations", "Clearances"),
    "workshops": ("Ateliers", "Workshops"),
    "entries": ("Ce que les journaux disent encore", "What the journals still say"),
    "looks": ("Qui a consulté ou changé ces données", "Who looked at these data, or changed them"),
}
_WORDS: dict[str, Both] = {
    "id": ("Numéro d'adhérent", "Member id"),
    "first_name": ("Prénom", "First name"),
    "last_name": ("Nom", "Name"),
    "category": ("Catégorie", "Category"),
    "public": ("Public", "Public"),
    "age_band": ("Tranche d'âge", "Age band"),
    "guardian_on": ("Autorisation parentale du", "Guardian's authorisation of"),
    "organisation": ("Structure", "Organisation"),
    "email_known": ("Empreinte d'une adresse e-mail", "Digest of an e-mail address"),
    "animator": ("Animateur", "Host"),
    "language": ("Langue", "Language"),
    "labs": ("FabLabs", "Labs"),
    "joined_on": ("Inscrit le", "Joined on"),
    "left_on": ("Parti le", "Left on"),
    "taken_on": ("Prise le", "Taken on"),
    "since": ("Depuis", "Since"),
    "until": ("Jusqu'au", "Until"),
    "source": ("Source", "Source"),
    "reference": ("Référence", "Reference"),
    "rate": ("Tarif", "Rate"),
    "cancelled_on": ("Annulée le", "Cancelled on"),
    "of": ("Pour", "For"),
    "trains": ("Peut habiliter", "May grant it"),
    "day": ("Jour", "Day"),
    "title": ("Titre", "Title"),
    "at": ("Quand", "When"),
    "lab": ("FabLab", "Lab"),
    "kind": ("Quoi", "What"),
    "machine": ("Machine", "Machine"),
    "file_name": ("Fichier", "File"),
    "role": ("En tant que", "As"),
    "verb": ("Quoi", "What"),
    "who": ("Qui", "Who"),
}
