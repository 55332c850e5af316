"""What the central's pages say, in French and in English."""

from __future__ import annotations

LANGUAGES = ("fr", "en")

#: key: (French, English).
TEXTS: dict[str, tuple[str, str]] = {
    "central": ("Registre des FabLabs", "Ledger of the FabLabs"),
    "labs": ("Les lieux", "The labs"),
    "none": (
        "Aucun lieu n’a encore rien envoyé. Donnez un jeton à un lieu : fablab node add",
        "No lab has sent anything yet. Give a lab its token: fablab node add",
    ),
    "heard": ("Dernier contact", "Last heard"),
    "never": ("jamais", "never"),
    "now": ("à l’instant", "just now"),
    "ago": ("il y a {}", "{} ago"),
    "last_entry": ("Dernière entrée", "Last entry"),
    "entries": ("Entrées reçues", "Entries received"),
    "waiting": ("À intégrer", "To be taken in"),
    "gaps": ("Entrées perdues, déclarées", "Entries declared lost"),
    "forks": ("Cartes restaurées ou clonées", "Cards restored or cloned"),
    "quarantined": ("Entrées non lues", "Entries not read"),
    "well": ("Rien à signaler", "Nothing to report"),
    "silent": ("Silencieux depuis {}", "Silent for {}"),
    "open": ("Voir ce lieu", "See this lab"),
    "back": ("Tous les lieux", "All labs"),
    "earlier": ("Mois précédent", "Month before"),
    "later": ("Mois suivant", "Month after"),
    "so_far": ("Depuis le début du mois", "Since the beginning of the month"),
    "machines": ("Machines", "Machines"),
    "machine": ("Machine", "Machine"),
    "categories": ("Catégories d’adhérents", "Member categories"),
    "category": ("Catégorie", "Category"),
    "not_known": ("Non renseignée", "Not known"),
    "prints": ("Les dernières impressions", "The latest prints"),
    "result": ("Résultat", "Result"),
    "print_hours": ("Marche (h)", "Worked (h)"),
    "print_grams": ("Filament (g)", "Filament (g)"),
    "no_print": ("Aucune impression ce mois-ci.", "No print in this month."),
    "done": ("réussie", "finished"),
    "cancelled": ("annulée", "cancelled"),
    "failed": ("échouée", "failed"),
    "lost": ("perdue de vue", "lost from sight"),
    "standing": ("L’état du registre", "How the ledger stands"),
    "no_session": ("Sans session", "Without a session"),
    "provenance": ("Comment les heures de session sont connues", "How session hours are known"),
    "year": ("Heures de session, douze mois", "Session hours, twelve months"),
    "nothing": ("Rien n’a été utilisé ce mois-ci.", "Nothing was used in this month."),
    "export": (
        "Faire l’export de ce mois",
        "Make the export of this month",
    ),
    "not_found": ("Ce lieu n’est pas connu ici.", "This lab is not known here."),
    "bad_month": (
        "Ce n’est pas un mois : attendu par exemple 2026-11.",
        "This is no month: expected such as 2026-11.",
    ),
    "other": ("English", "Français"),
    "individual": ("Particuliers", "Individuals"),
    "company": ("Entreprises", "Companies"),
    "association": ("Associations", "Associations"),
    "local-authority": ("Collectivités", "Local authorities"),
    "school": ("Établissements scolaires", "Schools"),
    "months": (
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "January February March April May June July August September October November December",
    ),
    "minutes": ("{} min", "{} min"),
    "hours": ("{} h", "{} h"),
    "days": ("{} j", "{} days"),
}


def say(key: str, language: str, *values: object) -> str:
    return TEXTS[key][LANGUAGES.index(language)].format(*values)


def age(seconds: float, language: str) -> str:
    """A length of time, roughly, as a person says it."""
    if seconds < 3600:
        return say("minutes", language, int(seconds // 60))
    if seconds < 48 * 3600:
        return say("hours", language, int(seconds // 3600))
    return say("days", language, int(seconds // 86400))


def hours(thousandths: int, language: str) -> str:
    """`1 234,5` or `1,234.5`: for reading; the export has the exact figure."""
    return _written(f"{thousandths / 1000:,.1f}", language)


def grams(figure: float, language: str) -> str:
    """`1 234` or `1,234`."""
    return _written(f"{figure:,.0f}", language)


def _written(text: str, language: str) -> str:
    return text if language == "en" else text.replace(",", "\u202f").replace(".", ",")
