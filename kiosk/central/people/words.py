"""Key words of the roster, as a page says them."""

from __future__ import annotations

import unicodedata
from datetime import date

from kiosk.central import wording
from kiosk.central.audit import Line
from kiosk.web.language import _, in_french
from machines.instants import paris
from machines.members import AgeBand, Category, Public


def categories() -> dict[str, str]:
    return {
        Category.INDIVIDUAL: _("Individual"),
        Category.COMPANY: _("Company"),
        Category.ASSOCIATION: _("Association"),
        Category.LOCAL_AUTHORITY: _("Local authority"),
        Category.SCHOOL: _("School"),
    }


def publics() -> dict[str, str]:
    return {
        Public.STUDENT: _("Student"),
        Public.PUPIL: _("Pupil"),
        Public.JOB_SEEKER: _("Looking for work"),
        Public.RETIRED: _("Retired"),
        Public.PROFESSIONAL: _("Professional"),
        Public.EMPLOYEE: _("Employee"),
        Public.OTHER: _("Other"),
    }


def age_bands() -> dict[str, str]:
    return {
        AgeBand.ADULT: _("18 or older"),
        AgeBand.TEEN: _("15 to 17"),
        AgeBand.CHILD: _("under 15"),
    }


def badge_ends() -> dict[str, str]:
    return {
        "lost": _("Lost"),
        "replaced": _("Replaced"),
        "returned": _("Given back"),
        "mistake": _("Given by mistake"),
    }


def sources() -> dict[str, str]:
    """Where a membership comes from."""
    return {
        "before": _("known before"),
        "file": _("list of members"),
        "page": _("written here"),
        "helloasso": _("HelloAsso"),
        "csv": _("file"),
        "provisional": _("let in by a lab"),
    }


def verbs() -> dict[str, str]:
    """What a line of the audit says was done."""
    return {
        "log-in": _("logged in"),
        "log-in refused": _("log-in refused"),
        "log-out": _("logged out"),
        "account added": _("account added"),
        "account removed": _("account removed"),
        "password changed": _("password changed"),
        "code changed": _("code changed"),
        "code taken away": _("code taken away"),
        "joined": _("written down"),
        "changed": _("changed"),
        "deactivated": _("deactivated"),
        "reactivated": _("taken in again"),
        "membership taken": _("membership taken"),
        "membership cancelled": _("membership cancelled"),
        "badge enrolled": _("badge given"),
        "badge revoked": _("badge taken away"),
        "clearance granted": _("clearance granted"),
        "clearance revoked": _("clearance revoked"),
        "merged": _("merged"),
        "erased": _("erased"),
        "looked": _("looked at"),
        "listed": _("list looked at"),
        "audit looked at": _("log of access looked at"),
        "organisation": _("organisation changed"),
        "imported": _("file imported"),
        "import undone": _("import undone"),
        "import looked at": _("import looked at"),
        "workshop held": _("workshop written down"),
        "workshop changed": _("workshop changed"),
        "workshop cancelled": _("workshop cancelled"),
        "workshop looked at": _("participants looked at"),
        "closure added": _("closing days added"),
        "closure changed": _("closing days changed"),
        "closure removed": _("closing days taken away"),
        "export made": _("export of a month made"),
        "close": _("figures closed"),
        "looked at what is kept": _("what is kept looked at"),
        "exported": _("copy of the data handed out"),
    }


def fields() -> dict[str, str]:
    """What a change of somebody's record changed."""
    return {
        "first_name": _("First name"),
        "last_name": _("Last name"),
        "category": _("Category"),
        "public": _("Public"),
        "age_band": _("Age"),
        "guardian_on": _("Guardian’s authorisation"),
        "organisation": _("Organisation"),
        "email": _("E-mail address"),
        "animator": _("Animator"),
        "language": _("Language"),
        "labs": _("Labs"),
    }


def detail(line: Line, names: dict[str, str]) -> str:
    """The rest of a line of the audit. `names`: of machines."""
    match line.verb:
        case "changed":
            return ", ".join(fields().get(field, field) for field in line.detail.split())
        case "membership taken" | "membership cancelled":
            return day(line.detail)
        case "badge revoked":
            return badge_ends().get(line.detail, line.detail)
        case "clearance granted" | "clearance revoked":
            return of_words(line.detail, names)
        case "closure added" | "closure changed" | "closure removed":
            lab, first, last = line.detail.split(" ")
            days = day(first) if first == last else f"{day(first)} – {day(last)}"
            return days if lab == "*" else f"{lab} · {days}"
        case "listed":
            which, _sep, rest = line.detail.partition(" ")
            return " · ".join(filter(None, (lists().get(which, which), of_words(rest, names))))
    return line.detail


def lists() -> dict[str, str]:
    """Lists that somebody looked at."""
    return {
        "members": _("Members"),
        "organisations": _("Organisations"),
        "checks": _("To check"),
        "may-use": _("Who may use a machine"),
        "clearances": _("Clearances that end this month"),
        "memberships": _("Memberships that end this month"),
    }


def of_words(of: str, names: dict[str, str]) -> str:
    """`laser` by the machine's name; `family:3d-printer` by the family's. `names`: of machines."""
    if of.startswith("family:"):
        return _("All of: %(family)s", family=family(of))
    return names.get(of, of)


def family(of: str) -> str:
    """`family:3d-printer`, or without its mark, as a word."""
    told = of.removeprefix("family:")
    return wording.FAMILY.get(told, told) if in_french() else told


def day(told: date | str | None) -> str:
    """24/11/2026, or 2026-11-24 in English; a dash where there is none."""
    if not told:
        return "–"
    told = date.fromisoformat(told) if isinstance(told, str) else told
    if told.year == 9999:
        return _("without end")
    return f"{told:%d/%m/%Y}" if in_french() else told.isoformat()


def instant(us: int) -> str:
    at = paris(us)
    return f"{at:%d/%m/%Y %H:%M}" if in_french() else f"{at:%Y-%m-%d %H:%M}"


def plain(text: str) -> str:
    """Without accents and case: as people type a name when they look for it."""
    bare = unicodedata.normalize("NFKD", text).casefold()
    return " ".join("".join(c for c in bare if not unicodedata.combining(c)).split())
