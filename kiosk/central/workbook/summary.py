"""The page that a funder reads first: the month beside the one before and a year ago, drawn."""

from __future__ import annotations

from collections import Counter

from kiosk.central.book import Book
from kiosk.central.columns_held import figure
from kiosk.central.held_sheets import category, month_figures
from kiosk.central.totals import grouped
from kiosk.central.workbook.compared import Compared
from kiosk.central.workbook.model import Cell, Chart, Head, Page, Shape, Style, Table, Value
from kiosk.central.workbook.readme import month_name
from kiosk.central.workbook.tables import family, style

#: What is compared, in this order.
KEYS = (
    "usagers",
    "sessions",
    "passages",
    "accueillis",
    "session_h",
    "mesure_h",
    "impressions",
    "reussies",
    "objets",
    "ateliers",
    "participants",
    "mineurs",
    "adhesions_nouvelles",
    "adhesions_renouvelees",
    "jours_ouverts",
    "ouverture_h",
)
#: Lines of a chart: more of them cannot be read.
_MOST = 10


def summary(compared: Compared) -> Page:
    book = compared.now
    tables = [_compared(compared), _families(book), _categories(book), _things(book)]
    name = month_name(book.month)
    charts = [
        Chart(
            Shape.BARS,
            "Heures par famille de machines",
            f"Heures de session et heures de marche de chaque famille de machines, {name}.",
            1,
            (1, 2),
        ),
        Chart(
            Shape.PIE,
            "Usagers par catégorie",
            f"Personnes différentes de chaque catégorie d'adhérent, {name}.",
            2,
            (1,),
        ),
        Chart(
            Shape.COLUMNS,
            "Objets réalisés",
            f"Nombre d'objets réalisés de chaque sorte, {name}.",
            3,
            (1,),
        ),
    ]
    return Page("Synthèse", (_sentence(book),), tables, charts)


def _sentence(book: Book) -> str:
    of = ", ".join(one.name for one in book.labs)
    return f"{month_name(book.month).capitalize()} : {of}."


def _compared(compared: Compared) -> Table:
    months = (compared.now, compared.before, compared.last_year)
    told = [month_figures(book) for book in months]
    rows = []
    for key in KEYS:
        column = figure(key)
        values = [figures[key] for figures in told]
        rows.append(
            [
                Cell(Style.TEXT, column.french),
                Cell(style(column), values[0]),
                Cell(style(column), values[1]),
                Cell(Style.SHARE, change(values[0], values[1])),
                Cell(style(column), values[2]),
                Cell(Style.SHARE, change(values[0], values[2])),
            ]
        )
    heads = [
        Head("Chiffre"),
        Head(month_name(months[0].month), Style.COUNT),
        Head(month_name(months[1].month), Style.COUNT),
        Head("Écart sur un mois", Style.SHARE),
        Head(month_name(months[2].month), Style.COUNT),
        Head("Écart sur un an", Style.SHARE),
    ]
    return Table("", heads, rows)


def change(now: int, then: int) -> int | None:
    """In thousandths of what it was; None where it was nothing."""
    return round(1000 * (now - then) / then) if then else None


def _families(book: Book) -> Table:
    found = [
        (name, counted.sums["session_h"], counted.sums["mesure_h"] + counted.sums["marche_autre_h"])
        for (name,), counted in grouped(book.rows, lambda row: (family(row),))
    ]
    found.sort(key=lambda one: (-max(one[1:]), one[0]))
    rest = found[_MOST:]
    if rest:
        others = ("autres", sum(one[1] for one in rest), sum(one[2] for one in rest))
        found = [*found[:_MOST], others]
    heads = [
        Head("Famille de machines"),
        Head("Heures de session", Style.HOURS, summed=True),
        Head("Heures de marche", Style.HOURS, summed=True),
    ]
    totals: list[Value] = [None, sum(one[1] for one in found), sum(one[2] for one in found)]
    rows = [
        [Cell(Style.TEXT, name), Cell(Style.HOURS, sat), Cell(Style.HOURS, ran)]
        for name, sat, ran in found
    ]
    return Table("Heures par famille de machines", heads, rows, totals)


def _categories(book: Book) -> Table:
    seen: dict[str, set[str]] = {}
    for row in book.rows:
        if row.person and row.first and row.kind in ("session", "print"):
            seen.setdefault(row.category or "", set()).add(row.person)
    rows = [
        [Cell(Style.TEXT, category(of)), Cell(Style.COUNT, len(persons))]
        for of, persons in sorted(seen.items(), key=lambda one: (-len(one[1]), one[0]))
    ]
    whole = len(set().union(*seen.values()))
    heads = [Head("Catégorie d'adhérent"), Head("Usagers", Style.COUNT)]
    return Table("Usagers par catégorie", heads, rows, [None, whole])


def _things(book: Book) -> Table:
    made: Counter[str] = Counter()
    for one in book.held.made:
        made[one.item_name] += one.pieces
    rows = [
        [Cell(Style.TEXT, name), Cell(Style.COUNT, number)]
        for name, number in sorted(made.items(), key=lambda one: (-one[1], one[0]))
    ]
    heads = [Head("Objet"), Head("Réalisés", Style.COUNT, summed=True)]
    return Table("Objets réalisés", heads, rows, [None, made.total()])
