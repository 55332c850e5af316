"""Entries folded into what was used, made and held, in any order and told any number of times.

Nothing is added up here that was not in an entry: a session without its end
counts no hour, time that cannot be placed keeps its length and gets no month,
and a duration within a boot is the boot clock's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from machines.job_entries import JobSubmitted, PrintJudged, PrintOwned, PrintReconciled
from machines.journal import (
    Entry,
    PrintBegan,
    PrintEnded,
    RunMeasured,
    SessionClosed,
    SessionCorrected,
    SessionOpened,
    SessionResumed,
    SessionSuspended,
    SessionVoided,
)
from machines.made_entries import Produced, ProducedCorrected, WorkshopCorrected, WorkshopHeld
from machines.made_fold import Made, Workshop, fold_made, fold_workshop
from machines.placing import Boots, boots_of
from machines.print_fold import fold_job, fold_print
from machines.session_fold import fold_session
from machines.timeline import edges, rank
from machines.usage import Job, Run, Session, Use


def subject(entry: Entry) -> str | None:
    """What `entry` speaks of: a session, run, print, job, things made, a workshop; None: of none.

    A run told twice (a kiosk that fell between writing it and forgetting its
    checkpoint) is one run: it began at one instant of one meter.
    """
    match entry.body:
        case SessionOpened() | PrintBegan() | JobSubmitted() | Produced() | WorkshopHeld():
            return str(entry.birth)
        case SessionClosed(session=session) | SessionSuspended(session=session):
            return session
        case SessionResumed(session=session) | SessionVoided(session=session):
            return session
        case SessionCorrected(session=session):
            return session
        case PrintJudged(print=name) | PrintOwned(print=name):
            return name
        case PrintEnded(print=name) | PrintReconciled(print=name):
            return name or str(entry.birth)  # its beginning never reached the disk
        case ProducedCorrected(produced=name) | WorkshopCorrected(workshop=name):
            return name
        case RunMeasured(machine=machine, meter=meter, began=began):
            return f"{entry.birth.store}-{began.boot_no}-{began.boot_us}-{machine}-{meter}"
    return None


#: What the entries of one subject come to.
Folded = Use | Job | Made | Workshop


def fold(entries: Iterable[Entry]) -> tuple[Use, ...]:
    """Everything that was used, each once, in the order of its subjects; jobs are no use."""
    return tuple(one for one in fold_all(entries) if isinstance(one, Use))


def fold_all(entries: Iterable[Entry]) -> tuple[Folded, ...]:
    """Everything that was used, made and held, each once, in the order of its subjects."""
    told = tuple(entries)
    boots = boots_of(told)
    folded = (fold_one(mine, boots) for _, mine in sorted(by_subject(told).items()))
    return tuple(one for one in folded if one)


def by_subject(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        if name := subject(entry):
            groups.setdefault(name, []).append(entry)
    return groups


def fold_one(entries: Iterable[Entry], boots: Boots) -> Folded | None:
    """What the entries of one subject come to; None where it never was, or its start is missing."""
    one = tell_one(entries, boots)
    return None if isinstance(one, Session) and one.void else one


def tell_one(entries: Iterable[Entry], boots: Boots) -> Folded | None:
    """The same, with the sessions of which an animator says that they never were."""
    told = sorted({entry.birth: entry for entry in entries}.values(), key=rank)
    for entry in told:
        match entry.body:
            case SessionOpened():
                return fold_session(entry, told, boots)
            case RunMeasured():
                return _run(told, boots)
            case JobSubmitted():
                return fold_job(entry, boots)
            case Produced():
                return fold_made(told, boots)
            case WorkshopHeld():
                return fold_workshop(told, boots)
    return fold_print(told, boots)


def _run(told: Sequence[Entry], boots: Boots) -> Run:
    """The longest telling: a checkpoint written again after the run had ended is shorter."""
    runs = [(entry, entry.body) for entry in told if isinstance(entry.body, RunMeasured)]
    entry, body = max(runs, key=lambda run: (run[1].used_us + run[1].unseen_us, run[1].paused_us))
    start, stop = edges([(entry.birth.store, body.began), (entry.birth.store, body.ended)], boots)
    return Run(
        subject=subject(entry) or "",
        machine=body.machine,
        meter=body.meter,
        session=body.session,
        began_us=start.utc_us,
        ended_us=stop.utc_us,
        used_us=body.used_us,
        paused_us=body.paused_us,
        unseen_us=body.unseen_us,
        provenance=body.provenance,
        evidence=body.evidence,
    )
