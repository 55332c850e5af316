"""A use, or a job, as the rows of the figures' table; and whose it is, without saying who.

The rows hold no roster id: a person is a digest with a key of the year, so
that people stay countable after their facts have lost their personal part.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from kiosk.central.soundness import LONGEST_US, believed
from machines.instants import SECOND, paris
from machines.made_fold import Made, Workshop
from machines.monthly import Part, parts
from machines.usage import Job, Print, Run, Session, Use

#: A thousand kilometres: no file wants as much filament.
FARTHEST_MM = 1e9
#: A tonne of it.
HEAVIEST_G = 1e6

Row = tuple[object, ...]


class Whose(NamedTuple):
    """The pseudonym of the year, and a category: "" where it is not known any more.

    `later`: the pseudonym of the year after, for a session that goes on over New Year.
    """

    person: str | None
    category: str | None
    later: str | None = None


NOBODY = Whose(None, None)


#: The pseudonym of a roster id in a year; None once its key is gone.
Named = Callable[[str, int], str | None]


def whose_is(use: Use | Job | Made, named: Named, kept: Whose) -> Whose:
    """What a use says by itself of whose it is; the rest, its job and its session do.

    `kept` is what stood in its rows: what a personal part said that is gone since.
    """
    match use:
        case Session(member=member, began_us=when_us, ended_us=until_us):
            person = _person(member, when_us, named) or kept.person
            return Whose(person, use.category, _person(member, until_us, named) or person)
        case Made(member=str(member), day=date() as day):
            return Whose(named(member, day.year) or kept.person, use.category or kept.category)
        case Made():
            return kept
        case Job(owner=member, brought_us=when_us):
            pass
        case Print(owned=True, owner=member, began_us=when_us):
            pass
        case _:
            return NOBODY
    return Whose(
        _person(member, when_us, named) or kept.person, use.category or kept.category or ""
    )


def _person(member: str | None, when_us: int | None, named: Named) -> str | None:
    if member is None or when_us is None:
        return None
    return named(member, paris(when_us).year)


def use_rows(lab: str, use: Use, whose: Whose) -> list[Row]:
    """One row a month."""
    return [_row(lab, use, part, whose) for part in parts(use)]


def job_row(lab: str, job: Job, whose: Whose) -> Row:
    return (
        job.subject,
        lab,
        job.brought_us,
        whose.person,
        whose.category,
        believed(job.filament_g, HEAVIEST_G),
    )


def made_row(lab: str, made: Made, whose: Whose) -> Row:
    """Things made count in the month of their day; 0: in none, since no clock dates them."""
    return (
        made.day.year * 100 + made.day.month if made.day else 0, lab, made.subject, made.item,
        made.count, made.purpose, made.machine, made.session, made.group,
        whose.person, whose.category,
        made.day.isoformat() if made.day else None, made.told_us, made.corrected,
    )  # fmt: skip


def workshop_row(lab: str, held: Workshop) -> Row:
    return (
        held.day.year * 100 + held.day.month, lab, held.subject, held.title,
        held.day.isoformat(), held.minutes, held.participants, held.minors, held.public,
        held.group, "lab", held.corrected,
    )  # fmt: skip


def _row(lab: str, use: Use, part: Part, whose: Whose) -> Row:
    month = part.month.year * 100 + part.month.number if part.month else 0
    about = _about(use)
    person = whose.later if _is_later(use, part) else whose.person
    return (
        month, lab, about.kind, use.machine, use.subject, about.meter, about.session,
        whose.category, person, about.public, about.party, about.source,
        use.began_us, use.ended_us, part.first, part.used_us, part.paused_us, part.unseen_us,
        use.used_us, use.provenance, about.outcome, about.corrected, about.filament_mm,
        about.printer_s, about.job, about.filament_g, about.material, about.why,
        about.reconciled, about.group,
    )  # fmt: skip


def _is_later(use: Use, part: Part) -> bool:
    """Whether that part of a session falls in another year than its beginning."""
    if not isinstance(use, Session) or use.began_us is None or part.month is None:
        return False
    return part.month.year != paris(use.began_us).year


@dataclass(frozen=True, slots=True)
class _About:
    """What differs between the three kinds of use, in the words of the table."""

    kind: str
    meter: str
    outcome: str
    session: str | None = None
    public: str = ""
    party: int = 0
    source: str = ""
    corrected: bool = False
    filament_mm: float | None = None
    printer_s: float | None = None
    job: str | None = None
    filament_g: float | None = None
    material: str = ""
    why: str = ""
    reconciled: bool = False
    group: str = ""


def _about(use: Use) -> _About:
    match use:
        case Session():
            return _About(
                "session",
                "badge",
                use.reason or "",
                public=use.public,
                party=use.party,
                source=use.source,
                corrected=use.corrected,
                group=use.group,
            )
        case Run():
            return _About("run", use.meter, "", session=use.session)
        case Print():
            return _About(
                "print",
                use.meter,
                use.result or "",
                session=use.session,
                filament_mm=believed(use.filament_mm, FARTHEST_MM),
                printer_s=believed(use.printer_s, LONGEST_US / SECOND),
                job=use.job,
                filament_g=believed(use.filament_g, HEAVIEST_G),
                material=use.material,
                why=use.why or "",
                reconciled=use.reconciled,
            )
