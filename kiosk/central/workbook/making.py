"""The pages of a month's workbook."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

from kiosk.central import columns, export, held_sheets, wording
from kiosk.central.book import Book
from kiosk.central.held_sheets import TOGETHER, category, thousandths
from kiosk.central.month import UseRow
from kiosk.central.totals import Key, Tally
from kiosk.central.workbook.compared import Compared
from kiosk.central.workbook.model import Cell, Head, Page, Style, Table, Value
from kiosk.central.workbook.readme import month_name, readme
from kiosk.central.workbook.summary import summary
from kiosk.central.workbook.tables import family, of_sheet, of_use, share

_MACHINE = (columns.LAB[1], columns.MACHINE[1], columns.FAMILY)
_LASER, _PRINTERS = "laser", "3d-printer"


def pages(compared: Compared, lists: bool = True) -> list[Page]:
    """Without `lists`, no line of a single session or thing: their retention is over."""
    book = compared.now
    made = [
        readme(book, lists),
        summary(compared),
        _users(book),
        _machines(book),
        _printing(book),
        _laser(book),
        _made(book, lists),
        _workshops(book),
        _memberships(book),
    ]
    return [*made, _sessions(book)] if lists else made


def title(book: Book) -> str:
    return f"Export mensuel, {month_name(book.month)}"


def created(book: Book) -> datetime:
    """Of the content, not of the clock: the end of the month."""
    return datetime.fromtimestamp(book.month.ends_us // 1_000_000, UTC)


def _users(book: Book) -> Page:
    labs = [(one.lab, one.name) for one in book.labs]
    scopes = labs if book.lab else [*labs, (TOGETHER, "Ensemble")]
    seen: dict[str, dict[str, set[str]]] = {}
    for row in book.rows:
        if row.person and row.first and row.kind in ("session", "print"):
            for scope in (row.lab, TOGETHER):
                seen.setdefault(scope, {}).setdefault(row.category or "", set()).add(row.person)
    lines = sorted({of for found in seen.values() for of in found}, key=_place)
    matrix = Table(
        "Usagers différents par catégorie et par lieu",
        [Head("Catégorie d'adhérent"), *(Head(name, Style.COUNT) for _, name in scopes)],
        [
            [
                Cell(Style.TEXT, category(of)),
                *(Cell(Style.COUNT, len(seen.get(scope, {}).get(of, ()))) for scope, _ in scopes),
            ]
            for of in lines
        ],
        [None, *(len(set().union(*seen.get(scope, {}).values())) for scope, _ in scopes)],
        "Personne n'a été compté dans cette période.",
    )
    told = held_sheets.users(book)
    rows = [{**row, "public": row["public"] or "non renseigné"} for row in told.rows]
    detail = of_sheet(
        replace(told, rows=rows),
        without=("lieu",),
        title="Par catégorie et public",
        empty="Personne n'a été compté dans cette période.",
    )
    notes = (
        "Une personne compte une fois par ligne et une fois par total : les totaux ne sont donc"
        " pas la somme des lignes.",
        "« Ensemble » compte une seule fois qui est venu dans plusieurs lieux.",
    )
    return Page("Usagers", notes, [matrix, detail])


def _place(slug: str) -> tuple[int, str]:
    known = list(wording.CATEGORY)
    return (known.index(slug) if slug in known else len(known) + (slug == ""), slug)


def _machines(book: Book) -> Page:
    hours = {one.lab_name: thousandths(one.openings.lasting_us) for one in book.held.openings}

    def rate(key: Key, counted: Tally) -> Value:
        worked = counted.sums["mesure_h"] + counted.sums["marche_autre_h"]
        return share(worked, hours.get(key[0], 0)) if worked else None

    table = of_use(
        book.rows,
        _MACHINE,
        _by_machine,
        (
            "sessions",
            "passages",
            "personnes",
            "session_h",
            "mesure_h",
            "marche_autre_h",
            "non_observe_h",
        ),
        [(Head("Taux d'utilisation", Style.SHARE), rate, None)],
        empty="Aucune machine n'a servi dans cette période.",
    )
    notes = (
        "Heures de session et heures de marche mesurent le même temps : elles ne s'additionnent"
        " jamais.",
        "Taux d'utilisation : heures de marche divisées par les heures d'ouverture du lieu.",
    )
    return Page("Machines", notes, [table, _openings(book)])


def _openings(book: Book) -> Table:
    return of_sheet(
        held_sheets.openings(book),
        without=("lieu",),
        title="Ouverture et moyennes par jour ouvert",
        empty="Aucun lieu n'a dit ses horaires.",
    )


def _printing(book: Book) -> Page:
    rows = [row for row in book.rows if row.family == _PRINTERS or row.kind == "print"]

    def success(key: Key, counted: Tally) -> Value:
        sums = counted.sums
        ended = sum(sums[key] for key in ("reussies", "annulees", "echouees", "perdues"))
        return share(sums["reussies"], ended)

    whole = held_sheets.month_figures(book)
    ended = sum(whole[key] for key in ("reussies", "annulees", "echouees", "perdues"))
    table = of_use(
        rows,
        _MACHINE,
        _by_machine,
        (
            "impressions",
            "reussies",
            "annulees",
            "echouees",
            "perdues",
            "mesure_h",
            "pause_h",
            "non_observe_h",
            "filament_m",
            "filament_g",
        ),
        [(Head("Taux de réussite", Style.SHARE), success, share(whole["reussies"], ended))],
        title="Par imprimante",
        empty="Aucune impression dans cette période.",
    )
    results = of_sheet(
        export.results(book),
        without=("lieu", "marche_autre_h"),
        title="Par résultat et par motif",
        empty="Aucune impression dans cette période.",
    )
    notes = (
        "Filament : ce que dit le fichier, au prorata de ce qui a été imprimé. Rien n'est pesé.",
        "Taux de réussite : impressions réussies, sur celles dont la fin est connue ou perdue.",
    )
    return Page("Impression 3D", notes, [table, results])


def _laser(book: Book) -> Page:
    rows = [row for row in book.rows if row.family == _LASER]
    table = of_use(
        rows,
        _MACHINE[:2],
        lambda row: (row.lab_name, row.machine_name, row.lab, row.machine),
        ("sessions", "passages", "personnes", "session_h", "mesure_h", "faisceau_h", "pause_h",
         "non_observe_h"),
        empty="Aucune découpeuse laser n'a servi dans cette période.",
    )  # fmt: skip
    return Page("Laser", ("Le faisceau est une partie de la marche.",), [table])


def _made(book: Book, lists: bool) -> Page:
    labs = [(one.lab, one.name) for one in book.labs]
    counted: dict[tuple[str, str], Counter[str]] = {}
    for one in book.held.made:
        counted.setdefault((one.item_name, one.item), Counter())[one.lab] += one.pieces
    heads = [
        Head("Objet"),
        *(Head(name, Style.COUNT, summed=True) for _, name in labs),
        Head("Ensemble", Style.COUNT, summed=True),
    ]
    totals = [sum(found[lab] for found in counted.values()) for lab, _ in labs]
    table = Table(
        "Par sorte d'objet",
        heads,
        [
            [
                Cell(Style.TEXT, name),
                *(Cell(Style.COUNT, found[lab]) for lab, _ in labs),
                Cell(Style.COUNT, found.total()),
            ]
            for (name, _), found in sorted(counted.items())
        ],
        [None, *totals, sum(totals)],
        "Aucun objet noté dans cette période.",
    )
    detail = of_sheet(
        held_sheets.made(book, lambda person: export.pseudonym(book, person)),
        without=("lieu", "objet", "machine", "session", "seance", "reference"),
        title="Chaque saisie",
        empty="Aucun objet noté dans cette période.",
    )
    tables = [table, detail] if lists else [table]
    return Page("Objets", ("Une correction remplace le nombre noté.",), tables)


def _workshops(book: Book) -> Page:
    table = of_sheet(
        held_sheets.workshops(book),
        without=("lieu", "seance", "reference"),
        empty="Aucun atelier dans cette période.",
    )
    notes = (
        "« Compté aux machines » : sa séance collective est déjà dans les passages, et ses"
        " participants ne sont pas comptés une seconde fois parmi les personnes accueillies.",
    )
    return Page("Ateliers", notes, [table])


def _memberships(book: Book) -> Page:
    note = (
        "Les adhésions sont celles de toute l'association : elles ne sont pas dans l'export d'un"
        " seul lieu."
        if book.lab
        else "Adhésions de toute l'association, selon le jour où elles ont été prises ou annulées."
    )
    table = of_sheet(held_sheets.memberships(book), empty="Aucune adhésion dans cette période.")
    return Page("Adhésions", (note,), [table])


def _sessions(book: Book) -> Page:
    sheet = export.sessions(book)
    without = ("lieu", "machine", "seance", "session")
    table = of_sheet(sheet, without=without, empty="Aucune session dans cette période.")
    note = (
        "Pseudonymes de ce mois seulement. Cette feuille suit la durée de conservation des"
        " sessions."
    )
    return Page("Sessions", (note,), [table])


def _by_machine(row: UseRow) -> tuple[str, ...]:
    return row.lab_name, row.machine_name, family(row), row.lab, row.machine
