"""The French words of exports for what is written to disk in English."""

from __future__ import annotations

CATEGORY = {
    "individual": "particulier",
    "company": "entreprise",
    "association": "association",
    "local-authority": "collectivité",
    "school": "établissement scolaire",
}
PROVENANCE = {
    "measured": "mesuré",
    "badge": "badgé",
    "declared": "déclaré",
    "estimated": "estimé",
}
SOURCE = {
    "badge": "badge",
    "touch": "écran",
    "animator": "animateur",
    "party": "séance collective",
}
METER = {"print": "impression", "job": "travail", "run": "marche", "beam": "faisceau"}
#: Why a session ended, or how a print did; "" where neither has been told yet.
OUTCOME = {
    "": "non terminé",
    "badge": "badge",
    "asked": "à l'écran",
    "hand-over": "passage de main",
    "idle": "inactivité",
    "maximum": "durée maximale",
    "closing": "fermeture",
    "fault": "panne",
    "animator": "animateur",
    "power-loss": "coupure de courant",
    "orphan": "redémarrage",
    "dropped": "relais coupé",
    "late": "enregistrement tardif",
    "done": "réussie",
    "cancelled": "annulée",
    "failed": "échouée",
    "lost": "perdue de vue",
}


def yes(true: bool) -> str:
    return "oui" if true else "non"
