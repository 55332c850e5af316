"""What a kiosk carries from one start to the next: open sessions and prints, conditions, the queue.

A fold of the journal. `Carried` at entry n and the entries after n give the
same as all entries from the first: the kiosk keeps one now and then, so that a
start reads a few hundred entries, not ten years of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from machines.condition import Condition
from machines.instants import Instant
from machines.job_entries import PrintReconciled, SpoolLoaded
from machines.jobs import Jobs
from machines.journal import (
    ConditionSet,
    Entry,
    PrintBegan,
    PrintEnded,
    Reason,
    SessionClosed,
    SessionCorrected,
    SessionOpened,
    SessionResumed,
    SessionSuspended,
    SessionVoided,
)
from machines.learned import Learned
from machines.own import Own
from machines.session import Party
from machines.spools import Loaded, after, less


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session that no entry has ended. `member` is None once its personal part is gone."""

    session: str
    machine: str
    member: str | None
    opened: Instant
    suspended: bool = False
    party: Party | None = None


@dataclass(frozen=True, slots=True)
class LeftSession:
    """The last session of a machine, ended while the power was on: its work may go on, or cool."""

    session: str
    member: str | None
    ended: Instant


@dataclass(frozen=True, slots=True)
class OpenPrint:
    """A print that no entry has ended. `birth` is that of its beginning."""

    birth: str
    machine: str
    session: str | None
    adopted: bool
    began: Instant


@dataclass(frozen=True, slots=True)
class Carried:
    """The fold up to entry `seq`: what is open by its birth; conditions, what was left, and
    what is loaded, by machine."""

    seq: int = 0
    sessions: Mapping[str, OpenSession] = field(default_factory=dict)
    conditions: Mapping[str, Condition] = field(default_factory=dict)
    prints: Mapping[str, OpenPrint] = field(default_factory=dict)
    left: Mapping[str, LeftSession] = field(default_factory=dict)
    jobs: Jobs = field(default_factory=Jobs)
    loaded: Mapping[str, Loaded] = field(default_factory=dict)
    learned: Learned = field(default_factory=Learned)
    own: Own = field(default_factory=Own)  #: what the lab decided and the roster may not have

    def fold(self, entries: Iterable[tuple[int, Entry]]) -> Carried:
        """This, and the entries after it, given with their seq in ascending order."""
        seq, sessions, conditions = self.seq, dict(self.sessions), dict(self.conditions)
        prints, left = dict(self.prints), dict(self.left)
        jobs, loaded, learned, own = self.jobs, dict(self.loaded), self.learned, self.own
        for at_seq, entry in entries:
            seq = at_seq
            own = own.take(entry)
            if isinstance(entry.body, SpoolLoaded | PrintEnded | PrintReconciled):
                machine = entry.body.machine
                if (still := _loaded(loaded.get(machine), entry.body, jobs)) is not None:
                    loaded[machine] = still
            learned, jobs = learned.take(entry, jobs), jobs.take(entry, _whose(sessions, entry))
            match entry.body:
                case SessionOpened(machine=machine):
                    birth = str(entry.birth)
                    party = _party(entry.body)
                    member = _holder(entry, party)
                    sessions[birth] = OpenSession(birth, machine, member, entry.at, party=party)
                    left.pop(machine, None)
                case SessionClosed(session=session):
                    if (ended := sessions.pop(session, None)) and _may_go_on(ended, entry.body):
                        left[ended.machine] = LeftSession(session, ended.member, entry.at)
                case SessionVoided(session=session):
                    sessions.pop(session, None)
                case SessionSuspended(session=session) if session in sessions:
                    sessions[session] = replace(sessions[session], suspended=True)
                case SessionCorrected(session=session) if session in sessions:
                    sessions[session] = _corrected(sessions[session], entry.body)
                case SessionResumed(session=session) if session in sessions:
                    sessions[session] = replace(sessions[session], suspended=False)
                case PrintBegan(machine, session, adopted):
                    birth = str(entry.birth)
                    prints[birth] = OpenPrint(birth, machine, session, adopted, entry.at)
                case PrintEnded(print=birth):
                    prints.pop(birth, None)
                case ConditionSet(machine=machine):
                    condition = conditions.get(machine, Condition())
                    conditions[machine] = condition.set(entry.body)
        return Carried(seq, sessions, conditions, prints, left, jobs, loaded, learned, own)


def _holder(entry: Entry, party: Party | None) -> str | None:
    """A member; of a party, the animator whose badge it is, who is none of its people."""
    about = entry.personal
    return (about.member or (about.by if party else None)) if about else None


def _party(body: SessionOpened) -> Party | None:
    if not (body.group or body.party):
        return None
    return Party(body.group, body.party, body.category, body.public, body.title)


def _corrected(session: OpenSession, body: SessionCorrected) -> OpenSession:
    """What animators corrected of a session that goes on: of its party, if it has one."""
    party = session.party
    match body.what:
        case "party" if body.value.isdecimal() and len(body.value) < 5:
            return replace(session, party=replace(party or Party("", 0), people=int(body.value)))
        case "category" if party:
            return replace(session, party=replace(party, category=body.value))
        case "public" if party:
            return replace(session, party=replace(party, public=body.value))
        case "group":
            return replace(session, party=replace(party or Party("", 0), group=body.value))
    return session


def _loaded(
    before: Loaded | None, body: SpoolLoaded | PrintEnded | PrintReconciled, jobs: Jobs
) -> Loaded | None:
    """`jobs` as they were before that."""
    if isinstance(body, PrintReconciled):
        return less(before, jobs.unseen_g(body, before.material)) if before else None
    return after(before, body)


def _whose(sessions: Mapping[str, OpenSession], entry: Entry) -> str | None:
    """Whose session a print begins in."""
    match entry.body:
        case PrintBegan(session=str(session)) if session in sessions:
            return sessions[session].member
    return None


def _may_go_on(ended: OpenSession, closing: SessionClosed) -> bool:
    return not ended.suspended and closing.reason not in (Reason.FAULT, Reason.ORPHAN)
