"""The files of a closing: figures only, each sum in them the sum of the cells beside it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence

import kiosk
from kiosk.central import columns, wording
from kiosk.central.columns import Column, Kind
from kiosk.central.report.cells import ALONE, NO_SESSION, NOT_KNOWN, Cell
from kiosk.central.report.closings import ADJUSTED, MANIFEST
from kiosk.central.report.frozen import FIGURES, NAMES, figures_csv, names_csv, sha
from kiosk.central.report.users import Definition
from kiosk.central.report.words import say
from kiosk.central.report.year import Names
from kiosk.central.sheets import EXCEL, OPEN, Row, Sheet, write
from kiosk.central.standing import Position
from machines import figures

README = "LISEZMOI.txt"

MONTH = Column("mois", "Mois", "mois.", "month.")
Group = Callable[[Cell], tuple[str, ...]]


def sheets(cells: Sequence[Cell], names: Names) -> list[Sheet]:
    """What adds up, grouped in every way that a report does."""
    labs = names.labs

    def machine(cell: Cell) -> tuple[str, ...]:
        of = (names.machine(cell.lab, cell.machine), _family(names, cell))
        return (cell.lab, labs.get(cell.lab, cell.lab), cell.machine, *of)

    return [
        _sheet("totaux-par-mois", (MONTH,), cells, lambda cell: (cell.period,)),
        _sheet(
            "totaux-par-lieu",
            columns.LAB,
            cells,
            lambda cell: (cell.lab, labs.get(cell.lab, cell.lab)),
        ),
        _sheet("totaux-par-machine", (*columns.LAB, *columns.MACHINE), cells, machine),
        _sheet(
            "totaux-par-famille", (columns.FAMILY,), cells, lambda cell: (_family(names, cell),)
        ),
        _sheet(
            "totaux-par-categorie",
            (columns.CATEGORY,),
            cells,
            lambda cell: (_category(cell.category),),
        ),
    ]


def _sheet(name: str, heads: Sequence[Column], cells: Iterable[Cell], group: Group) -> Sheet:
    keys = [head.key for head in heads]
    lines: dict[tuple[str, ...], dict[str, int]] = {}
    total: dict[str, int] = {}
    shown = [c for c in columns.FIGURE_COLUMNS if c.key not in ALONE]
    known = {column.key for column in shown}
    for cell in cells:
        if cell.figure in known:
            line = lines.setdefault(group(cell), {})
            for sums in (line, total):
                sums[cell.figure] = sums.get(cell.figure, 0) + cell.value
    zero = {column.key: 0 for column in shown}
    rows: list[Row] = [
        {**dict(zip(keys, which, strict=True)), **zero, **sums}
        for which, sums in sorted(lines.items())
    ]
    return Sheet(name, (*heads, *shown), rows, {**zero, **total})


def _family(names: Names, cell: Cell) -> str:
    family = names.family(cell.lab, cell.machine)
    return wording.FAMILY.get(family, family) or "non renseignée"


def _category(category: str) -> str:
    if category == NO_SESSION:
        return "sans session"
    return "non renseignée" if category == NOT_KNOWN else wording.CATEGORY.get(category, category)


ADJUSTED_COLUMNS = (
    Column("periode", "Période close", "le mois ou l'année.", "the month or year."),
    Column("lieu", "Lieu", "identifiant du FabLab.", "the lab's identifier."),
    Column("detail", "Détail", "de quoi.", "of what."),
    Column("chiffre", "Chiffre", "ce qui change.", "what changes."),
    Column("ecart", "Écart", "de combien.", "by how much."),
)


def adjusted_sheet(cells: Iterable[Cell]) -> Sheet:
    """For readers: what was closed before, and is told of here. No total: nothing adds up."""
    known = {figure.key: figure.french for figure in figures.ALL}
    rows: list[Row] = [
        {
            "periode": cell.period,
            "lieu": cell.lab or "ensemble",
            "detail": " ".join(part for part in (cell.of, cell.category) if part),
            "chiffre": known.get(cell.figure, cell.figure),
            "ecart": _signed(cell),
        }
        for cell in cells
    ]
    return Sheet("regularisations-lisibles", ADJUSTED_COLUMNS, rows, {})


def _signed(cell: Cell) -> str:
    """Hours with their three decimals, as in the sheets beside it."""
    sign = "+ " if cell.value >= 0 else "\u2212 "
    number = abs(cell.value)
    if _kind(cell.figure) is Kind.THOUSANDTHS:
        return f"{sign}{number // 1000},{number % 1000:03d}"
    return f"{sign}{number}"


def _kind(figure: str) -> Kind:
    thousandths = figure.endswith(("_h", "_m", "_g"))
    return Kind.THOUSANDTHS if thousandths else Kind.COUNT


def files(period: str, cells: Sequence[Cell], adjusted: Sequence[Cell], names: Names) -> dict[
    str, bytes
]:  # fmt: skip
    """All that is sealed but the manifest, by path inside the folder."""
    made = {
        README: _readme(period),
        FIGURES: figures_csv(cells),
        ADJUSTED: figures_csv(adjusted),
        NAMES: names_csv(names),
    }
    for sheet in (*sheets(cells, names), adjusted_sheet(adjusted)):
        for flavour in (EXCEL, OPEN):
            made[f"{flavour.folder}/{sheet.name}.csv"] = write(sheet, flavour)
    return made


def manifest(
    period: str,
    made: dict[str, bytes],
    arrived: int,
    positions: Sequence[Position],
    closed_us: int,
    before: tuple[str, str],
) -> bytes:
    """`before` is the period closed before this one and the hash of its manifest, or two ""."""
    told = {
        "period": period,
        "version": kiosk.__version__,
        "closed_us": closed_us,
        "as_of": {
            "arrived": arrived,
            "stores": [[one.lab, one.store, one.upto] for one in positions],
        },
        "definitions": sha(_definitions().encode()),
        "files": {name: sha(raw) for name, raw in sorted(made.items())},
        "before": {"period": before[0], "manifest": before[1]},
    }
    return (json.dumps(told, indent=2, ensure_ascii=False) + "\n").encode()


def _definitions() -> str:
    users = [
        f"- {say(f'definition_{one.value}', 'fr')} : {say(f'told_{one.value}', 'fr')}"
        for one in Definition
    ]
    return "\n".join([*users, *(f"- {f.french} ({f.key}) : {f.counted_fr}" for f in figures.ALL)])


def _readme(period: str) -> bytes:
    text = f"""\
