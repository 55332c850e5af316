"""What people are told of their data: the notice for the wall, in French and in English.

One source: the file's `[retention]` and `[association]`. The record of processing, the
pages « Vos données » and the purge read the same, so that none of them says another term.
Whether these words are right for an association, whoever answers for the data decides.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from config.site import Association, Retention

LANGUAGES = ("fr", "en")
Both = tuple[str, str]
_MONTHS: tuple[Both, ...] = (
    ("janvier", "January"), ("février", "February"), ("mars", "March"), ("avril", "April"),
    ("mai", "May"), ("juin", "June"), ("juillet", "July"), ("août", "August"),
    ("septembre", "September"), ("octobre", "October"), ("novembre", "November"),
    ("décembre", "December"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kept:
    """One kind of data: what, what for, and for how long."""

    what: str
    why: str
    how_long: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Everything that the sheet on the wall says, in one language."""

    language: str
    title: str
    answers: tuple[str, ...]  #: who answers for it: name, address
    lead: str
    kept: tuple[Kept, ...]
    not_kept: str
    rights: tuple[str, ...]
    contact: str
    to_validate: str


def said(both: Both, language: str) -> str:
    """In French with its no-break spaces and apostrophes.

    >>> said(("Qui : l'un", "Who: one"), "fr")
    'Qui\\xa0: l’un'
    """
    if language != "fr":
        return both[1]
    text = re.sub(r" ([:;?!»])", "\N{NO-BREAK SPACE}\\1", both[0])
    return text.replace("« ", "«\N{NO-BREAK SPACE}").replace("'", "’")


def notice(retention: Retention, association: Association, language: str) -> Notice:
    def say(french: str, english: str) -> str:
        return said((french, english), language)

    answers = tuple(line for line in (association.name, association.address) if line)
    nobody = say("l'association de ce FabLab", "the association of this FabLab")
    return Notice(
        language,
        say("Vos données au FabLab", "Your data at the FabLab"),
        answers or (nobody,),
        say(
            "Le badge ouvre les machines aux personnes habilitées et sert à compter les heures. "
            "Voici ce qui est gardé, pourquoi, et combien de temps.",
            "The badge opens the machines to those who are cleared for them, and hours are"
            " counted by it. This is what is kept, what for, and for how long.",
        ),
        kept(retention, language),
        say(
            "Ne sont pas gardés : l'adresse, la date de naissance, une photo, le numéro du badge."
            " Les écrans du FabLab ne montrent qu'un prénom et une initiale.",
            "Not kept: address, date of birth, a photograph, the badge's number. The lab's screens"
            " show a first name and an initial only.",
        ),
        (
            say(
                "Vous pouvez demander à voir vos données, à les faire corriger, à en avoir une"
                " copie, à les faire effacer, ou vous opposer à leur usage.",
                "You may ask to see your data, to have them corrected, to have a copy, to have"
                " them erased, or object to their use.",
            ),
            say(
                "Réponse sous un mois. En cas de désaccord : la CNIL, www.cnil.fr.",
                "You are answered within a month. If you disagree: the CNIL, www.cnil.fr.",
            ),
        ),
        association.contact or say("Demandez à un animateur.", "Ask a host."),
        say(
            "Texte proposé par le logiciel, à valider par le responsable de traitement.",
            "A text that the software proposes, to be validated by whoever answers for the data.",
        ),
    )


def kept(retention: Retention, language: str) -> tuple[Kept, ...]:
    """Every kind of data with its term, as `[retention]` has it."""

    def line(what: Both, why: Both, how_long: Both) -> Kept:
        return Kept(said(what, language), said(why, language), said(how_long, language))

    def after(length: int, unit: Both, event: Both = ("", "")) -> Both:
        if not length:
            return ("jusqu'à ce qu'on l'efface", "until it is erased")
        return (f"{length} {unit[0]}{event[0]}", f"{length} {unit[1]}{event[1]}")

    days, months = ("jours", "days"), ("mois", "months")
    month, day = (int(part) for part in retention.year_closed_by.split("-"))
    name = _MONTHS[month - 1]
    return (
        line(
            ("Qui a utilisé quelle machine, et quand", "Who used which machine, and when"),
            ("ouvrir les machines, régler un incident", "opening machines, settling an incident"),
            after(retention.sessions_days, days),
        ),
        line(
            ("Le nom des fichiers imprimés", "The names of printed files"),
            ("retrouver une impression", "finding a print again"),
            after(retention.file_names_days, days, (" après l'impression", " after the print")),
        ),
        line(
            (
                "La fiche d'adhérent : nom, catégorie, tranche d'âge, adhésions, habilitations,"
                " badges (une empreinte, pas le numéro)",
                "A member's record: name, category, age band, memberships, clearances, badges (a"
                " digest, not the number)",
            ),
            ("l'adhésion et l'accès aux machines", "membership, and access to machines"),
            after(
                retention.members_months,
                months,
                (" après la fin de l'adhésion", " after the membership ended"),
            ),
        ),
        line(
            ("Le nom de qui vient à un atelier", "The names of who comes to a workshop"),
            ("accueillir, compter", "welcoming, counting"),
            after(retention.participants_months, months),
        ),
        line(
            ("Qui a consulté ou changé une fiche", "Who looked at a record, or changed it"),
            ("pouvoir le vérifier", "being able to check it"),
            after(retention.audit_months, months),
        ),
        line(
            (
                "Les chiffres de l'année, sans aucun nom",
                "The figures of the year, without any name",
            ),
            (
                "le rapport d'activité, où chacun compte une fois",
                "the yearly report, in which everybody counts once",
            ),
            (
                f"un pseudonyme jusqu'au {day} {name[0]} suivant, puis des comptes seuls",
                f"a pseudonym until the next {day} {name[1]}, then counts alone",
            ),
        ),
        line(
            ("Les sauvegardes", "Backups"),
            ("remettre en route après une panne", "starting again after a failure"),
            after(retention.backups_days, days),
        ),
    )
