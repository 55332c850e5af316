"""The figures of exports and reports: what each is called, and how it is counted.

One definition each, read by the export's LISEZMOI, the totals and the pages.
Durations are summed in thousandths of an hour (`_h`), filament in thousandths of a
metre (`_m`) and of a gram (`_g`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

#: The meters that tell a machine's work, the finest first. A machine that tells
#: it in several ways counts by the first: the same hour is never in a sum twice.
WORKING = ("print", "job", "run")
#: Part of a laser's job, told beside it and never added to it.
BEAM = "beam"


@dataclass(frozen=True, slots=True)
class Figure:
    """`key` heads the column of the open data; `counted_*` is a whole sentence or two."""

    key: str
    french: str
    english: str
    counted_fr: str
    counted_en: str


FIGURES = (
    Figure(
        "sessions",
        "Sessions",
        "Sessions",
        "Sessions (du badge d'entrée au badge de sortie, à une machine) commencées dans le mois.",
        "Sessions (badge-in to badge-out at one machine) that began in the month.",
    ),
    Figure(
        "passages",
        "Passages",
        "Visits",
        "Personnes présentes aux sessions commencées dans le mois : l'effectif annoncé d'une séance"
        " collective, sinon une. Une personne compte à chaque session. Une séance sur plusieurs"
        " machines compte une seule fois, à celle qui a commencé la première.",
        "People at the sessions that began in the month: the head count of a party, else one."
        " A person counts at each session. A party at several machines counts once, at the one"
        " that began first.",
    ),
    Figure(
        "personnes",
        "Personnes différentes",
        "Distinct people",
        "Adhérents différents ayant eu une session dans le mois, même commencée avant. Une personne"
        " active en deux lieux est une personne sur la ligne TOTAL : cette colonne ne s'additionne"
        " pas.",
        "Distinct members with a session in the month, even one begun before it. Somebody active in"
        " two labs is one person on the TOTAL line: this column does not add up.",
    ),
    Figure(
        "badge_h",
        "Heures badgées",
        "Badged hours",
        "Temps de session entre deux badges, sans les suspensions.",
        "Session time between two badges, without suspensions.",
    ),
    Figure(
        "declare_h",
        "Heures déclarées",
        "Declared hours",
        "Temps de session saisi ou corrigé par un animateur.",
        "Session time entered or corrected by an animator.",
    ),
    Figure(
        "estime_h",
        "Heures estimées",
        "Estimated hours",
        "Temps des sessions dont personne n'a badgé la sortie : fin fixée par la fermeture, la"
        " coupure de courant ou le redémarrage.",
        "Time of the sessions that nobody badged out of: ended at closing time, by a power cut or"
        " a restart.",
    ),
    Figure(
        "session_h",
        "Heures de session",
        "Session hours",
        "Somme des heures badgées, déclarées et estimées. Ne s'additionne jamais aux heures de"
        " marche : ce sont deux mesures du même temps.",
        "Badged, declared and estimated hours together. Never to be added to working hours: these"
        " are two measures of the same time.",
    ),
    Figure(
        "mesure_h",
        "Heures de marche mesurées",
        "Measured working hours",
        "Temps où la machine a été vue travailler (imprimante, laser, capteur). Une machine qui le"
        " dit de plusieurs façons compte par la plus fine : impression, travail, marche."
        " Réparti également du début à la fin quand minuit du dernier jour tombe au milieu.",
        "Time in which the machine was seen working (printer, laser, sensor). A machine that tells"
        " it in several ways counts by the finest: print, else job, else run. Spread evenly from"
        " beginning to end where the last midnight of the month falls within.",
    ),
    Figure(
        "marche_autre_h",
        "Heures de marche non mesurées",
        "Working hours not measured",
        "Heures de marche déclarées ou estimées.",
        "Working hours that were declared or estimated.",
    ),
    Figure(
        "pause_h",
        "Heures de pause",
        "Paused hours",
        "Temps où un travail commencé attendait.",
        "Time in which work under way was waiting.",
    ),
    Figure(
        "non_observe_h",
        "Heures non observées",
        "Unseen hours",
        "Temps d'un travail commencé que personne n'a observé (câble débranché, Pi redémarré) :"
        " jamais compté comme marche.",
        "Time of work under way that nobody watched (pulled cable, rebooted Pi): never counted as"
        " working.",
    ),
    Figure(
        "faisceau_h",
        "Heures de faisceau",
        "Beam hours",
        "Temps où le faisceau d'un laser était allumé : une partie de sa marche.",
        "Time in which a laser's beam was on: a part of its working hours.",
    ),
    Figure(
        "impressions",
        "Impressions",
        "Prints",
        "Impressions 3D commencées dans le mois.",
        "3D prints that began in the month.",
    ),
    Figure(
        "reussies",
        "Impressions réussies",
        "Prints that finished",
        "Celles qui sont allées au bout.",
        "Those that went to their end.",
    ),
    Figure(
        "annulees",
        "Impressions annulées",
        "Cancelled prints",
        "Celles que quelqu'un a arrêtées.",
        "Those that somebody stopped.",
    ),
    Figure(
        "echouees",
        "Impressions échouées",
        "Failed prints",
        "Celles que l'imprimante n'a pas menées au bout. L'historique d'OctoPrint, là où lui seul a"
        " vu la fin, y compte aussi les annulées.",
        "Those that the printer did not bring to their end. OctoPrint's history, where it alone saw"
        " the end, counts cancelled ones among them.",
    ),
    Figure(
        "perdues",
        "Impressions perdues de vue",
        "Prints lost from sight",
        "Celles dont personne n'a vu la fin, ni le kiosque ni l'historique d'OctoPrint. Les autres"
        " n'étaient pas terminées.",
        "Those whose end nobody saw, neither the kiosk nor OctoPrint's history. The others had not"
        " ended.",
    ),
    Figure(
        "filament_m",
        "Filament (m)",
        "Filament (m)",
        "Filament des impressions commencées dans le mois, selon le fichier et au prorata de ce qui"
        " en a été imprimé : une estimation, que rien n'a pesée.",
        "Filament of the prints that began in the month, as their file says and as far as they were"
        " printed: an estimate, which nothing weighed.",
    ),
    Figure(
        "filament_g",
        "Filament (g)",
        "Filament (g)",
        "La même chose en grammes, là où le fichier les dit ; sinon 0.",
        "The same in grams, where the file tells them; else 0.",
    ),
)


#: What a month holds beside the use of machines. `_h`: thousandths of an hour.
MADE = Figure(
    "objets",
    "Objets réalisés",
    "Things made",
    "Objets notés à la sortie ou sur la tablette, au jour où ils ont été réalisés ; une correction"
    " remplace le nombre, elle ne s'y ajoute pas.",
    "Things noted at badge-out or on the tablet, on the day they were made; a correction replaces"
    " the number and is not added to it.",
)
HELD = (
    Figure(
        "ateliers",
        "Ateliers",
        "Workshops",
        "Ateliers tenus dans le mois, selon leur date.",
        "Workshops held in the month, by their date.",
    ),
    Figure(
        "participants",
        "Participations aux ateliers",
        "Places taken in workshops",
        "Participants de chaque atelier, additionnés : une personne compte à chaque atelier.",
        "Participants of each workshop, added up: a person counts at each workshop.",
    ),
    Figure(
        "mineurs",
        "dont mineurs",
        "of these minors",
        "Participants mineurs, parmi les participations.",
        "Participants who are minors, among the places taken.",
    ),
    Figure(
        "participants_h",
        "Heures-participants",
        "Participant hours",
        "Durée de chaque atelier multipliée par ses participants.",
        "The length of each workshop multiplied by its participants.",
    ),
)
WELCOMED = Figure(
    "accueillis",
    "Personnes accueillies",
    "People welcomed",
    "Passages, et participations aux ateliers qui ne sont pas déjà une séance collective comptée"
    " aux machines.",
    "Visits, and places taken in workshops that are not already a party counted at the machines.",
)
JOINED = (
    Figure(
        "adhesions_nouvelles",
        "Adhésions nouvelles",
        "New memberships",
        "Premières adhésions prises dans le mois.",
        "First memberships taken in the month.",
    ),
    Figure(
        "adhesions_renouvelees",
        "Adhésions renouvelées",
        "Renewed memberships",
        "Adhésions prises dans le mois par qui en avait déjà eu une.",
        "Memberships taken in the month by whoever had had one before.",
    ),
    Figure(
        "adhesions_annulees",
        "Adhésions annulées",
        "Cancelled memberships",
        "Adhésions annulées dans le mois, quel que soit le mois où elles ont été prises ; elles"
        " restent comptées dans celui-ci.",
        "Memberships cancelled in the month, whenever they were taken; they stay counted in the"
        " month in which they were.",
    ),
)
OPEN = (
    Figure(
        "jours_ouverts",
        "Jours ouverts",
        "Open days",
        "Jours où le lieu avait des horaires d'ouverture et n'était pas fermé, jusqu'au dernier"
        " dont un lieu a dit quelque chose : ceux qui viennent ne comptent pas encore. Une"
        " demi-journée est un jour ouvert, de moins d'heures. Les lieux s'additionnent.",
        "Days on which the lab had opening hours and was not closed, up to the last one of which"
        " any lab told something: days to come do not count yet. Half a day is an open day of fewer"
        " hours. Labs add up.",
    ),
    Figure(
        "ouverture_h",
        "Heures d'ouverture",
        "Opening hours",
        "Durée des horaires de ces jours, changements d'heure compris.",
        "How long the hours of these days were, changes of the clock included.",
    ),
)
RATE = Figure(
    "taux",
    "Taux d'utilisation (%)",
    "Rate of use (%)",
    "Heures de marche de la machine, mesurées ou non, divisées par les heures d'ouverture de son"
    " lieu ; au-delà de 100 % là où elle travaille la nuit. Sans objet où rien ne mesure sa marche"
    " ou si les horaires ne sont pas connus.",
    "Working hours of the machine, measured or not, divided by the opening hours of its lab; above"
    " 100 % where it works at night. None where nothing tells its work or the hours are not known.",
)
USERS = Figure(
    "usagers",
    "Usagers",
    "Users",
    "Personnes différentes ayant commencé une session ou possédant une impression dans le mois."
    " Elles comptent une fois par ligne : la même personne peut être sur deux lignes, pas deux fois"
    " dans un total.",
    "Distinct people who began a session or own a print in the month. They count once a line: the"
    " same person may be on two lines, and never twice in a total.",
)
#: How far the figures can be trusted, in shares (thousandths) of the hours they are about.
QUALITY = (
    Figure(
        "part_mesuree",
        "Part mesurée",
        "Share measured",
        "Heures de marche mesurées, sur toutes les heures de marche et non observées.",
        "Measured working hours, out of all working and unseen hours.",
    ),
    Figure(
        "part_non_observee",
        "Part non observée",
        "Share unseen",
        "Heures non observées, sur toutes les heures de marche et non observées.",
        "Unseen hours, out of all working and unseen hours.",
    ),
    Figure(
        "part_badgee",
        "Part badgée",
        "Share badged",
        "Heures badgées, sur les heures de session.",
        "Badged hours, out of session hours.",
    ),
    Figure(
        "part_declaree",
        "Part déclarée",
        "Share declared",
        "Heures saisies ou corrigées par un animateur, sur les heures de session.",
        "Hours entered or corrected by an animator, out of session hours.",
    ),
    Figure(
        "part_estimee",
        "Part estimée",
        "Share estimated",
        "Heures dont personne n'a badgé la sortie, sur les heures de session.",
        "Hours that nobody badged out of, out of session hours.",
    ),
    Figure(
        "retard",
        "Dernière entrée reçue",
        "Last entry received",
        "Jusqu'à quand le journal du lieu est arrivé ; avant la fin du mois, il est incomplet.",
        "Up to when the lab's journal has come in; before the end of the month, it is incomplete.",
    ),
)
#: Every figure that anything prints.
ALL = (*FIGURES, MADE, *HELD, WELCOMED, *JOINED, *OPEN, RATE, USERS, *QUALITY)


def working_meter(meters: Iterable[str]) -> str | None:
    """Of the meters that a machine has, the one by which its work is counted."""
    found = set(meters)
    return next((meter for meter in WORKING if meter in found), None)