CLÔTURE DE {period}

Les chiffres de ce dossier sont figés. Ce qui arrive après la clôture (un lieu resté longtemps
sans réseau, une correction) ne les change pas : c'est une régularisation de la clôture suivante.

- {FIGURES} : chaque chiffre au grain le plus fin ; tout total en est une somme. Durées en
  millièmes d'heure, filament en millièmes. « usagers » et « personnes » sont des personnes
  différentes, qui ne s'additionnent pas : un chiffre par lieu, et un ensemble (lieu vide).
- {ADJUSTED} : ce qui s'ajoute à des périodes closes auparavant, au même format ; la même chose
  à lire dans regularisations-lisibles.
- {NAMES} : les noms des lieux et des machines, et leurs familles.
- excel, donnees-ouvertes : les totaux, pour un tableur français et selon la RFC 4180.
- d'un mois, le classeur en XLSX et en ODS : le même que l'export, sans sessions ni ateliers un
  par un.
- {MANIFEST} : l'empreinte SHA-256 de chaque fichier, l'état du registre, et l'empreinte du
  manifeste de la clôture précédente. `fablab verify` les contrôle. Cela détecte une
  modification ; qui peut réécrire tous les dossiers à la suite peut aussi refaire la chaîne :
  gardez l'empreinte du dernier manifeste ailleurs, par exemple imprimée.

Aucune session ni personne n'est dans ce dossier. Les sessions d'un mois sont dans un dossier à
part, qui n'est pas scellé et disparaît au terme de la conservation.

COMMENT C'EST COMPTÉ
{_definitions()}

IN ENGLISH
The figures in this folder are frozen. What arrives after closing is an adjustment of the next
closing ({ADJUSTED}). {FIGURES} has every figure at its finest grain, in thousandths of an hour;
any total is a sum of it, but for distinct people. {MANIFEST} has the SHA-256 of each file and of
the manifest before. This detects changes; it does not prevent them.
"""
    return ("\ufeff" + text.replace("\n", "\r\n")).encode()
