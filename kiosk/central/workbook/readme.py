"""The first page: what a workbook is of, how complete it is, and how everything is counted."""

from __future__ import annotations

from kiosk.central.book import Book
from kiosk.central.lisezmoi import MONTHS
from kiosk.central.standing import LabStanding
from kiosk.central.totals import Tally, grouped
from kiosk.central.workbook.model import Cell, Head, Page, Style, Table
from kiosk.central.workbook.tables import share
from machines.figures import ALL
from machines.instants import Month


def month_name(month: Month) -> str:
    """novembre 2026"""
    return f"{MONTHS[month.number - 1]} {month.year}"


def readme(book: Book, lists: bool) -> Page:
    of = ", ".join(one.name for one in book.labs)
    notes = [
        f"Export mensuel : {month_name(book.month)}. {of}.",
        f"État du registre (as_of) : fait n° {book.arrived}. Exporté deux fois au même état, le"
        " mois donne les mêmes fichiers, octet pour octet.",
        "Un mois va de minuit à minuit, heure de Paris. Ni nom, ni numéro de badge.",
        "La ligne TOTAL est la somme des lignes que le filtre laisse voir, sauf les personnes"
        " différentes, qui ne s'additionnent pas.",
    ]
    if not lists:
        notes.append(
            "Les sessions ne sont plus listées : leur durée de conservation est passée. Les"
            " chiffres restent."
        )
    return Page("Lisez-moi", notes, [_quality(book), _positions(book), _definitions()])


def _quality(book: Book) -> Table:
    heads = [
        Head("Lieu"),
        Head("Journal reçu"),
        Head("Dernière entrée", Style.WHEN),
        Head("Marche mesurée", Style.SHARE),
        Head("Non observée", Style.SHARE),
        Head("Sessions badgées", Style.SHARE),
        Head("Déclarées", Style.SHARE),
        Head("Estimées", Style.SHARE),
        Head("Entrées perdues", Style.COUNT),
        Head("Entrées non lues", Style.COUNT),
        Head("Sans date", Style.COUNT),
    ]
    used = {lab: counted for (lab,), counted in grouped(book.rows, lambda row: (row.lab,))}
    return Table(
        "La qualité des données",
        heads,
        [_of_lab(book, one, used.get(one.lab, Tally())) for one in book.labs],
    )


def _of_lab(book: Book, one: LabStanding, used: Tally) -> list[Cell]:
    sums = used.sums
    worked = sums["mesure_h"] + sums["marche_autre_h"] + sums["non_observe_h"]
    undated = sum(row.lab == one.lab for row in book.unplaced)
    undated += sum(row.lab == one.lab for row in book.held.undated)
    complete = one.last_us >= book.month.ends_us
    return [
        Cell(Style.TEXT, one.name),
        Cell(Style.TEXT, "complet" if complete else "INCOMPLET"),
        Cell(Style.WHEN, one.last_us or None),
        Cell(Style.SHARE, share(sums["mesure_h"], worked)),
        Cell(Style.SHARE, share(sums["non_observe_h"], worked)),
        Cell(Style.SHARE, share(sums["badge_h"], sums["session_h"])),
        Cell(Style.SHARE, share(sums["declare_h"], sums["session_h"])),
        Cell(Style.SHARE, share(sums["estime_h"], sums["session_h"])),
        Cell(Style.COUNT, one.missing),
        Cell(Style.COUNT, one.quarantined),
        Cell(Style.COUNT, undated),
    ]


def _positions(book: Book) -> Table:
    return Table(
        "Jusqu'où le registre est lu",
        [Head("Journal"), Head("Lieu"), Head("Entrée", Style.COUNT)],
        [
            [
                Cell(Style.TEXT, one.store),
                Cell(Style.TEXT, one.lab),
                Cell(Style.COUNT, one.upto),
            ]
            for one in book.positions
        ],
    )


def _definitions() -> Table:
    return Table(
        "Comment c'est compté",
        [Head("Chiffre"), Head("Définition", Style.WRAPPED), Head("Colonne")],
        [
            [
                Cell(Style.TEXT, figure.french),
                Cell(Style.WRAPPED, figure.counted_fr),
                Cell(Style.TEXT, figure.key),
            ]
            for figure in ALL
        ],
    )
