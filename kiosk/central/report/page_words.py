"""What the pages of the report and of closings say, in French and in English."""

from __future__ import annotations

#: key: (French, English); see `kiosk.central.report.words`.
PAGES: dict[str, tuple[str, str]] = {
    # ---- the pages
    "nav_report": ("Rapport", "Report"),
    "nav_closed": ("Clôtures", "Closings"),
    "year": ("Année", "Year"),
    "whole": ("Tous les lieux", "All labs"),
    "definition_of": ("Usagers comptés", "Users counted"),
    "show": ("Afficher", "Show"),
    "as_file": ("Télécharger", "Download"),
    "html": ("HTML", "HTML"),
    "pdf": ("PDF", "PDF"),
    "txt": ("Texte à coller", "Text to paste"),
    "csv_excel": ("CSV pour Excel", "CSV for Excel in French"),
    "csv_open": ("CSV ouvert", "CSV, open data"),
    "back": ("Retour au rapport", "Back to the report"),
    "lines_n": ("{n} ligne|{n} lignes", "{n} line|{n} lines"),
    "lines_more": (
        "Les {n} suivantes sont dans le fichier.|Les {n} suivantes sont dans le fichier.",
        "{n} more are in the file.|{n} more are in the file.",
    ),
    "list_empty": ("Aucune ligne.", "No line."),
    "list_gone": (
        "La conservation est passée pour {months} : leurs chiffres restent, et ne peuvent plus"
        " être détaillés ligne à ligne.",
        "Retention is over for {months}: the figures stay, and cannot be followed down to lines"
        " any more.",
    ),
    "list_limits": (
        "Qui se cache derrière un pseudonyme n’est écrit nulle part. Ce que la conservation a"
        " effacé ne peut plus être détaillé : le chiffre reste, la liste s’arrête là.",
        "Whom a pseudonym stands for is written nowhere. What retention has deleted cannot be"
        " followed further down: the figure stays, the list ends there.",
    ),
    "list_users": ("Usagers venus aux machines", "Users who came to machines"),
    "list_sessions": ("Sessions", "Sessions"),
    "list_prints": ("Impressions et marches", "Prints and runs"),
    "list_objects": ("Objets réalisés", "Things made"),
    "list_workshops": ("Ateliers", "Workshops"),
    "list_memberships": ("Adhésions", "Memberships"),
    "list_openings": ("Ouvertures", "Openings"),
    "no_pdf": (
        "Le PDF ne peut pas être fait sur ce serveur. Le fichier HTML s’imprime de même.",
        "The PDF cannot be made on this server. The HTML file prints the same pages.",
    ),
    "not_ready": (
        "Aucun chiffre n’est prêt : aucun lieu n’a rien envoyé, ou ce qui est arrivé est en"
        " train d’être compté. Réessayez dans une minute.",
        "No figure is ready: no lab has sent anything, or what arrived is being counted. Try"
        " again in a minute.",
    ),
    "bad_year": (
        "Ce n’est pas une année que l’on peut rapporter.",
        "This is no year that can be reported.",
    ),
    "bad_definition": (
        "Les usagers ne sont comptés ainsi dans aucun rapport.",
        "No report counts users in that way.",
    ),
    "no_lab": ("Ce lieu n’est pas connu ici.", "This lab is not known here."),
    "closed_told": (
        "Une clôture fige les chiffres d’un mois ou d’une année, dans des fichiers dont"
        " l’empreinte est gardée. Elle ne se défait pas : ce qui arrive après est une"
        " régularisation de la clôture suivante. Vérifier détecte une modification, sans pouvoir"
        " l’empêcher.",
        "A closing freezes the figures of a month or year, in files whose hash is kept. It is not"
        " undone: what arrives later is an adjustment of the next closing. Verifying detects"
        " changes, and cannot prevent them.",
    ),
    "no_period": (
        "Ce n’est pas une période : attendu un mois comme 2026-10 ou une année comme 2026,"
        " parmi celles d’ici.",
        "This is no period: expected a month such as 2026-10, or a year such as 2026, of those"
        " here.",
    ),
    "not_meanwhile": (
        "Autre chose a été clos entre-temps. Recommencez.",
        "something else was closed meanwhile: close again",
    ),
    "not_again": (
        "{period} est clos, et ne se rouvre pas.",
        "{period} is closed, and is not opened again",
    ),
    "not_over": (
        "{period} n’est pas terminé. Il se clôt ensuite.",
        "{period} is not over: it is closed when it is",
    ),
    "not_anything": (
        "Rien n’a encore de date : il n’y a rien à clore.",
        "nothing has a date yet: there is nothing to close",
    ),
    "not_before": (
        "{period} est avant {first}, le premier mois qui a des chiffres.",
        "{period} is before {first}, the first month with figures",
    ),
    "not_first": (
        "Avant {period}, il faut clore {month}.",
        "{month} comes before it: close that month first",
    ),
    "not_heard": (
        "{labs} n’a rien envoyé depuis la fin de {period}. Attendez sa synchronisation, ou cochez"
        " que vous closez malgré cela : ce qu’il apportera sera une régularisation.",
        "{labs}: nothing was heard since before the end of {period}; wait for its sync, or close"
        " although something is missing (--incomplete): it will be adjusted",
    ),
    "not_kept": (
        "{period} : ce qui a été clos n’est plus dans le registre. Remettez une sauvegarde.",
        "{period}: what was closed is not in the ledger any more: put back a backup",
    ),
    "folder_changed": (
        "{folder} n’est pas ce qui a été clos. Vérifiez-le, déplacez-le et closez de nouveau : il"
        " est réécrit tel qu’il était.",
        "{folder}: not what was closed: `fablab verify` says what differs; move it away, and close"
        " again: it is written as it was",
    ),
    "closed_none": ("Rien n’est clos.", "Nothing is closed."),
    "period": ("Période", "Period"),
    "closed_at": ("Close le", "Closed on"),
    "closed_by": ("Par", "By"),
    "fingerprint": ("Empreinte du manifeste", "Hash of the manifest"),
    "sessions_until": ("Sessions gardées jusqu’au", "Sessions kept until"),
    "verify": ("Vérifier", "Verify"),
    "verify_what": ("Vérifier {period}", "Verify {period}"),
    "close": ("Clore", "Close"),
    "close_what": ("Clore {period}", "Close {period}"),
    "to_close": ("À clore", "To be closed"),
    "to_close_none": (
        "Tout ce qui est terminé est clos.",
        "All that is over is closed.",
    ),
    "then": ("Ensuite : {periods}", "Then: {periods}"),
    "incomplete": (
        "même si un lieu n’a rien envoyé depuis : ce qu’il apportera sera une régularisation",
        "although a lab was not heard since: what it brings will be an adjustment",
    ),
    "confirm": (
        "Une clôture ne se défait pas. Cochez pour confirmer.",
        "A closing is not undone. Tick to confirm.",
    ),
    "checked": ("Vérification de {period}", "{period}, verified"),
    "as_closed": ("comme à la clôture", "as closed"),
    "waiting": (
        "{n} chiffre attend la prochaine clôture|{n} chiffres attendent la prochaine clôture",
        "{n} figure waits for the next closing|{n} figures wait for the next closing",
    ),
    "fault_no_closing": (
        "{name} manque : ce n’est pas une clôture",
        "{name} is missing: this is no closing",
    ),
    "fault_unreadable": ("{name} ne peut pas être lu", "{name} cannot be read"),
    "fault_missing": ("{name} manque", "{name} is missing"),
    "fault_foreign": ("{name} n’est pas de cette clôture", "{name} is not of this closing"),
    "fault_changed": ("{name} a été modifié", "{name} was changed"),
    "fault_sum": ("{name} n’est pas la somme de {figures}", "{name} is not the sum of {figures}"),
    "fault_adds": (
        "{name} : la colonne {column} n’a pas la somme de ses lignes",
        "{name}: {column} does not add up",
    ),
    "fault_chain_self": (
        "{period} se précède elle-même",
        "{period} comes before itself",
    ),
    "fault_chain_missing": (
        "{period}, clos juste avant, n’est pas à côté",
        "{period}, closed before it, is not beside it",
    ),
    "fault_chain_changed": (
        "le manifeste de {period}, clos avant, a été modifié",
        "the manifest of {period}, closed before it, was changed",
    ),
    "fault_ledger_differs": (
        "{name} n’est pas ce que garde le registre",
        "{name} is not what the ledger keeps",
    ),
    "fault_ledger_changed": (
        "la copie du registre elle-même a été modifiée",
        "the ledger’s own copy was changed",
    ),
    "fault_rows": (
        "{told}, alors que rien n’est arrivé depuis",
        "{told} although nothing came in",
    ),
    "fault_entries": ("les entrées donnent {told}", "the entries give {told}"),
    "check_manifest": ("Manifeste", "Manifest"),
    "check_files": ("Empreintes des fichiers", "Hashes of the files"),
    "check_sums": ("Sommes", "Sums"),
    "check_chain": ("Chaîne des manifestes", "Chain of manifests"),
    "check_ledger": ("Copie gardée par le registre", "The ledger’s own copy"),
    "check_entries": ("Chiffres recomptés des entrées", "Figures counted anew from entries"),
    "check_figures": ("Chiffres d’aujourd’hui", "Today’s figures"),
    "none": ("aucun", "none"),
}  # fmt: skip
