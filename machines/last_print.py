"""The last print of each printer: the one under way, or the one that stands on its plate.

A fold of the journal's entries, for jobs and for prints begun at the printer itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from machines.instants import Instant
from machines.job_entries import (
    Ordered,
    PlateCleared,
    PrintJudged,
    PrintOrdered,
    PrintOwned,
    PrintReconciled,
    Why,
)
from machines.journal import Entry, PrintBegan, PrintEnded, Result


@dataclass(frozen=True, slots=True)
class LastPrint:
    """The print under way at a printer, or the last that ended there and stands on its plate."""

    print: str
    job: str | None
    owner: str | None
    name: str | None
    began: Instant
    result: Result | None = None  #: None: under way
    ended: Instant | None = None
    why: Why | None = None
    filament_g: float | None = None  #: that it took, as far as it was seen
    ordered: Ordered | None = None  #: the last thing that a person told it


def after(
    prints: Mapping[str, LastPrint], entry: Entry, member: str | None = None
) -> Mapping[str, LastPrint]:
    """The last print of each printer, until its plate is cleared.

    `member`: whose session a print began in, and whose it is where it is no job's.
    """
    personal = entry.personal
    name = personal.file_name if personal else None
    match entry.body:
        case PrintBegan(machine=machine, job=job):
            owner = member if job is None else None
            began = LastPrint(str(entry.birth), job, owner, name, entry.at)
            return {**prints, machine: began}
        case PrintEnded(machine=machine, print=print_) as end if _is(prints, machine, print_):
            was = prints[machine]
            ended = replace(was, result=end.result, ended=end.ended, filament_g=end.filament_g)
            return {**prints, machine: ended}
        case PrintReconciled(machine=machine, print="", ended=at, job=job) as told:
            last = prints.get(machine)
            if last is not None and (last.ended is None or at.since(last.ended) < 0):
                return prints  # another print began since
            unseen = LastPrint(str(entry.birth), job, None, name, at, reconciled(told), at)
            return {**prints, machine: unseen}
        case PrintReconciled(machine=machine, print=print_) as told if _is(prints, machine, print_):
            return {**prints, machine: replace(prints[machine], result=reconciled(told))}
        case PrintOrdered(machine=machine, print=print_, what=what) if _is(prints, machine, print_):
            return {**prints, machine: replace(prints[machine], ordered=what)}
        case PrintJudged(print=print_, why=why):
            return {k: replace(p, why=why) if p.print == print_ else p for k, p in prints.items()}
        case PrintOwned(print=print_):
            owner = personal.member if personal else None
            return {
                k: replace(p, owner=owner) if p.print == print_ else p for k, p in prints.items()
            }
        case PlateCleared(machine=machine) if machine in prints and prints[machine].result:
            return {k: p for k, p in prints.items() if k != machine}
    return prints


def _is(prints: Mapping[str, LastPrint], machine: str, print_: str) -> bool:
    return machine in prints and prints[machine].print == print_


def reconciled(told: PrintReconciled) -> Result:
    return Result.DONE if told.done else Result.FAILED
