"""Entries folded into what was used, in any order and told any number of times.

Nothing is added up here that was not in an entry: a session without its end
counts no hour, time that cannot be placed keeps its length and gets no month,
and a duration within a boot is the boot clock's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from machines.journal import (
    Entry,
    PrintBegan,
    PrintEnded,
    Result,
    RunMeasured,
    SessionClosed,
    SessionCorrected,
    SessionOpened,
    SessionResumed,
    SessionSuspended,
    SessionVoided,
)
from machines.placing import Boots, boots_of
from machines.session_fold import fold_session
from machines.timeline import edges, rank
from machines.usage import Print, Run, Use


def subject(entry: Entry) -> str | None:
    """The session, run or print that `entry` speaks of; None where it speaks of none.

    A run told twice (a kiosk that fell between writing it and forgetting its
    checkpoint) is one run: it began at one instant of one meter.
    """
    match entry.body:
        case SessionOpened() | PrintBegan():
            return str(entry.birth)
        case SessionClosed(session=session) | SessionSuspended(session=session):
            return session
        case SessionResumed(session=session) | SessionVoided(session=session):
            return session
        case SessionCorrected(session=session):
            return session
        case PrintEnded(print=name):
            return name or str(entry.birth)  # its beginning never reached the disk
        case RunMeasured(machine=machine, meter=meter, began=began):
            return f"{entry.birth.store}-{began.boot_no}-{began.boot_us}-{machine}-{meter}"
    return None


def fold(entries: Iterable[Entry]) -> tuple[Use, ...]:
    """Everything that was used, each once, in the order of its subjects."""
    told = tuple(entries)
    boots = boots_of(told)
    groups: dict[str, list[Entry]] = {}
    for entry in told:
        if name := subject(entry):
            groups.setdefault(name, []).append(entry)
    uses = (fold_one(groups[name], boots) for name in sorted(groups))
    return tuple(use for use in uses if use)


def fold_one(entries: Iterable[Entry], boots: Boots) -> Use | None:
    """What the entries of one subject come to; None where it never was, or its start is missing."""
    told = sorted({entry.birth: entry for entry in entries}.values(), key=rank)
    for entry in told:
        match entry.body:
            case SessionOpened():
                return fold_session(entry, told, boots)
            case RunMeasured():
                return _run(told, boots)
            case PrintBegan() | PrintEnded():
                return _print(told, boots)
    return None


# ---- runs and prints


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


def _print(told: Sequence[Entry], boots: Boots) -> Print:
    """The end that somebody saw is worth more than a lost one; then the first told."""
    ends = [(entry, entry.body) for entry in told if isinstance(entry.body, PrintEnded)]
    if not ends:
        return _unfinished(told, boots)
    entry, body = min(ends, key=lambda end: (end[1].result is Result.LOST, rank(end[0])))
    start, stop = edges([(entry.birth.store, body.began), (entry.birth.store, body.ended)], boots)
    return Print(
        subject=subject(entry) or "",
        machine=body.machine,
        session=body.session,
        began_us=start.utc_us,
        ended_us=stop.utc_us,
        used_us=body.used_us,
        paused_us=body.paused_us,
        unseen_us=body.unseen_us,
        result=body.result,
        filament_mm=body.filament_mm,
        printer_s=body.printer_s,
        evidence=body.evidence,
    )


def _unfinished(told: Sequence[Entry], boots: Boots) -> Print:
    entry, body = next((e, e.body) for e in told if isinstance(e.body, PrintBegan))
    placed = boots.place(entry.birth.store, entry.at)
    began_us = placed.utc_us if placed else None
    return Print(str(entry.birth), body.machine, body.session, began_us, None, 0, 0, 0, None)
