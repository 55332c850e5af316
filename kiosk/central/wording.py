"""The French words of exports for what is written to disk in English."""

from __future__ import annotations

CATEGORY = {
    "individual": "particulier",
    "company": "entreprise",
    "association": "association",
    "local-authority": "collectivité",
    "school": "établissement scolaire",
}
#: What a member does, or whom a party was for; a lab may have typed something else.
PUBLIC = {
    "student": "étudiant",
    "pupil": "scolaire",
    "job-seeker": "demandeur d'emploi",
    "retired": "retraité",
    "professional": "professionnel",
    "employee": "salarié",
    "other": "autre",
}
#: For whom a thing was made.
PURPOSE = {"member": "adhérent", "party": "séance collective", "association": "association"}
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
#: The families of the shipped sites; a lab may name others, which are printed as they are.
FAMILY = {
    "3d-printer": "impression 3D",
    "laser": "découpe laser",
    "vinyl-cutter": "découpe vinyle",
    "press": "presses",
    "resin-printer": "impression résine",
    "mill": "fraisage",
    "drill": "perçage",
    "saw": "sciage",
    "sander": "ponçage",
    "hot-wire": "fil chaud",
    "sewing": "couture",
    "embroidery": "broderie",
    "soldering": "soudure",
    "hand-tools": "outils à main",
    "printer": "impression papier et sublimation",
    "scanner": "numérisation 3D",
}
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
#: Why a print failed, as an animator said it; "" where nobody did.
WHY = {
    "": "",
    "adhesion": "décollement",
    "clog": "bouchage",
    "filament": "fin de filament",
    "power": "coupure",
    "file": "fichier",
    "other": "autre",
}
#: Where a print's grams come from.
WEIGHED_BY = {"": "", "print": "estimé, au prorata imprimé", "file": "estimé, fichier entier"}


def yes(true: bool) -> str:
    return "oui" if true else "non"
