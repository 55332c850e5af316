"""The columns of the export's sheets, and what stands in each: LISEZMOI.txt tells it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from machines.figures import FIGURES


class Kind(Enum):
    """What stands in a column."""

    TEXT = "text"
    COUNT = "count"
    THOUSANDTHS = "thousandths"  #: whole thousandths of an hour, of a metre, or of a gram
    WHEN = "when"  #: UTC microseconds
    DAY = "day"  #: 2026-11-24


@dataclass(frozen=True, slots=True)
class Column:
    """`key` heads it in the open data, `french` in Excel; `told` and `told_en` say what it is.

    `summed`: the totals line has its sum.
    """

    key: str
    french: str
    told: str
    told_en: str
    kind: Kind = Kind.TEXT
    summed: bool = False


def _hours(key: str, french: str, told: str, told_en: str, summed: bool = True) -> Column:
    return Column(key, french, told, told_en, Kind.THOUSANDTHS, summed)


LAB = (
    Column("lieu", "Lieu", "identifiant du FabLab.", "the lab's identifier."),
    Column("lieu_nom", "Nom du lieu", "son nom d'usage.", "its everyday name."),
)
FAMILY = Column(
    "famille",
    "Famille",
    "sorte de machine ; « non renseignée » si le lieu ne l'a jamais dite.",
    'sort of machine; "non renseignée" where the lab never told it.',
)
MACHINE = (
    Column(
        "machine",
        "Machine",
        "identifiant de la machine dans son lieu, qui ne change pas.",
        "the machine's identifier in its lab, which never changes.",
    ),
    Column(
        "machine_nom",
        "Nom de la machine",
        "son nom le plus récent.",
        "its latest name.",
    ),
    FAMILY,
)
PUBLIC = Column(
    "public",
    "Public",
    "public annoncé : d'une séance collective, d'un atelier ou de l'adhérent ; vide si personne ne"
    " l'a dit.",
    "whom a party or workshop was for, or what the member does; empty where nobody said.",
)
CORRECTED = Column(
    "corrigee",
    "Corrigée",
    "« oui » si un animateur a corrigé ce que la ligne dit.",
    '"oui" where an animator corrected what the line says.',
)
CATEGORY = Column(
    "categorie",
    "Catégorie d'adhérent",
    "celle de la session, de l'objet ou de l'adhésion ; celle du propriétaire d'une impression,"
    " sinon de sa session ; « sans session » pour un travail qui n'en a pas, « non renseignée » si"
    " elle n'est plus connue.",
    "that of the session, thing or membership; that of a print's owner, else of its session;"
    ' "sans session" for work that has none, "non renseignée" where it is not known any more.',
)
PERSON = Column(
    "usager",
    "Usager (pseudonyme du mois)",
    "pseudonyme du mois : l'adhérent de la session, ou le propriétaire de l'impression (celui qui"
    " a apporté le fichier, sinon celui que l'animateur a désigné, sinon celui de la session) ;"
    " vide s'il n'est pas connu.",
    "pseudonym of this month: the member of the session, or the owner of the print (who brought its"
    " file, else whom the animator named, else the session's); empty where not known.",
)
_WHEN = (
    Column(
        "debut",
        "Début",
        "début de la session, de la marche ou de l'impression entière, heure de Paris.",
        "when the whole session, run or print began, Paris time.",
        Kind.WHEN,
    ),
    Column(
        "fin",
        "Fin",
        "sa fin, heure de Paris, même dans un autre mois ; vide si elle n'est pas connue.",
        "when it ended, even in another month; empty where that is not known.",
        Kind.WHEN,
    ),
)
_BEGUN = Column(
    "commence_dans_le_mois",
    "Commencé dans le mois",
    "« oui » là où la ligne compte comme session ou impression ; « non » pour la suite d'un autre"
    " mois.",
    '"oui" where the line counts as a session or print; "non" for what goes on from another month.',
)
_PROVENANCE = Column(
    "provenance",
    "Provenance",
    "mesuré (vu par la machine), badgé (entre deux badges), déclaré (dit par un animateur) ou"
    " estimé (fin fixée par le kiosque).",
    "how the hours are known: mesuré (seen at the machine), badgé (between two badges), déclaré"
    " (told by an animator), estimé (ended by the kiosk).",
)
BEGUN_SESSION = Column(
    "session",
    "Session (référence)",
    "identité de la session dans le journal du lieu : elle relie les feuilles.",
    "the session's identity in the lab's journal; it ties the sheets together.",
)
PARTY = Column(
    "seance",
    "Séance collective (référence)",
    "la même pour toutes les machines, objets et ateliers d'une séance collective.",
    "the same for all machines, things and workshops of one party.",
)
REFERENCE = Column(
    "reference",
    "Référence",
    "identité de la ligne dans le journal du lieu.",
    "the line's identity in the lab's journal.",
)
_NATURE = Column(
    "nature",
    "Nature",
    "impression, travail (programme d'un laser), marche ou faisceau ; session dans non-dates.",
    "print, job (a laser's program), run or beam; a session in non-dates.",
)
RESULT = (
    Column(
        "resultat",
        "Résultat",
        "d'une impression : réussie, annulée, échouée, perdue de vue ou non terminé.",
        "of a print: finished, cancelled, failed, lost from sight, or not ended yet.",
    ),
    Column(
        "motif",
        "Motif",
        "pourquoi une impression s'est mal passée, selon un animateur : décollement, bouchage,"
        " fin de filament, coupure, fichier, autre ; vide si personne ne l'a dit. Une impression"
        " réussie qui en a un est allée au bout, mais la pièce est mauvaise.",
        "why a print went wrong, as an animator said: adhesion, clog, end of filament, power cut,"
        " file, other; empty where nobody said. A print that finished and has one went to its end,"
        " but its part is no good.",
    ),
)

SESSIONS = (
    *LAB,
    *MACHINE,
    PERSON,
    CATEGORY,
    PUBLIC,
    Column(
        "effectif",
        "Effectif",
        "personnes présentes à la session entière : l'effectif annoncé, sinon 1.",
        "people at the whole session: the head count of a party, else 1.",
        Kind.COUNT,
    ),
    Column(
        "ouverte_par",
        "Ouverte par",
        "badge, écran, animateur ou séance collective.",
        "badge, screen, animator or party.",
    ),
    *_WHEN,
    _hours(
        "duree_h",
        "Durée dans le mois (h)",
        "temps de session de ce mois, sans les suspensions ; 0 tant que la fin n'est pas connue.",
        "session time of this month, without suspensions; 0 while the end is not known.",
    ),
    _PROVENANCE,
    Column(
        "fin_par",
        "Fin par",
        "ce qui a mis fin à la session ; « non terminé » si rien ne l'a fait.",
        'what ended the session; "non terminé" where nothing has.',
    ),
    CORRECTED,
    PARTY,
    _BEGUN,
    BEGUN_SESSION,
)

WORKS = (
    *LAB,
    *MACHINE,
    _NATURE,
    PERSON,
    CATEGORY,
    *_WHEN,
    _hours(
        "marche_h",
        "Marche (h)",
        "temps de ce mois où la machine a travaillé, par le compteur qui fait foi.",
        "working time of this month, by the meter that counts.",
    ),
    _hours("pause_h", "Pause (h)", "temps de pause de ce mois.", "paused time of this month."),
    _hours(
        "non_observe_h",
        "Non observé (h)",
        "temps de ce mois que personne n'a observé, jamais compté comme marche.",
        "time of this month that nobody watched, never counted as working.",
    ),
    _hours(
        "faisceau_h",
        "Dont faisceau (h)",
        "temps où le faisceau était allumé : une partie de la marche d'un laser.",
        "time in which the beam was on: a part of a laser's working time.",
    ),
    _hours(
        "autre_compteur_h",
        "Autre compteur (h, hors totaux)",
        "le même travail dit par un compteur moins fin : dans aucun total.",
        "the same work told by a coarser meter: in no total.",
        summed=False,
    ),
    _PROVENANCE,
    *RESULT,
    Column(
        "reconciliee",
        "Réconciliée",
        "« oui » si le résultat d'une impression vient de l'historique d'OctoPrint, lu après une"
        " coupure du kiosque ; il n'ajoute aucune heure de marche, et ce qu'il est seul à connaître"
        " est non observé, le début étant calculé depuis la fin.",
        "\"oui\" where a print's result is that of OctoPrint's history, read after an outage of the"
        " kiosk; it adds no working hour, and what it alone knows of is unseen, its beginning"
        " reckoned from its end.",
    ),
    _hours(
        "filament_m",
        "Filament (m)",
        "filament de l'impression entière, selon le fichier et au prorata de ce qui en a été"
        " imprimé.",
        "filament of the whole print, as its file says and as far as it was printed.",
        summed=False,
    ),
    _hours(
        "filament_g",
        "Filament (g)",
        "la même chose en grammes.",
        "the same in grams.",
        summed=False,
    ),
    Column(
        "filament_selon",
        "Grammes selon",
        "estimé, au prorata imprimé (ce que le fichier dit de la part imprimée), ou estimé, fichier"
        " entier (ce que le trancheur annonçait d'une impression réussie). Rien n'est pesé.",
        "how the grams are known: estimé, au prorata imprimé (the file's figure for what was"
        " printed) or estimé, fichier entier (the slicer's, of a print that finished). Nothing"
        " is weighed.",
    ),
    Column(
        "matiere",
        "Matière",
        "celle qui était chargée dans l'imprimante, telle que le lieu l'a saisie.",
        "what was loaded in the printer, as the lab typed it.",
    ),
    _hours(
        "imprimante_h",
        "Selon l'imprimante (h, en entier)",
        "durée de l'impression entière selon l'imprimante, comme témoin : dans aucun total.",
        "the printer's own figure for the whole print, as evidence: in no total.",
        summed=False,
    ),
    _hours(
        "attente_h",
        "Attente (h)",
        "du dépôt du fichier au début de sa première impression ; vide pour les suivantes.",
        "from when the file was brought to the beginning of its first print; empty for later ones.",
        summed=False,
    ),
    Column(
        "essai",
        "Essai",
        "la combientième impression de la même demande : 2 si elle a été recommencée une fois.",
        "which print of the same job it is: 2 where it was done once again.",
        Kind.COUNT,
    ),
    _BEGUN,
    BEGUN_SESSION,
    Column(
        "demande",
        "Demande (référence)",
        "identité de la demande d'impression dans le journal du lieu ; vide pour une impression"
        " lancée à l'imprimante même.",
        "identity of the queue's job in the lab's journal; empty for a print begun at the printer"
        " itself.",
    ),
    REFERENCE,
)

UNPLACED = (
    *LAB,
    *MACHINE,
    _NATURE,
    _hours(
        "duree_h",
        "Durée (h)",
        "durée connue, quelle qu'en soit la date.",
        "the time that is known, whatever its date.",
    ),
    Column(
        "duree_connue",
        "Durée connue en entier",
        "« non » s'il en manque une partie.",
        '"non" where a part of it is missing.',
    ),
    _PROVENANCE,
    REFERENCE,
)

_THOUSANDTHS = ("_h", "_m", "_g")
FIGURE_COLUMNS = tuple(
    Column(
        figure.key,
        figure.french,
        figure.counted_fr,
        figure.counted_en,
        Kind.THOUSANDTHS if figure.key.endswith(_THOUSANDTHS) else Kind.COUNT,
    )
    for figure in FIGURES
)
#: Those that say something of prints.
PRINT_COLUMNS = tuple(
    column
    for column in FIGURE_COLUMNS
    if column.key
    in ("impressions", "mesure_h", "pause_h", "non_observe_h", "filament_m", "filament_g")
)
