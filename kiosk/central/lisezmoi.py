"""LISEZMOI.txt: what stands beside the sheets so that a reader can judge them.

French, then English. What is counted how, how complete it is, and up to which
entry of each lab's journal.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from kiosk.central import columns_held
from kiosk.central.book import Book
from kiosk.central.columns import FIGURE_COLUMNS, SESSIONS, UNPLACED, WORKS, Column
from kiosk.central.standing import LabStanding
from kiosk.central.totals import tally
from machines.figures import ALL, FIGURES
from machines.instants import paris

MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)

_FILES_FR = """\
LES FICHIERS
Le classeur (.xlsx pour Excel, .ods pour LibreOffice, même contenu) réunit les chiffres du mois, les
compare et les dessine. Les mêmes lignes, feuille par feuille, sont dans deux dossiers.
Le dossier « excel » s'ouvre d'un double clic (point-virgule, virgule décimale, JJ/MM/AAAA).
Le dossier « donnees-ouvertes » contient les mêmes lignes selon la RFC 4180 (virgule, point
décimal, dates ISO 8601 avec le décalage horaire).
- sessions : une ligne par session et par mois.
- impressions-et-marches : une ligne par impression ou marche de machine et par mois.
- totaux-par-lieu, -machine, -famille, -categorie : les mêmes heures, regroupées.
- totaux-par-resultat : les impressions selon leur fin, et les échecs selon leur motif.
- usagers : personnes différentes par catégorie et public, de chaque lieu et ensemble.
- objets, ateliers : une ligne par saisie ; adhesions : leur nombre, par catégorie et public (de
  toute l'association : vide dans l'export d'un seul lieu).
- ouvertures : jours et heures d'ouverture, moyennes par jour ouvert ; utilisation : part des heures
  d'ouverture où chaque machine a marché.
- non-dates : ce que le registre contient sans date sûre (horloge jamais mise à l'heure) : dans
  aucun mois et dans aucun total, jamais deviné.
La dernière ligne de chaque fichier, marquée TOTAL, est la somme des lignes au-dessus ; seules les
personnes différentes ne s'additionnent pas, et une colonne sans total y reste vide.

LE MOIS
Il est coupé à minuit, heure de Paris. Ce qui est à cheval sur deux mois a une ligne dans chacun,
avec la durée de chacun, et ne compte comme session ou impression que dans le mois où il commence.

LES DURÉES
En heures, à trois décimales (3,6 secondes). L'arrondi est fait une seule fois, ligne à ligne, sur
la somme courante de chaque lieu : tout total est la somme exacte de ce qui est imprimé.

LES PERSONNES
Ni nom, ni numéro de badge. « Usager » est un pseudonyme propre à ce mois : la même personne en
porte un autre le mois suivant. Le nom des fichiers imprimés n'est pas exporté, car il dit souvent
de qui ils sont : il reste dans le lieu et dans son registre, le temps que la conservation permet.

LES TEXTES
Un texte qui commence par = + - @ est précédé d'une apostrophe, pour qu'aucun tableur ne l'exécute.
"""

_FILES_EN = """\
IN ENGLISH
The workbook (.xlsx and .ods, the same content) has the month's figures, compared and drawn.
"excel" and "donnees-ouvertes" hold the same rows: for a French spreadsheet, and as RFC 4180 with
ISO 8601 dates. The last line of each file, marked TOTAL, is the sum of the lines above it, except
for distinct people; a column without a total is empty there. Months are cut at midnight in
Europe/Paris; what runs over midnight of the last day is split, and counted by number in the month
in which it began. Hours have three decimals, rounded once at the finest grain, so that every total
is the exact sum of what is printed. "totaux-par-resultat" has the prints by how they ended, and
the failures by their reason; "usagers" distinct people by category and public; "objets",
"ateliers", "adhesions" (of the whole association: empty in the export of one lab), "ouvertures"
and "utilisation" what was made, held, joined, open and in use. "Usager" is a pseudonym of this
month only; names of printed files are not exported, since they often tell whose they are: they
stay in the lab and in its ledger, as long as retention allows. "non-dates" holds what no clock
can date: it is in no month and no total. A
text that begins with = + - @ has an apostrophe before it, so that no spreadsheet runs it.
"""


_NO_LISTS = """\
LES LISTES NE SONT PLUS LÀ
La durée de conservation des sessions est passée : sessions, impressions-et-marches, objets et
non-dates ne sont plus exportées. Les chiffres restent.
The retention of sessions is over: these four sheets are exported no more; the figures stay.
"""


def lisezmoi(book: Book, lists: bool = True) -> bytes:
    """UTF-8 with a byte order mark and CRLF, for the Windows notepad.

    Without `lists`, it says that single sessions and things are left out.
    """
    sections = (
        _title(book),
        *(() if lists else (_NO_LISTS,)),
        _FILES_FR,
        _listed("LES COLONNES DES TOTAUX", _told(FIGURE_COLUMNS)),
        _listed("LES AUTRES CHIFFRES", (f"{f.french} ({f.key}) : {f.counted_fr}" for f in _BESIDE)),
        _listed("LES AUTRES COLONNES", _told(OTHERS)),
        _quality(book),
        _as_of(book),
        _FILES_EN,
        _listed("COLUMNS OF THE TOTALS", _told_en(FIGURE_COLUMNS, [f.english for f in FIGURES])),
        _listed("OTHER FIGURES", (f"{f.english} ({f.key}): {f.counted_en}" for f in _BESIDE)),
        _listed("OTHER COLUMNS", _told_en(OTHERS, [column.french for column in OTHERS])),
    )
    text = "\n".join(section.rstrip("\n") + "\n" for section in sections)
    return ("\ufeff" + text.replace("\n", "\r\n")).encode()


def _title(book: Book) -> str:
    names = ", ".join(one.name for one in book.labs)
    title = f"EXPORT MENSUEL : {MONTHS[book.month.number - 1]} {book.month.year}"
    empty = "" if book.rows else "\nAucune session, impression ni marche dans ce mois."
    return f"{title}\n{'=' * len(title)}\n{names}{empty}\n"


_FIGURES = {figure.counted_fr for figure in ALL}
#: What is beside the use of machines, and how far it can be trusted: told after the totals.
_BESIDE = ALL[len(FIGURES) :]
#: Each column of a sheet that is no figure, once.
OTHERS = tuple(
    column
    for column in dict.fromkeys((*SESSIONS, *WORKS, *columns_held.COLUMNS, *UNPLACED))
    if column.told not in _FIGURES
)


def _told(columns: Iterable[Column]) -> Iterator[str]:
    return (f"{c.french} ({c.key}) : {c.told}" for c in columns)


def _told_en(columns: Iterable[Column], names: Iterable[str]) -> Iterator[str]:
    return (f"{n} ({c.key}): {c.told_en}" for c, n in zip(columns, names, strict=True))


def _listed(title: str, items: Iterable[str]) -> str:
    return title + "\n" + "\n".join(map(_item, items)) + "\n"


def _item(text: str) -> str:
    return textwrap.fill(text, 98, initial_indent="- ", subsequent_indent="  ")


def _quality(book: Book) -> str:
    sums = tally(book.rows).figures()
    worked = sums.get("mesure_h", 0) + sums.get("marche_autre_h", 0)
    unseen = sums.get("non_observe_h", 0)
    ended = [row for row in book.rows if row.kind == "session" and row.first]
    estimated, badged = sums.get("estime_h", 0), sums.get("session_h", 0)
    lines = [
        f"- Heures de session estimées : {_share(estimated, badged)}.",
        f"- Temps de travail non observé : {_share(unseen, worked + unseen)}.",
        f"- Sessions sans fin connue (aucune heure comptée) : {sum(not r.outcome for r in ended)}.",
        f"- Éléments sans date, dans non-dates : {len(book.unplaced)}.",
        *(_standing(book, one) for one in book.labs),
    ]
    return "LA QUALITÉ\n" + "\n".join(lines) + "\n"


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %".replace(".", ",") if whole else "sans objet"


def _standing(book: Book, one: LabStanding) -> str:
    if not one.last_us:
        heard = "aucune entrée datée. INCOMPLET"
    elif one.last_us < book.month.ends_us:
        heard = f"rien reçu depuis le {paris(one.last_us):%d/%m/%Y %H:%M}. INCOMPLET"
    else:
        heard = "reçu jusqu'au-delà de la fin du mois"
    holes = f" ; entrées perdues, déclarées : {one.missing}" if one.missing else ""
    unread = f" ; entrées non lues par cette version : {one.quarantined}" if one.quarantined else ""
    return f"- {one.name} : {heard}{holes}{unread}."


def _as_of(book: Book) -> str:
    lines = [f"- {one.lab}, journal {one.store} : entrée {one.upto}" for one in book.positions]
    return (
        f"L'ÉTAT DU REGISTRE (as_of)\nFait n° {book.arrived} du registre.\n"
        + "\n".join(lines)
        + "\nExporté deux fois au même état, le mois donne les mêmes fichiers, octet pour octet.\n"
    )
