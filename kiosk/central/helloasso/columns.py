"""Which column is what: by its name, never by its place.

HelloAsso's names have drifted over the years, questions of a campaign follow
the fixed columns, and some names carry blanks at their end.
Source: field notes of published importers; the columns of exports of 2021, 2024 and 2026.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from kiosk.central.csv_file import plain
from kiosk.central.helloasso.lines import Field, Kind

_NAMES: Mapping[Field, tuple[str, ...]] = {
    Field.ORDER: (
        "reference commande", "reference de la commande", "reference de commande",
        "numero de commande", "ref commande", "numero",
    ),
    Field.DAY: (
        "date de la commande", "date de commande", "date commande", "date",
        "date d'adhesion", "date adhesion", "membership date", "adhesion le",
    ),
    Field.STATUS: (
        "statut de la commande", "statut de commande", "statut commande", "statut",
    ),
    Field.LAST_NAME: (
        "nom adherent", "nom de l'adherent", "nom participant", "nom du participant",
        "nom de famille", "nom", "last name", "last_name", "surname",
    ),
    Field.FIRST_NAME: (
        "prenom adherent", "prenom de l'adherent", "prenom participant",
        "prenom du participant", "prenom", "first name", "first_name",
    ),
    Field.PAYER_NAME: (
        "nom payeur", "prenom payeur", "nom du payeur", "prenom du payeur", "nom acheteur",
        "prenom acheteur", "nom de l'acheteur", "prenom de l'acheteur",
    ),
    Field.PAYER_EMAIL: (
        "email payeur", "e-mail payeur", "email du payeur", "adresse email payeur",
        "mail payeur", "email acheteur", "email de l'acheteur", "adresse acheteur",
    ),
    Field.EMAIL: (
        "email", "e-mail", "mail", "adresse email", "adresse e-mail", "adresse mail", "courriel",
        "email adherent", "email de l'adherent", "email participant", "e-mail de l'adherent",
        "votre email", "adresse electronique",
    ),
    Field.ORGANISATION: (
        "raison sociale", "societe", "organisation", "organisme", "structure", "entreprise",
        "company", "organization",
    ),
    Field.RATE: (
        "tarif", "formule", "tarif de l'inscription", "tarif de l'adhesion", "nom du tarif",
        "type d'adhesion", "rate",
    ),
    Field.AMOUNT: (
        "montant tarif", "montant du tarif", "montant adhesion", "montant de l'adhesion",
        "montant de l'inscription", "montant", "amount",
    ),
    Field.TICKET: ("billet", "nom du billet", "type de billet"),
    Field.TICKET_NUMBER: ("numero de billet", "numero du billet", "n° billet", "n° de billet"),
    Field.CARD: ("carte d'adherent",),
    Field.CATEGORY: ("categorie", "categorie d'adherent", "category", "type"),
    Field.PUBLIC: (
        "public", "situation", "situation professionnelle", "statut professionnel",
        "vous etes", "votre situation",
    ),
    Field.BIRTH: ("date de naissance", "ne(e) le", "birth date", "naissance"),
    Field.MINOR: (
        "mineur", "mineure", "mineur(e)", "moins de 18 ans", "minor", "participant mineur",
    ),
    Field.UNTIL: (
        "adhesion jusqu'au", "fin d'adhesion", "date de fin", "member_until", "member until",
        "jusqu'au", "valable jusqu'au",
    ),
    Field.BADGE: ("badge", "badges", "numero de badge", "n° badge"),
}  # fmt: skip
_FIELD = {name: field for field, names in _NAMES.items() for name in names}

#: What a line of HelloAsso's cannot be read without.
NEEDED = (Field.ORDER, Field.DAY, Field.STATUS, Field.LAST_NAME, Field.FIRST_NAME)

#: What whoever brings a list of their own may say that a column is.
OFFERED = (
    Field.FIRST_NAME, Field.LAST_NAME, Field.CATEGORY, Field.PUBLIC, Field.EMAIL, Field.DAY,
    Field.UNTIL, Field.ORGANISATION, Field.BADGE, Field.BIRTH, Field.MINOR,
)  # fmt: skip


def known_as(header: str) -> Field | None:
    """
    >>> known_as(" Tarif de l’inscription ")
    <Field.RATE: 'rate'>
    >>> known_as("Champ additionnel: Date de naissance :")
    <Field.BIRTH: 'birth'>
    """
    name = re.sub(r"^champ (additionnel|complementaire)\s*:\s*", "", plain(header))
    return _FIELD.get(name.rstrip(" :*?"))


def kind_of(header: Iterable[str]) -> Kind:
    """The kind of file that has these columns."""
    names = {plain(one) for one in header}
    fields = {known_as(one) for one in header}
    if not {Field.ORDER, Field.STATUS} <= fields:
        return Kind.OWN
    if fields & {Field.TICKET, Field.TICKET_NUMBER} or "nom participant" in names:
        return Kind.EVENT
    return Kind.OLD_MEMBERSHIPS if "formule" in names else Kind.MEMBERSHIPS


def told(header: Sequence[str], kind: Kind) -> dict[int, Field]:
    """The field of each column that has one. Of two alike the first counts: the fixed columns
    stand before a campaign's own questions. A payer's name is no one we keep."""
    offered = OFFERED if kind is Kind.OWN else tuple(Field)
    found: dict[int, Field] = {}
    for place, name in enumerate(header):
        field = known_as(name)
        if field in offered and field not in found.values():
            found[place] = field
    return found
