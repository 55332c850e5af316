"""The sheets of what a month holds beside the use of machines. Nobody's name is in any of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from kiosk.central import columns_held as columns
from kiosk.central import held, wording
from kiosk.central.book import Book
from kiosk.central.month import UseRow
from kiosk.central.sheets import Row, Sheet
from kiosk.central.totals import grouped, tally
from machines.figures import JOINED

#: All labs together, in a sheet with a line for each.
TOGETHER = "ensemble"
_UNKNOWN = "non renseignée"

Pseudonym = Callable[[str | None], str]


def sheets(book: Book, pseudonym: Pseudonym) -> list[Sheet]:
    return [
        users(book),
        made(book, pseudonym),
        workshops(book),
        memberships(book),
        openings(book),
        rates(book),
    ]


def made(book: Book, pseudonym: Pseudonym) -> Sheet:
    rows: list[Row] = [
        {
            "lieu": one.lab,
            "lieu_nom": one.lab_name,
            "jour": one.day,
            "objet": one.item,
            "objet_nom": one.item_name,
            "nombre": one.pieces,
            "pour": wording.PURPOSE.get(one.purpose, one.purpose),
            "machine": one.machine,
            "machine_nom": one.machine_name,
            "usager": pseudonym(one.person),
            "categorie": category(one.category) if one.purpose == "member" else "",
            "seance": one.group,
            "session": one.session,
            "corrigee": wording.yes(one.corrected),
            "reference": one.subject,
        }
        for one in book.held.made
    ]
    return Sheet("objets", columns.MADE, rows)


def workshops(book: Book) -> Sheet:
    rows: list[Row] = [
        {
            "lieu": one.lab,
            "lieu_nom": one.lab_name,
            "jour": one.day,
            "atelier": one.title,
            "duree_atelier_h": one.lasting,
            "participants": one.participants,
            "mineurs": one.minors,
            "participants_h": one.hours,
            "nommes": len(one.people),
            "public": public(one.public),
            "seance": one.group,
            "aux_machines": wording.yes(one.counted),
            "saisi_par": "central" if one.source == "central" else "lieu",
            "corrigee": wording.yes(one.corrected),
            "reference": one.subject,
        }
        for one in book.held.workshops
    ]
    return Sheet("ateliers", columns.WORKSHOPS, rows)


def memberships(book: Book) -> Sheet:
    """Numbers alone: a line of one membership would be somebody's."""
    found: dict[tuple[str, str], Counter[str]] = {}
    for one in book.held.memberships:
        found.setdefault((one.category, one.public), Counter())[one.what] += 1
    rows: list[Row] = [
        {
            "categorie": category(of),
            "public": public(what),
            **{figure.key: counted[figure.key] for figure in JOINED},
        }
        for (of, what), counted in sorted(found.items())
    ]
    return Sheet("adhesions", columns.MEMBERSHIPS, rows)


def users(book: Book) -> Sheet:
    """Distinct people by category and public, of each lab and together."""
    seen: dict[tuple[str, str], dict[tuple[str, str], set[str]]] = {}
    everybody: set[str] = set()
    for row in book.rows:
        if row.person and row.first and row.kind in ("session", "print"):
            known = book.held.people.get(row.person)
            line = (row.category or "", known.public if known else "")
            scopes = [(row.lab, row.lab_name)]
            if book.lab is None:
                scopes.append((TOGETHER, "Tous les lieux"))
            for scope in scopes:
                seen.setdefault(scope, {}).setdefault(line, set()).add(row.person)
            everybody.add(row.person)
    rows: list[Row] = [
        {
            "lieu": lab,
            "lieu_nom": name,
            "categorie": category(of),
            "public": public(what),
            "usagers": len(persons),
        }
        for (lab, name), lines in sorted(seen.items(), key=lambda one: (one[0][0] == TOGETHER, one))
        for (of, what), persons in sorted(lines.items())
    ]
    return Sheet("usagers", columns.USERS, rows, {"usagers": len(everybody)})


def openings(book: Book) -> Sheet:
    used = {key: counted for (key,), counted in grouped(book.rows, lambda row: (row.lab,))}
    rows: list[Row] = []
    for one in book.held.openings:
        figures = used[one.lab].figures() if one.lab in used else {}
        days = one.openings.days
        rows.append(
            {
                "lieu": one.lab,
                "lieu_nom": one.lab_name,
                "jours_ouverts": days,
                "ouverture_h": thousandths(one.openings.lasting_us),
                "jours_inconnus": one.openings.unknown,
                "passages": figures.get("passages", 0),
                "passages_par_jour": per_day(1000 * figures.get("passages", 0), days),
                "session_h": figures.get("session_h", 0),
                "session_h_par_jour": per_day(figures.get("session_h", 0), days),
            }
        )
    return Sheet("ouvertures", columns.OPENINGS, rows)


def rates(book: Book) -> Sheet:
    """Machines of which anything tells their work."""
    hours = {one.lab: thousandths(one.openings.lasting_us) for one in book.held.openings}
    working = [row for row in book.rows if row.counts and row.kind != "session"]
    rows: list[Row] = []
    for (lab, name, slug, machine, family), counted in grouped(working, _machine):
        figures = counted.figures()
        worked = figures.get("mesure_h", 0) + figures.get("marche_autre_h", 0)
        opened = hours.get(lab)
        rows.append(
            {
                "lieu": lab,
                "lieu_nom": name,
                "machine": slug,
                "machine_nom": machine,
                "famille": family,
                "mesure_h": figures.get("mesure_h", 0),
                "marche_autre_h": figures.get("marche_autre_h", 0),
                "ouverture_h": opened,
                "taux": round(100_000 * worked / opened) if opened else None,
            }
        )
    return Sheet("utilisation", columns.RATES, rows)


def month_figures(book: Book) -> Counter[str]:
    """Every figure of a month that is a number, by its key; distinct people are not for adding."""
    figures = Counter(tally(book.rows).figures())
    figures += held.sums(book.held.made, book.held.workshops)
    figures += held.joined(book.held.memberships)
    figures["accueillis"] = held.welcomed(figures["passages"], book.held.workshops)
    figures["jours_ouverts"] = sum(one.openings.days for one in book.held.openings)
    figures["ouverture_h"] = sum(thousandths(o.openings.lasting_us) for o in book.held.openings)
    figures["usagers"] = int((users(book).total or {}).get("usagers") or 0)
    return figures


def category(slug: str | None) -> str:
    return wording.CATEGORY.get(slug or "", slug or "") or _UNKNOWN


def public(slug: str) -> str:
    return wording.PUBLIC.get(slug, slug)


def thousandths(us: int) -> int:
    """Thousandths of an hour, to the nearest; opening hours are whole minutes."""
    return round(us / 3_600_000)


def per_day(number: int, days: int) -> int | None:
    return round(number / days) if days else None


def _machine(row: UseRow) -> tuple[str, ...]:
    family = wording.FAMILY.get(row.family, row.family) or _UNKNOWN
    return row.lab, row.lab_name, row.machine, row.machine_name, family
