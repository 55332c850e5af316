"""The columns of what a month holds beside the use of machines."""

from __future__ import annotations

from dataclasses import replace

from kiosk.central.columns import (
    BEGUN_SESSION,
    CATEGORY,
    CORRECTED,
    LAB,
    MACHINE,
    PARTY,
    PERSON,
    PUBLIC,
    REFERENCE,
    Column,
    Kind,
)
from machines.figures import ALL, Figure

_FIGURES = {figure.key: figure for figure in ALL}
_THOUSANDTHS = ("_h", "_m", "_g")


def figure(key: str, summed: bool = True) -> Column:
    """The column of a figure, by its one definition."""
    one: Figure = _FIGURES[key]
    kind = Kind.THOUSANDTHS if key.endswith(_THOUSANDTHS) else Kind.COUNT
    return Column(key, one.french, one.counted_fr, one.counted_en, kind, summed)


_DAY = Column(
    "jour",
    "Jour",
    "jour où l'objet a été réalisé ou l'atelier tenu.",
    "day on which the thing was made or the workshop held.",
    Kind.DAY,
)
MADE = (
    *LAB,
    _DAY,
    Column(
        "objet",
        "Objet",
        "identifiant de la sorte d'objet.",
        "identifier of the sort of thing.",
    ),
    Column("objet_nom", "Nom de l'objet", "son nom.", "what it is called in French."),
    Column(
        "nombre",
        "Nombre",
        "objets réalisés, une fois corrigés.",
        "things made, as corrected.",
        Kind.COUNT,
        summed=True,
    ),
    Column(
        "pour",
        "Pour",
        "un adhérent, une séance collective ou l'association.",
        "a member, a party or the association.",
    ),
    *MACHINE[:2],
    PERSON,
    CATEGORY,
    PARTY,
    BEGUN_SESSION,
    CORRECTED,
    REFERENCE,
)

WORKSHOPS = (
    *LAB,
    _DAY,
    Column("atelier", "Atelier", "son titre.", "its title."),
    Column(
        "duree_atelier_h",
        "Durée (h)",
        "durée de l'atelier.",
        "how long the workshop was.",
        Kind.THOUSANDTHS,
        summed=True,
    ),
    figure("participants"),
    figure("mineurs"),
    figure("participants_h"),
    Column(
        "nommes",
        "dont nommés",
        "participants dont le nom avait été noté : ils se comptent aussi comme personnes.",
        "participants whose names were noted: they are counted as people as well.",
        Kind.COUNT,
        summed=True,
    ),
    PUBLIC,
    PARTY,
    Column(
        "aux_machines",
        "Compté aux machines",
        "« oui » si sa séance collective est déjà dans les passages.",
        '"oui" where its party is among the visits already.',
    ),
    Column(
        "saisi_par",
        "Saisi par",
        "le lieu (tablette) ou le central.",
        "the lab (tablet) or the central.",
    ),
    CORRECTED,
    REFERENCE,
)

MEMBERSHIPS = (
    CATEGORY,
    PUBLIC,
    figure("adhesions_nouvelles"),
    figure("adhesions_renouvelees"),
    figure("adhesions_annulees"),
)

USERS = (
    Column(
        "lieu",
        "Lieu",
        "identifiant du FabLab ; « ensemble » : tous les lieux, chaque personne une fois.",
        'the lab\'s identifier; "ensemble" for all of them together, where a person counts once.',
    ),
    LAB[1],
    CATEGORY,
    PUBLIC,
    figure("usagers", summed=False),
)

OPENINGS = (
    *LAB,
    figure("jours_ouverts"),
    figure("ouverture_h"),
    Column(
        "jours_inconnus",
        "Jours sans horaires connus",
        "jours du mois avant que le lieu ait dit ses horaires : ni ouverts, ni fermés.",
        "days of the month before the lab told its hours: neither open nor closed.",
        Kind.COUNT,
        summed=True,
    ),
    figure("passages"),
    Column(
        "passages_par_jour",
        "Passages par jour ouvert",
        "passages divisés par les jours ouverts ; vide s'il n'y en a pas.",
        "visits divided by open days; empty where there is none.",
        Kind.THOUSANDTHS,
    ),
    figure("session_h"),
    Column(
        "session_h_par_jour",
        "Heures de session par jour ouvert",
        "heures de session divisées par les jours ouverts ; vide s'il n'y en a pas.",
        "session hours divided by open days; empty where there is none.",
        Kind.THOUSANDTHS,
    ),
)

RATES = (
    *LAB,
    *MACHINE,
    figure("mesure_h"),
    figure("marche_autre_h"),
    figure("ouverture_h", summed=False),
    replace(figure("taux", summed=False), kind=Kind.THOUSANDTHS),
)
#: Of these sheets, each column once.
COLUMNS = tuple(dict.fromkeys((*MADE, *WORKSHOPS, *MEMBERSHIPS, *USERS, *OPENINGS, *RATES)))
