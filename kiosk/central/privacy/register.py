"""The record of processing (GDPR, article 30), and the question of an impact assessment.

Read from the same `[retention]` and `[association]` as the notice. What it says of the
association is a proposal: whoever answers for the data validates it.
"""

from __future__ import annotations

from dataclasses import dataclass

from config.site import Association, Retention
from kiosk.central.privacy.notice import Both, kept, said


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, paragraphs, and a table (its heads first) or none."""

    title: str
    text: tuple[str, ...] = ()
    table: tuple[tuple[str, ...], ...] = ()


def register(
    retention: Retention, association: Association, language: str
) -> tuple[str, tuple[Section, ...]]:
    """Its title and its sections."""

    def say(french: str, english: str) -> str:
        return said((french, english), language)

    unsaid = say("à compléter", "to be completed")
    terms = tuple((one.what, one.why, one.how_long) for one in kept(retention, language))
    heads = (say("Données", "Data"), say("Finalité", "Purpose"), say("Durée", "Kept for"))
    answers = (association.name, association.address, association.contact)
    title = say("Registre des activités de traitement : FabLab", "Record of processing: FabLab")
    return title, (
        Section(
            say("Statut de ce document", "What this document is"),
            (
                say(
                    "Proposé par le logiciel d'après sa configuration ; à valider par le"
                    " responsable de traitement.",
                    "Proposed by the software from its configuration; to be validated by the"
                    " controller.",
                ),
            ),
        ),
        Section(
            say("Responsable de traitement", "Controller"),
            tuple(line or unsaid for line in answers),
        ),
        Section(
            say("Finalités et base", "Purposes and basis"),
            (
                say(
                    "Gérer les adhésions, n'ouvrir les machines qu'aux personnes habilitées,"
                    " compter l'usage pour le rapport d'activité.",
                    "Keeping memberships, opening machines only to those who are cleared,"
                    " counting use for the yearly report.",
                ),
                association.basis
                or say(
                    "Base : l'adhésion (contrat) et l'intérêt légitime de l'association ; à"
                    " confirmer.",
                    "Basis: the membership (contract) and the association's legitimate interest;"
                    " to be confirmed.",
                ),
            ),
        ),
        Section(
            say("Personnes concernées", "Whose data"),
            (
                say(
                    "Adhérents (dont des mineurs, par tranche d'âge), animateurs, participants aux"
                    " ateliers.",
                    "Members (minors among them, by age band), hosts, participants of workshops.",
                ),
            ),
        ),
        Section(say("Données et durées", "Data and terms"), table=(heads, *terms)),
        Section(
            say("Destinataires", "Recipients"),
            (
                say(
                    "Les animateurs et les administrateurs de l'association. Les financeurs"
                    " reçoivent des chiffres sans nom.",
                    "Hosts and administrators of the association. Funders are given figures"
                    " without names.",
                ),
                say(
                    "Aucun transfert hors de l'Union européenne par le logiciel.",
                    "The software transfers nothing out of the European Union.",
                ),
            ),
        ),
        Section(
            say("Sécurité", "Security"),
            (
                say(
                    "Badges gardés comme empreintes à clé ; noms sur le seul registre ; mots de"
                    " passe et codes hachés ; jetons par FabLab ; consultations notées ;"
                    " effacement dans les deux FabLabs, refait après une restauration.",
                    "Badges kept as keyed digests; names in the roster alone; passwords and codes"
                    " hashed; a token per lab; looks noted; erasure in every lab, done again after"
                    " a restore.",
                ),
            ),
        ),
        Section(
            say(
                "Faut-il une analyse d'impact ? Auto-évaluation",
                "Is an impact assessment needed? A self-assessment",
            ),
            (
                say(
                    "La règle usuelle : à partir de deux critères, une analyse est à envisager."
                    " La réponse est celle du responsable de traitement.",
                    "The usual rule: from two criteria on, an assessment is to be considered. The"
                    " answer is the controller's.",
                ),
            ),
            (
                (
                    say("Critère", "Criterion"),
                    say("Dans ce logiciel", "In this software"),
                ),
                *((said(asked, language), said(told, language)) for asked, told in _CRITERIA),
            ),
        ),
    )


#: Source: WP 248 rev.01, the nine criteria of the European data protection authorities.
_CRITERIA: tuple[tuple[Both, Both], ...] = (
    (("Évaluation ou notation", "Evaluation or scoring"), ("non", "no")),
    (
        ("Décision automatique avec effet juridique", "Automated decision with legal effect"),
        (
            "non : une machine s'ouvre ou non selon l'habilitation, un animateur peut passer outre",
            "no: a machine opens by clearance, and a host may open it",
        ),
    ),
    (
        ("Surveillance systématique", "Systematic monitoring"),
        (
            "à examiner : les sessions aux machines sont notées, non les déplacements ni les"
            " entrées",
            "to be looked at: sessions at machines are noted, not movements nor entries",
        ),
    ),
    (("Données sensibles", "Sensitive data"), ("non", "no")),
    (("Grande échelle", "Large scale"), ("non : une association", "no: one association")),
    (
        ("Croisement de données", "Matching of data sets"),
        (
            "à examiner : les fichiers d'adhésion importés sont rapprochés des fiches",
            "to be looked at: imported memberships are matched with records",
        ),
    ),
    (
        ("Personnes vulnérables", "Vulnerable people"),
        ("oui : des mineurs peuvent être adhérents", "yes: minors may be members"),
    ),
    (("Usage innovant", "Innovative use"), ("non", "no")),
    (("Exclusion d'un droit ou d'un contrat", "Exclusion from a right"), ("non", "no")),
)


def markdown(title: str, sections: tuple[Section, ...]) -> str:
    lines = [f"# {title}", ""]
    for section in sections:
        lines += [f"## {section.title}", ""]
        for paragraph in section.text:
            lines += [paragraph, ""]
        if section.table:
            heads, *rows = section.table
            lines += [_row(heads), _row(["---"] * len(heads)), *map(_row, rows), ""]
    return "\n".join(lines).rstrip() + "\n"


def _row(cells: tuple[str, ...] | list[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"
