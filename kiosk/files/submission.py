"""A file that came and what its owner chose become a job, or are refused for every printer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

from config.site import Printer, Queue, Site
from kiosk.files.refused import FileRefused
from kiosk.files.store import Received
from machines.estimates import Source
from machines.fit import Profile, Unfit, unfit
from machines.gcode import needs
from machines.gcode_codes import Severity
from machines.gcode_judge import Finding, judge
from machines.job_entries import JobSubmitted
from machines.order import Hindrance

HOUR_S = 3600
#: Findings that are kept with a job: an animator who has read so many looks at the file.
KEPT = 10


@dataclass(frozen=True, slots=True)
class Wish:
    """What its owner chose. "": any printer that fits, as the file says, any."""

    machine: str = ""
    material: str = ""
    colour: str = ""


@dataclass(frozen=True, slots=True)
class Submission:
    entry: JobSubmitted
    warnings: tuple[Finding, ...]  #: worth knowing, and no hindrance


def profiles(site: Site) -> tuple[Profile, ...]:
    """The lab's printers, as a file must fit them."""
    return tuple(
        profile(machine.slug, machine.printer) for machine in site.machines if machine.printer
    )


def profile(slug: str, printer: Printer) -> Profile:
    return Profile(
        slug,
        printer.group,
        printer.models,
        printer.bed_mm,
        printer.nozzle_mm,
        printer.nozzle_at_most_c,
        printer.bed_at_most_c,
        printer.firmware,
    )


def submission(
    received: Received, wish: Wish, printers: Iterable[Profile], rules: Queue, source: str
) -> Submission:
    """`source`: tablet or phone. Raises FileRefused where no printer of the lab may print it.

    What is refused at one printer that it fits, though not at another, waits for an
    animator, and so does what any of them asks an animator for.
    """
    told, facts = received.examined.sliced, received.examined.facts
    wants = needs(told, facts)
    fitting = _fitting([(p, unfit(wants, p, wish.machine)) for p in printers])
    judged = [judge(facts, printer) for printer in fitting]
    taken = [found for found in judged if not _of(found, Severity.REFUSE)]
    if not taken:
        worst = judged[0][0]
        raise FileRefused(worst.key, worst.detail, worst.line)
    found = list(dict.fromkeys(chain.from_iterable(judged)))
    grave = [*_of(found, Severity.REFUSE), *_of(found, Severity.APPROVE)]
    asked = tuple(dict.fromkeys(map(approval, grave)))
    long_s = rules.approve_above_h * HOUR_S
    long = ("long",) if long_s and (told.estimated_s or 0) > long_s else ()
    entry = JobSubmitted(
        file=received.sha256,
        size=received.size,
        source=source,
        wish=wish.machine,
        material=wish.material,
        colour=wish.colour,
        needs=wants,
        slicer=f"{told.slicer} {told.version}".strip(),
        estimated_s=told.estimated_s,
        estimate_from=Source.SLICER.value if told.estimated_s else "",
        filament_mm=told.filament_mm,
        filament_g=told.filament_g,
        approval=(*long, *asked[:KEPT]),
    )
    return Submission(entry, tuple(_of(found, Severity.WARN)))


def approval(found: Finding) -> str:
    """As it is written to disk: the key, and after a colon what and where."""
    where = f" ({found.line})" if found.line else ""
    return f"{found.key}:{found.detail}{where}"


def _fitting(tried: list[tuple[Profile, tuple[Unfit, ...]]]) -> list[Profile]:
    """Raises FileRefused with the reason that most printers have, of those it is for."""
    fitting = [printer for printer, why in tried if not why]
    if not fitting:
        reasons = Counter(
            why[0] for _, why in tried if why[0].why is not Hindrance.ELSEWHERE
        ).most_common(1)
        why, detail = reasons[0][0] if reasons else Unfit(Hindrance.ELSEWHERE)
        raise FileRefused(f"unfit-{why}", detail)
    return fitting


def _of(found: Iterable[Finding], severity: Severity) -> list[Finding]:
    return [one for one in found if one.severity is severity]
