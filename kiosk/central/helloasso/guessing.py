"""Category, public and age, from the words in which people and campaigns say them."""

from __future__ import annotations

import re
from datetime import date

from kiosk.central.csv_file import plain
from machines.members import AgeBand, Category, Public

_CATEGORIES = (
    (Category.ASSOCIATION, r"associations?|asso|amicale|ligue|federation|comite|club|collectif"),
    (
        Category.SCHOOL,
        r"ecoles?|colleges?|lycees?|universites?|campus|etablissements? scolaires?|school",
    ),
    (
        Category.LOCAL_AUTHORITY,
        r"mairie|communes?|communaute|collectivites?|departement|region|ville|agglo|ccas"
        r"|prefecture|local[- ]authority",
    ),
    (Category.COMPANY, r"entreprises?|societes?|company|sarl|sas|sasu|eurl|sci"),
    (Category.INDIVIDUAL, r"particuliers?|particulieres?|individuel(le)?s?|individual"),
)
_PUBLICS = (
    (Public.JOB_SEEKER, r"(demandeu(r|se)s? d'emploi|chomage|chomeu(r|se)|sans emploi|job-seeker)"),
    (Public.STUDENT, r"(etudiant(e|s|es)?|etudiant\W?e\W?|student|apprenti(e)?)"),
    (Public.PUPIL, r"(scolaires?|eleves?|collegien(ne)?s?|lyceen(ne)?s?|pupil)"),
    (Public.RETIRED, r"(retraite(e|s|es)?|retraite\W?e\W?|seniors?|retired)"),
    (Public.PROFESSIONAL, r"(professionnel(le)?s?|pro|independant(e)?s?|artisan(e)?s?"
                          r"|professional)"),
    (Public.EMPLOYEE, r"(salarie(e|s|es)?|salarie\W?e\W?|employe(e)?s?|employee)"),
    (Public.OTHER, r"(autre|other)"),
)  # fmt: skip
_MINOR = r"(enfants?|mineur(e|s|es)?|(moins de|-) ?18( ans)?|(moins de|-) ?15( ans)?)"


def category_in(words: str) -> Category | None:
    """
    >>> category_in("Adhésion entreprise")
    <Category.COMPANY: 'company'>
    """
    return next((one for one, form in _CATEGORIES if _has(form, words)), None)


def category_of(organisation: str, rate: str) -> Category:
    """By the rate that was chosen, else by the organisation's name; a company where it says
    nothing, since a private person gives none."""
    told = category_in(rate) if rate else None
    if told or not organisation:
        return told or Category.INDIVIDUAL
    return category_in(organisation) or Category.COMPANY


def public_in(words: str) -> Public | None:
    """
    >>> public_in("Tarif réduit (étudiant, demandeur d’emploi)") is None
    True
    >>> public_in("Adhésion étudiant·e")
    <Public.STUDENT: 'student'>
    """
    found = [one for one, form in _PUBLICS if _has(form, words)]
    return found[0] if len(found) == 1 else None


def minor_in(words: str) -> bool:
    return _has(_MINOR, words)


def band(birth: date, on: date) -> AgeBand:
    """The age band of who was born on `birth`, on that day."""
    age = on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))
    return AgeBand.ADULT if age >= 18 else AgeBand.TEEN if age >= 15 else AgeBand.CHILD


def _has(form: str, words: str) -> bool:
    return bool(re.search(rf"(?<!\w)(?:{form})(?!\w)", plain(words)))
