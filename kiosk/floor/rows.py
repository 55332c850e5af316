"""What the floor keeps in checkpoint rows, as JSON: the last sign of life, what is carried."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import get_args

import msgspec

from machines.carried import Carried, LeftSession, OpenPrint, OpenSession
from machines.condition import Condition
from machines.instants import Instant
from machines.jobs import STATES, Job, Jobs, State
from machines.journal import Entry
from machines.last_print import LastPrint
from machines.learned import Learned
from machines.order import Move
from machines.own import Decision, Own
from machines.people_entries import PeopleBody
from machines.spools import Loaded

ALIVE = ("", "alive")
CARRIED = ("", "carried")
#: The meter of a printer; every other is a run's.
PRINT = "print"


class JobsRow(msgspec.Struct, frozen=True):
    """`Jobs`; a job's state stands beside it, since one of several classes needs its name."""

    count: int = 0
    jobs: dict[str, Job] = {}
    states: dict[str, tuple[str, msgspec.Raw]] = {}
    prints: dict[str, LastPrint] = {}
    moves: tuple[Move, ...] = ()
    reconciled: dict[str, tuple[int, ...]] = {}


class DecisionRow(msgspec.Struct, frozen=True):
    """A `Decision`; its body stands beside its kind."""

    store: str
    seq: int
    at: Instant
    kind: str
    body: msgspec.Raw
    member: str
    badge: str
    by: str


class CarriedRow(msgspec.Struct, frozen=True):
    """`Carried` at entry `seq` of `store`: a fork numbers the entries anew in another store."""

    store: str
    seq: int
    sessions: dict[str, OpenSession]
    conditions: dict[str, Condition]
    prints: dict[str, OpenPrint] = {}
    left: dict[str, LeftSession] = {}
    jobs: JobsRow = JobsRow()
    loaded: dict[str, Loaded] = {}
    learned: Learned = Learned()
    decisions: tuple[DecisionRow, ...] = ()
    used: dict[str, dict[str, date]] = {}


def encode_instant(at: Instant) -> bytes:
    return msgspec.json.encode(at)


def decode_instant(row: bytes | None) -> Instant | None:
    return None if row is None else msgspec.json.decode(row, type=Instant)


def encode_carried(carried: Carried, store: str) -> bytes:
    row = CarriedRow(
        store,
        carried.seq,
        dict(carried.sessions),
        dict(carried.conditions),
        dict(carried.prints),
        dict(carried.left),
        _jobs_row(carried.jobs),
        dict(carried.loaded),
        carried.learned,
        tuple(_decision_row(one) for one in carried.own.decisions),
        {who: dict(days) for who, days in carried.own.used.items()},
    )
    return msgspec.json.encode(row)


def decode_carried(row: bytes | None, store: str) -> Carried | None:
    """What was carried in this store; None where that must be folded from the first entry."""
    if row is None:
        return None
    try:
        kept = msgspec.json.decode(row, type=CarriedRow)
        jobs = _jobs(kept.jobs)
        own = Own(tuple(_decision(one) for one in kept.decisions), kept.used)
    except (msgspec.DecodeError, KeyError):
        return None  # of a version that kept something else
    if kept.store != store:
        return None
    return Carried(
        kept.seq,
        kept.sessions,
        kept.conditions,
        kept.prints,
        kept.left,
        jobs,
        kept.loaded,
        kept.learned,
        own,
    )


def _decision_row(one: Decision) -> DecisionRow:
    body = msgspec.Raw(msgspec.json.encode(one.body))
    return DecisionRow(
        one.store, one.seq, one.at, one.body.kind, body, one.member, one.badge, one.by
    )


def _decision(row: DecisionRow) -> Decision:
    body = msgspec.json.decode(row.body, type=_DECIDED[row.kind])
    return Decision(row.store, row.seq, row.at, body, row.member, row.badge, row.by)


_DECIDED: dict[str, type[PeopleBody]] = {body.kind: body for body in get_args(PeopleBody)}


def _jobs_row(jobs: Jobs) -> JobsRow:
    return JobsRow(
        jobs.count,
        dict(jobs.jobs),
        {job.id: (job.state.kind, _raw(job.state)) for job in jobs.jobs.values()},
        dict(jobs.prints),
        jobs.moves,
        dict(jobs.reconciled),
    )


def _raw(state: State) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(state))


def _jobs(row: JobsRow) -> Jobs:
    states = {
        job: msgspec.json.decode(state, type=STATES[kind])
        for job, (kind, state) in row.states.items()
    }
    jobs = {name: replace(job, state=states[name]) for name, job in row.jobs.items()}
    return Jobs(row.count, jobs, row.prints, row.moves, row.reconciled)


def fold_all(stores: Iterable[Iterable[tuple[int, Entry]]]) -> Carried:
    """Everything, store after store, when no row can be trusted."""
    carried = Carried()
    for entries in stores:
        carried = replace(carried, seq=0).fold(entries)
    return carried
