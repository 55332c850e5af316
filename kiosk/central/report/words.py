"""What a report says, in French and in English.

A text with `|` has a form for one and one for several; French takes the
first for 0 as well.
"""

from __future__ import annotations

from kiosk.central import texts, wording
from kiosk.central.report.page_words import PAGES

NBSP, THIN = "\u00a0", "\u202f"

#: key: (French, English). An ordinary space before : ; ? ! % is made unbreakable by `say`.
WORDS: dict[str, tuple[str, str]] = {
    "title": ("Les FabLabs en {year}", "The FabLabs in {year}"),
    "title_lab": ("{lab} en {year}", "{lab} in {year}"),
    "running": (
        "Chiffres provisoires : l’année n’est pas terminée.",
        "Figures so far: the year is not over.",
    ),
    "open": (
        "L’année est terminée, et n’est pas close : ces chiffres peuvent encore changer.",
        "The year is over and not closed: these figures may still change.",
    ),
    "closed": (
        "Année close : chiffres figés, empreinte {sha}.",
        "Closed year: figures frozen, hash {sha}.",
    ),
    "late": (
        "Arrivé après la clôture, en régularisation : {told}.",
        "Arrived after closing, as adjustments: {told}.",
    ),
    "big": ("L’année en chiffres", "The year in figures"),
    # ---- users
    "users": ("Usagers", "Users"),
    "users_told": (
        "En {year}, {what}|En {year}, {what}",
        "In {year}, {what}|In {year}, {what}",
    ),
    "users_n": ("{n} usager|{n} usagers", "{n} user|{n} users"),
    "users_made_of": ("{users} : {parts}.", "{users}: {parts}."),
    "users_none": ("aucun usager n’a été compté.", "no user was counted."),
    "overlap": (
        "{n} personne est à la fois adhérente et participante d’un atelier : elle compte {how}.|"
        "{n} personnes sont à la fois adhérentes et participantes d’un atelier : elles comptent"
        " {how}.",
        "{n} person is both a member and a workshop participant, and counts {how}.|"
        "{n} people are both members and workshop participants, and count {how}.",
    ),
    "overlap_twice": ("dans les deux lignes", "in both lines"),
    "overlap_once": ("une seule fois, parmi les adhérents", "once, among the members"),
    "several": (
        "Les lignes font {n} de plus que le total : une personne qui a changé de catégorie"
        " dans l’année est dans chacune, et une fois dans le total.|"
        "Les lignes font {n} de plus que le total : une personne qui a changé de catégorie"
        " dans l’année est dans chacune, et une fois dans le total.",
        "The lines are {n} more than the total: who changed category in the year is in each,"
        " and once in the total.|"
        "The lines are {n} more than the total: who changed category in the year is in each,"
        " and once in the total.",
    ),
    "no_sum": (
        "Les colonnes des lieux ne s’ajoutent pas : une personne venue dans plusieurs lieux compte"
        " dans chacun, et une adhésion n’est d’aucun lieu. L’ensemble compte chacun une fois.",
        "The columns of the labs do not add up: a person who came to several labs is in each, and"
        " a membership is of no lab. All together counts everybody once.",
    ),
    "unnamed_in": (
        "Parmi les participants, {n} a été compté sans nom : une personne venue à plusieurs"
        " ateliers y compte plusieurs fois.|"
        "Parmi les participants, {n} ont été comptés sans nom : une personne venue à plusieurs"
        " ateliers y compte plusieurs fois.",
        "Of the participants, {n} was counted without a name: who came to several workshops"
        " counts several times there.|"
        "Of the participants, {n} were counted without a name: who came to several workshops"
        " counts several times there.",
    ),
    "unnamed_out": (
        "{n} place d’atelier sans nom n’est pas comptée ici : rien ne dit qui l’occupait.|"
        "{n} places d’atelier sans nom ne sont pas comptées ici : rien ne dit qui les occupait.",
        "{n} place in workshops without a name is not counted here: nothing says whose it was.|"
        "{n} places in workshops without a name are not counted here: nothing says whose they"
        " were.",
    ),
    "definition": ("Définition choisie", "Definition chosen"),
    "definition_2020": ("comme le rapport 2020", "as the report of 2020"),
    "definition_people": ("personnes différentes", "distinct people"),
    "definition_machine": (
        "adhérents ayant utilisé une machine",
        "members who used a machine",
    ),
    "told_2020": (
        "Particuliers différents, et chaque organisation une fois quel que soit le nombre de ses"
        " membres venus (une personne dont l’organisation n’est pas connue compte pour une), ayant"
        " pris une adhésion, commencé une session ou fait imprimer un fichier dans l’année ; plus"
        " les participants d’ateliers, y compris ceux qui sont aussi adhérents, et ceux comptés"
        " sans nom.",
        "Distinct individuals, and each organisation once however many of its people came (who has"
        " no known organisation counts as one), who took a membership, began a session or had a"
        " file printed in the year; plus workshop participants, members among them and those"
        " counted without a name included.",
    ),
    "told_people": (
        "Chaque personne une fois, quoi qu’elle ait fait dans l’année : adhésion, session, fichier"
        " imprimé, atelier. Les participants d’ateliers qui ne sont pas adhérents ont leur ligne ;"
        " ceux comptés sans nom n’y sont pas.",
        "Each person once, whatever they did in the year: membership, session, printed file,"
        " workshop. Workshop participants who are no members have a line of their own; those"
        " counted without a name are not in it.",
    ),
    "told_machine": (
        "Adhérents différents ayant commencé au moins une session à une machine dans l’année.",
        "Distinct members who began at least one session at a machine in the year.",
    ),
    "by_lab_users": (
        "Qui est venu dans plusieurs lieux compte dans chacun, et une fois dans l’ensemble ; une"
        " adhésion n’est d’aucun lieu, et ne compte que dans l’ensemble.",
        "Who came to several labs counts in each, and once in all together; a membership is of no"
        " lab, and counts in all together alone.",
    ),
    "workshop": (
        "participant d’ateliers|participants d’ateliers",
        "workshop participant|workshop participants",
    ),
    "workshop_only": (
        "participant d’ateliers non adhérent|participants d’ateliers non adhérents",
        "workshop participant who is no member|workshop participants who are no members",
    ),
    "individual": ("particulier|particuliers", "individual|individuals"),
    "company": ("entreprise|entreprises", "company|companies"),
    "association": ("association|associations", "association|associations"),
    "local-authority": ("collectivité|collectivités", "local authority|local authorities"),
    "school": (
        "établissement scolaire|établissements scolaires",
        "school|schools",
    ),
    "not_known": (
        "de catégorie non renseignée|de catégorie non renseignée",
        "of unknown category|of unknown category",
    ),
    "no_session": ("sans session|sans session", "without a session|without a session"),
    # ---- activity
    "activity": ("Fréquentation", "Activity"),
    "activity_told": (
        "{sessions}, soit {hours} h de session et {visits}.",
        "{sessions}: {hours} h of sessions and {visits}.",
    ),
    "sessions_n": ("{n} session|{n} sessions", "{n} session|{n} sessions"),
    "visits_n": ("{n} passage|{n} passages", "{n} visit|{n} visits"),
    "hours_by_month": ("Heures de session par mois", "Session hours by month"),
    "families": ("Machines", "Machines"),
    "families_told": (
        "La famille la plus utilisée : {family}, {hours} h de session.",
        "The family used most: {family}, {hours} h of sessions.",
    ),
    "hours_by_family": ("Heures de session par famille", "Session hours by family"),
    "printing": ("Impression 3D", "3D printing"),
    "printing_told": (
        "Les imprimantes 3D ont travaillé {hours} h, dont {measured} h mesurées ({share}) ;"
        " {prints}, dont {done}.",
        "The 3D printers worked for {hours} h, {measured} h of it measured ({share}); {prints},"
        " of which {done}.",
    ),
    "prints_n": ("{n} impression|{n} impressions", "{n} print|{n} prints"),
    "done_n": ("{n} réussie|{n} réussies", "{n} finished|{n} finished"),
    "laser": ("Découpe laser", "Laser cutting"),
    "laser_told": (
        "Les lasers ont travaillé {hours} h, dont {measured} h mesurées ({share}), en {sessions}"
        " ({session_h} h de session).",
        "The lasers worked for {hours} h, {measured} h of it measured ({share}), in {sessions}"
        " ({session_h} h of sessions).",
    ),
    "laser_unmeasured": (
        "{sessions} au laser, soit {session_h} h de session ; sa marche n’a pas été mesurée.",
        "{sessions} at the laser, {session_h} h of sessions; how long it worked was not measured.",
    ),
    "objects": ("Objets réalisés", "Things made"),
    "objects_told": (
        "{n} objet réalisé : {parts}.|{n} objets réalisés : {parts}.",
        "{n} thing made: {parts}.|{n} things made: {parts}.",
    ),
    "objects_by_item": ("Objets réalisés, par sorte", "Things made, by kind"),
    "workshops_by_public": ("Ateliers, par public", "Workshops, by public"),
    "public": ("Public", "Public"),
    "public_none": ("non renseigné", "not known"),
    "openings_by_lab": ("Jours et heures d’ouverture", "Days and hours open"),
    "per_open_day": ("Sessions par jour ouvert", "Sessions per open day"),
    "months_short": ("J F M A M J J A S O N D", "J F M A M J J A S O N D"),
    "workshops": ("Ateliers", "Workshops"),
    "workshops_told": (
        "{workshops} pour {participants}, dont {minors}.",
        "{workshops} for {participants}, {minors} among them.",
    ),
    "workshops_n": ("{n} atelier|{n} ateliers", "{n} workshop|{n} workshops"),
    "participants_n": ("{n} participation|{n} participations", "{n} place taken|{n} places taken"),
    "minors_n": ("{n} mineur|{n} mineurs", "{n} minor|{n} minors"),
    "memberships": ("Adhésions", "Memberships"),
    "memberships_told": (
        "{n} adhésion : {new} et {renewed}.|{n} adhésions : {new} et {renewed}.",
        "{n} membership: {new} and {renewed}.|{n} memberships: {new} and {renewed}.",
    ),
    "new_n": ("{n} nouvelle|{n} nouvelles", "{n} new|{n} new"),
    "renewed_n": ("{n} renouvelée|{n} renouvelées", "{n} renewed|{n} renewed"),
    "openings": ("Ouvertures", "Openings"),
    "openings_told": (
        "{lab} : {n} jour d’ouverture.|{lab} : {n} jours d’ouverture.",
        "{lab}: {n} day open.|{lab}: {n} days open.",
    ),
    "quality": ("La qualité des chiffres", "How good the figures are"),
    "quality_told": (
        "Part mesurée des heures de marche : {measured}. Heures de session : {badge} badgées,"
        " {declared} déclarées, {estimated} estimées. Temps de travail non observé : {unseen}.",
        "Working hours that were measured: {measured}. Session hours: {badge} badged, {declared}"
        " declared, {estimated} estimated. Working time that nobody watched: {unseen}.",
    ),
    "labs": ("Par lieu et ensemble", "Per lab and together"),
    "before": ("Comparé à {year}", "Compared with {year}"),
    "before_none": (
        "Il n’y a pas de chiffres pour {year} : rien à comparer.",
        "There are no figures of {year}: nothing to compare with.",
    ),
    "change": ("Évolution", "Change"),
    "together": ("Ensemble", "Together"),
    "total": ("Total", "Total"),
    "figure": ("Chiffre", "Figure"),
    "lab": ("Lieu", "Lab"),
    "month": ("Mois", "Month"),
    "family": ("Famille", "Family"),
    "category": ("Catégorie", "Category"),
    "number": ("Nombre", "Number"),
    "item": ("Objet", "Thing"),
    "family_unknown": ("non renseignée", "not known"),
    "share_none": ("sans objet", "does not apply"),
    "counted": ("Comment c’est compté", "How it is counted"),
    "measured_h": ("dont mesurées (h)", "of it measured (h)"),
    "working_h": ("Heures de marche", "Working hours"),
    "printing_h": ("Heures d’impression 3D", "3D printing hours"),
    "laser_h": ("Heures de laser", "Laser hours"),
    "measured_share": ("Part mesurée", "Share measured"),
    "as_of": ("L’état du registre", "State of the ledger"),
    "as_of_told": (
        "Fait n° {arrived} du registre ; {positions}. Au même état, ce rapport est le même, octet"
        " pour octet.",
        "Fact no. {arrived} of the ledger; {positions}. At the same state this report is the same,"
        " byte for byte.",
    ),
    "position": ("{lab}, journal {store} : entrée {upto}", "{lab}, journal {store}: entry {upto}"),
    "sha": ("Empreinte (SHA-256) des chiffres : {sha}", "Hash (SHA-256) of the figures: {sha}"),
    "nothing": (
        "Rien n’a été compté dans cette année.",
        "Nothing was counted in this year.",
    ),
    "and": (" et ", " and "),
    "colon": (" : ", ": "),
    **PAGES,
}  # fmt: skip


