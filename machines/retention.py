"""Until when what ties an entry to a person is kept, and whose traces are to go at once.

Instants are UTC microseconds. What is decided here, the lab and the central carry out
alike: they delete personal parts, and nothing else of an entry.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import get_args

from machines.carried import Carried
from machines.instants import SECOND, Instant
from machines.job_entries import JobSubmitted
from machines.jobs import Job, Jobs, Over
from machines.journal import Personal
from machines.last_print import LastPrint
from machines.own import Own
from machines.people_entries import PeopleBody

DAY_US = 86_400 * SECOND
#: What no central has taken is kept so many times as long as the rest, and not longer.
AT_MOST = 2
#: The entries by which somebody has a badge or a clearance: no trace of use.
DECISIONS = frozenset(body.kind for body in get_args(PeopleBody))


@dataclass(frozen=True, slots=True)
class Terms:
    """How long it is kept. None: until somebody erases it."""

    sessions_us: int | None  #: who used what and when
    names_us: int | None  #: what the files of prints were called

    @classmethod
    def of_days(cls, sessions: int, names: int) -> Terms:
        """0: None."""
        return cls(sessions * DAY_US or None, names * DAY_US or None)

    def ends_us(
        self, kind: str, personal: Personal, written_us: int, printed_us: int | None
    ) -> int | None:
        """When the personal part of an entry goes; None: not by its age.

        `printed_us`: the end of the last print of the job that the entry brought, None
        where there was none: until then the file's name is the queue's.
        """
        sessions = _sum(written_us, self.sessions_us)
        if kind == JobSubmitted.kind:
            return _least(sessions, _sum(printed_us, self.names_us))
        if personal.file_name is not None:
            return _least(sessions, _sum(written_us, self.names_us))
        return sessions


def is_of(personal: Personal, ids: Set[str], badges: Set[str]) -> bool:
    """Whether it names one of these people, as whom it is about or as who did it."""
    return personal.member in ids or personal.by in ids or personal.badge in badges


def _sum(start: int | None, length: int | None) -> int | None:
    return None if start is None or length is None else start + length


def _least(*ends: int | None) -> int | None:
    return min((end for end in ends if end is not None), default=None)


# -- what a kiosk carries -------------------------------------------------------------------


def carry_less(
    carried: Carried,
    terms: Terms,
    now: Instant,
    ids: Set[str] = frozenset(),
    upto: Mapping[str, int] | None = None,
) -> Carried:
    """`carried` without what names `ids`, and without the names that are older than kept.

    What is open stays whose it is: a session that runs, a job that is not over; and what the
    lab decided, until the roster has it (`upto`, by store).
    """

    jobs = carried.jobs

    def old(since: Instant, kept_us: int | None) -> bool:
        return kept_us is not None and now.since(since) >= kept_us

    def unnamed(last: LastPrint) -> LastPrint:
        ended = last.ended
        if ended is None:
            return last
        job = jobs.jobs.get(last.job or "")
        theirs = last.owner in ids or (job is not None and job.owner in ids)
        owner = None if theirs or old(ended, terms.sessions_us) else last.owner
        name = None if theirs or old(ended, terms.names_us) else last.name
        return replace(last, owner=owner, name=name)

    def nobodys(job: Job) -> Job:
        state = job.state
        over = isinstance(state, Over) and old(state.ended, terms.names_us)
        if job.open or not (job.owner in ids or over):
            return job
        return replace(job, owner=None, name=None)

    learned = carried.learned
    return replace(
        carried,
        left={
            machine: replace(one, member=None)
            if one.member in ids or old(one.ended, terms.sessions_us)
            else one
            for machine, one in carried.left.items()
        },
        jobs=Jobs(
            jobs.count,
            {name: nobodys(job) for name, job in jobs.jobs.items()},
            {machine: unnamed(last) for machine, last in jobs.prints.items()},
            jobs.moves,
            jobs.reconciled,
        ),
        learned=replace(
            learned,
            worked=tuple(
                replace(one, member=None)
                if one.member in ids or old(one.ended, terms.sessions_us)
                else one
                for one in learned.worked
            ),
        ),
        own=_own_less(carried.own, terms, now.paris().date(), ids, upto or {}),
    )


def _own_less(own: Own, terms: Terms, today: date, ids: Set[str], upto: Mapping[str, int]) -> Own:
    kept_us = terms.sessions_us
    last = today - timedelta(days=kept_us // DAY_US) if kept_us else date.min
    used = {
        who: late
        for who, days in own.used.items()
        if who not in ids and (late := {m: day for m, day in days.items() if day > last})
    }
    decisions = tuple(
        replace(one, by="") if one.by in ids else one
        for one in own.decisions
        if one.member not in ids and one.seq > upto.get(one.store, 0)
    )
    return Own(decisions, used)
