"""What the pages say of people: clearances, who can help, days; a sentence for each key word."""

from __future__ import annotations

from datetime import date

from flask_babel import format_date

from kiosk.floor.acts import WhyNot
from kiosk.floor.people_view import HelperView, LackView, OfView
from kiosk.web.language import _, in_french
from kiosk.web.words import NBSP, clean
from machines.members import End


def day(told: date, today: date) -> str:
    """« 3 mars », with its year where that is not this one."""
    this_year = told.year == today.year
    text = str(format_date(told, "d MMMM" if this_year else "d MMMM yyyy"))
    if in_french() and told.day == 1:
        text = f"1er{text[1:]}"
    return text.replace(" ", NBSP)


def weekday(told: date) -> str:
    """« mar. 24 nov. »."""
    return str(format_date(told, "EEE d MMM")).replace(" ", NBSP)


def family(slug: str) -> str:
    """A family of machines; one that a lab named itself stays as it is."""
    known = {
        "3d-printer": _("3D printing"),
        "laser": _("laser cutting"),
        "vinyl-cutter": _("vinyl cutting"),
        "press": _("presses"),
        "resin-printer": _("resin printing"),
        "mill": _("milling"),
        "drill": _("drilling"),
        "saw": _("sawing"),
        "sander": _("sanding"),
        "hot-wire": _("hot wire"),
        "sewing": _("sewing"),
        "embroidery": _("embroidery"),
        "soldering": _("soldering"),
        "hand-tools": _("hand tools"),
        "printer": _("paper printing and sublimation"),
        "scanner": _("3D scanning"),
    }
    return known.get(slug, clean(slug, 40))


def capital(word: str) -> str:
    return word[:1].upper() + word[1:]


def of(what: OfView) -> str:
    """What a clearance is of: a machine by its name, or all of a family."""
    if what.family:
        name = family(what.name)
        return _("%(family)s (all of them)", family=capital(name))
    return clean(what.name, 40)


def lack(told: LackView) -> str:
    """« Habilitation « Découpe laser » expirée le 3 mars : pas utilisée depuis 6 mois »."""
    over = _("Clearance “%(of)s” ended on %(day)s", of=of(told.of), day=day(told.last, told.today))
    why = why_ended(told.why, told.months)
    return _("%(said)s: %(what)s", said=over, what=why) if why else over


def why_ended(why: str, months: int) -> str:
    if why == End.DISUSE:
        return _("not used for %(months)s months", months=months)
    if why == End.AGE:
        return _("granted %(months)s months before", months=months)
    return ""


def helpers(able: tuple[HelperView, ...]) -> str:
    """« Demandez à Noé A. (ici) ou Inès B. », "" where nobody can be named."""
    names = [
        (_("%(name)s (here)", name=name) if one.present else name).replace(" ", NBSP)
        for one in able
        for name in (clean(one.name, 24),)
    ]
    if not names:
        return ""
    if len(names) == 1:
        return _("Ask %(name)s", name=names[0])
    return _("Ask %(names)s or %(last)s", names=", ".join(names[:-1]), last=names[-1])


def trouble(why: str) -> str:
    """Why a badge was not cleared; "" for none."""
    said: dict[str, str] = {
        "unknown-badge": _("Badge not recognised: enrol it first, at the tablet."),
        WhyNot.SAME: _("That is your own badge: present the other person's."),
        WhyNot.OVER: _("Their membership is over: it is to be renewed first."),
        WhyNot.GRANT: _("You may not grant this clearance."),
        WhyNot.CLEARANCE: _("This lab does not ask for that clearance."),
        WhyNot.MEMBER: _("This person is not on the list of members."),
        WhyNot.JOURNAL: _("Nothing can be recorded right now. Ask a host."),
    }
    return said.get(why, _("Not possible right now")) if why else ""