def say(key: str, language: str, **values: object) -> str:
    return _say(key, language, 0, values)


def many(key: str, number: int, language: str, **values: object) -> str:
    """The form for so many, with `{n}` as it is written."""
    several = number >= 2 if language == "fr" else number != 1
    return _say(key, language, int(several), {"n": whole(number, language), **values})


def _say(key: str, language: str, form: int, values: dict[str, object]) -> str:
    forms = WORDS[key][texts.LANGUAGES.index(language)].split("|")
    return unbroken(forms[min(form, len(forms) - 1)].format(**values), language)


def unbroken(text: str, language: str) -> str:
    """French sets a space before these signs, at which a line must not break."""
    if language != "fr":
        return text
    for sign in (":", ";", "?", "!", "%"):
        text = text.replace(f" {sign}", (NBSP if sign == ":" else THIN) + sign)
    return text.replace(" h ", f"{NBSP}h ").replace(" h,", f"{NBSP}h,")


def whole(number: int, language: str) -> str:
    return texts.grams(number, language)


def hours(thousandths: int, language: str) -> str:
    return texts.hours(thousandths, language)


def share(part: int, of: int, language: str) -> str:
    if not of:
        return say("share_none", language)
    percent = f"{100 * part / of:.0f}"
    if part and percent == "0":
        percent = "<1"
    return f"{percent}{THIN}%" if language == "fr" else f"{percent}%"


def joined(parts: list[str], language: str) -> str:
    if not parts:
        return say("none", language)
    last = say("and", language) if len(parts) > 1 else ""
    return ", ".join(parts[:-1]) + last + parts[-1]


def category(key: str, language: str, number: int = 2) -> str:
    """A category as a word, singular for one; a lab's own, as it is written."""
    if key not in WORDS:
        return key
    forms = WORDS[key][texts.LANGUAGES.index(language)].split("|")
    several = number >= 2 if language == "fr" else number != 1
    return forms[int(several)]


def family(key: str, language: str) -> str:
    if not key:
        return say("family_unknown", language)
    return wording.FAMILY.get(key, key) if language == "fr" else key
